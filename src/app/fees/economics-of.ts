// What did the channels to each peer cost, and how do they pay? The ledger's accounts, all channels to a peer as one.
import type { UnitEconomics } from '../../core/fee/types.ts';
import { classify } from '../../core/profit/classify.ts';
import { msatToFloat, SECONDS_PER_DAY, sumMsat, type ChannelId, type NodeId, type UnixSec } from '../../core/units.ts';
import type { Analysis } from '../analysis.ts';
import type { Standing } from '../profit/channel-fold.ts';

/**
 * By peer; only of peers all of whose channels the ledger knows, since half the costs would make too low a floor.
 * @param channels the public ones of each peer
 */
export function economicsByPeer(
  peers: ReadonlyMap<NodeId, readonly ChannelId[]>,
  profits: readonly Standing[],
  { flows, window }: Pick<Analysis, 'flows' | 'window'>,
  now: UnixSec,
): ReadonlyMap<NodeId, UnitEconomics> {
  const byChannel = new Map(profits.map((profit) => [profit.books.channelId, profit]));
  const forwardsOf = (channel: ChannelId): number => {
    const flow = flows.get(channel);
    return flow === undefined ? 0 : flow.in.settledCount + flow.out.settledCount;
  };
  const known = new Map<NodeId, UnitEconomics>();
  for (const [peer, channels] of peers) {
    const theirs = channels.map((channel) => byChannel.get(channel)).filter((profit) => profit !== undefined);
    if (theirs.length < channels.length || theirs.length === 0) continue;
    known.set(peer, {
      chainCostMsat: sumMsat(theirs.map(({ chainCost }) => chainCost)),
      profitClass: classify({
        netProfit: sumMsat(theirs.map(({ netProfit }) => netProfit)),
        totalCost: sumMsat(theirs.map(({ totalCost }) => totalCost)),
        forwards: channels.reduce((sum, channel) => sum + forwardsOf(channel), 0),
        ageSeconds: Math.max(...theirs.map(({ age }) => age)),
        windowSeconds: window.days * SECONDS_PER_DAY,
        open: true,
      }),
      lots: lotsOnHand(theirs, now),
    });
  }
  return known;
}

/** What is left of bought liquidity, cost and age weighted by amount. */
function lotsOnHand(channels: readonly Standing[], now: UnixSec): UnitEconomics['lots'] {
  const lots = channels.flatMap((channel) => channel.lots).filter(({ remaining }) => remaining > 0n);
  const remainingMsat = sumMsat(lots.map(({ remaining }) => remaining));
  if (remainingMsat === 0n) return null;
  const total = msatToFloat(remainingMsat);
  const cost = msatToFloat(sumMsat(lots.map(({ remainingCost }) => remainingCost)));
  const age = lots.reduce((sum, { remaining, time }) => sum + (msatToFloat(remaining) / total) * (now - time), 0);
  return { costPpm: (cost / total) * 1e6, remainingMsat, ageDays: Math.max(0, age) / SECONDS_PER_DAY };
}
