// Is the bound without limits of liquidity what closed forms and the simulation say?
import { describe, expect, it } from 'vitest';
import { boundOf } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { knownOptimum } from '../../../../src/sim/market/bound/oracle.ts';
import { run } from '../../../../src/sim/market/engine/run.ts';
import { CALM, single } from '../../../../src/sim/market/scenario.ts';
import { planUncoupled } from '../../../../src/sim/market/bound/uncoupled-plan.ts';

const many = { ...CALM, liquidity: 'unlimited' } as const;

describe('planUncoupled', () => {
  it.each([many, single(200)])('is what asking the best fee earns, $name', (scenario) => {
    let earned = 0;
    let bound = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const market = createMarket(scenario, seed, 60);
      const plan = planUncoupled(market);
      earned += run(market, knownOptimum(market), { startPpm: market.channels.map(() => 250) }).feesMsat;
      bound += boundOf(plan);
      for (const price of plan.flatMap(({ prices }) => prices)) expect(price).toBe(0);
    }
    // Fees are whole ppm, payments chance.
    expect(earned / bound).toBeGreaterThan(0.93);
    expect(earned / bound).toBeLessThan(1.04);
  });
});
