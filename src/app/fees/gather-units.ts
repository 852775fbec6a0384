// What does one decision on all fees read? Node, ledger and database, each once; what cannot be read ends the cycle.
import type { Config } from '../../core/config/options.ts';
import { isLiquid } from '../../core/fee/exposure.ts';
import { commonPpm } from '../../core/fee/live.ts';
import { PACED_SECONDS } from '../../core/fee/pacing.ts';
import { policyOf, unitPolicy } from '../../core/fee/policy.ts';
import type { PastChange, PricedChannel, PricingUnit } from '../../core/fee/types.ts';
import { groupBy } from '../../core/group-by.ts';
import { PAID_DAYS, paidOf } from '../../core/rebalance/inbound.ts';
import { daysBefore, unixSec, type NodeId, type UnixSec } from '../../core/units.ts';
import type { FeeNode, KeptPricing, KeptRivals, Store } from '../../ports.ts';
import type { Analysis } from '../analysis.ts';
import { profitsNow, type ProfitPorts } from '../profit/profits-now.ts';
import { channelsByPeer, publicOnes, refillsByPeer } from './channels-by-peer.ts';
import { economicsByPeer } from './economics-of.ts';
import { observationOf, OutflowReader, OwnMoves } from './observation.ts';
import { askRivals, withSales } from './rival-book.ts';

export interface GatherPorts extends ProfitPorts {
  readonly fees: FeeNode;
}

export interface Gathered {
  readonly units: readonly PricingUnit[];
  /** What was known of every peer before, also of those without a channel now. */
  readonly pricing: ReadonlyMap<NodeId, KeptPricing>;
  /** To be kept beside the new states. */
  readonly beside: ReadonlyMap<NodeId, Omit<KeptPricing, 'state'>>;
}

/**
 * @param until the end of what was taken in: nothing that ended before is missing in the store
 * @throws NodeError, StoreError
 */
export async function gatherUnits(
  ports: GatherPorts,
  { snapshot, flows, window }: Analysis,
  until: UnixSec,
  config: Config,
): Promise<Gathered> {
  const { store, fees, log } = ports;
  const now = snapshot.takenAt;
  const pricing = store.fees.pricing();
  const peers = channelsByPeer(snapshot);
  const open = new Map([...peers].map(([peer, channels]) => [peer, publicOnes(channels)]));
  const profits = await profitsNow(ports, snapshot, 'fees');
  const ids = new Map([...open].map(([peer, channels]) => [peer, channels.map(({ channelId }) => channelId)]));
  const economics = economicsByPeer(ids, profits, { flows, window }, now);
  const kept = [...open].filter(([, channels]) => channels.length > 0);
  const rivals = await askRivals(
    fees,
    log,
    new Map(kept.map(([peer]) => [peer, pricing.get(peer)?.rivals ?? null])),
    now,
  );
  const holds = store.fees.holds(now);
  const policies = store.fees.policies(now);
  const changes = changesByPeer(store, open, pricing, now);
  const refills = refillsByPeer(snapshot, paidOf(store.rebalances.arrivedIntents(daysBefore(now, PAID_DAYS))));
  const outflows = new OutflowReader(store.fees, until);
  const moves = new OwnMoves(store.ledger);

  const keptRivals = new Map<NodeId, KeptRivals>();
  const units = [...peers].map(([peerId, channels]): PricingUnit => {
    const shown = open.get(peerId) ?? [];
    const recentChanges = changes.get(peerId) ?? [];
    const observation = observationOf(shown, pricing.get(peerId), recentChanges, outflows, moves, config.feeInterval);
    const asked = rivals.get(peerId);
    const known = asked === undefined ? null : withSales(asked, commonPpm(shown), observation, now);
    if (known !== null) keptRivals.set(peerId, known);
    return {
      peerId,
      channels,
      observation,
      economics: economics.get(peerId) ?? null,
      policy: unitPolicy(policyOf(peerId, ids.get(peerId) ?? [], policies)),
      hold: holds.get(peerId) ?? null,
      recentChanges,
      rivals: known?.fees ?? null,
      rivalry: known?.rivalry ?? null,
      refillPpm: config.dailyBudgetSats > 0 ? (refills.get(peerId) ?? null) : null,
    };
  });
  const beside = new Map(
    units.map(({ peerId, channels }) => [
      peerId,
      { liquid: isLiquid(channels), rivals: keptRivals.get(peerId) ?? pricing.get(peerId)?.rivals ?? null },
    ]),
  );
  return { units, pricing, beside };
}

/**
 * Recorded changes of the last week, or since a peer's fees were last seen where that is longer ago: fees of channels that
 * are still there, or a peer that comes back after years would have the changes of all peers in these years read. A change
 * with a time in the future was recorded while the clock ran ahead, and is left out: until that time comes it would always
 * be the last one, so that its fee would stand for the peer's and no raise would be allowed.
 * @param open the public channels to each peer
 */
function changesByPeer(
  store: Store,
  open: ReadonlyMap<NodeId, readonly PricedChannel[]>,
  pricing: ReadonlyMap<NodeId, KeptPricing>,
  now: UnixSec,
): ReadonlyMap<NodeId, readonly PastChange[]> {
  let since = now - PACED_SECONDS;
  const owner = new Map<string, NodeId>();
  for (const [peer, channels] of open) {
    const state = pricing.get(peer)?.state;
    for (const { channelId } of channels) {
      owner.set(channelId, peer);
      if (state?.seen[channelId] !== undefined) since = Math.min(since, state.seenAt, state.observedUntil);
    }
  }
  const recorded = store.fees.changesSince(unixSec(Math.max(0, since)));
  const theirs = recorded.filter(({ channelId, at }) => at <= now && owner.has(channelId));
  return groupBy(theirs, ({ channelId }) => owner.get(channelId) as NodeId);
}
