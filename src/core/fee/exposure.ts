// When is time evidence of demand? Only while a payment could have been forwarded.
import { msat, type Msat } from '../units.ts';
import type { PricedChannel } from './types.ts';

/**
 * A smaller forward counts for as much of one as it moves of this: one sender can make thousands of tiny ones, so that it
 * takes as many sats to make a price look good by them as by one of this size. Left out altogether, a stream of small
 * payments would look like silence (suits-seed-published). 1000 sats; of measured traffic (median 20,000 sats, sigma 1.6)
 * 3 % lie below.
 */
export const COUNTED_MSAT: Msat = msat(1_000_000n);

/** Of the capacity, on our side: below this most payments do not fit (quant 5.4 W2). */
const LIQUID_SHARE = 0.03;

/** Whether the peer is connected by a public channel with liquidity worth counting as exposure. */
export function isLiquid(channels: readonly PricedChannel[]): boolean {
  let capacity = 0;
  let spendable = 0;
  for (const channel of channels) {
    if (!channel.connected || channel.private) continue;
    capacity += Number(channel.capacity);
    spendable += Number(channel.spendable);
  }
  return capacity > 0 && spendable > LIQUID_SHARE * capacity;
}
