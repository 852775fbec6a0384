// How does what senders would pay for a channel change in the course of time? Steps by step, fixed by the seed.
import type { SeededRandom } from '../../world/random.ts';
import { DAY, stream } from '../basics.ts';
import type { Scenario, Shifts } from '../scenario.ts';

/** A scale outside would put the optimum where no fee can be. */
const SCALE_PPM = { lowest: 15, highest: 4000 } as const;

/** Demand for one channel from a time on. */
export interface Regime {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly scalePpm: number;
  /** Arrivals in multiples of those at the start. */
  readonly rateFactor: number;
}

interface Change {
  readonly day: number;
  /** Of the scale. */
  readonly factor: number;
  /** Arrivals in multiples of those at the start; null: as before. */
  readonly rate: number | null;
  /** The same of what happens to all channels. */
  readonly shared: number | null;
}

/** Draws the regimes of one channel after the other, each time for the next. */
export class RegimeDraw {
  readonly #scenario: Scenario;
  readonly #days: number;
  readonly #start: number;
  readonly #own: SeededRandom;
  readonly #drift: SeededRandom;
  readonly #shocks: readonly Change[];

  constructor(scenario: Scenario, seed: number, start: number, days: number) {
    this.#scenario = scenario;
    this.#start = start;
    this.#days = days;
    this.#own = stream(seed, 'regimes');
    this.#drift = stream(seed, 'drift');
    this.#shocks =
      scenario.shocks === null
        ? []
        : drawShifts(scenario.shocks, days, stream(seed, 'shocks')).map(({ rate, ...shock }) => {
            return { ...shock, rate: null, shared: rate };
          });
  }

  next(scalePpm: number): Regime[] {
    const changes = [...this.#jumps(), ...this.#shifts(), ...this.#walk(), ...this.#shocks];
    changes.sort((a, b) => a.day - b.day);
    let scale = clampScale(scalePpm);
    let own = 1;
    let shared = 1;
    const regimes: Regime[] = [{ from: this.#start, scalePpm: scale, rateFactor: 1 }];
    for (const change of changes) {
      // Rates are drawn around the first, scales walk.
      own = change.rate ?? own;
      shared = change.shared ?? shared;
      scale = clampScale(scale * change.factor);
      regimes.push({ from: this.#start + change.day * DAY, scalePpm: scale, rateFactor: own * shared });
    }
    return regimes;
  }

  #jumps(): Change[] {
    return this.#scenario.jumps.map(({ day, factor, way }) => {
      const up = way === 'either' ? this.#own.chance(0.5) : way === 'up';
      return { day, factor: up ? factor : 1 / factor, rate: 1, shared: null };
    });
  }

  #shifts(): Change[] {
    const { shifts } = this.#scenario;
    return shifts === null ? [] : drawShifts(shifts, this.#days, this.#own);
  }

  /** Once a day: a walk of independent steps has the same variance after any whole day, and stays put within it. */
  #walk(): Change[] {
    const { drift } = this.#scenario;
    if (drift === null) return [];
    const length = Math.max(0, Math.ceil(this.#days) - 1);
    return Array.from({ length }, (_, i) => {
      return { day: i + 1, factor: Math.exp(drift.sdPerRootDay * this.#drift.normal()), rate: null, shared: null };
    });
  }
}

const clampScale = (ppm: number): number => Math.min(SCALE_PPM.highest, Math.max(SCALE_PPM.lowest, ppm));

function drawShifts({ meanDays, optimumSd, rateSd }: Shifts, days: number, random: SeededRandom): Change[] {
  const changes: Change[] = [];
  for (let day = random.exponential(meanDays); day < days; day += random.exponential(meanDays)) {
    const factor = Math.exp(optimumSd * random.normal());
    changes.push({ day, factor, rate: Math.exp(rateSd * random.normal()), shared: null });
  }
  return changes;
}

/** That in force at a time, or the first before all. @throws RangeError where there is none */
export function regimeIn(regimes: readonly Regime[], time: number): Regime {
  let low = 0;
  let high = regimes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((regimes[middle]?.from ?? Infinity) <= time) low = middle;
    else high = middle;
  }
  const found = regimes[low];
  if (found === undefined) throw new RangeError('market channel: expected at least one regime');
  return found;
}
