// What does one look for rebalances read? Node, ledger and database, each once; what cannot be read ends the look.
import { presentPrice, shareOf } from '../../core/fee/present-price.ts';
import type { BidPrice } from '../../core/fee/types.ts';
import type { ChannelFlow, FlowAnalysis, Window } from '../../core/flow/analyze.ts';
import { groupBy } from '../../core/group-by.ts';
import { classify } from '../../core/profit/classify.ts';
import { onHand } from '../../core/profit/lots.ts';
import { PAID_DAYS } from '../../core/rebalance/inbound.ts';
import { dailyOutflow } from '../../core/rebalance/outflow.ts';
import type { PlanChannel, PlanInput } from '../../core/rebalance/plan-types.ts';
import { rebalancePolicyOf } from '../../core/rebalance/policy.ts';
import type { ChannelView } from '../../core/snapshot.ts';
import {
  daysBefore,
  msatToFloat,
  satsToMsat,
  SECONDS_PER_DAY,
  ZERO_MSAT,
  type ChannelId,
  type NodeId,
  type UnixSec,
} from '../../core/units.ts';
import type { FeeStore, KeptPricing, Policy } from '../../ports.ts';
import { analyze, type Analysis } from '../analysis.ts';
import type { Standing } from '../profit/channel-fold.ts';
import { profitsNow } from '../profit/profits-now.ts';
import { capitalOf, readFunds } from './capital.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

/** Orders a plan may hold: the first is carried out, the others tell who is next by what is known now. */
const MOST_ORDERS = 5;
/** Pricing that has not run for so long knows nothing of now: its slow part moves by days. */
const OLDEST_PRICE_SECONDS = SECONDS_PER_DAY;
/** Who prices less often goes by older prices, or would rebalance in the first hours alone: one cycle may fail, and come late. */
const CYCLES_OF_A_PRICE = 3;

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
    prices: pricesOf(peers, pricing, store.fees, now, config.feeInterval),
    traffic: ports.lately.traffic(pricing, (peer) => peers.has(peer), store.fees),
    paid: ports.lately.paid(store.rebalances.arrivedIntents(daysBefore(now, PAID_DAYS))),
    open: store.rebalances.openIntents().map(({ from, to, amountMsat }) => ({
      from: from.channelId,
      to: to.channelId,
      amountMsat,
    })),
    ways: ports.ways.memory,
    waysAsOf: now,
    failures: store.rebalances.failures(),
    capital: capitalOf(config, store.rebalances, funds, ports.clock.now()),
    minProfitMsat: satsToMsat(config.rebalanceMinProfit),
    maxOrders: MOST_ORDERS,
  };
}

type PeerChannels = ReadonlyMap<NodeId, readonly ChannelView[]>;
type Pricing = ReadonlyMap<NodeId, KeptPricing>;

/** Those that one price was made for, by peer. */
const publicByPeer = (channels: readonly ChannelView[]): PeerChannels =>
  groupBy(
    channels.filter((channel) => !channel.private),
    ({ peerId }) => peerId,
  );

/** What pricing has learned, at the balances of now. */
function pricesOf(
  peers: PeerChannels,
  pricing: Pricing,
  fees: Pick<FeeStore, 'decision'>,
  now: UnixSec,
  feeInterval: number,
): ReadonlyMap<NodeId, BidPrice> {
  const oldest = Math.max(OLDEST_PRICE_SECONDS, CYCLES_OF_A_PRICE * feeInterval);
  const prices = new Map<NodeId, BidPrice>();
  for (const [peer, theirs] of peers) {
    const state = pricing.get(peer)?.state;
    const decision = fees.decision(peer);
    if (state === undefined || decision === null || decision.price === null) continue;
    if (now - decision.at > oldest) continue;
    let local = 0;
    for (const { toUs } of theirs) local += msatToFloat(toUs);
    const capacity = capacityOf(theirs);
    prices.set(peer, presentPrice(state, shareOf(local, capacity), capacity / 1000, decision.price.scale));
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
  const byChannel = new Map<ChannelId, Standing>();
  for (const standing of standings) byChannel.set(standing.books.channelId, standing);
  return flows.map(
    (flow) =>
      new GatheredChannel(
        flow,
        window,
        byChannel.get(flow.channel.channelId) ?? null,
        () => shareOfOutflow(flow.channel, peers.get(flow.channel.peerId) ?? [], pricing.get(flow.channel.peerId)),
        policies.length === 0 ? 'both' : rebalancePolicyOf(flow.channel.peerId, flow.channel.channelId, policies),
      ),
  );
}

/** Works its figures out only when they are asked for: in most looks most channels are ruled out before. */
class GatheredChannel implements PlanChannel {
  readonly view: ChannelView;
  readonly flow: FlowAnalysis['state'];
  readonly policy: PlanChannel['policy'];
  readonly #analysis: FlowAnalysis;
  readonly #window: Window;
  readonly #standing: Standing | null;
  readonly #shareOfOutflow: () => number;
  #dailyOutMsat: number | null = null;
  #returns: PlanChannel['returns'] | undefined = undefined;
  #lots: PlanChannel['lots'] | null = null;

  constructor(
    analysis: FlowAnalysis,
    window: Window,
    standing: Standing | null,
    shareOfPeers: () => number,
    policy: PlanChannel['policy'],
  ) {
    this.view = analysis.channel;
    this.flow = analysis.state;
    this.policy = policy;
    this.#analysis = analysis;
    this.#window = window;
    this.#standing = standing;
    this.#shareOfOutflow = shareOfPeers;
  }

  get dailyOutMsat(): number {
    const measured = msatToFloat(this.#analysis.flow.out.settledMsat) / this.#window.days;
    return (this.#dailyOutMsat ??= Math.max(measured, this.#shareOfOutflow()));
  }

  get returns(): PlanChannel['returns'] {
    if (this.#returns === undefined)
      this.#returns = this.#standing === null ? null : returnsOf(this.#standing, this.#analysis.flow, this.#window);
    return this.#returns;
  }

  get lots(): PlanChannel['lots'] {
    if (this.#lots === null) {
      const lots = this.#standing?.lots ?? [];
      if (lots.length === 0) return NO_LOTS;
      const { amount, cost } = onHand(lots);
      this.#lots = { remainingMsat: amount, costMsat: cost };
    }
    return this.#lots;
  }
}

const NO_LOTS: PlanChannel['lots'] = { remainingMsat: ZERO_MSAT, costMsat: ZERO_MSAT };

/** Forwards towards a peer may take any of its channels: each is taken to carry what it is of their capacity. */
function shareOfOutflow(view: ChannelView, theirs: readonly ChannelView[], kept: KeptPricing | undefined): number {
  if (kept === undefined || view.private || theirs.length === 0) return 0;
  const capacity = capacityOf(theirs);
  return capacity === 0 ? 0 : dailyOutflow(kept.state) * (msatToFloat(view.capacity) / capacity);
}

/** Msat; exact, since no node holds 2^53 of them. */
function capacityOf(channels: readonly ChannelView[]): number {
  let capacity = 0;
  for (const channel of channels) capacity += msatToFloat(channel.capacity);
  return capacity;
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
