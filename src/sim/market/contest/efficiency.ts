// How good are the fees by themselves? Revenue rate at the live fees over that at the best ones, demand known, liquidity
// left out.
import { DAY, regimeAt, shareAt } from '../market.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import { WAKE_SECONDS } from '../engine/run.ts';
import { bestPrice } from '../demand/willingness.ts';

export interface EfficiencyRecord {
  /** Mean of each whole day, 0 to 1. */
  readonly days: readonly number[];
  /** To be called at every wake of the fee tool. */
  onWake(engine: NodeEngine): void;
}

export function recordEfficiency(): EfficiencyRecord {
  const days: number[] = [];
  let top: number | null = null;
  let today = 0;
  return {
    days,
    onWake(engine) {
      top ??= bestPrice(engine.market.scenario.willingness.family);
      today += efficiencyOf(engine, top) / (DAY / WAKE_SECONDS);
      if ((engine.now - engine.market.start) % DAY !== 0) return;
      days.push(today);
      today = 0;
    },
  };
}

/** Weighted by what each channel could earn; `top` is the best price in multiples of the scale. */
function efficiencyOf(engine: NodeEngine, top: number): number {
  const { market } = engine;
  let earned = 0;
  let possible = 0;
  market.channels.forEach((channel, k) => {
    const { scalePpm, rateFactor } = regimeAt(channel, engine.now);
    const rate = (fee: number): number => channel.sinkPerDay * rateFactor * fee * shareAt(market, scalePpm, fee);
    earned += rate(engine.feePpm(k));
    possible += rate(top * scalePpm);
  });
  return earned / possible;
}
