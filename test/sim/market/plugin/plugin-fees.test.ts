// Does the plugin's own pricing hold up in the market? A short race; the figures themselves are printed by bench:fees.
import { describe, expect, it } from 'vitest';
import { boundOf, planFluid } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { run } from '../../../../src/sim/market/engine/run.ts';
import { CALM } from '../../../../src/sim/market/scenario.ts';
import { TOOLS } from '../../../../src/sim/market/contest/tools.ts';

const DAYS = 60;

/** Revenue of the second half over the bound, both seeds together. */
function race(name: string): { ratio: number; updates: number; most: number; told: string } {
  let earned = 0;
  let bound = 0;
  let updates = 0;
  let most = 0;
  let told = '';
  for (const seed of [21, 22]) {
    const market = createMarket({ ...CALM, channels: 12 }, seed, DAYS);
    const plan = planFluid(market, false);
    const tool = TOOLS[name]?.(market, plan);
    if (!tool) throw new Error(`no tool ${name}`);
    const result = run(market, tool, { startPpm: market.channels.map(() => 250), plan });
    earned += result.secondHalfMsat;
    bound += boundOf(plan) / 2;
    updates += result.updatesPerChannelDay / 2;
    most = Math.max(most, result.mostUpdatesADay);
    told += JSON.stringify(result);
  }
  return { ratio: earned / bound, updates, most, told };
}

describe('the race', () => {
  const hill = race('hill-climb');

  it('is won by knowing demand, then by us, far before a static fee and the seed', () => {
    const known = race('oracle').ratio;
    const fixed = race('static').ratio;
    const seed = race('seed').ratio;
    // Two seeds: chance may favour either by a few percent.
    expect(hill.ratio).toBeLessThan(1.05 * known);
    expect(hill.ratio).toBeGreaterThan(1.2 * fixed);
    expect(hill.ratio).toBeGreaterThan(1.2 * seed);
    expect(known).toBeLessThan(1.1);
  });

  it('costs the network little gossip', () => {
    // At most 1 in the mean of 180 days, which bench:fees prints; the first weeks search most.
    expect(hill.updates).toBeLessThanOrEqual(1.5);
    expect(hill.most).toBeLessThanOrEqual(6);
  });

  it('has the same bytes again', () => {
    expect(race('hill-climb').told).toBe(hill.told);
  });
});
