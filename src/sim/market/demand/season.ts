// How many payments come at which hour and on which weekday? In multiples of the mean.
import { DAY, MARKET_START } from '../basics.ts';
import type { Scenario } from '../scenario.ts';

/** Hours after midnight UTC at which the day's rate crosses its mean upward (quant 4.3). */
const MORNING = 7;
const TURN = 2 * Math.PI;

export class Season {
  /** The largest there is. */
  readonly peak: number;
  readonly #daily: number;
  readonly #weekend: number;
  readonly #mean: number;

  constructor({ daily, weekend }: Scenario['season']) {
    this.#daily = daily;
    this.#weekend = weekend;
    this.#mean = (5 + 2 * weekend) / 7;
    this.peak = ((1 + daily) * Math.max(1, weekend)) / this.#mean;
  }

  /** @param at seconds since the epoch */
  at(at: number): number {
    const hour = (at % DAY) / 3600;
    const day = Math.floor((at - MARKET_START) / DAY) % 7;
    const swing = 1 + this.#daily * Math.sin((TURN * (hour - MORNING)) / 24);
    return (swing * (day >= 5 ? this.#weekend : 1)) / this.#mean;
  }

  /** Part of a day's payments that come between two hours of it. */
  partOfDay(from: number, until: number): number {
    const swing = (hour: number): number => Math.cos((TURN * (hour - MORNING)) / 24);
    return (until - from) / 24 + (this.#daily * (swing(from) - swing(until))) / TURN;
  }
}
