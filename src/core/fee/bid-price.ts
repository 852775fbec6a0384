// What is one more sat on our side of a channel worth? The currency in which fees and rebalances are compared.
import { GONE, type PlacedSources } from './places.ts';
import type { BidPrice, Optimum, Prior } from './types.ts';

/**
 * How strongly the balance bends the price, in multiples of the scale. Those who know demand do best with 1
 * (sim/market/bound/oracle.ts). While the slow part followed the balance alone 3 was best, which emptied full channels for next
 * to nothing; with the long-run prices 1 is (docs/economics.md).
 */
const LEVEL_STRENGTH = 1;
/**
 * ppm of a typical fee towards this peer: where demand, or before it has spoken the prior, puts the best fee. Never the
 * fees we ask: those contain the bid price, and the price would climb on itself.
 */
export const feeScale = (learned: Optimum | null, prior: Optimum): number => Math.exp((learned ?? prior).lnPpm);

/** Shape of the part that the present balance makes: steep where it nears empty or full (quant 7.1). */
export const levelPrice = (share: number): number =>
  (0.5 - share) * (1 + 12 * Math.max(0, 0.15 - share) + 6 * Math.max(0, share - 0.9));

/** What one peer's fee is reckoned from, all of the same cycle. */
export interface UnitPrices {
  readonly prior: Prior;
  readonly own: BidPrice;
  /** Mean bid price of where its forwards come in. */
  readonly source: number;
}

/** The bid price at a balance; a share below the present one where a drain is under way. */
export function bidPrice(slow: number, share: number, scale: number): BidPrice {
  const level = LEVEL_STRENGTH * levelPrice(share);
  return { price: (slow + level) * scale, scale, slow: slow * scale, level: level * scale };
}

/**
 * Mean bid price of where forwards towards a peer come in, weighted by how many (counting.ts) came from where; one forward's weight
 * goes to the mean price of all other peers, which also stands for sources that are no longer there.
 */
export function sourcePrice(
  { from, forwards }: PlacedSources,
  prices: readonly BidPrice[],
  meanElsewhere: number,
): number {
  let sum = meanElsewhere;
  let weight = 1;
  for (let i = 0; i < from.length; i++) {
    const place = from[i] as number;
    const count = forwards[i] as number;
    sum += count * (place === GONE ? meanElsewhere : (prices[place] as BidPrice).price);
    weight += count;
  }
  return sum / weight;
}
