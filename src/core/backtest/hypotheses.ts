// Which demands are held possible for a channel, and what do its counts say of each?
//
// A family of its own, wider than the one that the fee algorithm `bayes` believes in (core/fee/demand-family.ts): what
// judges a controller must not share all its beliefs.
import { lnFeeOf } from '../fee/cells.ts';
import type { Cells, Optimum } from '../fee/types.ts';
import { exponential, gamma, normal, type Uniform } from '../chance.ts';
import { normalCdf } from '../normal.ts';

interface Shape {
  readonly prior: number;
  /** Share of senders who pay a fee of e^x times the scale. */
  readonly share: (x: number) => number;
  /** ln of what one sender pays, over the scale. */
  readonly draw: (uniform: Uniform) => number;
  /** ln of (best fee / scale). */
  readonly lnBest: number;
}

/** ln of the fee at which fee x share is highest. */
function bestOf(share: (x: number) => number): number {
  let best = 0;
  let at = 0;
  for (let x = -5; x <= 5; x += 0.01) {
    const revenue = Math.exp(x) * share(x);
    if (revenue > best) [best, at] = [revenue, x];
  }
  return at;
}

const shape = (prior: number, share: Shape['share'], draw: Shape['draw']): Shape => ({
  prior,
  share,
  draw,
  lnBest: bestOf(share),
});
const lognormal = (prior: number, spread: number): Shape =>
  shape(
    prior,
    (x) => normalCdf(-x / spread),
    (uniform) => spread * normal(uniform),
  );
/** Most compare with a rival's price, the others know none (quant 4.6 S7). */
const kink = (prior: number, mass: number): Shape =>
  shape(
    prior,
    (x) => mass * normalCdf(-x / 0.12) + (1 - mass) * normalCdf((Math.log(0.8) - x) / 1.2),
    (uniform) => (uniform() < mass ? 0.12 * normal(uniform) : Math.log(0.8) + 1.2 * normal(uniform)),
  );

/** Spreads as the graph gives them for a node's channels, 0.8 to 2.1, and narrower ones (quant 3.3). */
const SHAPES: readonly Shape[] = [
  lognormal(0.1, 0.4),
  lognormal(0.25, 0.7),
  lognormal(0.25, 1.1),
  lognormal(0.15, 1.6),
  shape(
    0.15,
    (x) => Math.exp(-Math.exp(x)),
    (uniform) => Math.log(exponential(uniform)),
  ),
  kink(0.1, 0.6),
];
/** Scales from 10 to about 8,000 ppm, 21 % apart. */
const SCALES = Array.from({ length: 36 }, (_, i) => lnFeeOf(24 + 2 * i));
const SCALE_STEP = lnFeeOf(2);
/** Gamma prior of the rate: little is known of it before (quant 7.4). */
const RATE_SHAPE = 0.3;
/** So that a forward at a fee nobody would pay does not rule everything out. */
const LEAST_SHARE = 1e-6;
/** Hypotheses less likely than the best by this factor are left out. */
const NEGLIGIBLE = 1e-5;

interface Hypothesis {
  readonly shape: Shape;
  readonly lnScale: number;
  readonly weight: number;
  /** Gamma posterior of the payments an hour if it were free. */
  readonly rateShape: number;
  readonly rateHours: number;
}

export interface Belief {
  readonly hypotheses: readonly Hypothesis[];
  /** Where revenue is highest while liquidity costs nothing. */
  readonly optimum: Optimum;
}

/** Demand of one channel as one draw has it. */
export interface Demand {
  /** Payments an hour if it were free, in the mean of the week. */
  readonly perHour: number;
  /** The fee that half of them pay, or thereabouts. */
  readonly scalePpm: number;
  /** What one sender would pay, ppm. */
  readonly willing: (uniform: Uniform) => number;
}

/**
 * @param cells forwards, and hours in which they could have come, by fee
 * @param perHour of a channel of this node in the mean: what the rate is believed to be before
 */
export function believe(cells: Cells, prior: Optimum, perHour: number): Belief {
  let forwards = 0;
  for (const [, count] of cells) forwards += count;
  const priorHours = RATE_SHAPE / Math.max(perHour, 1e-6);
  const judged = SHAPES.flatMap((each) =>
    SCALES.map((lnScale) => {
      let hours = priorHours;
      let likelihood = 0;
      for (const [cell, count, time] of cells) {
        const share = Math.max(LEAST_SHARE, each.share(lnFeeOf(cell) - lnScale));
        hours += time * share;
        if (count > 0) likelihood += count * Math.log(share);
      }
      const distance = (lnScale + each.lnBest - prior.lnPpm) / prior.sd;
      const ln =
        Math.log(each.prior) -
        0.5 * distance * distance +
        likelihood +
        RATE_SHAPE * Math.log(priorHours) -
        (RATE_SHAPE + forwards) * Math.log(hours);
      return { shape: each, lnScale, ln, rateShape: RATE_SHAPE + forwards, rateHours: hours };
    }),
  );
  const most = Math.max(...judged.map(({ ln }) => ln));
  const weighed = judged
    .map(({ ln, ...rest }) => ({ ...rest, weight: Math.exp(ln - most) }))
    .filter(({ weight }) => weight > NEGLIGIBLE);
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const hypotheses = weighed.map((each) => ({ ...each, weight: each.weight / total }));
  const lnBest = (each: Hypothesis): number => each.lnScale + each.shape.lnBest;
  const mean = hypotheses.reduce((sum, each) => sum + each.weight * lnBest(each), 0);
  const variance = hypotheses.reduce((sum, each) => sum + each.weight * (lnBest(each) - mean) ** 2, 0);
  return { hypotheses, optimum: { lnPpm: mean, sd: Math.sqrt(variance) } };
}

/** Expected forwards an hour at the fee of a cell. */
export const rateAt = ({ hypotheses }: Belief, cell: number): number =>
  hypotheses.reduce(
    (sum, { weight, rateShape, rateHours, shape: each, lnScale }) =>
      sum + (weight * rateShape * each.share(lnFeeOf(cell) - lnScale)) / rateHours,
    0,
  );

export function drawDemand({ hypotheses }: Belief, uniform: Uniform): Demand {
  let left = uniform();
  let chosen = hypotheses[0];
  for (const each of hypotheses) {
    chosen = each;
    left -= each.weight;
    if (left < 0) break;
  }
  if (chosen === undefined) throw new RangeError('belief: expected at least one hypothesis');
  const { shape: drawn, lnScale, rateShape, rateHours } = chosen;
  // The grid is coarser than what is believed.
  const lnPpm = lnScale + SCALE_STEP * (uniform() - 0.5);
  return {
    perHour: gamma(rateShape, uniform) / rateHours,
    scalePpm: Math.exp(lnPpm),
    willing: (dice) => Math.exp(lnPpm + drawn.draw(dice)),
  };
}
