// What does LNDg's AutoRebalance earn? Small pieces into what is empty, for a part of the channel's own fee.
//
// peers-and-drivers 4.4; cryptosharks131/lndg bd75f83 (1.10.1), rebalancer.py. Shipped, AR-Enabled and AR-Autopilot are
// off and nothing happens: here both are on, since its autopilot is its own rule for which channels are to be filled. With
// one worker (AR-Workers) rebalances follow one another.
import { DAY } from '../market.ts';
import type { MarketDriver } from '../engine/market-driver.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import type { Rebalancer } from '../engine/run.ts';
import { FlowWindow } from './flow-window.ts';
import { RebalanceDesk } from './rebalance-desk.ts';

export interface AutoRebalanceOptions {
  /** AR-MaxFeeRate. */
  readonly maxPpm: number;
}

export const AUTO_REBALANCE_SHIPPED: AutoRebalanceOptions = { maxPpm: 500 };
/** AR-Inbound%, AR-Outbound%, AR-MaxCost%, AR-Target%, AR-APDays, AR-WaitPeriod and AR-Time in minutes. */
const AR = { inbound: 90, outbound: 75, maxCost: 65, targetShare: 0.03, days: 7, waitMinutes: 30, minutes: 5 } as const;
/** Rapid fire: factors after success and failure, least amount in sats, minutes, and the time kept for cleaning up. */
const RAPID = { more: 1.21, less: 2, leastSats: 69_420, minutes: 1, reserveSeconds: 5 } as const;
/** auto_enable: flows beyond this ratio are one-way; percent of the balance; flows are counted in 10,000 sats. */
const PILOT = { ratio: 1.1, percent: 75, grainMsat: 10_000_000 } as const;
const SAT = 1000;

/** ppm for which a channel is filled; null where that is nothing, or no more than its peer alone asks. */
export function rebalanceRate(feePpm: number, lastHopPpm: number, { maxPpm }: AutoRebalanceOptions): number | null {
  const rate = Math.min(maxPpm, Math.floor((feePpm * AR.maxCost) / 100));
  return rate > 0 && rate > lastHopPpm ? rate : null;
}

/** What the autopilot makes of a channel that is, or is not, to be filled. */
export function autopilot(on: boolean, localShare: number, outMsat: number, inMsat: number): boolean {
  const grains = (msat: number): number => Math.floor(msat / PILOT.grainMsat) / 100;
  const out = grains(outMsat);
  const into = grains(inMsat) * PILOT.ratio;
  const percent = Math.round(localShare * 100);
  if (out > into) return percent > PILOT.percent ? on : on || 100 - percent > PILOT.percent;
  return out < into && percent > PILOT.percent ? false : on;
}

export function autoRebalance(
  engine: NodeEngine,
  driver: MarketDriver,
  options: AutoRebalanceOptions = AUTO_REBALANCE_SHIPPED,
): Rebalancer {
  const desk = new RebalanceDesk(engine, driver);
  const count = engine.capacityMsat.length;
  const flow = new FlowWindow(count, AR.days * DAY);
  const on: boolean[] = engine.capacityMsat.map(() => false);
  const failedAt: number[] = engine.capacityMsat.map(() => -Infinity);
  engine.listen({
    forwarded: (forward) => {
      flow.add(forward);
    },
    rebalanced: () => undefined,
  });

  const capacity = (k: number): number => engine.capacityMsat[k] ?? 1;
  const all = engine.capacityMsat.map((_, k) => k);
  /** Those that stay above their target after so much has left. */
  const sources = (to: number, amountMsat: number): number[] =>
    all.filter((k) => {
      const percent = Math.floor(((engine.localMsat(k) - amountMsat) * 100) / capacity(k));
      return k !== to && on[k] === false && percent >= AR.outbound;
    });
  const empty = (k: number): boolean =>
    on[k] === true && Math.floor(((capacity(k) - engine.localMsat(k)) * 100) / capacity(k)) >= AR.inbound;

  /** One request and what rapid fire makes of it. */
  const fill = (to: number, ppm: number): void => {
    let amountMsat = Math.floor((capacity(to) * AR.targetShare) / SAT) * SAT;
    let minutes: number = AR.minutes;
    for (;;) {
      const from = sources(to, amountMsat);
      const seconds = minutes * 60 - RAPID.reserveSeconds;
      const maxFeeMsat = (amountMsat * ppm) / 1e6;
      const moved = from.length > 0 && desk.move({ from, to, amountMsat, maxFeeMsat, seconds }) !== null;
      failedAt[to] = moved ? -Infinity : engine.now;
      if (!empty(to) || from.length === 0) return;
      if (moved) {
        amountMsat = Math.floor((amountMsat * RAPID.more) / SAT) * SAT;
        if (sources(to, amountMsat).length === 0) return;
      } else {
        // After a first request it goes on only with what a failure at the last hop has shown to fit: nothing shows that here.
        if (minutes > RAPID.minutes || amountMsat <= RAPID.leastSats * SAT) return;
        amountMsat = Math.floor(amountMsat / RAPID.less / SAT) * SAT;
      }
      minutes = RAPID.minutes;
    }
  };

  return {
    name: 'lndg',
    wake() {
      flow.forget(engine.now);
      for (const k of all)
        on[k] = autopilot(on[k] ?? false, engine.localMsat(k) / capacity(k), flow.outMsat[k] ?? 0, flow.inMsat[k] ?? 0);
      const empties = all.filter(empty);
      if (empties.length === 0 || sources(-1, 0).length === 0) return;
      const rates = empties.map((to) => {
        const waited = Math.floor((engine.now - (failedAt[to] ?? 0)) / 60) > AR.waitMinutes;
        return { to, ppm: waited ? rebalanceRate(engine.feePpm(to), desk.lastHopPpm(to), options) : null };
      });
      for (const { to, ppm } of rates) if (ppm !== null) fill(to, ppm);
    },
  };
}
