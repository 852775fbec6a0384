// Does the market's driver keep the contract of drivers, and the node its money?
import { describe, expect, it } from 'vitest';
import { approve } from '../../../../src/core/rebalance/guard.ts';
import type { ApprovedOrder, DriverOutcome } from '../../../../src/core/rebalance/types.ts';
import { msat, unixSec } from '../../../../src/core/units.ts';
import { CircularRoutes } from '../../../../src/sim/market/engine/circular-routes.ts';
import { channelOf, peerOf, scidOf } from '../../../../src/sim/market/plugin/identities.ts';
import { MarketDriver } from '../../../../src/sim/market/engine/market-driver.ts';
import { DAY, createMarket } from '../../../../src/sim/market/market.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import { CALM, DRAIN } from '../../../../src/sim/market/scenario.ts';

const end = (k: number) => ({ channelId: channelOf(k), scid: scidOf(k), peerId: peerOf(k) });
const PLENTY = {
  dailyBudgetMsat: msat(1e12),
  minReserveMsat: msat(0),
  spending: { spentMsat: msat(0), reservedMsat: msat(0) },
  funds: { onchainMsat: msat(1e15), channelsMsat: msat(0) },
};

function node(scenario = CALM, seed = 2) {
  const market = createMarket(scenario, seed, 60);
  const engine = new NodeEngine(
    market,
    market.channels.map(() => 250),
  );
  const routes = new CircularRoutes(market);
  const driver = new MarketDriver(engine, routes);
  const sum = (): number => engine.capacityMsat.reduce((total, _, k) => total + engine.localMsat(k), 0);
  let orders = 0;
  const order = (from: number, to: number, sats: number, capMsat: number, seconds = 300): ApprovedOrder => {
    const deadline = unixSec(Math.floor(engine.now) + seconds);
    const asked = { id: String(orders++), from: end(from), to: end(to), amountMsat: msat(sats * 1000), deadline };
    const approved = approve({ ...asked, maxFeeMsat: msat(capMsat) }, PLENTY);
    if (!approved.ok) throw new Error(approved.error.rule);
    return approved.value;
  };
  const dispatched: string[] = [];
  const carryOut = (one: ApprovedOrder, signal = new AbortController().signal): Promise<DriverOutcome> =>
    driver.rebalance(one, { signal, onDispatched: (hash) => dispatched.push(hash) });
  return { engine, routes, driver, sum, order, carryOut, dispatched };
}

/** A random walk of orders between all channels, with forwards in between. */
async function walk(scenario = CALM, steps = 600) {
  const { engine, driver, sum, order, carryOut } = node(scenario);
  const start = sum();
  const told: string[] = [];
  for (let i = 0; i < steps; i++) {
    engine.advanceTo(engine.now + 5000);
    const [from, to] = [(i * 7) % 20, (i * 11 + 3) % 20];
    if (from === to) continue;
    const sats = 60_000 + ((i * 37_123) % 400_000);
    const one = order(from, to, sats, Math.floor(sats * ([0.05, 0.5, 2][i % 3] ?? 1)));
    const before = engine.now;
    const outcome = await carryOut(one).catch((error: unknown) => String(error));
    if (typeof outcome === 'string') throw new Error(outcome);
    expect(outcome.feeMsat <= one.maxFeeMsat).toBe(true);
    expect(engine.now).toBeLessThanOrEqual(Math.max(before, one.deadline));
    const { rows } = await driver.readSince(0, unixSec(0));
    const inFlight = rows
      .filter(({ status }) => status === 'pending')
      .reduce((total, { amountSentMsat }) => total + Number(amountSentMsat), 0);
    const { feesMsat, rebalanceFeesMsat } = engine.totals;
    expect(sum() + inFlight - start).toBe(feesMsat - rebalanceFeesMsat);
    engine.capacityMsat.forEach((capacity, k) => {
      const reserve = engine.reserveMsat[k] ?? 0;
      expect(engine.localMsat(k)).toBeGreaterThanOrEqual(reserve);
      expect(engine.localMsat(k)).toBeLessThanOrEqual(capacity - reserve);
    });
    told.push(`${outcome.status} ${outcome.failure ?? ''} ${outcome.feeMsat}`);
  }
  engine.advanceTo(engine.now + 2 * DAY);
  const { rows } = await driver.readSince(0, unixSec(0));
  return { told, rows, engine, driver, grown: sum() - start };
}

describe('money', () => {
  it.each([CALM, DRAIN])(
    '$name: not a msat is made or lost by rebalances, whatever becomes of them',
    async (scenario) => {
      const { rows, engine, driver, grown, told } = await walk(scenario);
      const { feesMsat, rebalanceFeesMsat, rebalances } = engine.totals;
      expect(grown).toBe(feesMsat - rebalanceFeesMsat);
      expect(rebalances).toBeGreaterThan(20);
      const complete = rows.filter(({ status }) => status === 'complete');
      expect(complete.length).toBe(rebalances);
      expect(complete.reduce((sum, row) => sum + Number(row.amountSentMsat) - Number(row.amountMsat), 0)).toBe(
        rebalanceFeesMsat,
      );
      expect(driver.arrived.map(({ fee }) => fee)).toEqual(
        complete
          .sort((a, b) => (a.completedAt ?? 0) - (b.completedAt ?? 0))
          .map((row) => msat(Number(row.amountSentMsat) - Number(row.amountMsat))),
      );
      expect(rows.filter(({ status }) => status === 'pending')).toEqual([]);
      const kinds = new Set(told.map((one) => one.split(' ').slice(0, 2).join(' ')));
      for (const kind of ['success ', 'failed no-liquidity', 'failed too-expensive', 'unknown unknown'])
        expect(kinds).toContain(kind);
    },
  );

  it('comes out the same again', async () => {
    expect((await walk()).told).toEqual((await walk()).told);
  });
});

describe('contract', () => {
  it('pays the market’s price up to the cap, and sends nothing above it', async () => {
    const { engine, routes, order, carryOut, dispatched } = node();
    const price = routes.feeMsat(3, 8, 100_000_000, engine.now + 5);
    const refused = await carryOut(order(3, 8, 100_000, price - 1));
    expect(refused).toMatchObject({ status: 'failed', failure: 'too-expensive', paymentHash: null });
    expect(dispatched).toEqual([]);
    for (let i = 0; i < 50; i++) {
      const fee = routes.feeMsat(3, 8, 100_000_000, engine.now + 5);
      const outcome = await carryOut(order(3, 8, 100_000, fee));
      if (outcome.status === 'success') {
        expect(outcome).toMatchObject({ movedMsat: 100_000_000n, feeMsat: BigInt(fee) });
        return;
      }
    }
    throw new Error('none of 50 arrived');
  });

  it('sends nothing once the deadline is past, or it was told to stop', async () => {
    const { engine, order, carryOut, dispatched, sum } = node();
    const before = sum();
    const late = order(3, 8, 100_000, 99_999_000, 5);
    expect(await carryOut(late)).toMatchObject({ status: 'failed', failure: 'timeout' });
    expect(engine.now).toBe(late.deadline);
    expect(await carryOut(order(3, 8, 100_000, 99_999_000), AbortSignal.abort())).toMatchObject({ status: 'failed' });
    expect(dispatched).toEqual([]);
    expect(sum()).toBe(before);
  });

  it('says unknown of what is in flight at the deadline, and the list says later how it ended', async () => {
    const { engine, driver, order, carryOut, dispatched } = node();
    // 7 s: five to find a way, and less than any payment takes.
    const outcome = await carryOut(order(3, 8, 100_000, 99_999_000, 7));
    expect(outcome).toMatchObject({ status: 'unknown', paymentHash: dispatched[0], movedMsat: 0n, feeMsat: 0n });
    const ask = async () => (await driver.readByHash(dispatched[0] ?? ''))[0];
    expect(await ask()).toMatchObject({ status: 'pending', completedAt: null, outChannel: channelOf(3) });
    engine.advanceTo(engine.now + 2 * DAY);
    expect((await ask())?.status).not.toBe('pending');
    expect((await ask())?.completedAt).toBeGreaterThan(0);
  });

  it('lists payments by index and by time', async () => {
    const { driver, rows } = await walk(CALM, 60);
    const index = await driver.readPaymentsIndex();
    expect(rows.map(({ createdIndex }) => createdIndex)).toEqual(Array.from({ length: index }, (_, i) => i + 1));
    const after = await driver.readSince(3, unixSec(0));
    expect(after).toMatchObject({ cursor: index, gapless: true });
    expect(after.rows).toEqual(rows.slice(3));
    const since = rows[5]?.createdAt ?? unixSec(0);
    expect((await driver.readSince(null, since)).rows).toEqual(rows.filter(({ createdAt }) => createdAt >= since));
    expect(await driver.readByHash('no such hash')).toEqual([]);
  });
});
