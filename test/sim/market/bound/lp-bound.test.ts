// Do our dual and a solver of linear programs that others maintain find the same bound?
import { beforeAll, describe, expect, it } from 'vitest';
import type { Highs } from 'highs';
import { loadHighs, solveByHighs, valueOf } from '../../../../bench/market/solver.ts';
import { familyDemand } from '../../../../src/sim/market/demand/demand.ts';
import { boundOf, planFluid, solveFluid } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { CircularRoutes } from '../../../../src/sim/market/engine/circular-routes.ts';
import { fluidProgram } from '../../../../src/sim/market/bound/lp-bound.ts';
import { createMarket, demandAt } from '../../../../src/sim/market/market.ts';
import { planUncoupled } from '../../../../src/sim/market/bound/uncoupled-plan.ts';
import { CALM, DRAIN, SHIFTING, SPARSE, scenarioNamed, single } from '../../../../src/sim/market/scenario.ts';

/** Share by which the dual, which is never below, may be above. */
const AGREED = 0.001;
const SEEDS = [1, 2, 3, 4];

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

describe('the bound', () => {
  it.each([CALM, SPARSE, DRAIN, scenarioNamed('H3')])('is the same by the linear program, $name', (scenario) => {
    for (const seed of SEEDS) {
      const market = createMarket(scenario, seed, 30);
      const demand = demandAt(market, market.start);
      for (const fillCost of [null, demand.scalePpm.map((scale) => 0.5 * scale)]) {
        const dual = solveFluid(demand, fillCost).boundMsatPerDay;
        const linear = valueOf(highs, fluidProgram(demand, fillCost));
        expect(dual / linear).toBeGreaterThan(1 - 1e-6);
        expect(dual / linear).toBeLessThan(1 + AGREED);
      }
    }
  });

  it('is the same of one channel that never runs dry', async () => {
    const market = createMarket(single(30), 1, 30);
    const ratio = boundOf(planUncoupled(market)) / ((await solveByHighs(market)) ?? NaN);
    expect(ratio).toBeCloseTo(1, 4);
  });

  it('is no linear program where a rival reacts', async () => {
    expect(await solveByHighs(createMarket(scenarioNamed('S7'), 1, 10))).toBeNull();
  });

  it('is the same over a time in which demand changes', async () => {
    const market = createMarket({ ...SHIFTING, channels: 8 }, 3, 60);
    const plan = planFluid(market, true);
    expect(plan.length).toBeGreaterThan(3);
    const ratio = boundOf(plan) / ((await solveByHighs(market)) ?? NaN);
    expect(ratio).toBeGreaterThan(1 - 1e-6);
    expect(ratio).toBeLessThan(1 + AGREED);
  });

  it('is the same where filling a channel becomes cheaper, and no price stays above what it costs', async () => {
    const market = createMarket({ ...scenarioNamed('S11'), channels: 8 }, 1, 120);
    const plan = planFluid(market, true);
    const routes = new CircularRoutes(market);
    for (const { from, prices } of plan)
      prices.forEach((price, k) => {
        expect(price).toBeLessThanOrEqual(routes.attainablePpm(k, from));
      });
    const ratio = boundOf(plan) / ((await solveByHighs(market)) ?? NaN);
    expect(ratio).toBeGreaterThan(1 - 1e-6);
    expect(ratio).toBeLessThan(1 + AGREED);
  });
});

describe('the linear program', () => {
  const exponential = createMarket(
    { ...CALM, willingness: { ...CALM.willingness, family: { kind: 'exponential' } } },
    1,
    1,
  );
  const volume = [
    [0, 1e6],
    [0, 0],
  ];
  const oneWay = familyDemand(exponential, volume, [400, 400]);

  it('serves nobody one-way where nothing can be brought back', () => {
    expect(valueOf(highs, fluidProgram(oneWay, null))).toBeCloseTo(0, 6);
  });

  it('of a one-way channel is what rebalancing leaves', () => {
    // max (f - 100) e^(-f/400) at f = 500: 400 e^(-1.25) ppm of 1e6 sats.
    const value = valueOf(highs, fluidProgram(oneWay, [100, 100])) / 1000;
    expect(value / (400 * Math.exp(-1.25))).toBeCloseTo(1, 2);
  });
});
