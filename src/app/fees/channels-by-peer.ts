// Which channels lead to which peer, in the words of pricing?
import type { PricedChannel } from '../../core/fee/types.ts';
import { groupBy } from '../../core/group-by.ts';
import type { ChannelView, NodeSnapshot } from '../../core/snapshot.ts';
import { beyondLastHop, lastHopsOf, paidByPeer, refillPpm } from '../../core/rebalance/inbound.ts';
import type { PaidCost } from '../../core/rebalance/plan-types.ts';
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

/**
 * What bringing liquidity to each peer costs, ppm, by the cheapest of its public channels; those not known are left out.
 * @param paid by rebalances of late
 */
export function refillsByPeer(
  snapshot: Pick<NodeSnapshot, 'takenAt' | 'channels'>,
  paid: readonly PaidCost[],
): ReadonlyMap<NodeId, number> {
  const beyondPpm = beyondLastHop(paidByPeer(paid, snapshot.takenAt), lastHopsOf(snapshot.channels));
  const refills = new Map<NodeId, number>();
  for (const channel of snapshot.channels) {
    const refill = refillPpm(channel.remote?.feePpm ?? null, beyondPpm);
    if (channel.private || refill === null) continue;
    refills.set(channel.peerId, Math.min(refill, refills.get(channel.peerId) ?? Infinity));
  }
  return refills;
}
