// Which demands does the Bayesian learner hold possible, and what do the counts say of each?
import { normalCdf } from '../normal.ts';
import { cellOf, lnFeeOf } from './cells.ts';
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
/** Gamma prior of the rate: shape, and hours (quant 7.4; half an hour). */
const RATE_SHAPE = 0.3;
const RATE_HOURS = 0.5;
/** Never quite zero, so that a single forward at a fee nobody pays does not rule a demand out for good. */
const LEAST_SURVIVAL = 1e-6;

interface Shape {
  /** Share of senders who pay a fee so many cells above the median, index offset by REACH. */
  readonly survival: Float64Array;
  readonly lnSurvival: Float64Array;
  /** ln of (best fee / median). */
  readonly lnBest: number;
  readonly lnPrior: number;
}

function tabulate(share: (lnAboveMedian: number) => number, prior: number): Shape {
  const survival = Float64Array.from({ length: 2 * REACH + 1 }, (_, i) =>
    Math.max(LEAST_SURVIVAL, share(lnFeeOf(i - REACH))),
  );
  let best = 0;
  let lnBest = 0;
  for (let i = 0; i < survival.length; i++) {
    const revenue = Math.exp(lnFeeOf(i - REACH)) * (survival[i] ?? 0);
    // The floor of survival makes absurd fees look good; half a cell of 1 / floor is beyond any of them.
    if ((survival[i] ?? 0) > 2 * LEAST_SURVIVAL && revenue > best) [best, lnBest] = [revenue, lnFeeOf(i - REACH)];
  }
  return { survival, lnSurvival: survival.map(Math.log), lnBest, lnPrior: Math.log(prior) };
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

const at = (table: Float64Array, cellsAboveMedian: number): number =>
  table[Math.max(0, Math.min(2 * REACH, cellsAboveMedian + REACH))] ?? 0;

interface Hypothesis {
  readonly shape: Shape;
  readonly median: number;
  readonly lnBest: number;
}
const HYPOTHESES: readonly Hypothesis[] = SHAPES.flatMap((shape) =>
  MEDIANS.map((median) => ({ shape, median, lnBest: lnFeeOf(median) + shape.lnBest })),
);

const LN_BEST = Float64Array.from(HYPOTHESES, ({ lnBest }) => lnBest);
const LN_PRIOR = Float64Array.from(HYPOTHESES, ({ shape }) => shape.lnPrior);

/** What the counts make of every possible demand. */
export interface Posterior {
  /** Expected forwards an hour at a fee. */
  readonly rateAt: (ppm: number) => number;
  /** Where revenue is highest while all liquidity is worth the same. */
  readonly optimum: Optimum;
}

/** What the counts alone say of each hypothesis. */
interface Evidence {
  readonly likelihood: Float64Array;
  /** RATE_SHAPE and all forwards. */
  readonly shape: number;
  /** RATE_HOURS and all hours, each as much as a sender of that hour would have paid; and ln of it. */
  readonly hours: Float64Array;
  readonly lnHours: Float64Array;
}

/** A memory is asked again when the window after it has closed, and by then only the prior has changed. */
const weighed = new WeakMap<Cells, Evidence>();

function evidenceOf(cells: Cells): Evidence {
  const known = weighed.get(cells);
  if (known !== undefined) return known;
  const likelihood = new Float64Array(HYPOTHESES.length);
  const hours = new Float64Array(HYPOTHESES.length).fill(RATE_HOURS);
  let forwards = 0;
  for (const [cell, count, time] of cells) {
    forwards += count;
    let i = 0;
    for (const { survival, lnSurvival } of SHAPES)
      for (let m = 0; m < MEDIANS.length; m++) {
        const place = Math.max(0, Math.min(2 * REACH, cell - (MEDIANS[m] as number) + REACH));
        hours[i] = (hours[i] as number) + time * (survival[place] as number);
        if (count > 0) likelihood[i] = (likelihood[i] as number) + count * (lnSurvival[place] as number);
        i++;
      }
  }
  const evidence = { likelihood, shape: RATE_SHAPE + forwards, hours, lnHours: hours.map(Math.log) };
  weighed.set(cells, evidence);
  return evidence;
}

/** Bayes' rule over the family: Poisson counts with hours as exposure, Gamma-distributed rate, prior on the best fee. */
export function posterior(cells: Cells, prior: Optimum): Posterior {
  const evidence = evidenceOf(cells);
  const lns = new Float64Array(HYPOTHESES.length);
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < lns.length; i++) {
    const distance = ((LN_BEST[i] as number) - prior.lnPpm) / prior.sd;
    const counts = evidence.likelihood[i] as number;
    const ln =
      (LN_PRIOR[i] as number) - 0.5 * distance * distance + counts - evidence.shape * (evidence.lnHours[i] as number);
    lns[i] = ln;
    if (ln > most) most = ln;
  }
  let total = 0;
  let first = 0;
  let second = 0;
  const likely: { readonly shape: Shape; readonly median: number; readonly factor: number }[] = [];
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
    const { shape, median } = HYPOTHESES[i] as Hypothesis;
    likely.push({ shape, median, factor: weight * (evidence.shape / (evidence.hours[i] as number)) });
  }
  const mean = first / total;
  return {
    rateAt(ppm) {
      const cell = cellOf(ppm);
      let rate = 0;
      for (const { shape, median, factor } of likely) rate += factor * at(shape.survival, cell - median);
      return rate / total;
    },
    optimum: { lnPpm: mean, sd: Math.sqrt(Math.max(0, second / total - mean * mean)) },
  };
}
