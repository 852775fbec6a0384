// What does the fee controller of cl-revenue-ops 2.2 in Python earn? Draws every hour, within bounds by the balance.
//
// python-original 3; lightning-goats/cl_revenue_ops ccc9413 (2.2.3), modules/fee_controller.py. Ported: windows, smoothed
// rate, Thompson core, AIMD, floors by balance, scarcity, the gates before a broadcast. Not ported: reputation and uptime
// (nobody is offline here), the regime test, sleep, the bias for profit, the ceiling for idle channels, chain floor and
// feerate, congestion, the cold start, the floors of full and of rebalanced channels, all of the fleet.
import type { SeededRandom } from '../../world/random.ts';
import type { FeeTool } from '../engine/run.ts';
import type { NodeView } from '../engine/node-engine.ts';
import { lookUp, type Steps } from './look-up.ts';
import { Aimd, ThompsonPosterior } from './thompson-posterior.ts';

export interface ThompsonOptions {
  /** min_fee_ppm and max_fee_ppm. */
  readonly minPpm: number;
  readonly maxPpm: number;
}

export const THOMPSON_SHIPPED: ThompsonOptions = { minPpm: 10, maxPpm: 5000 };
const HOUR = 3600;
/** MIN_OBSERVATION_HOURS; ema_smoothing_alpha. */
const MIN_HOURS = 1;
const ALPHA = 0.3;
/** ENABLE_BALANCE_FLOOR: below so much on our side at least so many ppm. */
const BALANCE_FLOOR: Steps<number> = [
  [0.1, 500],
  [0.25, 200],
];
/** LiquidityBuckets.get_fee_multiplier: applied to the floor, MAX_FLOOR_MULTIPLIER 3. */
const LIQUIDITY: Steps<number> = [
  [0.1, 3],
  [0.25, 2],
  [0.4, 1.25],
  [0.6, 1],
  [0.75, 0.85],
  [0.9, 0.7],
];
const FULL_MULTIPLIER = 0.5;
/** scarcity_threshold. */
const SCARCE = 0.35;
/** Where a floor by balance is active, the ceiling stays so far above it. */
const ROOM_ABOVE_FLOOR = { raised: 100, crossed: 10 } as const;
/** Share of the last broadcast below which a change is not told. */
const GOSSIP_GATE = 0.05;

/** Names of _get_context_with_values; the rest of the key is constant without a fleet. */
const CONTEXTS: Steps<string> = [
  [0.15, 'depleted'],
  [0.35, 'low'],
  [0.65, 'balanced'],
  [0.85, 'high'],
];

/** calculate_scarcity_multiplier. */
export const scarcity = (share: number): number =>
  share >= SCARCE ? 1 : Math.min(3, Math.max(1, 1 + 2 * (1 - share / SCARCE)));

/** The bounds of a draw at a balance. */
export function thompsonBounds(share: number, { minPpm, maxPpm }: ThompsonOptions): { floor: number; ceiling: number } {
  const base = Math.max(minPpm, lookUp(BALANCE_FLOOR, share, 0));
  const protects = base > minPpm;
  let ceiling = protects ? Math.max(maxPpm, base + ROOM_ABOVE_FLOOR.raised) : maxPpm;
  let floor = Math.trunc(base * lookUp(LIQUIDITY, share, FULL_MULTIPLIER));
  if (floor >= ceiling) {
    if (protects) ceiling = floor + ROOM_ABOVE_FLOOR.crossed;
    else floor = Math.max(1, ceiling - ROOM_ABOVE_FLOOR.crossed);
  }
  return { floor, ceiling };
}

interface Learnt {
  readonly thompson: ThompsonPosterior;
  readonly aimd: Aimd;
  at: number | null;
  volumeMsat: number;
  forwards: number;
  smoothed: number;
  broadcastPpm: number;
  /** Why the last broadcast was made. */
  reason: string;
}

export function thompson(random: SeededRandom, options: ThompsonOptions = THOMPSON_SHIPPED): FeeTool {
  const learnt: Learnt[] = [];
  return {
    name: 'thompson',
    wake(node) {
      while (learnt.length < node.capacityMsat.length) learnt.push(start());
      for (const { outcome, to, amountMsat } of node.news) {
        const state = learnt[to];
        if (outcome !== 'settled' || state === undefined) continue;
        state.volumeMsat += amountMsat;
        state.forwards++;
      }
      learnt.forEach((state, k) => {
        price(state, node, k, random, options);
      });
    },
  };
}

const start = (): Learnt => ({
  thompson: new ThompsonPosterior(),
  aimd: new Aimd(),
  at: null,
  volumeMsat: 0,
  forwards: 0,
  smoothed: 0,
  broadcastPpm: 0,
  reason: '',
});

function price(state: Learnt, node: NodeView, k: number, random: SeededRandom, options: ThompsonOptions): void {
  const hours = state.at === null ? 1 : (node.now - state.at) / HOUR;
  if (hours < MIN_HOURS) return;
  const read = node.feePpm(k);
  const fee = read === 0 ? options.minPpm : read;
  // Whole sats, at the present fee whatever the forwards paid.
  const revenue = Math.floor((Math.floor(state.volumeMsat / 1000) * fee) / 1_000_000);
  const raw = revenue / hours;
  state.smoothed = state.smoothed === 0 ? raw : ALPHA * raw + (1 - ALPHA) * state.smoothed;
  const share = Math.max(0, node.localMsat(k) - (node.reserveMsat[k] ?? 0)) / (node.capacityMsat[k] ?? 1);
  const context = lookUp(CONTEXTS, share, 'saturated');
  state.thompson.observe(context, fee, state.smoothed, hours, node.now);
  state.aimd.record(state.forwards > 0, node.now);
  const { floor, ceiling } = thompsonBounds(share, options);
  const clamp = (x: number): number => Math.max(floor, Math.min(ceiling, x));
  const drawn = state.thompson.sample(context, floor, ceiling, random);
  const { modifier } = state.aimd;
  const defended = modifier === 1 ? drawn : clamp(Math.trunc(drawn * modifier));
  const wanted = clamp(Math.trunc(defended * scarcity(share)));
  const least = fee < 100 ? 1 : Math.max(5, fee * 0.03);
  if (Math.abs(wanted - fee) < least) return;
  const told = state.broadcastPpm;
  // decision_reason: another one passes the gate whatever the change, though what is meant are critical states.
  const reason = modifier === 1 ? context : modifier.toFixed(2);
  // Too little to tell: the window goes on ("observation pause").
  if (told > 1 && wanted > 1 && reason === state.reason && Math.abs(wanted - told) <= told * GOSSIP_GATE) return;
  state.broadcastPpm = wanted;
  state.reason = reason;
  state.at = node.now;
  state.volumeMsat = 0;
  state.forwards = 0;
  // setchannel is clamped once more, whatever the floors were.
  node.publish(k, Math.max(options.minPpm, Math.min(options.maxPpm, wanted)));
}
