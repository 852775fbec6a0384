// What does the seed's rule for rebalances earn? Destination fee - inbound cost - weighted source fee (python-original 1.4).
//
// Its gate on expected profit took its own spread for the cost, so that the better a rebalance the surer its refusal
// (python-original 2.3): here the spread itself must bring the minimum, or there would be nothing to compare with.
import { approve, type Capital } from '../../../core/rebalance/guard.ts';
import { classify } from '../../../core/flow/classify.ts';
import { msat, unixSec } from '../../../core/units.ts';
import { channelOf, peerOf, scidOf } from '../identities.ts';
import { DAY } from '../market.ts';
import type { MarketDriver } from '../market-driver.ts';
import type { NodeEngine } from '../node-engine.ts';
import type { Rebalancer } from '../run.ts';

/** The seed's figures: shares that make a destination or a source, targets, amounts in msat, the network's buffer. */
const SEED = {
  low: 0.2,
  high: 0.8,
  target: { source: 0.85, balanced: 0.5 },
  smallest: 50_000_000,
  largest: 5_000_000_000,
  bufferPpm: 500,
  leastTurnover: 0.0001,
  busyTurnover: 0.1,
  minProfitMsat: 10_000,
  restSeconds: 600,
  mostDoublings: 4,
} as const;
const WINDOW_DAYS = 7;
const BUDGET_MSAT = 5_000_000;
/** Time of the attempt, more than the market ever takes but for what is stuck. */
const ORDER_SECONDS = 300;

interface Passed {
  readonly at: number;
  readonly inMsat: number;
  readonly outMsat: number;
}

interface Move {
  readonly from: number;
  readonly to: number;
  readonly amountMsat: number;
  readonly capPpm: number;
  readonly profit: number;
  readonly drains: boolean;
}

export function plainRebalancer(engine: NodeEngine, driver: MarketDriver): Rebalancer {
  const passed: Passed[][] = engine.capacityMsat.map(() => []);
  const failures = engine.capacityMsat.map(() => 0);
  const triedAt = engine.capacityMsat.map(() => -Infinity);
  const doneAt = engine.capacityMsat.map(() => -Infinity);
  const spent: { readonly at: number; readonly feeMsat: number }[] = [];
  let orders = 0;
  engine.listen({
    forwarded: ({ at, from, to, amountMsat, feeMsat }) => {
      passed[from]?.push({ at, inMsat: amountMsat + feeMsat, outMsat: 0 });
      passed[to]?.push({ at, inMsat: 0, outMsat: amountMsat });
    },
    rebalanced: ({ to, feeMsat }, at) => {
      spent.push({ at, feeMsat });
      doneAt[to] = at;
    },
  });

  const flowOf = (k: number) => {
    const recent = passed[k] ?? [];
    while ((recent[0]?.at ?? Infinity) < engine.now - WINDOW_DAYS * DAY) recent.shift();
    const capacity = engine.capacityMsat[k] ?? 1;
    const into = recent.reduce((sum, { inMsat }) => sum + inMsat, 0);
    const out = recent.reduce((sum, { outMsat }) => sum + outMsat, 0);
    const turnover = Math.min(1, Math.max(SEED.leastTurnover, (into + out) / WINDOW_DAYS / capacity));
    return { state: classify(msat(out), msat(into), msat(capacity)), turnover };
  };
  const share = (k: number): number => engine.localMsat(k) / (engine.capacityMsat[k] ?? 1);

  const moveTo = (to: number, sources: readonly number[]): Move | null => {
    const { state } = flowOf(to);
    if (state === 'sink' || engine.now - (doneAt[to] ?? 0) < DAY) return null;
    const rest = SEED.restSeconds * 2 ** Math.min(SEED.mostDoublings, failures[to] ?? 0);
    if (engine.now - (triedAt[to] ?? 0) < rest) return null;
    const missing = SEED.target[state] * (engine.capacityMsat[to] ?? 0) - engine.localMsat(to);
    const amountMsat = Math.floor(Math.min(SEED.largest, Math.max(SEED.smallest, missing)) / 1000) * 1000;
    const inbound = driver.routes.lastHopPpm(to) + SEED.bufferPpm;
    const fee = engine.feePpm(to);
    let best: (Move & { readonly score: number }) | null = null;
    for (const from of sources) {
      if (from === to || engine.spendableMsat(from) < amountMsat || engine.receivableMsat(to) < amountMsat) continue;
      const { turnover } = flowOf(from);
      const sourceFee = engine.feePpm(from);
      if (fee < sourceFee && turnover > SEED.busyTurnover) continue;
      const spread = fee - inbound - Math.trunc(sourceFee * Math.min(1, turnover * WINDOW_DAYS));
      const profit = (spread * amountMsat) / 1e6;
      if (spread <= 0 || profit < SEED.minProfitMsat) continue;
      const score = share(from) * 50 - sourceFee / 10;
      const capPpm = inbound + Math.trunc(spread / 2);
      if (best === null || score > best.score)
        best = { from, to, amountMsat, capPpm, profit, drains: state === 'source', score };
    }
    return best;
  };

  const carryOut = async ({ from, to, amountMsat, capPpm }: Move): Promise<void> => {
    const end = (k: number) => ({ channelId: channelOf(k), scid: scidOf(k), peerId: peerOf(k) });
    const maxFeeMsat = msat(Math.floor((amountMsat * capPpm) / 1e6));
    const deadline = unixSec(Math.floor(engine.now) + ORDER_SECONDS);
    const order = {
      id: String(orders++),
      from: end(from),
      to: end(to),
      amountMsat: msat(amountMsat),
      maxFeeMsat,
      deadline,
    };
    const approved = approve(order, UNLIMITED);
    triedAt[to] = engine.now;
    if (!approved.ok) return;
    const watch = { signal: new AbortController().signal, onDispatched: () => undefined };
    const { status } = await driver.rebalance(approved.value, watch);
    failures[to] = status === 'success' ? 0 : (failures[to] ?? 0) + 1;
  };

  return {
    name: 'plain',
    async wake() {
      while ((spent[0]?.at ?? Infinity) <= engine.now - DAY) spent.shift();
      if (spent.reduce((sum, { feeMsat }) => sum + feeMsat, 0) >= BUDGET_MSAT) return;
      const all = engine.capacityMsat.map((_, k) => k);
      const sources = all.filter((k) => share(k) > SEED.high);
      const moves = all.filter((k) => share(k) < SEED.low).map((k) => moveTo(k, sources));
      const worth = moves.filter((move) => move !== null);
      worth.sort((a, b) => Number(b.drains) - Number(a.drains) || b.profit - a.profit);
      for (const move of worth) await carryOut(move);
    },
  };
}

/** The seed asks for its budget once a cycle, and not here. */
const UNLIMITED: Capital = {
  dailyBudgetMsat: msat(1_000_000_000),
  minReserveMsat: msat(0),
  spending: { spentMsat: msat(0), reservedMsat: msat(0) },
  funds: { onchainMsat: msat(1_000_000_000_000), channelsMsat: msat(0) },
};
