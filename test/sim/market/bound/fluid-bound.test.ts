// Is the bound a bound, and a tight one? Cases that can be worked out by hand, and policies that try to beat it.
import { describe, expect, it } from 'vitest';
import { boundOf, boundWithStock, planFluid, solveFluid } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { familyDemand } from '../../../../src/sim/market/demand/demand.ts';
import { MARKET_START, createMarket, demandAt, type Demand } from '../../../../src/sim/market/market.ts';
import { oracle } from '../../../../src/sim/market/bound/oracle.ts';
import { run } from '../../../../src/sim/market/engine/run.ts';
import { staticFee } from '../../../../src/sim/market/rivals/static-fee.ts';
import { CALM, DRAIN, SHIFTING, type Scenario } from '../../../../src/sim/market/scenario.ts';

/** Best at scale ppm, where a share of 1/e pays: revenue scale / e per sat of demand. */
const EXPONENTIAL: Scenario = {
  ...CALM,
  willingness: { family: { kind: 'exponential' }, scaleMedianPpm: 400, scaleSigma: 0 },
};
const market = createMarket(EXPONENTIAL, 1, 100);
const demand = (volume: number[][], scalePpm: number[]): Demand => familyDemand(market, volume, scalePpm);

describe('solveFluid', () => {
  it('of two channels used alike both ways is the revenue of both optima, at price 0', () => {
    const flows = [
      [0, 1e6],
      [1e6, 0],
    ];
    const plan = solveFluid(demand(flows, [400, 400]), null);
    // 2 x 1e6 sats x 400 ppm / e = 294.3 sats a day.
    expect(plan.boundMsatPerDay / 1000).toBeCloseTo((2 * 400) / Math.E, 0);
    for (const price of plan.prices) expect(Math.abs(price)).toBeLessThan(10);
    for (const fee of plan.fees) expect(fee / 400).toBeCloseTo(1, 1);
  });

  it('of a one-way channel is nothing but what rebalancing leaves', () => {
    const flows = [
      [0, 1e6],
      [0, 0],
    ];
    const none = solveFluid(demand(flows, [400, 400]), null);
    expect(none.boundMsatPerDay / 1000).toBeLessThan(3);
    // Each sat sold costs 100 ppm to bring back: max (f - 100) e^(-f/400), f = 500: 400 e^(-1.25) ppm.
    const some = solveFluid(demand(flows, [400, 400]), [100, 100]);
    expect(some.boundMsatPerDay / 1000).toBeCloseTo(400 * Math.exp(-1.25), 0);
    expect((some.fees[1] ?? 0) / 500).toBeCloseTo(1, 1);
    expect((some.prices[1] ?? 0) - (some.prices[0] ?? 0)).toBeCloseTo(100, 0);
  });

  it('of unequal flows prices the scarce direction up until both are equal', () => {
    const flows = [
      [0, 2e6],
      [1e6, 0],
    ];
    const plan = solveFluid(demand(flows, [400, 400]), null);
    const [cheap = 0, dear = 0] = plan.fees;
    // Equal flows: 2 e^(-dear/400) = e^(-cheap/400), and equal marginal revenue: dear + cheap = 800.
    expect(Math.abs(dear - cheap - 400 * Math.LN2)).toBeLessThan(45);
    expect(Math.abs(dear + cheap - 800)).toBeLessThan(45);
    const value = 1e6 * Math.exp(-(400 - 200 * Math.LN2) / 400) * 800 * 1e-6;
    expect(plan.boundMsatPerDay / 1000 / value).toBeCloseTo(1, 2);
  });

  it('finds the same bound from wherever it begins', () => {
    const drain = createMarket(DRAIN, 5, 100);
    const [plan] = planFluid(drain, false);
    const again = solveFluid(demandAt(drain, MARKET_START), null, plan?.prices ?? []);
    expect(again.boundMsatPerDay / (plan?.boundMsatPerDay ?? 0)).toBeCloseTo(1, 2);
  });

  it('adds what stock is worth where it is given', () => {
    const flows = [
      [0, 1e6],
      [0, 0],
    ];
    const days = 100;
    const stock = { days, drawableSats: [0, 5e6], roomSats: [5e6, 0] };
    const plan = solveFluid(demand(flows, [400, 400]), null, null, stock);
    // 50,000 of 1,000,000 sats a day can be sold: at the fee that 5 % pay, 400 ln 20 ppm.
    expect(plan.boundMsatPerDay / 1000 / (50_000 * 400 * Math.log(20) * 1e-6)).toBeCloseTo(1, 1);
  });
});

describe('the bound', () => {
  it('grows where rebalancing is allowed', () => {
    for (const scenario of [CALM, DRAIN]) {
      const drawn = createMarket(scenario, 2, 60);
      expect(boundOf(planFluid(drawn, true))).toBeGreaterThan(boundOf(planFluid(drawn, false)));
    }
  });

  it('is not beaten by any policy, nor by knowing everything but the future', () => {
    let revenue = 0;
    let valued = 0;
    let best = 0;
    let bound = 0;
    let stock = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const drawn = createMarket(DRAIN, seed, 120);
      const plan = planFluid(drawn, false);
      const startPpm = drawn.channels.map(() => 250);
      const known = run(drawn, oracle(drawn, plan), { startPpm, plan });
      const fixed = run(drawn, staticFee(), { startPpm, plan });
      revenue += known.feesMsat;
      valued += known.valuedMsat;
      best = Math.max(best, fixed.valuedMsat / boundOf(plan));
      bound += boundOf(plan);
      stock += boundWithStock(drawn) ?? 0;
    }
    // The bound is of means; what six seeds draw differs from it by a few percent.
    expect(valued / bound).toBeLessThan(1.06);
    expect(valued / bound).toBeGreaterThan(0.85);
    expect(revenue / stock).toBeLessThan(1);
    expect(best).toBeLessThan(0.9);
  });

  it('is planned anew at every shift', () => {
    const drawn = createMarket({ ...SHIFTING, channels: 4 }, 2, 90);
    const plan = planFluid(drawn, false);
    expect(plan.length).toBeGreaterThan(3);
    plan.slice(1).forEach(({ from }, i) => {
      expect(from).toBe(plan[i]?.until);
    });
    expect(boundWithStock(drawn)).toBeNull();
  });
});
