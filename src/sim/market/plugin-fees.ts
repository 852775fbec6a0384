// What does the plugin earn? The production decideFees, called every half hour with what its store would have told it.
import { classify } from '../../core/profit/classify.ts';
import { decideFees } from '../../core/fee/decide.ts';
import { PACED_SECONDS } from '../../core/fee/pacing.ts';
import { MIN_COUNTED_MSAT, isLiquid } from '../../core/fee/exposure.ts';
import { DYNAMIC_POLICY } from '../../core/fee/types.ts';
import type {
  FeeConfig,
  FeeOutcome,
  Observation,
  PastChange,
  PricedChannel,
  PricingUnit,
  UnitState,
} from '../../core/fee/types.ts';
import { ZERO_MSAT, msat, ppm, unixSec, type ChannelId, type NodeId, type UnixSec } from '../../core/units.ts';
import { channelOf, peerOf } from './identities.ts';
import { DAY } from './market.ts';
import type { ForwardSeen, NodeView } from './node-engine.ts';
import type { FeeTool } from './run.ts';

const HOUR = 3600;
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

/** What is remembered of one channel beside the controller's own state. */
interface Memory {
  readonly channelId: ChannelId;
  readonly peerId: NodeId;
  fees: number;
  /** Times of forwards either way within the class window, oldest first. */
  readonly used: number[];
  readonly changes: PastChange[];
  wasLiquid: boolean;
  /** What our own payments had moved by then. */
  netMsat: number;
}

export interface PluginTool extends FeeTool {
  /** What the last cycle decided, to look at. */
  readonly last: () => FeeOutcome | null;
}

/** The plugin's fees. One channel per peer; nobody else changes a fee; every setchannel succeeds. */
export function pluginFees(config: FeeConfig = DEFAULT_FEE_CONFIG): PluginTool {
  let states: ReadonlyMap<NodeId, UnitState> = new Map();
  let memories: Memory[] = [];
  let since: UnixSec | null = null;
  let began = 0;
  let last: FeeOutcome | null = null;
  return {
    name: config.algorithm,
    last: () => last,
    wake(node) {
      const now = unixSec(node.now);
      if (since === null) {
        since = unixSec(now - HOUR / 2);
        began = since;
        memories = node.capacityMsat.map((_, k) => ({
          channelId: channelOf(k),
          peerId: peerOf(k),
          fees: 0,
          used: [],
          changes: [],
          wasLiquid: true,
          netMsat: 0,
        }));
      }
      const from = since;
      const units = memories.map((memory, k) => unitOf(memory, node, k, { from, until: now, began }));
      last = decideFees({ now, config, units, states });
      states = last.next;
      since = now;
      for (const decision of last.decisions) {
        if (decision.kind !== 'set') continue;
        const k = memories.findIndex(({ peerId }) => peerId === decision.peerId);
        const fromPpm = ppm(node.feePpm(k));
        memories[k]?.changes.push({ channelId: channelOf(k), at: now, fromPpm, toPpm: decision.ppm });
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

function unitOf(memory: Memory, node: NodeView, k: number, span: Span): PricingUnit {
  const { until } = span;
  const capacity = node.capacityMsat[k] ?? 0;
  const spendable = Math.max(0, node.localMsat(k) - (node.reserveMsat[k] ?? 0));
  const channel: PricedChannel = {
    channelId: memory.channelId,
    capacity: msat(capacity),
    local: msat(node.localMsat(k)),
    spendable: msat(spendable),
    connected: true,
    private: false,
    feePpm: ppm(node.feePpm(k)),
    feeBase: ZERO_MSAT,
  };
  const liquid = isLiquid([channel]);
  const { costMsat, lots, netMsat } = node.purchases(k);
  const observation = {
    ...observe(node.news, k, span, channel, (Number(liquid) + Number(memory.wasLiquid)) / 2),
    broughtInMsat: msat(netMsat - memory.netMsat),
  };
  memory.netMsat = netMsat;
  memory.wasLiquid = liquid;
  memory.fees += Number(observation.feeMsat);
  for (const { at, from, to, outcome } of node.news)
    if (outcome === 'settled' && (from === k || to === k)) memory.used.push(at);
  while ((memory.used[0] ?? Infinity) < until - CLASS_WINDOW_DAYS * DAY) memory.used.shift();
  while ((memory.changes[0]?.at ?? Infinity) <= until - PACED_SECONDS) memory.changes.shift();
  return {
    peerId: memory.peerId,
    channels: [channel],
    observation,
    economics: {
      chainCostMsat: CHAIN_COST_MSAT,
      profitClass: classify({
        netProfit: msat(BigInt(memory.fees - costMsat) - CHAIN_COST_MSAT),
        totalCost: msat(CHAIN_COST_MSAT + BigInt(costMsat)),
        forwards: memory.used.length,
        ageSeconds: until - span.began,
        windowSeconds: CLASS_WINDOW_DAYS * DAY,
        open: true,
      }),
      lots,
    },
    policy: DYNAMIC_POLICY,
    hold: null,
    recentChanges: [...memory.changes],
    rivals: null,
  };
}

function observe(
  news: readonly ForwardSeen[],
  k: number,
  { from, until }: Span,
  channel: PricedChannel,
  liquidShare: number,
): Omit<Observation, 'broughtInMsat'> {
  let forwards = 0;
  let amount = 0;
  let fee = 0;
  let unmet = 0;
  const sources = new Map<number, number>();
  for (const forward of news) {
    if (forward.to !== k) continue;
    if (forward.outcome === 'no-liquidity') unmet++;
    if (forward.outcome !== 'settled') continue;
    amount += forward.amountMsat;
    fee += forward.feeMsat;
    if (forward.amountMsat < MIN_COUNTED_MSAT) continue;
    forwards++;
    if (forward.from >= 0) sources.set(forward.from, (sources.get(forward.from) ?? 0) + 1);
  }
  return {
    from,
    until,
    livePpm: channel.feePpm,
    exposureHours: (liquidShare * (until - from)) / HOUR,
    forwards,
    amountMsat: msat(amount),
    feeMsat: msat(fee),
    sources: [...sources].map(([i, count]) => ({ channelId: channelOf(i), forwards: count })),
    unmet,
  };
}
