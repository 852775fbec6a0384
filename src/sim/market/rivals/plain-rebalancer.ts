// What does the seed's rebalancer earn? Destination fee - inbound cost - weighted source fee (python-original 1.4).
//
// lightning-goats/cl_revenue_ops 8980993, modules/rebalancer.py. Its call of circular asked for 1000 times the amount
// (python-original 2.4); here it asks for what it meant. Not ported: the wallet reserve, which is never short here, and
// the class ZOMBIE, which takes a larger loss than the market's opening fee.
import { msatToFloat } from '../../../core/units.ts';
import type { FlowState } from '../../../core/flow/classify.ts';
import { DAY } from '../market.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import { OPENING_FEE } from '../engine/market-node.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import type { Rebalancer } from '../engine/run.ts';
import { FlowWindow } from './flow-window.ts';
import { RebalanceDesk } from './rebalance-desk.ts';
import { seedFlowState } from './seed-flow.ts';
import { seedValue, type SeedGate, type SeedValue } from './seed-value.ts';

/** The seed's figures: shares that make a destination or a source, targets, amounts in sats, the network's buffer. */
const SEED = {
  low: 0.2,
  high: 0.8,
  target: { source: 0.85, balanced: 0.5 },
  smallestSats: 50_000,
  largestSats: 5_000_000,
  bufferPpm: 500,
  leastTurnover: 0.0001,
  minProfitSats: 10,
  restSeconds: 600,
  mostDoublings: 4,
  /** Of a source, by its flow. */
  bonus: { sink: 100, balanced: 20, source: 0 },
  /** Below this return on its whole cost a destination is given up (published only). */
  worstRoi: -0.5,
} as const;
const WINDOW_DAYS = 7;
/** revenue-ops-daily-budget-sats 5000. */
const BUDGET_MSAT = 5_000_000;
const SAT = 1000;

interface Move extends SeedValue {
  readonly from: number;
  readonly to: number;
  readonly amountSats: number;
  readonly drains: boolean;
}

/** @param gate see seed-value.ts */
export function plainRebalancer(engine: NodeEngine, driver: MarketDriver, gate: SeedGate = 'plain'): Rebalancer {
  const desk = new RebalanceDesk(engine, driver);
  const count = engine.capacityMsat.length;
  const flow = new FlowWindow(count, WINDOW_DAYS * DAY);
  const failures = new Float64Array(count);
  const triedAt = new Float64Array(count).fill(-Infinity);
  const doneAt = new Float64Array(count).fill(-Infinity);
  const earned = new Float64Array(count);
  const paid = new Float64Array(count);
  const spent: { readonly at: number; readonly feeMsat: number }[] = [];
  engine.listen({
    forwarded: (forward) => {
      flow.add(forward);
      earned[forward.to] = (earned[forward.to] ?? 0) + forward.feeMsat;
    },
    rebalanced: ({ to, feeMsat }, at) => {
      spent.push({ at, feeMsat });
      paid[to] = (paid[to] ?? 0) + feeMsat;
      doneAt[to] = at;
    },
  });

  const all = engine.capacityMsat.map((_, k) => k);
  const capacity = (k: number): number => engine.capacityMsat[k] ?? 1;
  const share = (k: number): number => engine.spendableMsat(k) / capacity(k);
  const into = (k: number): number => (flow.inMsat[k] ?? 0) + (flow.assistedMsat[k] ?? 0);
  const used = (k: number): number => into(k) + (flow.outMsat[k] ?? 0);
  const stateOf = (k: number): FlowState => {
    const net = used(k) === 0 ? null : (flow.outMsat[k] ?? 0) - into(k);
    return seedFlowState(net, capacity(k), share(k));
  };
  const turnover = (k: number): number =>
    Math.max(SEED.leastTurnover, Math.min(1, used(k) / WINDOW_DAYS / capacity(k)));
  const hopeless = (k: number): boolean => {
    const cost = msatToFloat(OPENING_FEE) + (paid[k] ?? 0);
    return gate === 'published' && ((earned[k] ?? 0) - cost) / cost < SEED.worstRoi;
  };

  /** The source is chosen before anything is known of what it would bring. */
  const sourceFor = (amountSats: number, sources: readonly number[]): number | null => {
    let best: number | null = null;
    let highest = -Infinity;
    for (const k of sources) {
      if (engine.spendableMsat(k) < amountSats * SAT) continue;
      const score = share(k) * 50 - engine.feePpm(k) / 10 + SEED.bonus[stateOf(k)];
      if (score <= highest) continue;
      highest = score;
      best = k;
    }
    return best;
  };

  const moveTo = (to: number, sources: readonly number[]): Move | null => {
    const rest = SEED.restSeconds * 2 ** Math.min(SEED.mostDoublings, failures[to] ?? 0);
    if (engine.now - (triedAt[to] ?? 0) <= rest || engine.now - (doneAt[to] ?? 0) < DAY) return null;
    const inboundPpm = desk.lastHopPpm(to) + SEED.bufferPpm;
    // No source makes a spread of that: asked before everything that costs more to find out.
    if (engine.feePpm(to) <= inboundPpm) return null;
    const state = stateOf(to);
    if (state === 'sink' || hopeless(to)) return null;
    const missing = Math.trunc((SEED.target[state] * capacity(to) - engine.spendableMsat(to)) / SAT);
    if (missing <= 0) return null;
    const amountSats = Math.max(SEED.smallestSats, Math.min(SEED.largestSats, missing));
    const from = sourceFor(amountSats, sources);
    if (from === null) return null;
    const value = seedValue(
      {
        amountSats,
        toPpm: engine.feePpm(to),
        fromPpm: engine.feePpm(from),
        inboundPpm,
        toTurnover: turnover(to),
        fromTurnover: turnover(from),
      },
      gate,
    );
    if (value === null || value.profit < SEED.minProfitSats) return null;
    return { ...value, from, to, amountSats, drains: state === 'source' };
  };

  return {
    name: gate === 'plain' ? 'plain' : 'seed',
    wake() {
      while ((spent[0]?.at ?? Infinity) <= engine.now - DAY) spent.shift();
      if (spent.reduce((sum, { feeMsat }) => sum + feeMsat, 0) >= BUDGET_MSAT) return;
      flow.forget(engine.now);
      const sources = all.filter((k) => share(k) > SEED.high);
      if (sources.length === 0) return;
      const moves = all.filter((k) => share(k) < SEED.low).map((k) => moveTo(k, sources));
      const worth = moves.filter((move) => move !== null);
      worth.sort((a, b) => Number(b.drains) - Number(a.drains) || b.profit - a.profit);
      for (const { from, to, amountSats, capPpm } of worth) {
        triedAt[to] = engine.now;
        const amountMsat = amountSats * SAT;
        const maxFeeMsat = (amountMsat * capPpm) / 1e6;
        const moved = desk.move({ from: [from], to, amountMsat, maxFeeMsat, seconds: 1 });
        failures[to] = moved === null ? (failures[to] ?? 0) + 1 : 0;
      }
    },
  };
}
