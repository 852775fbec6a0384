// Does every rival win where it should, the same way each time, and within its bounds?
import { describe, expect, it } from 'vitest';
import { CircularRoutes } from '../../../../src/sim/market/engine/circular-routes.ts';
import { planFluid } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { createMarket, type Market } from '../../../../src/sim/market/market.ts';
import { MarketDriver } from '../../../../src/sim/market/engine/market-driver.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import { FIELD, PAIRS, SETUPS, type Rival, type Setup } from '../../../../src/sim/market/rivals/field.ts';
import { SUITS } from '../../../../src/sim/market/rivals/suits.ts';
import { mainnet, scaleOf, surveyed } from '../../../../src/sim/market/rivals/surroundings.ts';
import { runRebalancing, type RunResult } from '../../../../src/sim/market/engine/run.ts';
import { CALM, DRAIN } from '../../../../src/sim/market/scenario.ts';

type Plan = ReturnType<typeof planFluid>;
const NOTHING = { name: 'none', wake: () => Promise.resolve() };

interface Played {
  readonly engine: NodeEngine;
  readonly result: RunResult;
}

async function play(market: Market, rival: Rival, setup: Setup, startPpm: number, plan: Plan = []): Promise<Played> {
  const engine = new NodeEngine(
    market,
    market.channels.map(() => startPpm),
  );
  const { fees, rebalancer } = rival.enter(engine, new MarketDriver(engine, new CircularRoutes(market)), setup);
  return { engine, result: await runRebalancing(engine, fees, rebalancer ?? NOTHING, { plan }) };
}

describe.each(Object.entries({ ...FIELD, ...PAIRS }))('%s', (_, rival) => {
  const market = createMarket({ ...CALM, channels: 8, rebalance: { cost: 0.2, success: 0.7 } }, 11, 10);

  it.each(SETUPS)('does the same again, in whole ppm (%s)', async (setup) => {
    const { engine, result } = await play(market, rival, setup, 250);
    const again = await play(market, rival, setup, 250);
    expect(JSON.stringify(again.result)).toBe(JSON.stringify(result));
    expect(result.settled).toBeGreaterThan(0);
    engine.capacityMsat.forEach((capacity, k) => {
      expect(Number.isInteger(engine.feePpm(k))).toBe(true);
      expect(engine.localMsat(k)).toBeGreaterThanOrEqual(0);
      expect(engine.localMsat(k)).toBeLessThanOrEqual(capacity);
    });
  });
});

describe('a rebalancer lent', () => {
  it('is lent to all that set fees alone', () => {
    expect(Object.keys(PAIRS).sort()).toEqual(
      ['feeadjuster', 'lndmanage', 'market-median', 'proportional', 'thompson'].map((name) => `${name}+lndg`),
    );
  });

  it('earns more than nothing where channels drain', async () => {
    const market = createMarket(DRAIN, 1, 60);
    const plan = planFluid(market, true);
    const nets = async (rival: Rival | undefined): Promise<number> => {
      if (rival === undefined) throw new Error('no such rival');
      return (await play(market, rival, 'rescaled', 250, plan)).result.valuedMsat;
    };
    expect(await nets(PAIRS['proportional+lndg'])).toBeGreaterThan(1.2 * (await nets(FIELD['proportional'])));
  });
});

describe('in the market that suits it', () => {
  it('there is one for each', () => {
    expect(SUITS.map(({ rival }) => rival).sort()).toEqual(Object.keys(FIELD).sort());
  });

  it.each(SUITS)('$rival ($setup) earns most of all that are as shipped', async ({ rival, setup, ...suit }) => {
    const market = createMarket(suit.scenario, 1, suit.days);
    const plan = market.channels.length === 1 ? [] : planFluid(market, true);
    const own = FIELD[rival];
    if (own === undefined) throw new Error(`no rival ${rival}`);
    const mine = (await play(market, own, setup, suit.startPpm, plan)).result.valuedMsat;
    for (const [name, other] of Object.entries(FIELD)) {
      if (name === rival) continue;
      const { result } = await play(market, other, 'shipped', suit.startPpm, plan);
      expect(result.valuedMsat, name).toBeLessThanOrEqual(mine);
    }
  });
});

describe('the scale of a scenario', () => {
  it('is the spread of its best fees', () => {
    const { lowPpm, middlePpm, highPpm } = scaleOf(createMarket({ ...CALM, channels: 2000 }, 1, 1));
    // Scales are 350 x exp(0.8 z), the best fee 1.003 of them: at z = -1.2816, 0 and 1.2816.
    expect(middlePpm).toBeGreaterThan(351 * 0.93);
    expect(middlePpm).toBeLessThan(351 * 1.07);
    expect(lowPpm / middlePpm).toBeCloseTo(Math.exp(-0.8 * 1.2816), 1);
    expect(highPpm / middlePpm / Math.exp(0.8 * 1.2816)).toBeCloseTo(1, 1);
  });

  it('counts what leaves at those fees: the forwards of the scenario times their mean', () => {
    const alike = { ...CALM, imbalance: 0, capacity: { ...CALM.capacity, medianSats: 50_000_000, sigma: 0 } };
    const { outSatsPerDay } = scaleOf(createMarket(alike, 1, 1));
    // 100 a day over 20 channels, of 12,400 x exp(1.28) = 44.6 k sats, hardly any cut at 20 M.
    expect(outSatsPerDay / (5 * 44_600)).toBeCloseTo(1, 1);
  });
});

describe('a level', () => {
  it('is by what the fees of a rescaled one are multiplied', async () => {
    const market = createMarket({ ...CALM, channels: 8 }, 11, 1);
    const asked = async (setup: Setup): Promise<number> => {
      const { engine } = await play(market, FIELD['market-median'] as Rival, setup, 1);
      return engine.feePpm(0);
    };
    const { middlePpm } = scaleOf(market);
    expect(await asked('rescaled')).toBe(middlePpm);
    for (const setup of SETUPS.filter((name) => name.startsWith('rescaled-')))
      expect((await asked(setup)) / middlePpm, setup).toBeCloseTo(Number(setup.slice('rescaled-'.length)), 1);
  });
});

describe('surroundings', () => {
  const market = createMarket({ ...CALM, channels: 2000 }, 1, 1);

  it('tell nothing of demand where all peers look like mainnet', () => {
    expect(new Set(mainnet(market).medianPpm)).toEqual(new Set([250]));
  });

  it('tell something where rivals were surveyed, off by 0.91 in ln', () => {
    const errors = surveyed(market).medianPpm.map((fee, k) =>
      Math.log(fee / (market.channels[k]?.regimes[0]?.scalePpm ?? 1)),
    );
    const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length;
    const sd = Math.sqrt(errors.reduce((sum, x) => sum + (x - mean) ** 2, 0) / errors.length);
    expect(mean).toBeCloseTo(0, 1);
    expect(sd).toBeCloseTo(0.91, 1);
    expect(surveyed(market)).toEqual(surveyed(market));
  });
});
