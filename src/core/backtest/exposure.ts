// When could payments have come, at which fee and from where? Without that, an empty channel looks like one too dear.
import { cellOf } from '../fee/cells.ts';
import { amountsOf, bucketOf, fittedOf, fitting, noRoom, type Amounts } from './amounts.ts';
import { STEP_SECONDS, type Balances } from './balances.ts';
import { feeAt, type History } from './history.ts';
import { seasonAt, type Season } from './season.ts';

/** What one channel saw in one week while one fee was live. */
export interface FeeSpan {
  /** Since the history's beginning. */
  readonly week: number;
  readonly cell: number;
  /** Settled forwards that left, by the channel they came in by. */
  readonly forwards: Float64Array;
  /** Hours in which a payment of the usual sizes could have come from there, a busy hour of the week counted more. */
  readonly hours: Float64Array;
}

export interface Exposure {
  /** By channel they left by. */
  readonly spans: readonly (readonly FeeSpan[])[];
  readonly amounts: Amounts;
}

/**
 * Balances are reckoned, and the node's own payments and what peers do are not in them: as often as this there is room
 * although they say there is none. Without it one forward that should have been impossible outweighs everything else.
 */
const UNSURE = 0.01;
const WEEK = 604_800;
/** More than there are cells: a fee of a million ppm is in the 145th. */
const MOST_CELLS = 1000;

/** An hour's view of the balances: what could go from i to j is the smaller of the two. */
function eachStep(
  history: History,
  { steps, spendable, receivable }: Balances,
  season: Season,
  visit: (step: { at: number; hours: number; out: Int16Array; in: Int16Array }) => void,
): void {
  const count = history.channels.length;
  const out = new Int16Array(count);
  const incoming = new Int16Array(count);
  // Nothing at all is no bucket.
  const bucket = (msat: number): number => (msat < 1000 ? -1 : bucketOf(msat));
  for (let step = 0; step < steps; step++) {
    const at = history.from + step * STEP_SECONDS;
    for (let k = 0; k < count; k++) {
      out[k] = bucket(spendable[step * count + k] ?? 0);
      incoming[k] = bucket(receivable[step * count + k] ?? 0);
    }
    const hours = (Math.min(STEP_SECONDS, history.until - at) / STEP_SECONDS) * seasonAt(season, at);
    visit({ at, hours, out, in: incoming });
  }
}

export function exposureOf(history: History, balances: Balances, season: Season): Exposure {
  const amounts = amountsOf(history, fittedOf(roomOf(history, balances, season)));
  const fits = fitting(amounts);
  const { channels, forwards } = history;
  const spans: Map<number, FeeSpan>[] = channels.map(() => new Map<number, FeeSpan>());
  const cellsAt = cellReader(history);
  const spanOf = (channel: number, at: number, cell: number): FeeSpan => {
    const week = Math.floor((at - history.from) / WEEK);
    const key = week * MOST_CELLS + cell;
    const known = spans[channel]?.get(key);
    if (known !== undefined) return known;
    const made = { week, cell, forwards: new Float64Array(channels.length), hours: new Float64Array(channels.length) };
    spans[channel]?.set(key, made);
    return made;
  };
  eachStep(history, balances, season, ({ at, hours, out, in: incoming }) => {
    channels.forEach(({ from, until }, to) => {
      if (at < from || at >= until) return;
      const span = spanOf(to, at, cellsAt(to, at));
      const share = fits[to];
      for (let source = 0; source < channels.length; source++) {
        if (source === to) continue;
        const room = Math.min(out[to] ?? -1, incoming[source] ?? -1);
        const fit = room < 0 ? 0 : (share?.[room] ?? 0);
        span.hours[source] = (span.hours[source] ?? 0) + hours * (UNSURE + (1 - UNSURE) * fit);
      }
    });
  });
  const count = cellReader(history);
  for (const { at, from, to } of forwards) {
    const { forwards: seen } = spanOf(to, at, count(to, at));
    seen[from] = (seen[from] ?? 0) + 1;
  }
  return { spans: spans.map((each) => [...each.values()]), amounts };
}

/** Time by how much could have left by each channel, from wherever payments mostly come. */
function roomOf(history: History, balances: Balances, season: Season): Float64Array[] {
  const { channels, forwards } = history;
  const sources = new Float64Array(channels.length);
  for (const { from } of forwards) sources[from] = (sources[from] ?? 0) + 1;
  const room = noRoom(channels.length);
  eachStep(history, balances, season, ({ at, hours, out, in: incoming }) => {
    channels.forEach(({ from, until }, to) => {
      const times = room[to];
      if (times === undefined || at < from || at >= until) return;
      for (let source = 0; source < channels.length; source++) {
        if (source === to) continue;
        const bucket = Math.max(0, Math.min(out[to] ?? -1, incoming[source] ?? -1));
        times[bucket] = (times[bucket] ?? 0) + hours * (sources[source] ?? 0);
      }
    });
  });
  return room;
}

/** The cell of the fee that was live at the full hour before; to be asked in order of time. */
function cellReader({ channels, from }: History): (channel: number, at: number) => number {
  const known = channels.map(() => ({ hour: -1, cell: 0 }));
  return (channel, at) => {
    const kept = known[channel];
    const past = channels[channel];
    if (kept === undefined || past === undefined) throw new RangeError(`channel: expected one of the history's`);
    const hour = Math.floor((at - from) / STEP_SECONDS);
    if (hour === kept.hour) return kept.cell;
    kept.hour = hour;
    kept.cell = cellOf(feeAt(past, from + hour * STEP_SECONDS));
    return kept.cell;
  };
}
