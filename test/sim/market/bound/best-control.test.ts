// Is the oracle as good as one who knows demand can be? Where a node has two channels the best control can be worked out.
import { describe, expect, it } from 'vitest';
import { planFluid, type PlannedStretch } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { oracle } from '../../../../src/sim/market/bound/oracle.ts';
import { run } from '../../../../src/sim/market/engine/run.ts';
import { createMarket, demandAt, type Market } from '../../../../src/sim/market/market.ts';
import { CALM, DRAIN, SPARSE, type Scenario } from '../../../../src/sim/market/scenario.ts';
import { BalanceChain, type Policy } from './balance-chain.ts';

const FORWARDS_PER_DAY = 100;

const ofTwo = (scenario: Scenario, sats: number, seed = 1): Market =>
  createMarket(
    {
      ...scenario,
      channels: 2,
      forwardsPerDay: FORWARDS_PER_DAY,
      capacity: { medianSats: sats, sigma: 0.3, minSats: 1, maxSats: 10 * sats },
    },
    seed,
    180,
  );

/** What the oracle asks at each balance. */
function asked(market: Market, plan: readonly PlannedStretch[], chain: BalanceChain, bend?: number): Policy {
  const tool = oracle(market, plan, bend);
  const { columns } = demandAt(market, market.start);
  const ppm = Array.from(chain.firstMsat, (first, x) => {
    const local = [first, chain.secondMsat[x] ?? 0];
    const fees = [0, 0];
    tool.wake({
      now: market.start,
      news: [],
      capacityMsat: market.channels.map(({ capacityMsat }) => capacityMsat),
      reserveMsat: [0, 0],
      localMsat: (channel) => local[channel] ?? 0,
      // Far from any that it asks, so that it tells each.
      feePpm: () => Number.MAX_SAFE_INTEGER,
      rivalPpm: () => null,
      online: () => true,
      purchases: () => ({ costMsat: 0, boughtMsat: 0, netMsat: 0, lots: null }),
      publish: (channel, fee) => {
        fees[channel] = fee;
      },
    });
    return fees;
  });
  return columns.map(({ to, fees }) => Int32Array.from(ppm, (both) => nearest(fees, both[to] ?? 0)));
}

const nearest = (fees: Float64Array, ppm: number): number =>
  fees.reduce((best, fee, f) => (Math.abs(fee - ppm) < Math.abs((fees[best] ?? 0) - ppm) ? f : best), 0);

describe.each([
  ['calm', CALM],
  ['sparse', SPARSE],
  ['one-way', DRAIN],
])('two channels, demand %s', (_, scenario) => {
  it.each([1e6, 5e6, 2e7])('of %d sats: the oracle earns nearly all that fees by balance can', (sats) => {
    const market = ofTwo(scenario, sats);
    const plan = planFluid(market, false);
    const chain = new BalanceChain(market);
    const earned = (bend?: number): number => chain.evaluate(asked(market, plan, chain, bend)).perDay;
    const best = chain.best(asked(market, plan, chain));
    expect(best).toBeLessThanOrEqual(plan[0]?.boundMsatPerDay ?? 0);
    expect(earned() / best).toBeGreaterThan(0.975);
    expect(earned() / best).toBeLessThanOrEqual(1);
    // And not by chance: who does not bend by the balance, or four times as much, earns less.
    expect(earned(0)).toBeLessThan(earned());
    expect(earned(4)).toBeLessThan(earned());
  });

  it('the market pays what the oracle earns on paper', () => {
    const parts = [1, 2, 3].map((seed) => {
      const market = ofTwo(scenario, 5e6, seed);
      const plan = planFluid(market, false);
      const chain = new BalanceChain(market);
      const { valuedMsat } = run(market, oracle(market, plan), { startPpm: [250, 250], plan });
      return valuedMsat / market.days / chain.evaluate(asked(market, plan, chain)).perDay;
    });
    const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
    expect(mean).toBeGreaterThan(0.96);
    expect(mean).toBeLessThan(1.04);
  });
});
