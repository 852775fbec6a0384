// How does the rate of forwards answer to the fee, near the present fee, as far as memory tells?
import { LN_CELL, lnFeeOf } from './cells.ts';
import type { Cells, Optimum, Prior } from './types.ts';

/**
 * Second derivative of ln rate by ln fee, with the sign turned. 1.0 at the optimum of lognormal (s 0.8) and exponential
 * demand, 0.4 for s 1.4 (quant 5.1): too little is known of it to be learned beside the slope.
 */
export const CURVATURE = 0.8;
/** Fees further away than about twice this (in ln) say little of the slope here. */
const BANDWIDTH = 0.8;
/** Spread of the slope that the fee's distance from the optimum leaves unexplained. */
const SLOPE_SD = 0.25;
/** Newton steps; the likelihood is concave and one dimensional, four are exact to 1e-6. */
const ITERATIONS = 6;
/** A step as short as this leaves no error that could be seen: Newton's method squares it. */
const CONVERGED = 1e-10;

/** Rate = exp(lnRate - elasticity u - CURVATURE u^2 / 2) forwards an hour, u = ln(fee) - lnFee. */
export interface DemandCurve {
  readonly lnFee: number;
  readonly lnRate: number;
  readonly elasticity: number;
  /** Standard deviation of the elasticity. */
  readonly sd: number;
  /** Forwards the estimate rests on, those far away counted less. */
  readonly evidence: number;
}

/** Spread (in ln) of how many forwards a node's peers get at their best fees. */
export const RATE_SD = 1.3;
/** Half a forward of prior, so that a silent price has a rate too. */
const HALF = 0.5;
const lnRateOf = (evidence: number, exposure: number): number => Math.log((evidence + HALF) / exposure);

/** Where the cells of one fit are worked on: every look at an open window fits, and new arrays would cost half of it. */
interface Workspace {
  /** Cells from the one before. */
  readonly gaps: Int32Array;
  readonly us: Float64Array;
  readonly exposures: Float64Array;
}

const workspaceOf = (size: number): Workspace => ({
  gaps: new Int32Array(size),
  us: new Float64Array(size),
  exposures: new Float64Array(size),
});

let workspace = workspaceOf(0);

function room(size: number): Workspace {
  if (workspace.us.length < size) workspace = workspaceOf(2 * size);
  return workspace;
}

/** By how much exp(-a u^2) grows from one cell to the next is a geometric series: no exponential for each of them. */
const NEAR = 0.5 / BANDWIDTH ** 2;
const NEAR_AND_CURVED = NEAR + 0.5 * CURVATURE;
const NEAR_PER_CELL = Math.exp(-2 * NEAR * LN_CELL * LN_CELL);
const NEAR_AND_CURVED_PER_CELL = Math.exp(-2 * NEAR_AND_CURVED * LN_CELL * LN_CELL);

/**
 * Most likely curve around `lnFee`: Poisson likelihood of the counts, fees further away weighted less, and the prior
 * belief of where the optimum lies (W7), by which elasticity is 1 there. Where the fee has hardly moved, the counts say
 * most by their number: at far too high a fee nobody has forwards by the dozen, or would have thousands at the best one.
 */
export function fitDemand(cells: Cells, lnFee: number, prior: Prior): DemandCurve {
  const priorMean = Math.max(0, 1 + CURVATURE * (lnFee - prior.lnPpm));
  const priorVariance = (CURVATURE * prior.sd) ** 2 + SLOPE_SD ** 2;
  const count = cells.length;
  const { gaps, us, exposures } = room(count);
  let cell = cells[0]?.[0] ?? 0;
  let u = lnFeeOf(cell) - lnFee;
  let weight = Math.exp(-NEAR * u * u);
  let weightStep = Math.exp(-NEAR * LN_CELL * (2 * u + LN_CELL));
  let share = Math.exp(-NEAR_AND_CURVED * u * u);
  let shareStep = Math.exp(-NEAR_AND_CURVED * LN_CELL * (2 * u + LN_CELL));
  let evidence = 0;
  let countMoment = 0;
  for (let i = 0; i < count; i++) {
    const [here, forwards, hours] = cells[i] as Cells[number];
    gaps[i] = here - cell;
    for (; cell < here; cell++) {
      weight *= weightStep;
      weightStep *= NEAR_PER_CELL;
      share *= shareStep;
      shareStep *= NEAR_AND_CURVED_PER_CELL;
    }
    u = lnFeeOf(here) - lnFee;
    us[i] = u;
    exposures[i] = share * hours;
    evidence += weight * forwards;
    countMoment += weight * forwards * u;
  }
  let elasticity = priorMean;
  let precision = 1 / priorVariance;
  let exposure = 0;
  for (let i = 0; i < ITERATIONS; i++) {
    exposure = 0;
    let first = 0;
    let second = 0;
    // exp(-elasticity u) from one whole cell to the next is a product.
    const perCell = Math.exp(-elasticity * LN_CELL);
    let power = Math.exp(-elasticity * (us[0] ?? 0));
    for (let at = 0; at < count; at++) {
      for (let gap = gaps[at] as number; gap > 0; gap--) power *= perCell;
      u = us[at] as number;
      const exposed = (exposures[at] as number) * power;
      exposure += exposed;
      first += exposed * u;
      second += exposed * u * u;
    }
    if (exposure <= 0) break;
    const mean = first / exposure;
    let gradient = evidence * mean - countMoment - (elasticity - priorMean) / priorVariance;
    precision = evidence * Math.max(0, second / exposure - mean * mean) + 1 / priorVariance;
    if (prior.lnRate !== null) {
      const lnRateAtBest = lnRateOf(evidence, exposure) + (elasticity * elasticity - 1) / (2 * CURVATURE);
      const slope = mean + elasticity / CURVATURE;
      const variance = RATE_SD * RATE_SD + 1 / (evidence + HALF);
      gradient -= ((lnRateAtBest - prior.lnRate) * slope) / variance;
      precision += (slope * slope) / variance;
    }
    const next = Math.max(0, Math.min(6, elasticity + gradient / precision));
    const moved = Math.abs(next - elasticity);
    elasticity = next;
    if (moved < CONVERGED) break;
  }
  const lnRate = exposure > 0 ? lnRateOf(evidence, exposure) : Number.NEGATIVE_INFINITY;
  return { lnFee, lnRate, elasticity, sd: Math.sqrt(1 / precision), evidence };
}

interface Fitted {
  readonly prior: Prior;
  readonly curve: DemandCurve;
}
/** The two asked for last, the latest first: an open window asks for its own fee, which may move, and the one before. */
const fitted = new WeakMap<Cells, readonly [Fitted, Fitted | null]>();

const isSame = (a: Prior, b: Prior): boolean => a.lnPpm === b.lnPpm && a.sd === b.sd && a.lnRate === b.lnRate;

/** The same for fees that are asked about again and again: two fits of each memory are kept. */
export function fitOnce(cells: Cells, lnFee: number, prior: Prior): DemandCurve {
  const [latest = null, other = null] = fitted.get(cells) ?? [];
  const isAsked = (fit: Fitted | null): fit is Fitted => fit?.curve.lnFee === lnFee && isSame(fit.prior, prior);
  if (isAsked(latest)) return latest.curve;
  const fit = isAsked(other) ? other : { prior, curve: fitDemand(cells, lnFee, prior) };
  fitted.set(cells, [fit, latest]);
  return fit.curve;
}

export const rateAt = (curve: DemandCurve, lnFee: number): number => {
  const u = lnFee - curve.lnFee;
  return Math.exp(curve.lnRate - curve.elasticity * u - 0.5 * CURVATURE * u * u);
};

/** Where elasticity would be 1: the revenue optimum were all liquidity worth the same. */
export const optimumOf = (curve: DemandCurve): Optimum => ({
  lnPpm: curve.lnFee + (1 - curve.elasticity) / CURVATURE,
  sd: curve.sd / CURVATURE,
});
