// Which fee does cl-revenue-ops 2.2 in Python draw next? Its "Gaussian Thompson sampling" with the AIMD defence.
//
// python-original 3; lightning-goats/cl_revenue_ops ccc9413 (2.2.3), modules/fee_controller.py GaussianThompsonState and
// AIMDDefenseState. What a fleet of nodes would tell is left out: without one the time of day is always `normal`, the
// role primary, and nothing is known of former success.
import type { SeededRandom } from '../../world/random.ts';

/** prior_mean_fee, prior_std_fee, MIN_STD, MIN_OBSERVATIONS, MAX_OBSERVATIONS, DECAY_HOURS. */
const PRIOR = { mean: 200, std: 100 } as const;
const MIN_STD = 10;
const MIN_OBSERVATIONS = 3;
const MAX_OBSERVATIONS = 200;
const HALF_LIFE_HOURS = 168;
/** _get_exploration_modifier with no pheromone (1.5) in a primary corridor (0.85). */
const EXPLORATION = 1.5 * 0.85;
/** Its draws before there are observations are wider once more. */
const FIRST_DRAWS = 1.5;

export interface Draw {
  readonly mean: number;
  readonly std: number;
}

/** update_posterior's weight of one window. */
export const windowWeight = (hours: number, rate: number): number =>
  Math.max(0.01, Math.min(1, hours / 6) * Math.min(1, (rate + 1) / 100));

/** Remembers its last answer: windows are of one length for days. */
function decaying(): (seconds: number) => number {
  let known = 0;
  let part = 1;
  return (seconds) => {
    if (seconds !== known) {
      known = seconds;
      part = 0.5 ** (seconds / 3600 / HALF_LIFE_HOURS);
    }
    return part;
  };
}

/** Learnt from the fees that were tried: their mean by what they earned, not the fee that would earn most. */
export class ThompsonPosterior {
  /** Of the last observations, a ring: the fee, its weight when it was new, and when that was, seconds. */
  readonly #fees = new Float64Array(MAX_OBSERVATIONS);
  readonly #weights = new Float64Array(MAX_OBSERVATIONS);
  readonly #times = new Float64Array(MAX_OBSERVATIONS);
  #observed = 0;
  readonly #decay = decaying();
  readonly #decayOfOldest = decaying();
  readonly #contexts = new Map<string, { mean: number; std: number; count: number }>();
  /** Of all observations, weighted as of the newest: sum of weights, of fees and of their squares. */
  readonly #sums = { weight: 0, fee: 0, square: 0 };
  #at = 0;
  #mean: number = PRIOR.mean;
  #std: number = PRIOR.std;

  get posterior(): Draw {
    return { mean: this.#mean, std: this.#std };
  }

  /** update_posterior, then update_contextual. */
  observe(context: string, fee: number, rate: number, hours: number, now: number): void {
    this.#age(now);
    const weight = windowWeight(hours, rate) * Math.min(2, (rate + 10) / 50);
    const place = this.#observed++ % MAX_OBSERVATIONS;
    const gone = { fee: this.#fees[place] ?? 0, weight: this.#weights[place] ?? 0, at: this.#times[place] ?? 0 };
    this.#fees[place] = fee;
    this.#weights[place] = weight;
    this.#times[place] = now;
    this.#add(fee, weight);
    if (this.#observed > MAX_OBSERVATIONS) this.#add(gone.fee, -gone.weight * this.#decayOfOldest(now - gone.at));
    this.#recompute();
    let known = this.#contexts.get(context);
    if (known === undefined) this.#contexts.set(context, (known = { mean: this.#mean, std: this.#std, count: 0 }));
    const earning = Math.min(1, rate / 100);
    known.mean += 0.1 * (1 + earning) * (fee - known.mean) * earning;
    known.std = Math.max(MIN_STD, known.std * 0.95);
    known.count++;
  }

  /** sample_fee_contextual's distribution. */
  draw(context: string): Draw {
    const known = this.#contexts.get(context);
    if (known !== undefined && known.count >= MIN_OBSERVATIONS)
      return { mean: known.mean, std: Math.max(MIN_STD, known.std * EXPLORATION) };
    if (this.#observed < MIN_OBSERVATIONS) return { mean: PRIOR.mean, std: PRIOR.std * FIRST_DRAWS * EXPLORATION };
    return { mean: this.#mean, std: Math.max(MIN_STD, this.#std * EXPLORATION) };
  }

  sample(context: string, floor: number, ceiling: number, random: SeededRandom): number {
    const { mean, std } = this.draw(context);
    return Math.trunc(Math.max(floor, Math.min(ceiling, mean + std * random.normal())));
  }

  #age(now: number): void {
    const part = this.#decay(now - this.#at);
    this.#at = now;
    this.#sums.weight *= part;
    this.#sums.fee *= part;
    this.#sums.square *= part;
  }

  #add(fee: number, weight: number): void {
    this.#sums.weight += weight;
    this.#sums.fee += fee * weight;
    this.#sums.square += fee * fee * weight;
  }

  /** _recompute_posterior, whose sums over all observations are kept as they come and age. */
  #recompute(): void {
    const { weight: total, fee: sum, square: squares } = this.#sums;
    this.#mean = PRIOR.mean;
    this.#std = PRIOR.std;
    if (total <= 0.1) return;
    const tried = sum / total;
    const prior = Math.max(0.1, 1 / (1 + Math.min(this.#observed, MAX_OBSERVATIONS) / 10));
    const std = Math.sqrt(Math.max(MIN_STD ** 2, squares / total - tried ** 2));
    this.#mean = tried * (1 - prior) + PRIOR.mean * prior;
    this.#std = Math.max(MIN_STD, std * (1 - prior) + PRIOR.std * prior);
  }
}

/** FAILURE_THRESHOLD, SUCCESS_THRESHOLD, MULTIPLICATIVE_DECREASE, MIN_DECREASE_INTERVAL and the bounds. */
const AIMD = { failures: 3, successes: 10, cut: 0.85, raise: 0.02, restSeconds: 3600, least: 0.5, most: 1.5 } as const;

/** Cheaper after windows in which nothing was forwarded. */
export class Aimd {
  #failures = 0;
  #successes = 0;
  #modifier = 1;
  #active = false;
  #cutAt = -Infinity;

  record(forwarded: boolean, now: number): void {
    if (forwarded) {
      this.#failures = 0;
      if (++this.#successes < AIMD.successes) return;
      this.#successes = 0;
      this.#modifier = Math.min(AIMD.most, this.#modifier + AIMD.raise);
      if (this.#modifier >= 1) this.#active = false;
      return;
    }
    this.#successes = 0;
    if (++this.#failures < AIMD.failures || now - this.#cutAt < AIMD.restSeconds) return;
    this.#failures = 0;
    this.#cutAt = now;
    this.#modifier = Math.max(AIMD.least, this.#modifier * AIMD.cut);
    this.#active = true;
  }

  get modifier(): number {
    return this.#active ? this.#modifier : 1;
  }
}
