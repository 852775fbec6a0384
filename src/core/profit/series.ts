// Which sums does a return have to be computed from? One per second, in time order, without loss.

/** A signed amount at a second. Any integer unit does: msat, or a decimal scaled to an integer. */
export interface DatedAmount {
  /** Unix seconds, integer, of either sign. */
  readonly time: number;
  readonly amount: bigint;
}

/** Dated amounts ready for discounting; seconds whose flows cancel are left out, they weigh nothing at any rate. */
export interface Series {
  /** Unix seconds of the first flow; 0 when there is none. */
  readonly start: number;
  /** Seconds between the first and the last flow. */
  readonly lifetime: number;
  /** Whole seconds since the first flow, ascending. */
  readonly seconds: Float64Array;
  /** The flow at each of them, never 0. Exact up to 2^53. */
  readonly values: Float64Array;
  /** Sum of all flows, exact. */
  readonly total: bigint;
}

/** XIRR's year, and design 6.1's: 365 days. */
export const SECONDS_PER_YEAR = 31_536_000;

/** Doubles end near 2^1024, and sums weighted with years must stay below. */
const LARGEST = 2 ** 1000;

/**
 * Sorts and sums per second. Sums are taken in integers and rounded to a double once per second, so that splitting a
 * flow changes nothing. Input already in time order, as every ledger is, costs one pass.
 * @throws RangeError when the flows add up to more than 2^1000 of their unit, near where doubles end.
 */
export function toSeries(flows: readonly DatedAmount[]): Series {
  const { times, values } = sumPerSecond(flows);
  const start = times[0] ?? 0;
  const lifetime = (times.at(-1) ?? 0) - start;
  let absolute = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    times[i] = (times[i] as number) - start;
    total += values[i] as number;
    absolute += Math.abs(values[i] as number);
  }
  if (absolute >= LARGEST) throw new RangeError('cash flows: expected sums below 2^1000, got more');
  // No partial sum can have left the integers that a double holds exactly.
  const exact = absolute <= Number.MAX_SAFE_INTEGER;
  return { start, lifetime, seconds: times, values, total: exact ? BigInt(total) : sumOf(flows) };
}

/** The same flows with time running backwards: its roots above zero are the roots below zero of the original. */
export function mirrored(series: Series): Series {
  const seconds = series.seconds.toReversed();
  for (let i = 0; i < seconds.length; i++) seconds[i] = series.lifetime - (seconds[i] as number);
  return { ...series, seconds, values: series.values.toReversed() };
}

/** All flows of two series as one. */
export function joinSeries(a: Series, b: Series): Series {
  if (a.values.length === 0) return b;
  if (b.values.length === 0) return a;
  const start = Math.min(a.start, b.start);
  const [left, right] = [a.start - start, b.start - start];
  const length = a.values.length + b.values.length;
  const seconds = new Float64Array(length);
  const values = new Float64Array(length);
  let count = 0;
  for (let i = 0, j = 0; i < a.values.length || j < b.values.length;) {
    const one = i < a.values.length ? (a.seconds[i] as number) + left : Infinity;
    const other = j < b.values.length ? (b.seconds[j] as number) + right : Infinity;
    let value = 0;
    if (one <= other) value += a.values[i++] as number;
    if (other <= one) value += b.values[j++] as number;
    if (value === 0) continue;
    seconds[count] = one < other ? one : other;
    values[count++] = value;
  }
  return trimmed(start, seconds.subarray(0, count), values.subarray(0, count), a.total + b.total);
}

/** With the first second as the start, also where what was there before has cancelled out. */
function trimmed(start: number, seconds: Float64Array, values: Float64Array, total: bigint): Series {
  const first = seconds[0] ?? 0;
  if (first > 0) for (let i = 0; i < seconds.length; i++) seconds[i] = (seconds[i] as number) - first;
  return { start: values.length === 0 ? 0 : start + first, lifetime: seconds.at(-1) ?? 0, seconds, values, total };
}

function sumPerSecond(flows: readonly DatedAmount[]): { times: Float64Array; values: Float64Array } {
  const times = new Float64Array(flows.length);
  const values = new Float64Array(flows.length);
  let count = 0;
  let second = flows[0]?.time ?? 0;
  let amount = 0n;
  const close = (): void => {
    if (amount === 0n) return;
    times[count] = second;
    values[count++] = Number(amount);
  };
  for (const flow of flows) {
    if (flow.time === second) amount += flow.amount;
    else {
      if (flow.time < second) return sumPerSecond(sorted(flows));
      close();
      second = flow.time;
      amount = flow.amount;
    }
  }
  close();
  return { times: times.subarray(0, count), values: values.subarray(0, count) };
}

/** Time and place in one double, because numbers sort twice as fast as objects compare; objects where it does not fit. */
function sorted(flows: readonly DatedAmount[]): DatedAmount[] {
  const places = flows.length;
  let first = Infinity;
  let last = -Infinity;
  for (const { time } of flows) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  if ((last - first + 1) * places > Number.MAX_SAFE_INTEGER) return [...flows].sort((a, b) => a.time - b.time);
  const keys = new Float64Array(places);
  flows.forEach(({ time }, place) => (keys[place] = (time - first) * places + place));
  // The remainder operator is far slower on doubles than this.
  const placeOf = (key: number): number => key - Math.floor(key / places) * places;
  return Array.from(keys.sort(), (key) => flows[placeOf(key)] as DatedAmount);
}

const sumOf = (flows: readonly DatedAmount[]): bigint => flows.reduce((total, { amount }) => total + amount, 0n);
