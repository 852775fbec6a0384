// When is time evidence of demand? Only while a payment could have been forwarded.
import type { PricedChannel } from './types.ts';

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
