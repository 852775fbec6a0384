// What does the plugin earn? The production decideFees, called every half hour with what its store would have told it.
import { classify } from '../../../core/profit/classify.ts';
import { Carried } from '../../../core/fee/carried.ts';
import { decideFees } from '../../../core/fee/decide.ts';
import { PACED_SECONDS } from '../../../core/fee/pacing.ts';
import { NO_RIVALRY, nextRivalry, type Rivalry } from '../../../core/fee/rivalry.ts';
import { COUNTING } from '../../../core/fee/counting.ts';
import { isLiquid } from '../../../core/fee/exposure.ts';
import { DYNAMIC_POLICY } from '../../../core/fee/types.ts';
import type {
  FeeConfig,
  FeeOutcome,
  Observation,
  PastChange,
  PricedChannel,
  PricingUnit,
  RivalFees,
  UnitEconomics,
  UnitState,
} from '../../../core/fee/types.ts';
import {
  ZERO_MSAT,
  daysBefore,
  msat,
  ppm,
  unixSec,
  type ChannelId,
  type NodeId,
  type UnixSec,
} from '../../../core/units.ts';
import { beyondLastHop, PAID_DAYS, paidByPeer, refillPpm } from '../../../core/rebalance/inbound.ts';
import { Lately } from '../../../app/rebalance/lately.ts';
import type { RebalanceStore } from '../../../ports.ts';
import { CircularRoutes } from '../engine/circular-routes.ts';
import { channelOf, peerOf } from './identities.ts';
import { DAY, type Market } from '../market.ts';
import type { Surroundings } from '../rivals/surroundings.ts';
import type { ForwardSeen, NodeView, Purchases } from '../engine/node-engine.ts';
import { WAKE_SECONDS, type FeeTool } from '../engine/run.ts';

const HOUR = 3600;
const WHOLE_MSAT = Number(COUNTING.wholeMsat);
const SOURCED_MSAT = Number(COUNTING.sourcedMsat);
/** What opening and closing cost us, at 5 sat/vB: 140 and 200 vB (the seed's figures, python-original 1.3). */
const CHAIN_COST_MSAT = msat(1_700_000);
/** Days looked back for forwards by which a channel is told from a zombie. */
const CLASS_WINDOW_DAYS = 30;

export const DEFAULT_FEE_CONFIG: FeeConfig = {
  minPpm: 10,
  maxPpm: 5000,
  targetFlowSats: 100_000,
  algorithm: 'hill-climb',
  dryRun: false,
  window: { forwards: 30, minHours: 6, maxHours: 240 },
};

/** What is remembered of one channel beside the controller's own state, and gathered for its next observation. */
interface Memory {
  readonly channelId: ChannelId;
  readonly peerId: NodeId;
  fees: number;
  /** Times of forwards either way within the class window, oldest first. */
  readonly used: number[];
  changes: readonly PastChange[];
  wasLiquid: boolean;
  /** What our own payments had moved by then. */
  netMsat: number;
  /** Since the cycle before. */
  forwards: number;
  amountMsat: number;
  feeMsat: number;
  unmet: number;
  readonly sources: Map<number, number>;
  /** As of the cycle before: made anew only where something has changed. */
  seen: PricedChannel | null;
  localMsat: number;
  economics: { readonly fees: number; readonly costMsat: number; readonly known: UnitEconomics } | null;
  /** Null until a rival has been seen. */
  rivalry: Rivalry | null;
}

const noMemory = (k: number): Memory => ({
  channelId: channelOf(k),
  peerId: peerOf(k),
  fees: 0,
  used: [],
  changes: [],
  wasLiquid: true,
  netMsat: 0,
  forwards: 0,
  amountMsat: 0,
  feeMsat: 0,
  unmet: 0,
  sources: new Map(),
  seen: null,
  localMsat: NaN,
  economics: null,
  rivalry: null,
});

/** What the node tells of the network around it. By channel. */
export interface Around {
  readonly rivals: readonly (RivalFees | null)[];
  /** What bringing liquidity in is expected to cost, ppm. */
  readonly refillsAt: (now: UnixSec) => readonly (number | null)[];
}

const NOTHING_AROUND: Around = { rivals: [], refillsAt: () => [] };
/** Spread of fees to one target, sd in ln (quant 2): by so much the quartiles lie from the median. */
const QUARTILE = Math.exp(0.674 * 2.3);
/** A survey asks about ten others (rivals/surroundings.ts). */
const ASKED = 10;

/**
 * What the plugin asks of its node before it sets a price: listchannels towards each peer, and the peers' own fees.
 * @param ledger of the rebalances, which tells what ways have cost
 */
export function aroundPlugin(
  market: Market,
  { medianPpm }: Surroundings,
  ledger: Pick<RebalanceStore, 'arrivedIntents'>,
): Around {
  const routes = new CircularRoutes(market);
  const lastHops = market.channels.map((_, k) => routes.lastHopPpm(k));
  const byPeer = new Map(lastHops.map((ppm, k) => [peerOf(k), ppm]));
  const lately = new Lately();
  return {
    rivals: medianPpm.map((p50) => ({ p25: p50 / QUARTILE, p50, p75: p50 * QUARTILE, channels: ASKED })),
    refillsAt(now) {
      const paid = lately.paid(ledger.arrivedIntents(daysBefore(now, PAID_DAYS)));
      const beyondPpm = beyondLastHop(paidByPeer(paid, now), byPeer);
      return lastHops.map((ppm) => refillPpm(ppm, beyondPpm));
    },
  };
}

export interface PluginTool extends FeeTool {
  /** What the last cycle decided, to look at. */
  readonly last: () => FeeOutcome | null;
}

/** The plugin's fees. One channel per peer; nobody else changes a fee; every setchannel succeeds. */
export function pluginFees(config: FeeConfig = DEFAULT_FEE_CONFIG, around: Around = NOTHING_AROUND): PluginTool {
  let states: ReadonlyMap<NodeId, UnitState> = new Map();
  let memories: Memory[] = [];
  const carried = new Carried();
  let since: UnixSec | null = null;
  let began = 0;
  let last: FeeOutcome | null = null;
  return {
    name: config.algorithm,
    last: () => last,
    wake(node) {
      const now = unixSec(node.now);
      if (since === null) {
        since = unixSec(now - WAKE_SECONDS);
        began = since;
        memories = node.capacityMsat.map((_, k) => noMemory(k));
      }
      gather(memories, node.news);
      const span = { from: since, until: now, began };
      const refills = around.refillsAt(now);
      const units = memories.map((memory, k) => unitOf(memory, node, k, span, around, refills[k] ?? null));
      last = decideFees({ now, config, units, states, untold: true }, carried);
      states = last.next;
      since = now;
      for (const decision of last.decisions) {
        if (decision.kind !== 'set') continue;
        const k = memories.findIndex(({ peerId }) => peerId === decision.peerId);
        const memory = memories[k];
        if (memory === undefined) continue;
        const change = { channelId: memory.channelId, at: now, fromPpm: ppm(node.feePpm(k)), toPpm: decision.ppm };
        memory.changes = [...memory.changes, change];
        node.publish(k, decision.ppm);
      }
    },
  };
}

interface Span {
  readonly from: UnixSec;
  readonly until: UnixSec;
  readonly began: number;
}

function gather(memories: readonly Memory[], news: readonly ForwardSeen[]): void {
  for (const { at, from, to, amountMsat, feeMsat, outcome } of news) {
    const memory = memories[to];
    if (memory === undefined) continue;
    if (outcome === 'no-liquidity') memory.unmet++;
    if (outcome !== 'settled') continue;
    memory.amountMsat += amountMsat;
    memory.feeMsat += feeMsat;
    memory.used.push(at);
    if (from !== to) memories[from]?.used.push(at);
    memory.forwards += Math.min(1, amountMsat / WHOLE_MSAT);
    const sourced = Math.min(SOURCED_MSAT, amountMsat) / WHOLE_MSAT;
    if (from >= 0) memory.sources.set(from, (memory.sources.get(from) ?? 0) + sourced);
  }
}

const sourcesOf = ({ sources }: Memory) =>
  [...sources].map(([i, count]) => ({ channelId: channelOf(i), forwards: count }));

/** The same as before as long as nothing has changed. */
function channelNow(memory: Memory, node: NodeView, k: number): PricedChannel {
  const local = node.localMsat(k);
  const feePpm = node.feePpm(k);
  const connected = node.online(k);
  const { seen } = memory;
  if (seen !== null && memory.localMsat === local && seen.feePpm === feePpm && seen.connected === connected)
    return seen;
  memory.localMsat = local;
  memory.seen = {
    channelId: memory.channelId,
    capacity: msat(node.capacityMsat[k] ?? 0),
    local: msat(local),
    spendable: msat(Math.max(0, local - (node.reserveMsat[k] ?? 0))),
    connected,
    private: false,
    feePpm: ppm(feePpm),
    feeBase: ZERO_MSAT,
  };
  return memory.seen;
}

function economicsOf(memory: Memory, { costMsat, lots }: Purchases, age: number): UnitEconomics {
  const { fees, economics, used } = memory;
  const { profitClass } = economics?.known ?? {};
  const same =
    economics?.fees === fees && economics.costMsat === costMsat && used.length > 0 && profitClass !== 'zombie';
  if (same && economics.known.lots === lots) return economics.known;
  const known: UnitEconomics = {
    chainCostMsat: CHAIN_COST_MSAT,
    profitClass: same
      ? economics.known.profitClass
      : classify({
          netProfit: msat(BigInt(fees - costMsat) - CHAIN_COST_MSAT),
          totalCost: msat(CHAIN_COST_MSAT + BigInt(costMsat)),
          forwards: used.length,
          ageSeconds: age,
          windowSeconds: CLASS_WINDOW_DAYS * DAY,
          open: true,
        }),
    lots,
  };
  memory.economics = { fees, costMsat, known };
  return known;
}

/** Of all who lead to the peer the market has one who reacts; its fee is read at every cycle, as the plugin reads them. */
function rivalryOf(
  { rivalry }: Memory,
  oursPpm: number,
  rivalPpm: number | null,
  observation: Observation,
): Rivalry | null {
  if (rivalPpm === null) return null;
  const { until } = observation;
  const rival = { channelId: 'rival', feePpm: rivalPpm };
  return nextRivalry(rivalry ?? NO_RIVALRY(until), [rival], oursPpm, observation, until);
}

function unitOf(
  memory: Memory,
  node: NodeView,
  k: number,
  { from, until, began }: Span,
  { rivals }: Around,
  refillPpm: number | null,
): PricingUnit {
  const channel = channelNow(memory, node, k);
  const channels = [channel];
  const liquid = isLiquid(channels);
  const purchases = node.purchases(k);
  const { netMsat } = purchases;
  const observation = {
    from,
    until,
    livePpm: channel.feePpm,
    exposureHours: (((Number(liquid) + Number(memory.wasLiquid)) / 2) * (until - from)) / HOUR,
    forwards: memory.forwards,
    amountMsat: memory.amountMsat === 0 ? ZERO_MSAT : msat(memory.amountMsat),
    feeMsat: memory.feeMsat === 0 ? ZERO_MSAT : msat(memory.feeMsat),
    sources: memory.sources.size === 0 ? [] : sourcesOf(memory),
    unmet: memory.unmet,
    broughtInMsat: netMsat === memory.netMsat ? ZERO_MSAT : msat(netMsat - memory.netMsat),
  };
  memory.netMsat = netMsat;
  memory.wasLiquid = liquid;
  memory.fees += memory.feeMsat;
  memory.forwards = memory.amountMsat = memory.feeMsat = memory.unmet = 0;
  if (memory.sources.size > 0) memory.sources.clear();
  while ((memory.used[0] ?? Infinity) < until - CLASS_WINDOW_DAYS * DAY) memory.used.shift();
  if ((memory.changes[0]?.at ?? Infinity) <= until - PACED_SECONDS)
    memory.changes = memory.changes.filter(({ at }) => at > until - PACED_SECONDS);
  return {
    peerId: memory.peerId,
    channels,
    observation,
    economics: economicsOf(memory, purchases, until - began),
    policy: DYNAMIC_POLICY,
    hold: null,
    recentChanges: memory.changes,
    rivals: rivals[k] ?? null,
    rivalry: (memory.rivalry = rivalryOf(memory, channel.feePpm, node.rivalPpm(k), observation)),
    refillPpm,
  };
}
