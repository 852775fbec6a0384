// What could be earned at most from senders who compare us with a rival that follows us? (quant 4.6 S7)
//
// At each time a channel earns by its fee now and by what the rival asks, which is what we asked one lag ago. Times one
// lag apart make chains, each a game of its own in which the state is the fee before; they differ in the hours they fall
// on. The most that a chain can earn in the mean is found by value iteration: it is never more than the value of the best
// state has risen by in the mean of some rounds (Odoni 1969). Left out are weekends and the lag's minutes, which move it by less than the grid of fees does.
import type { DemandColumn } from '../demand/demand.ts';
import type { Season } from '../demand/season.ts';

/** Rounds of a day's chain: enough for whatever comes round after two, three, four or six of them. */
const ROUNDS = 12;
const HOURS = 24;

/** What a column earns, by what the rival asks and by our fee. */
export interface Earnings {
  /** What the rival may ask, in multiples of its usual price. */
  readonly multiples: readonly number[];
  /** Of each fee the number of what the rival asks after it has seen it. */
  readonly follows: Int32Array;
  /** At the mean rate, by fee, where the rival asks its price of that number; sats a day x ppm. */
  readonly at: (state: number, prices: ArrayLike<number>) => Float64Array<ArrayBuffer>;
}

export function earningsOf({ fees, classes, follows, to }: DemandColumn): Earnings {
  const asked = fees.map((fee) => follows?.(fee) ?? 1);
  const multiples = [...new Set(asked)];
  const sold = classes.map((one) => {
    const volume = one.from.reduce((sum, sats) => sum + sats, 0);
    const byState = multiples.map((rival) => fees.map((fee) => volume * one.share(fee, rival)));
    return { from: one.from, volume, byState };
  });
  return {
    multiples,
    follows: Int32Array.from(asked, (multiple) => multiples.indexOf(multiple)),
    at(state, prices) {
      const earned = new Float64Array(fees.length);
      for (const { from, volume, byState } of sold) {
        let worth = 0;
        from.forEach((sats, i) => {
          worth += sats * (prices[i] ?? 0);
        });
        const gain = worth / Math.max(volume, 1e-12) - (prices[to] ?? 0);
        byState[state]?.forEach((sats, f) => {
          earned[f] = (earned[f] ?? 0) + sats * ((fees[f] ?? 0) + gain);
        });
      }
      return earned;
    },
  };
}

/** Of each fee what is earned at the mean rate, by what the rival asks. */
interface Table {
  readonly follows: Int32Array;
  /** By what the rival asks, then by fee; sats a day x ppm. */
  readonly earned: readonly Float64Array[];
}

function tableOf(column: DemandColumn, prices: ArrayLike<number>): Table {
  const { multiples, follows, at } = earningsOf(column);
  return { follows, earned: multiples.map((_, state) => at(state, prices)) };
}

/**
 * Bound of what the column's payments earn in the mean, sats a day x ppm, balances valued at the prices.
 * @param lagHours by which the rival is late
 */
export function gameValue(column: DemandColumn, prices: ArrayLike<number>, lagHours: number, season: Season): number {
  const table = tableOf(column, prices);
  const lag = Math.round(lagHours) % HOURS;
  const orbits = gcd(lag, HOURS);
  const length = HOURS / orbits;
  let sum = 0;
  for (let first = 0; first < orbits; first++) {
    const rates = Array.from({ length }, (_, n) => {
      const hour = (first + n * lag) % HOURS;
      return HOURS * season.partOfDay(hour, hour + 1);
    });
    sum += chainValue(table, rates) / orbits;
  }
  return sum;
}

/** In the mean of a step; `rates` come round again and again. */
function chainValue({ follows, earned }: Table, rates: readonly number[]): number {
  const rounds = [new Float64Array(earned.length)];
  for (let round = 0; round < ROUNDS; round++) {
    let values = rounds[round] ?? new Float64Array(earned.length);
    for (let n = rates.length - 1; n >= 0; n--) values = step(earned, follows, rates[n] ?? 1, values);
    rounds.push(values);
  }
  const last = rounds.at(-1) ?? new Float64Array();
  // Over several rounds, as who plays best may come round only after two or three.
  const rises = rounds.slice(0, -1).map((values, round) => {
    return Math.max(...last.map((value, state) => value - (values[state] ?? 0))) / (ROUNDS - round) / rates.length;
  });
  return Math.min(...rises);
}

/** From what may be earned later, what may be earned from now on. */
function step(
  earned: readonly Float64Array[],
  follows: Int32Array,
  rate: number,
  later: Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  return Float64Array.from(earned, (row) => {
    let best = -Infinity;
    for (let f = 0; f < row.length; f++) {
      const value = rate * (row[f] ?? 0) + (later[follows[f] ?? 0] ?? 0);
      if (value > best) best = value;
    }
    return best;
  });
}

const gcd = (a: number, b: number): number => (a === 0 ? b : gcd(b % a, a));
