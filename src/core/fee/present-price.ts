// What is a peer's liquidity worth right now, given what pricing knows of it and how its balance stands?
import { bidPrice } from './bid-price.ts';
import { DRAIN_SHARE, lostShare } from './observe.ts';
import type { BidPrice, UnitState } from './types.ts';

/** Our share of a peer's capacity, 0..1; 0 without capacity. Both in msat. */
export const shareOf = (local: number, capacity: number): number =>
  capacity === 0 ? 0 : Math.max(0, Math.min(1, local / capacity));

/**
 * @param share ours of the capacity of the peer's public channels, 0..1
 * @param capacitySats of these channels
 * @param scale ppm of a typical fee towards the peer (feeScale)
 */
export function presentPrice(
  state: Pick<UnitState, 'slowPrice' | 'levels' | 'capacitySats'>,
  share: number,
  capacitySats: number,
  scale: number,
): BidPrice {
  const lost = lostShare(state, share, capacitySats);
  // A drain within hours is priced as if the next hours took as much again: no factor that could compound.
  return bidPrice(state.slowPrice, lost >= DRAIN_SHARE ? Math.max(0, share - lost) : share, scale);
}
