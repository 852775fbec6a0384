// Which markup goes with which bid price? The learners move one number; this turns it into a fee and back.
import { CURVATURE } from './demand-curve.ts';

/** Demand further than this (in ln) from where it was measured is not extrapolated. */
const REACH = 2;
const BISECTIONS = 40;

/**
 * The fee, ppm, for a learner's position. `lnMarkup` is the markup while the bid price difference is zero; elasticity is
 * 1 there and grows by CURVATURE per unit of ln fee. Where liquidity is dearer here than where it comes from, the fee is
 * the one at which (fee - difference) / fee = 1 / elasticity (Lerner): higher, with a thinner markup relative to it.
 */
export function feeFor(lnMarkup: number, bidDifference: number): number {
  const base = Math.exp(lnMarkup);
  let low = -REACH;
  let high = REACH;
  for (let i = 0; i < BISECTIONS; i++) {
    const u = (low + high) / 2;
    const fee = base * Math.exp(u);
    const worthRaising = fee <= bidDifference || fee / (fee - bidDifference) > 1 + CURVATURE * u;
    if (worthRaising) low = u;
    else high = u;
  }
  return base * Math.exp((low + high) / 2);
}

/** The position whose fee this is; the inverse of feeFor, kept within REACH of the fee. */
export function lnMarkupFor(feePpm: number, bidDifference: number): number {
  const lnFee = Math.log(Math.max(1, feePpm));
  const margin = feePpm - bidDifference;
  const u = margin <= 0 ? REACH : (feePpm / margin - 1) / CURVATURE;
  return lnFee - Math.max(-REACH, Math.min(REACH, u));
}
