// What does one look for rebalances read? Node, ledger and database, each once; what cannot be read ends the look.
import { presentPrice } from '../../core/fee/present-price.ts';
import type { BidPrice } from '../../core/fee/types.ts';
import type { ChannelFlow, Window } from '../../core/flow/analyze.ts';
import { classify } from '../../core/profit/classify.ts';
import { onHand } from '../../core/profit/lots.ts';
import type { Intent } from '../../core/rebalance/intent.ts';
import { PAID_DAYS } from '../../core/rebalance/inbound.ts';
import { dailyOutflow } from '../../core/rebalance/outflow.ts';
import type { PaidCost, PlanChannel, PlanInput } from '../../core/rebalance/plan-types.ts';
import { rebalancePolicyOf } from '../../core/rebalance/policy.ts';
import type { ChannelView } from '../../core/snapshot.ts';
import {
  msatToFloat,
  ratio,
  satsToMsat,
  SECONDS_PER_DAY,
  sumMsat,
  unixSec,
  ZERO_MSAT,
  type NodeId,
  type UnixSec,
} from '../../core/units.ts';
import type { DryRebalance, FeeStore, KeptPricing, Policy, RebalanceStore } from '../../ports.ts';
import { analyze, type Analysis } from '../analysis.ts';
import type { Standing } from '../profit/standing.ts';
import { profitsNow } from '../profits-now.ts';
import { capitalOf, readFunds } from './capital.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

/** Orders a plan may hold: the first is carried out, the others are for when it fails. */
const MOST_ORDERS = 5;
/** Pricing that has not run for so long knows nothing of now: its slow part moves by days. */
const OLDEST_PRICE_SECONDS = SECONDS_PER_DAY;

/** @throws NodeError, StoreError */
export async function gatherPlan(ports: RebalancePorts): Promise<PlanInput> {
  const { node, store } = ports;
  const config = ports.config();
  await ports.catchUp();
  const analysis = await analyze(node, store, config);
  const { snapshot } = analysis;
  const funds = await readFunds(node, snapshot);
  const standings = await profitsNow(ports, snapshot, 'rebalance');
  const now = snapshot.takenAt;
  const pricing = store.fees.pricing();
  const peers = publicByPeer(snapshot.channels);
  return {
    now,
    synced: snapshot.synced,
    channels: planChannels(analysis, standings, peers, pricing, store.fees.policies(now)),
    prices: pricesOf(peers, pricing, store.fees, now),
    paid: paidLately(store.rebalances, now),
    open: store.rebalances.openIntents().map(({ from, to, amountMsat }) => ({
      from: from.channelId,
      to: to.channelId,
      amountMsat,
    })),
    failures: store.rebalances.failures(),
    capital: capitalOf(config, store.rebalances, funds, ports.clock.now()),
    minProfitMsat: satsToMsat(config.rebalanceMinProfit),
    maxOrders: MOST_ORDERS,
  };
}

type PeerChannels = ReadonlyMap<NodeId, readonly ChannelView[]>;
type Pricing = ReadonlyMap<NodeId, KeptPricing>;

/** Those that one price was made for, by peer. */
function publicByPeer(channels: readonly ChannelView[]): PeerChannels {
  const peers = new Map<NodeId, ChannelView[]>();
  for (const channel of channels) {
    if (channel.private) continue;
    const known = peers.get(channel.peerId);
    if (known) known.push(channel);
    else peers.set(channel.peerId, [channel]);
  }
  return peers;
}

/** What pricing has learned, at the balances of now. */
function pricesOf(
  peers: PeerChannels,
  pricing: Pricing,
  fees: Pick<FeeStore, 'decision'>,
  now: UnixSec,
): ReadonlyMap<NodeId, BidPrice> {
  const prices = new Map<NodeId, BidPrice>();
  for (const [peer, theirs] of peers) {
    const state = pricing.get(peer)?.state;
    const decision = fees.decision(peer);
    if (state === undefined || decision === null || decision.price === null) continue;
    if (now - decision.at > OLDEST_PRICE_SECONDS) continue;
    const share = ratio(sumMsat(theirs.map(({ toUs }) => toUs)), sumMsat(theirs.map(({ capacity }) => capacity)));
    prices.set(peer, presentPrice(state, Math.max(0, Math.min(1, share)), decision.price.scale));
  }
  return prices;
}

function planChannels(
  { channels: flows, window }: Analysis,
  standings: readonly Standing[],
  peers: PeerChannels,
  pricing: Pricing,
  policies: readonly Policy[],
): PlanChannel[] {
  const byChannel = new Map(standings.map((standing) => [standing.books.channelId, standing]));
  return flows.map(({ channel: view, flow, state }): PlanChannel => {
    const standing = byChannel.get(view.channelId);
    const stock = standing === undefined ? null : onHand(standing.lots);
    const measured = msatToFloat(flow.out.settledMsat) / window.days;
    return {
      view,
      flow: state,
      dailyOutMsat: Math.max(measured, shareOfOutflow(view, peers.get(view.peerId) ?? [], pricing.get(view.peerId))),
      returns: standing === undefined ? null : returnsOf(standing, flow, window),
      lots: { remainingMsat: stock?.amount ?? ZERO_MSAT, costMsat: stock?.cost ?? ZERO_MSAT },
      policy: rebalancePolicyOf(view.peerId, view.channelId, policies),
    };
  });
}

/** Forwards towards a peer may take any of its channels: each is taken to carry what it is of their capacity. */
function shareOfOutflow(view: ChannelView, theirs: readonly ChannelView[], kept: KeptPricing | undefined): number {
  if (kept === undefined || view.private || theirs.length === 0) return 0;
  return dailyOutflow(kept.state) * ratio(view.capacity, sumMsat(theirs.map(({ capacity }) => capacity)));
}

function returnsOf(standing: Standing, flow: ChannelFlow, window: Window): PlanChannel['returns'] {
  const { netProfit, totalCost, openCost, age, books } = standing;
  const profitClass = classify({
    netProfit,
    totalCost,
    forwards: flow.in.settledCount + flow.out.settledCount,
    ageSeconds: age,
    windowSeconds: window.days * SECONDS_PER_DAY,
    open: books.closing === null,
  });
  return { profitClass, netProfitMsat: netProfit, totalCostMsat: totalCost, openingCostMsat: openCost };
}

/** What rebalances that arrived have really cost. */
const paidLately = (store: RebalanceStore, now: UnixSec): readonly PaidCost[] =>
  paidOf(store.endedIntents(unixSec(Math.max(0, now - PAID_DAYS * SECONDS_PER_DAY))));

const paidFor = new WeakMap<readonly Intent[], readonly PaidCost[]>();

function paidOf(ended: readonly Intent[]): readonly PaidCost[] {
  const known = paidFor.get(ended);
  if (known !== undefined) return known;
  const paid = ended.flatMap(({ to, endedAt, movedMsat, feeMsat }) =>
    movedMsat > 0n && endedAt !== null ? [{ toPeer: to.peerId, at: endedAt, movedMsat, feeMsat }] : [],
  );
  paidFor.set(ended, paid);
  return paid;
}

/** The world as it would be had the dry runs been carried out. */
export function withDryRuns(input: PlanInput, dryRuns: readonly DryRebalance[]): PlanInput {
  const { spending } = input.capital;
  if (dryRuns.length === 0) return input;
  const caps = dryRuns.map(({ maxFeeMsat }) => maxFeeMsat);
  const pretended = spending && { ...spending, spentMsat: sumMsat([spending.spentMsat, ...caps]) };
  return { ...input, open: [...input.open, ...dryRuns], capital: { ...input.capital, spending: pretended } };
}
