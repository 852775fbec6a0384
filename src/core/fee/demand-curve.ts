// How does the rate of forwards answer to the fee, near the present fee, as far as memory tells?
import { LN_CELL, lnFeeOf } from './cells.ts';
import type { Cells, Optimum } from './types.ts';

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

/** Where the cells of one fit are worked on: every look at an open window fits, and new arrays would cost half of it. */
let workspace = { us: new Float64Array(0), exposures: new Float64Array(0) };

function room(size: number): typeof workspace {
  if (workspace.us.length < size) workspace = { us: new Float64Array(2 * size), exposures: new Float64Array(2 * size) };
  return workspace;
}

/**
 * Most likely curve around `lnFee`: Poisson likelihood of the counts, fees further away weighted less, and the prior
 * belief of where the optimum lies (W7), by which elasticity is 1 there.
 */
export function fitDemand(cells: Cells, lnFee: number, prior: Optimum): DemandCurve {
  const priorMean = Math.max(0, 1 + CURVATURE * (lnFee - prior.lnPpm));
  const priorVariance = (CURVATURE * prior.sd) ** 2 + SLOPE_SD ** 2;
  const { us, exposures } = room(cells.length);
  let evidence = 0;
  let countMoment = 0;
  for (let i = 0; i < cells.length; i++) {
    const [cell, forwards, hours] = cells[i] as Cells[number];
    const u = lnFeeOf(cell) - lnFee;
    const weight = Math.exp(-0.5 * (u / BANDWIDTH) ** 2);
    us[i] = u;
    exposures[i] = weight * hours * Math.exp(-0.5 * CURVATURE * u * u);
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
    let cell = cells[0]?.[0] ?? 0;
    for (let at = 0; at < cells.length; at++) {
      const u = us[at] as number;
      for (const here = (cells[at] as Cells[number])[0]; cell < here; cell++) power *= perCell;
      const share = (exposures[at] as number) * power;
      exposure += share;
      first += share * u;
      second += share * u * u;
    }
    if (exposure <= 0) break;
    const mean = first / exposure;
    const gradient = evidence * mean - countMoment - (elasticity - priorMean) / priorVariance;
    precision = evidence * Math.max(0, second / exposure - mean * mean) + 1 / priorVariance;
    const next = Math.max(0, Math.min(6, elasticity + gradient / precision));
    if (next === elasticity) break;
    elasticity = next;
  }
  // Half a forward of prior, so that a silent price has a rate too.
  const lnRate = exposure > 0 ? Math.log((evidence + 0.5) / exposure) : Number.NEGATIVE_INFINITY;
  return { lnFee, lnRate, elasticity, sd: Math.sqrt(1 / precision), evidence };
}

interface Fitted {
  readonly prior: Optimum;
  readonly curve: DemandCurve;
}
const fitted = new WeakMap<Cells, Fitted>();

/** The same for a fee that is asked about again and again: one fit of each memory is kept. */
export function fitOnce(cells: Cells, lnFee: number, prior: Optimum): DemandCurve {
  const known = fitted.get(cells);
  if (known?.curve.lnFee === lnFee && known.prior.lnPpm === prior.lnPpm && known.prior.sd === prior.sd)
    return known.curve;
  const curve = fitDemand(cells, lnFee, prior);
  fitted.set(cells, { prior, curve });
  return curve;
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

/** Furthest look to either side, in ln; and its grain. */
const REACH = 1.5;
const GRAIN = 0.02;

/** ln of the fee within reach at which (fee - bid difference) x rate is highest. */
export function bestLnFee(curve: DemandCurve, bidDifference: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let at = curve.lnFee;
  for (let u = -REACH; u <= REACH; u += GRAIN) {
    const margin = Math.exp(curve.lnFee + u) - bidDifference;
    if (margin <= 0) continue;
    const value = Math.log(margin) - curve.elasticity * u - 0.5 * CURVATURE * u * u;
    if (value > best) {
      best = value;
      at = curve.lnFee + u;
    }
  }
  return best === Number.NEGATIVE_INFINITY ? curve.lnFee + REACH : at;
}
