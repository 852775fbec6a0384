// Which channels lead to which peer, in the words of pricing?
import type { PricedChannel } from '../../core/fee/types.ts';
import { groupBy } from '../../core/group-by.ts';
import type { ChannelView, NodeSnapshot } from '../../core/snapshot.ts';
import { refillPpm } from '../../core/rebalance/inbound.ts';
import type { NodeId } from '../../core/units.ts';

const priced = (channel: ChannelView): PricedChannel => ({
  channelId: channel.channelId,
  capacity: channel.capacity,
  local: channel.toUs,
  spendable: channel.spendable,
  connected: channel.connected,
  private: channel.private,
  feePpm: channel.feePpm,
  feeBase: channel.feeBase,
});

/** At least one channel per peer. */
export const channelsByPeer = (snapshot: NodeSnapshot): ReadonlyMap<NodeId, readonly PricedChannel[]> =>
  new Map([...groupBy(snapshot.channels, ({ peerId }) => peerId)].map(([peer, own]) => [peer, own.map(priced)]));

/** Those whose fee is told to the network and ours to set. */
export const publicOnes = (channels: readonly PricedChannel[]): readonly PricedChannel[] =>
  channels.filter((channel) => !channel.private);

/** What bringing liquidity to each peer costs, ppm, by the cheapest of its public channels; those not known are left out. */
export function refillsByPeer(snapshot: NodeSnapshot): ReadonlyMap<NodeId, number> {
  const refills = new Map<NodeId, number>();
  for (const channel of snapshot.channels) {
    const refill = refillPpm(channel.remote?.feePpm ?? null);
    if (channel.private || refill === null) continue;
    refills.set(channel.peerId, Math.min(refill, refills.get(channel.peerId) ?? Infinity));
  }
  return refills;
}
