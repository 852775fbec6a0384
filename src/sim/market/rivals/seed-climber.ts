// What does the seed's hill climber earn, exactly as it was published? (python-original 1.3)
//
// lightning-goats/cl_revenue_ops 8980993, modules/fee_controller.py. Not ported: the floor by what an opening and a closing
// cost, which a fee tool here is not told. It is 4 ppm, below the least fee, but for the month of S11's storm: 186.
import type { FlowState } from '../../../core/flow/classify.ts';
import type { ForwardSeen, NodeView } from '../engine/node-engine.ts';
import type { FeeTool } from '../engine/run.ts';
import { FlowWindow } from './flow-window.ts';
import { lookUp, type Steps } from './look-up.ts';
import { seedFlowState } from './seed-flow.ts';

const STEP = 50;
const STEP_SHARE = 0.05;
const MIN_STEP = 10;
const MAX_STEP = 200;
const MOST_IN_ONE_DIRECTION = 5;
const DAMPENING = 0.8;
const MIN_OBSERVATION_HOURS = 1;
const VOLATILITY = 0.5;
/** revenue-ops-min-fee-ppm and -max-fee-ppm. */
const SHIPPED_BOUNDS = { minPpm: 10, maxPpm: 5000 } as const;
/** It published changes of at least so many ppm and such a share of the fee. */
const LEAST_CHANGE = { ppm: 5, share: 0.03 } as const;
const FLOW_WINDOW_DAYS = 7;
const HOUR = 3600;
const DAY = 86_400;

/** Multiplier by local share: below the first number, the second. Applied to the fee just read, so it compounds. */
const LIQUIDITY: Steps<number> = [
  [0.1, 3],
  [0.25, 2],
  [0.4, 1.25],
  [0.6, 1],
  [0.75, 0.85],
  [0.9, 0.7],
];
const FULL_MULTIPLIER = 0.5;
/** Multiplier by marginal ROI, lifetime fees over lifetime cost of rebalances: from the first number on, the second. */
const PROFITABILITY: readonly (readonly [from: number, multiplier: number])[] = [
  [0.2, 0.95],
  [0, 1],
  [-0.2, 1.05],
  [-0.5, 1.1],
  [-Infinity, 1.15],
];
/** Bounds follow the flow: a source's floor is higher, a sink's lower than the minimum fee. */
const FLOOR = { source: 1.25, sink: 0.8, balanced: 1 } as const;

interface Climb {
  lastUpdate: number;
  lastRate: number;
  direction: 1 | -1;
  step: number;
  sameDirection: number;
  /** Msat that left since the last update; at first all that ever left. */
  volumeMsat: number;
  earnedSats: number;
}

export interface SeedBounds {
  readonly minPpm: number;
  readonly maxPpm: number;
}

/** @param multipliers false leaves the compounding liquidity and profitability multipliers out, to tell what they do */
export function seedClimber(multipliers = true, bounds: SeedBounds = SHIPPED_BOUNDS): FeeTool {
  const climbs: Climb[] = [];
  let flow: FlowWindow | null = null;
  return {
    name: multipliers ? 'seed' : 'seed-plain',
    wake(node) {
      while (climbs.length < node.capacityMsat.length) climbs.push(start());
      flow ??= new FlowWindow(node.capacityMsat.length, FLOW_WINDOW_DAYS * DAY);
      for (const forward of node.news) {
        if (forward.outcome !== 'settled') continue;
        note(climbs, forward);
        flow.add(forward);
      }
      flow.forget(node.now);
      const flows = multipliers ? flow : null;
      climbs.forEach((climb, k) => {
        climbChannel(climb, node, k, flows, bounds);
      });
    },
  };
}

const start = (): Climb => ({
  lastUpdate: 0,
  lastRate: 0,
  direction: 1,
  step: STEP,
  sameDirection: 0,
  volumeMsat: 0,
  earnedSats: 0,
});

function note(climbs: readonly Climb[], { to, amountMsat, feeMsat }: ForwardSeen): void {
  const exit = climbs[to];
  if (exit === undefined) return;
  exit.volumeMsat += amountMsat;
  exit.earnedSats += Math.floor(feeMsat / 1000);
}

/** @param flow null: no multipliers */
function climbChannel(climb: Climb, node: NodeView, k: number, flow: FlowWindow | null, bounds: SeedBounds): void {
  const { minPpm, maxPpm } = bounds;
  const first = climb.lastUpdate === 0;
  const hours = first ? 1 : (node.now - climb.lastUpdate) / HOUR;
  if (hours < MIN_OBSERVATION_HOURS) return;
  const read = node.feePpm(k);
  const fee = read === 0 ? minPpm : read;
  // Whole sats, at the present fee whatever the forwards paid.
  const revenueSats = Math.floor((Math.floor(climb.volumeMsat / 1000) * fee) / 1_000_000);
  const rate = revenueSats / hours;
  const change = rate - climb.lastRate;
  if (!first && climb.lastRate > 0 && Math.abs(change) / Math.max(1, climb.lastRate) > VOLATILITY) climb.step = STEP;
  if (first) climb.direction = 1;
  else if (change > 0) climb.sameDirection++;
  else {
    climb.direction = climb.direction === 1 ? -1 : 1;
    climb.step = Math.max(MIN_STEP, Math.floor(DAMPENING * climb.step));
    climb.sameDirection = 0;
  }
  climb.step = Math.min(MAX_STEP, Math.max(climb.step, Math.max(Math.floor(STEP_SHARE * fee), MIN_STEP)));
  // What it is halved to is kept, too.
  if (climb.sameDirection > MOST_IN_ONE_DIRECTION) climb.step = Math.max(MIN_STEP, Math.floor(climb.step / 2));
  const spendable = Math.max(0, node.localMsat(k) - (node.reserveMsat[k] ?? 0));
  const share = spendable / (node.capacityMsat[k] ?? 1);
  const multiplier = flow
    ? lookUp(LIQUIDITY, share, FULL_MULTIPLIER) * profitabilityOf(climb.earnedSats, node.purchases(k).costMsat / 1000)
    : 1;
  const floor = Math.max(1, Math.floor(minPpm * (flow ? FLOOR[flowState(flow, node, k, share)] : 1)));
  const wanted = Math.max(floor, Math.min(maxPpm, Math.trunc((fee + climb.direction * climb.step) * multiplier)));
  climb.lastRate = rate;
  climb.lastUpdate = node.now;
  climb.volumeMsat = 0;
  if (Math.abs(wanted - fee) >= Math.max(LEAST_CHANGE.ppm, LEAST_CHANGE.share * fee)) node.publish(k, wanted);
}

/** Exactly 20 % is not above it. A channel that was never rebalanced has all or nothing. */
export function profitabilityOf(earnedSats: number, costSats: number): number {
  const roi = costSats > 0 ? (earnedSats - costSats) / Math.max(1, costSats) : earnedSats > 0 ? 1 : 0;
  return PROFITABILITY.find(([from]) => (from === 0.2 ? roi > from : roi >= from))?.[1] ?? 1;
}

function flowState({ inMsat, assistedMsat, outMsat }: FlowWindow, node: NodeView, k: number, share: number): FlowState {
  const into = (inMsat[k] ?? 0) + (assistedMsat[k] ?? 0);
  const out = outMsat[k] ?? 0;
  return seedFlowState(into + out === 0 ? null : out - into, node.capacityMsat[k] ?? 1, share);
}
