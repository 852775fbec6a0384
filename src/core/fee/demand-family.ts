// Which demands does the Bayesian learner hold possible, and what do the counts say of each?
import { lnGamma } from '../ln-gamma.ts';
import { normalCdf } from '../normal.ts';
import { lnFeeOf } from './cells.ts';
import type { Cells, Optimum } from './types.ts';

/** Median reservation price in cells of 10 %: every second one from 10 to about 8,000 ppm (quant 7.4). */
const MEDIANS = Array.from({ length: 36 }, (_, i) => 24 + 2 * i);
/** Spread (in ln) of what senders would pay; the graph gives 1.4 to 2.1, single rivals 0.4 (quant 3.3, 7.4). */
const SPREADS = [0.4, 0.7, 1.1, 1.6];
/**
 * How likely each is among smooth shapes. With the narrowest as likely as the others, the search stayed where it began:
 * just above what all senders were believed to pay, a lower fee looked like a loss (docs/economics.md).
 */
const SPREAD_PRIORS = [0.1, 0.35, 0.35, 0.2];
/** A rival's price as a step: most senders leave just above it, the others know no rival (quant 4.6 S7, 6.1). */
const STEP_SHARE = 0.6;
const STEP_SPREAD = 0.12;
const REST_SPREAD = 1.2;
const REST_MEDIAN = 0.8;
/** Prior weight of the step against all smooth shapes; 0.15 made it the easy reason to stay where the fee was. */
const STEP_PRIOR = 0.07;
/** Cells on either side of the median that the tables reach: beyond, demand is all or nothing. */
const REACH = 150;
/**
 * Gamma prior of the rate: shape, and hours (quant 7.4; half an hour). So small a shape holds any rate (in ln) as likely as
 * any other; with quant's 0.3 many senders of whom few pay were likelier than few who would all pay more, and the best fees
 * of channels with few forwards were believed too low (docs/economics.md).
 */
const RATE_SHAPE = 0.02;
const RATE_HOURS = 0.5;
/** Never quite zero, so that a single forward at a fee nobody pays does not rule a demand out for good. */
const LEAST_SURVIVAL = 1e-6;

interface Shape {
  /** Share of senders who pay a fee so many cells above the median, index offset by REACH. */
  readonly survival: Float64Array;
  readonly lnSurvival: Float64Array;
  /** ln of (best fee / median). */
  readonly lnBest: number;
  /** Share of senders who pay the best fee. */
  readonly atBest: number;
  readonly lnPrior: number;
}

function tabulate(share: (lnAboveMedian: number) => number, prior: number): Shape {
  const survival = Float64Array.from({ length: 2 * REACH + 1 }, (_, i) =>
    Math.max(LEAST_SURVIVAL, share(lnFeeOf(i - REACH))),
  );
  let highest = 0;
  let lnBest = 0;
  for (let i = 0; i < survival.length; i++) {
    const revenue = Math.exp(lnFeeOf(i - REACH)) * (survival[i] ?? 0);
    // The floor of survival makes absurd fees look good; half a cell of 1 / floor is beyond any of them.
    if ((survival[i] ?? 0) > 2 * LEAST_SURVIVAL && revenue > highest) [highest, lnBest] = [revenue, lnFeeOf(i - REACH)];
  }
  const atBest = highest / Math.exp(lnBest);
  return { survival, lnSurvival: survival.map(Math.log), lnBest, atBest, lnPrior: Math.log(prior) };
}

const SHAPES: readonly Shape[] = [
  ...SPREADS.map((spread, i) =>
    tabulate((x) => normalCdf(-x / spread), (1 - STEP_PRIOR) * (SPREAD_PRIORS[i] as number)),
  ),
  tabulate(
    (x) =>
      STEP_SHARE * normalCdf(-x / STEP_SPREAD) +
      (1 - STEP_SHARE) * normalCdf((Math.log(REST_MEDIAN) - x) / REST_SPREAD),
    STEP_PRIOR,
  ),
];

interface Hypothesis {
  readonly shape: Shape;
  readonly median: number;
  readonly lnBest: number;
}
const HYPOTHESES: readonly Hypothesis[] = SHAPES.flatMap((shape) =>
  MEDIANS.map((median) => ({ shape, median, lnBest: lnFeeOf(median) + shape.lnBest })),
);

const COUNT = HYPOTHESES.length;
/** One for each hypothesis. */
type Figures = number[];
/** Fractions, so that they are kept as doubles. */
const ANY_FIGURES: Readonly<Figures> = HYPOTHESES.map(() => 0.5);
/** Copied: a typed array of that size takes ten times as long to make, and each window makes dozens. */
const anyFigures = (): Figures => ANY_FIGURES.slice();

const LN_BEST = Float64Array.from(HYPOTHESES, ({ lnBest }) => lnBest);
const LN_PRIOR = Float64Array.from(HYPOTHESES, ({ shape }) => shape.lnPrior);

/** By hypothesis. */
interface AtFee {
  readonly survival: Float64Array;
  readonly lnSurvival: Float64Array;
}

const atCells = new Map<number, AtFee>();

/** What each hypothesis has to say of that cell's fee. Worked out once: every window asks for it. */
function atCell(cell: number): AtFee {
  const known = atCells.get(cell);
  if (known !== undefined) return known;
  const places = HYPOTHESES.map(({ median }) => Math.max(0, Math.min(2 * REACH, cell - median + REACH)));
  const read = (table: keyof AtFee): Float64Array =>
    Float64Array.from(HYPOTHESES, ({ shape }, i) => shape[table][places[i] as number] as number);
  const made = { survival: read('survival'), lnSurvival: read('lnSurvival') };
  atCells.set(cell, made);
  return made;
}

/** What is believed before the counts. */
export interface Before extends Optimum {
  /** Forwards an hour at the best fee, and how surely (1 / variance of ln); null where that is not known. */
  readonly rate: { readonly perHour: number; readonly sureness: number } | null;
}

/** What counts alone say of each hypothesis. */
export interface Evidence {
  readonly forwards: number;
  /** ln of how many of the senders of each forward would have paid that much. */
  readonly likelihood: Readonly<Figures>;
  /** Each hour as much as a sender of that hour would have paid. */
  readonly hours: Readonly<Figures>;
}

export function evidenceOf(cells: Cells): Evidence {
  const likelihood = anyFigures().fill(0);
  const hours = anyFigures().fill(0);
  let forwards = 0;
  for (const [cell, count, time] of cells) {
    forwards += count;
    const { survival, lnSurvival } = atCell(cell);
    for (let i = 0; i < COUNT; i++) hours[i] = (hours[i] as number) + time * (survival[i] as number);
    if (count > 0)
      for (let i = 0; i < COUNT; i++) likelihood[i] = (likelihood[i] as number) + count * (lnSurvival[i] as number);
  }
  return { forwards, likelihood, hours };
}

export const NOTHING = evidenceOf([]);

/** Gamma posterior of each hypothesis' rate, and ln of its weight. */
export interface Weighed {
  readonly shape: number;
  readonly hours: Readonly<Figures>;
  readonly lns: Readonly<Figures>;
  readonly most: number;
}

/**
 * Bayes' rule over the family: Poisson counts with hours as exposure, Gamma-distributed rate, prior on the best fee.
 * @param times that `news` counts beside what was seen before
 */
export function weigh({ lnPpm, sd, rate }: Before, seen: Evidence, news: Evidence = NOTHING, times = 1): Weighed {
  const own = rate?.sureness ?? RATE_SHAPE;
  const shape = own + (seen.forwards + times * news.forwards);
  const { likelihood: seenCounts, hours: seenHours } = seen;
  const { likelihood: newCounts, hours: newHours } = news;
  const hours = anyFigures();
  const lns = anyFigures();
  let most = Number.NEGATIVE_INFINITY;
  let i = 0;
  for (const { atBest } of SHAPES) {
    const hoursBefore = rate === null ? RATE_HOURS : (own * atBest) / rate.perHour;
    const lnBefore = own * Math.log(hoursBefore);
    for (const end = i + MEDIANS.length; i < end; i++) {
      const distance = ((LN_BEST[i] as number) - lnPpm) / sd;
      const time = hoursBefore + ((seenHours[i] as number) + times * (newHours[i] as number));
      const counts = (seenCounts[i] as number) + times * (newCounts[i] as number);
      const ln = (LN_PRIOR[i] as number) - 0.5 * distance * distance + lnBefore + counts - shape * Math.log(time);
      hours[i] = time;
      lns[i] = ln;
      if (ln > most) most = ln;
    }
  }
  return { shape, hours, lns, most };
}

/** ln of how likely the counts were, up to what is the same for all beliefs about the same counts. */
export function lnLikelihood({ shape, lns, most }: Weighed): number {
  let sum = 0;
  for (let i = 0; i < lns.length; i++) sum += Math.exp((lns[i] as number) - most);
  return most + Math.log(sum) + lnGamma(shape);
}

/** What the counts make of every possible demand. */
export interface Posterior {
  /** Expected forwards an hour at each cell's fee, up to that cell. */
  readonly ratesUpTo: (last: number) => Float64Array;
  /** Forwards an hour at the best fee: mean of ln, because few hypotheses of huge rates say nothing of the middle. */
  readonly lnRateAtBest: number;
  /** Where revenue is highest while all liquidity is worth the same. */
  readonly optimum: Optimum;
}

export function posterior({ shape: forwards, hours, lns, most }: Weighed): Posterior {
  let total = 0;
  let first = 0;
  let second = 0;
  let lnRateAtBest = 0;
  let asked = 0;
  const likely: number[] = [];
  const factors: number[] = [];
  for (let i = 0; i < lns.length; i++) {
    // What makes no difference in double precision.
    const behind = (lns[i] as number) - most;
    if (behind < -50) continue;
    const lnBest = LN_BEST[i] as number;
    const weight = Math.exp(behind);
    total += weight;
    first += weight * lnBest;
    second += weight * lnBest * lnBest;
    if (weight <= 1e-4) continue;
    const { atBest } = (HYPOTHESES[i] as Hypothesis).shape;
    const rate = forwards / (hours[i] as number);
    lnRateAtBest += weight * Math.log((forwards * atBest) / (hours[i] as number));
    asked += weight;
    likely.push(i);
    factors.push(weight * rate);
  }
  const mean = first / total;
  return {
    ratesUpTo(last) {
      const rates = new Float64Array(last + 1);
      for (let n = 0; n < likely.length; n++) {
        const { shape, median } = HYPOTHESES[likely[n] as number] as Hypothesis;
        const { survival } = shape;
        const factor = factors[n] as number;
        const first = REACH - median;
        const within = Math.min(last, 2 * REACH - first);
        for (let cell = 0; cell <= within; cell++)
          rates[cell] = (rates[cell] as number) + factor * (survival[first + cell] as number);
        for (let cell = within + 1; cell <= last; cell++)
          rates[cell] = (rates[cell] as number) + factor * (survival[2 * REACH] as number);
      }
      for (let cell = 0; cell <= last; cell++) rates[cell] = (rates[cell] as number) / total;
      return rates;
    },
    lnRateAtBest: lnRateAtBest / asked,
    optimum: { lnPpm: mean, sd: Math.sqrt(Math.max(0, second / total - mean * mean)) },
  };
}
