// Does the plugin's own cycle rebalance the market's node, and do its ledger of capital and the engine agree to the msat?
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../../src/core/config/validate.ts';
import { unixSec } from '../../../../src/core/units.ts';
import { CircularRoutes } from '../../../../src/sim/market/engine/circular-routes.ts';
import { LotBook } from '../../../../src/sim/market/engine/lot-book.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { MarketDriver } from '../../../../src/sim/market/engine/market-driver.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import { MemoryRebalances } from '../../../../src/sim/market/engine/memory-rebalances.ts';
import { pluginFees } from '../../../../src/sim/market/plugin/plugin-fees.ts';
import { pluginRebalances } from '../../../../src/sim/market/plugin/plugin-rebalances.ts';
import { plainRebalancer } from '../../../../src/sim/market/rivals/plain-rebalancer.ts';
import { REBALANCE_SECONDS, runRebalancing } from '../../../../src/sim/market/engine/run.ts';
import { CALM } from '../../../../src/sim/market/scenario.ts';

/** In its first days ten rebalances pay. */
const SEED = 12;
const DAYS = 6;

describe('the plugin in the market', () => {
  async function play(changes: Partial<typeof DEFAULTS> = {}) {
    const market = createMarket(CALM, SEED, DAYS);
    const engine = new NodeEngine(
      market,
      market.channels.map(() => 250),
    );
    const sum = (): number => engine.capacityMsat.reduce((total, _, k) => total + engine.localMsat(k), 0);
    const start = sum();
    const lots = new LotBook(engine);
    const driver = new MarketDriver(engine, new CircularRoutes(market));
    const ledger = new MemoryRebalances();
    const fees = pluginFees();
    const result = await runRebalancing(
      engine,
      fees,
      pluginRebalances(engine, driver, fees, { ...DEFAULTS, ...changes }, ledger),
      {},
    );
    const intents = [...ledger.endedIntents(unixSec(0)), ...ledger.openIntents()];
    const { rows } = await driver.readSince(null, unixSec(0));
    // It has left and not arrived yet.
    const underWay = rows
      .filter(({ status }) => status === 'pending')
      .map(({ amountSentMsat }) => Number(amountSentMsat));
    const grown = underWay.reduce((total, amount) => total + amount, sum() - start);
    return { engine, driver, lots, result, intents, grown };
  }

  it('spends within its budget, and its ledger is the engine’s to the msat', async () => {
    const { engine, driver, intents, lots, grown } = await play();
    const { feesMsat, rebalanceFeesMsat, rebalances } = engine.totals;
    expect(rebalances).toBeGreaterThan(3);
    expect(intents.filter(({ state }) => state === 'settled').length).toBe(rebalances);
    expect(intents.reduce((sum, { feeMsat }) => sum + Number(feeMsat), 0)).toBe(rebalanceFeesMsat);
    expect(intents.reduce((sum, { movedMsat }) => sum + movedMsat, 0n)).toBe(
      driver.arrived.reduce((sum, { amount }) => sum + amount, 0n),
    );
    for (const { feeMsat, maxFeeMsat, state, endedAt, deadline } of intents) {
      expect(feeMsat <= maxFeeMsat).toBe(true);
      if (state === 'failed' || state === 'settled') expect(endedAt).toBeLessThanOrEqual(deadline + 2 * 86_400);
    }
    expect(grown).toBe(feesMsat - rebalanceFeesMsat);
    expect(lots.days.reduce((sum, { costMsat }) => sum + costMsat, 0)).toBe(rebalanceFeesMsat);
  });

  it('comes out the same again', async () => {
    const [one, other] = [await play(), await play()];
    expect(one.result).toEqual(other.result);
    expect(one.intents).toEqual(other.intents);
  });

  it('does nothing without a budget', async () => {
    const { driver, intents } = await play({ dailyBudgetSats: 0 });
    expect(driver.sent).toBe(0);
    expect(intents).toEqual([]);
  });
});

describe('the plain rule', () => {
  it('fills what is below a fifth from what is above four fifths, within its cap, and not twice a day', async () => {
    const market = createMarket(CALM, 1, 30);
    const engine = new NodeEngine(
      market,
      // The even channels drain.
      market.channels.map((_, k) => (k % 2 === 0 ? 20 : 500)),
    );
    const driver = new MarketDriver(engine, new CircularRoutes(market));
    const before: { readonly to: number; readonly shares: readonly number[]; readonly at: number }[] = [];
    let shares: number[] = [];
    engine.listen({
      forwarded: () => undefined,
      rebalanced: ({ to, from }, at) => {
        expect(shares[to]).toBeLessThan(0.2);
        expect(shares[from]).toBeGreaterThan(0.8);
        for (const earlier of before) if (earlier.to === to) expect(at - earlier.at).toBeGreaterThanOrEqual(86_400);
        before.push({ to, shares, at });
      },
    });
    const rule = plainRebalancer(engine, driver);
    for (let time = market.start; time < market.start + 30 * 86_400; time += REBALANCE_SECONDS) {
      engine.advanceTo(time);
      // Then they are dear.
      if (time === market.start + 15 * 86_400)
        engine.capacityMsat.forEach((_, k) => {
          engine.publish(k, k % 2 === 0 ? 3000 : 10);
        });
      shares = engine.capacityMsat.map((capacity, k) => engine.localMsat(k) / capacity);
      await rule.wake();
    }
    expect(before.length).toBeGreaterThan(0);
  });
});
