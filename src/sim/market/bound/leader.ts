// What would a leader ask who knows how the rival follows? The policy of the game whose value is the bound.
import type { DemandColumn } from '../demand/demand.ts';
import { earningsOf, type Earnings } from './rival-game.ts';

/** Rounds by which the worth of each state has settled, to a thousandth of what is earned in one. */
const ROUNDS = 200;

/** One channel's leader: takes turns of cheap and dear where the rival is late, or stays where cheating does not pay. */
export class Leader {
  readonly #column: DemandColumn;
  readonly #earnings: Earnings;
  /** What is still to be earned more from where the rival asks so much than from elsewhere, in what a day earns. */
  readonly #worth: Float64Array;

  /** @param prices of the plan, by channel */
  constructor(column: DemandColumn, prices: ArrayLike<number>) {
    this.#column = column;
    this.#earnings = earningsOf(column);
    this.#worth = settle(this.#earnings, prices);
  }

  /**
   * The fee to ask now, ppm.
   * @param seenPpm what we asked when the rival looked last; null: it has seen nothing yet
   * @param prices of the moment
   */
  fee(seenPpm: number | null, prices: ArrayLike<number>): number {
    const multiple = seenPpm === null ? 1 : (this.#column.follows?.(seenPpm) ?? 1);
    const state = nearest(this.#earnings.multiples, multiple);
    const earned = this.#earnings.at(state, prices);
    let best = -Infinity;
    let chosen = 0;
    earned.forEach((now, f) => {
      const value = now + (this.#worth[this.#earnings.follows[f] ?? 0] ?? 0);
      if (value <= best) return;
      best = value;
      chosen = f;
    });
    return this.#column.fees[chosen] ?? 0;
  }
}

/** By half steps, so that who takes turns does not take them for ever; all that grows alike is left out. */
function settle({ multiples, follows, at }: Earnings, prices: ArrayLike<number>): Float64Array {
  const earned = multiples.map((_, state) => at(state, prices));
  const worth = new Float64Array(multiples.length);
  for (let round = 0; round < ROUNDS; round++) {
    const later = Float64Array.from(follows, (state) => worth[state] ?? 0);
    earned.forEach((row, state) => {
      let best = -Infinity;
      for (let f = 0; f < row.length; f++) best = Math.max(best, (row[f] ?? 0) + (later[f] ?? 0));
      worth[state] = ((worth[state] ?? 0) + best) / 2;
    });
    const least = Math.min(...worth);
    for (let state = 0; state < worth.length; state++) worth[state] = (worth[state] ?? 0) - least;
  }
  return worth;
}

function nearest(values: readonly number[], wanted: number): number {
  let best = 0;
  values.forEach((value, i) => {
    if (Math.abs(value - wanted) < Math.abs((values[best] ?? 0) - wanted)) best = i;
  });
  return best;
}
