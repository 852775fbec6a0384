// Which markup goes with which bid price? The learners move one number; this turns it into a fee and back.
import { CURVATURE } from './demand-curve.ts';

/** Demand further than this (in ln) from where it was measured is not extrapolated. */
const REACH = 2;
/** Newton's steps double the digits each time; those that look far from the root take a few more. */
const MOST_STEPS = 40;
/** In ln: a millionth of a ppm of any fee. */
const EXACT = 1e-13;

/**
 * The fee, ppm, for a learner's position. `lnMarkup` is the markup while the bid price difference is zero; elasticity is
 * 1 there and grows by CURVATURE per unit of ln fee. Where liquidity is dearer here than where it comes from, the fee is
 * the one at which (fee - difference) / fee = 1 / elasticity (Lerner): higher, with a thinner markup relative to it.
 */
export function feeFor(lnMarkup: number, bidDifference: number): number {
  const base = Math.exp(lnMarkup);
  const u = bidDifference > 0 ? above(base, bidDifference) : below(base, -bidDifference);
  return base * Math.exp(Math.max(-REACH, Math.min(REACH, u)));
}

/** u of fee = base e^u where d / (fee - d) = CURVATURE u, d > 0: by the margin, in which it is convex, from beyond. */
function above(base: number, d: number): number {
  let margin = base * Math.exp(REACH) - d;
  if (margin <= 0) return REACH;
  for (let i = 0; i < MOST_STEPS; i++) {
    const u = Math.log((margin + d) / base);
    const step = (margin * CURVATURE * u - d) / (CURVATURE * (u + margin / (margin + d)));
    // Already beyond the reach: the root lies further out.
    if (i === 0 && step <= 0) return REACH;
    margin -= step;
    if (step <= EXACT * margin) break;
  }
  return Math.log((margin + d) / base);
}

/** u where -d / (fee + d) = CURVATURE u, d >= 0: nearly straight. */
function below(base: number, d: number): number {
  let u = 0;
  for (let i = 0; i < MOST_STEPS; i++) {
    const share = d / (base * Math.exp(u) + d);
    const step = (share + CURVATURE * u) / (CURVATURE - share * (1 - share));
    u -= step;
    if (Math.abs(step) <= EXACT) break;
  }
  return u;
}

/** The position whose fee this is; the inverse of feeFor, kept within REACH of the fee. */
export function lnMarkupFor(feePpm: number, bidDifference: number): number {
  const lnFee = Math.log(Math.max(1, feePpm));
  const margin = feePpm - bidDifference;
  const u = margin <= 0 ? REACH : (feePpm / margin - 1) / CURVATURE;
  return lnFee - Math.max(-REACH, Math.min(REACH, u));
}
