// When does the next payment of one kind come? A Poisson process by the season, whose rate may change now and then.
import type { SeededRandom } from '../../world/random.ts';
import { DAY } from '../basics.ts';
import type { Season } from './season.ts';

/** What is drawn from until a time. */
export interface Rate {
  readonly perDay: number;
  /** Seconds since the epoch. */
  readonly until: number;
}

export class Arrivals {
  readonly #season: Season;
  readonly #random: SeededRandom;
  readonly #enter: (at: number) => Rate;
  /** Of one payment at the season's peak. */
  #seconds = Infinity;
  #until = -Infinity;

  /** @param enter told a time at which the rate may have changed, it makes ready for it and says how many come */
  constructor(season: Season, random: SeededRandom, at: number, enter: (at: number) => Rate) {
    this.#season = season;
    this.#random = random;
    this.#enter = enter;
    this.#change(at);
  }

  /** The time of the first after that one. */
  after(time: number): number {
    const { peak } = this.#season;
    for (let at = time; ;) {
      if (this.#seconds === Infinity && this.#until === Infinity) return Infinity;
      const next = this.#seconds === Infinity ? Infinity : at + this.#random.exponential(this.#seconds);
      if (next >= this.#until) {
        // Waiting times have no memory: the rest of this one is drawn anew at the new rate.
        at = this.#until;
        this.#change(at);
        continue;
      }
      at = next;
      if (this.#random.next() * peak < this.#season.at(at)) return at;
    }
  }

  #change(at: number): void {
    const { perDay, until } = this.#enter(at);
    const perSecond = (perDay * this.#season.peak) / DAY;
    this.#seconds = perSecond > 0 ? 1 / perSecond : Infinity;
    this.#until = until;
  }
}
