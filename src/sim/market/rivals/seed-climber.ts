// What does the seed's hill climber earn, exactly as it was published? (python-original 1.3)
import type { FlowState } from '../../../core/flow/classify.ts';
import type { ForwardSeen, NodeView } from '../node-engine.ts';
import type { FeeTool } from '../run.ts';
import { seedFlowState } from './seed-flow.ts';

const STEP = 50;
const STEP_SHARE = 0.05;
const MIN_STEP = 10;
const MAX_STEP = 200;
const MOST_IN_ONE_DIRECTION = 5;
const DAMPENING = 0.8;
const MIN_OBSERVATION_HOURS = 1;
const VOLATILITY = 0.5;
const MIN_PPM = 10;
const MAX_PPM = 5000;
/** It published changes of at least so many ppm and such a share of the fee. */
const LEAST_CHANGE = { ppm: 5, share: 0.03 } as const;
const FLOW_WINDOW_DAYS = 7;
const HOUR = 3600;
const DAY = 86_400;

/** Multiplier by local share: below the first number, the second. Applied to the fee just read, so it compounds. */
const LIQUIDITY: readonly (readonly [below: number, multiplier: number])[] = [
  [0.1, 3],
  [0.25, 2],
  [0.4, 1.25],
  [0.6, 1],
  [0.75, 0.85],
  [0.9, 0.7],
  [Infinity, 0.5],
];
/** Marginal ROI above 20 %, which every channel has that has earned anything and was never rebalanced. */
const EARNING_MULTIPLIER = 0.95;
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
  earned: boolean;
  /** Forwards of the flow window, oldest first: time and msat out (negative: in). */
  flow: { readonly at: number; readonly msat: number }[];
}

/** @param multipliers false leaves the compounding liquidity and profitability multipliers out, to tell what they do */
export function seedClimber(multipliers = true): FeeTool {
  const climbs: Climb[] = [];
  return {
    name: multipliers ? 'seed' : 'seed-plain',
    wake(node) {
      while (climbs.length < node.capacityMsat.length) climbs.push(start());
      for (const forward of node.news) if (forward.outcome === 'settled') note(climbs, forward);
      climbs.forEach((climb, k) => {
        climbChannel(climb, node, k, multipliers);
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
  earned: false,
  flow: [],
});

function note(climbs: readonly Climb[], { at, from, to, amountMsat, feeMsat }: ForwardSeen): void {
  const exit = climbs[to];
  if (exit) {
    exit.volumeMsat += amountMsat;
    exit.earned ||= feeMsat >= 1000;
    exit.flow.push({ at, msat: amountMsat });
  }
  climbs[from]?.flow.push({ at, msat: -(amountMsat + feeMsat) });
}

function climbChannel(climb: Climb, node: NodeView, k: number, multipliers: boolean): void {
  const first = climb.lastUpdate === 0;
  const hours = first ? 1 : (node.now - climb.lastUpdate) / HOUR;
  if (hours < MIN_OBSERVATION_HOURS) return;
  const read = node.feePpm(k);
  const fee = read === 0 ? MIN_PPM : read;
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
  const step =
    climb.sameDirection > MOST_IN_ONE_DIRECTION ? Math.max(MIN_STEP, Math.floor(climb.step / 2)) : climb.step;
  const share = node.localMsat(k) / (node.capacityMsat[k] ?? 1);
  const multiplier = multipliers ? liquidityOf(share) * (climb.earned ? EARNING_MULTIPLIER : 1) : 1;
  const floor = Math.max(1, Math.floor(MIN_PPM * (multipliers ? FLOOR[flowState(climb, node, k, share)] : 1)));
  const wanted = Math.max(floor, Math.min(MAX_PPM, Math.trunc((fee + climb.direction * step) * multiplier)));
  climb.lastRate = rate;
  climb.lastUpdate = node.now;
  climb.volumeMsat = 0;
  if (Math.abs(wanted - fee) >= Math.max(LEAST_CHANGE.ppm, LEAST_CHANGE.share * fee)) node.publish(k, wanted);
}

const liquidityOf = (share: number): number => LIQUIDITY.find(([below]) => share < below)?.[1] ?? 1;

function flowState(climb: Climb, node: NodeView, k: number, share: number): FlowState {
  const since = node.now - FLOW_WINDOW_DAYS * DAY;
  while (climb.flow.length > 0 && (climb.flow[0]?.at ?? 0) < since) climb.flow.shift();
  const net = climb.flow.length === 0 ? null : climb.flow.reduce((sum, { msat }) => sum + msat, 0);
  return seedFlowState(net, node.capacityMsat[k] ?? 1, share);
}
