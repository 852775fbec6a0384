// What is one more sat on our side of a channel worth? The currency in which fees and rebalances are compared.
import { totals } from './cells.ts';
import type { BidPrice, Cells, Optimum } from './types.ts';

/** Forwards of evidence that the prior belief of a peer's fee scale counts as. */
const SCALE_PRIOR_FORWARDS = 5;
/** Slow price gained per day of an empty channel's full imbalance, in multiples of the scale (quant 7.1). */
const DUAL_STEP = 0.05;
/** Bounds of the slow price in multiples of the scale (quant 7.1): a price, not a spiral. */
const SLOW_MIN = -2;
const SLOW_MAX = 4;

/**
 * ppm of a typical fee towards this peer: the mean (in ln) of the fees that forwards have paid, or the prior where few
 * have. Never of the fees we ask: those contain the bid price, and the price would climb on itself.
 */
export function feeScale(cells: Cells, lnFeeOf: (cell: number) => number, prior: Optimum): number {
  let sum = SCALE_PRIOR_FORWARDS * prior.lnPpm;
  for (const [cell, forwards] of cells) sum += forwards * lnFeeOf(cell);
  return Math.exp(sum / (totals(cells).forwards + SCALE_PRIOR_FORWARDS));
}

/** The part that the present balance makes, in multiples of the scale: steep where it nears empty or full (quant 7.1). */
export const levelPrice = (share: number): number =>
  (0.5 - share) * (1 + 12 * Math.max(0, 0.15 - share) + 6 * Math.max(0, share - 0.9));

/** Online dual ascent: a balance that stays low makes liquidity dearer day by day, one that stays high cheaper. */
export const nextSlowPrice = (slow: number, share: number, days: number): number =>
  Math.max(SLOW_MIN, Math.min(SLOW_MAX, slow + DUAL_STEP * (0.5 - share) * days));

/** The bid price at a balance; a share below the present one where a drain is under way. */
export function bidPrice(slow: number, share: number, scale: number): BidPrice {
  const level = levelPrice(share);
  return { price: (slow + level) * scale, scale, slow: slow * scale, level: level * scale };
}

/**
 * Mean bid price of where forwards towards a peer come in, weighted by how many came from where; one forward's weight
 * goes to the mean price of all other peers, which also stands for sources that are no longer there.
 */
export function sourcePrice(
  sources: Readonly<Record<string, number>>,
  prices: ReadonlyMap<string, BidPrice>,
  meanElsewhere: number,
): number {
  let sum = meanElsewhere;
  let weight = 1;
  for (const [peer, count] of Object.entries(sources)) {
    sum += count * (prices.get(peer)?.price ?? meanElsewhere);
    weight += count;
  }
  return sum / weight;
}
