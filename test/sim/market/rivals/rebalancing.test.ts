// Do rivals' rebalances go where their rules send them, and cost what they allow?
import { describe, expect, it } from 'vitest';
import { CircularRoutes } from '../../../../src/sim/market/engine/circular-routes.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { MarketDriver } from '../../../../src/sim/market/engine/market-driver.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import { moveFunds } from '../../../../src/sim/market/rivals/clboss-funds-mover.ts';
import { FlowWindow } from '../../../../src/sim/market/rivals/flow-window.ts';
import { autoRebalance, autopilot, rebalanceRate } from '../../../../src/sim/market/rivals/lndg-rebalances.ts';
import { RebalanceDesk } from '../../../../src/sim/market/rivals/rebalance-desk.ts';
import { CALM, DRAIN, type Scenario } from '../../../../src/sim/market/scenario.ts';

const DAY = 86_400;

describe('LNDg AutoRebalance', () => {
  it.each([
    // 65 % of the fee, 500 ppm at most, more than the peer alone asks.
    [1000, 100, 500],
    [500, 100, 325],
    [500, 325, null],
    [501, 324, 325],
    [1, 0, null],
  ])('pays for a channel of %d ppm whose peer asks %d: %s', (fee, lastHop, rate) => {
    expect(rebalanceRate(fee, lastHop, { maxPpm: 500 })).toBe(rate);
  });

  const BTC = 1e11;
  it.each([
    ['drains and is empty', false, 0.2, 2, 1, true],
    ['drains and is half full', false, 0.5, 2, 1, false],
    ['drains and is full, was on', true, 0.9, 2, 1, true],
    ['fills and is full, was on', true, 0.9, 1, 2, false],
    ['fills and is empty', false, 0.1, 1, 2, false],
    ['fills and is empty, was on', true, 0.1, 1, 2, true],
    // Within 10 % it is two-way, which fills.
    ['goes both ways and is full, was on', true, 0.9, 1.05, 1, false],
    ['is idle', true, 0.9, 0, 0, true],
  ])('a channel that %s', (_, on, share, out, into, next) => {
    expect(autopilot(on, share, out * BTC, into * BTC)).toBe(next);
  });
});

interface Bench {
  readonly engine: NodeEngine;
  readonly driver: MarketDriver;
  readonly desk: RebalanceDesk;
}

/** Nobody pays anything: all that moves are rebalances. */
function quiet(rebalance: Scenario['rebalance'], feePpm = 250): Bench {
  const market = createMarket({ ...CALM, channels: 4, forwardsPerDay: 1e-9, rebalance }, 5, 30);
  const engine = new NodeEngine(
    market,
    market.channels.map(() => feePpm),
  );
  const driver = new MarketDriver(engine, new CircularRoutes(market));
  return { engine, driver, desk: new RebalanceDesk(engine, driver) };
}

const SURE = { cost: 0.2, success: 1 };
const total = ({ engine }: Bench): number => engine.capacityMsat.reduce((sum, _, k) => sum + engine.localMsat(k), 0);

describe('the desk', () => {
  const AMOUNT = 100_000_000;

  it('sends by the cheapest of several channels, and the fee is all that is lost', () => {
    const bench = quiet(SURE);
    const before = total(bench);
    const quotes = [1, 2, 3].map((from) => bench.driver.routes.feeMsat(from, 0, AMOUNT, bench.engine.now));
    const moved = bench.desk.move({ from: [1, 2, 3], to: 0, amountMsat: AMOUNT, maxFeeMsat: 1e6, seconds: 295 });
    expect(moved).not.toBeNull();
    expect(moved?.amountMsat).toBe(AMOUNT);
    expect(moved?.feeMsat).toBe(Math.min(...quotes));
    expect(moved?.from).toBe(1 + quotes.indexOf(Math.min(...quotes)));
    expect(total(bench)).toBe(before - (moved?.feeMsat ?? NaN));
  });

  it('pays no more than the cap', () => {
    const bench = quiet(SURE);
    const cheapest = bench.driver.routes.feeMsat(1, 0, AMOUNT, bench.engine.now);
    const move = (maxFeeMsat: number) =>
      bench.desk.move({ from: [1], to: 0, amountMsat: AMOUNT, maxFeeMsat, seconds: 1 });
    expect(move(cheapest - 1)).toBeNull();
    expect(bench.engine.totals.rebalances).toBe(0);
    expect(move(cheapest)).not.toBeNull();
  });

  it.each([
    ['nothing', 0, 1000],
    ['less than a sat', 999, 1000],
    ['a cap of nothing', AMOUNT, 0.5],
    ['a cap below one ppm', 1e9, 999],
    ['a channel to itself', AMOUNT, 1e6, 0],
  ])('sends no order for %s', (_, amountMsat, maxFeeMsat, from = 1) => {
    const bench = quiet(SURE);
    expect(bench.desk.move({ from: [from], to: 0, amountMsat, maxFeeMsat, seconds: 1 })).toBeNull();
    expect(bench.driver.sent).toBe(0);
  });

  it('goes on to the next way only while there is time', () => {
    const bench = quiet({ cost: 0.2, success: 0 });
    const attempt = { from: [1, 2, 3], to: 0, amountMsat: AMOUNT, maxFeeMsat: 1e6 };
    expect(bench.desk.move({ ...attempt, seconds: 1 })).toBeNull();
    expect(bench.driver.sent).toBe(1);
    // 125 seconds each: begun at 0, 125 and 250.
    expect(bench.desk.move({ ...attempt, seconds: 249 })).toBeNull();
    expect(bench.driver.sent).toBe(3);
  });
});

describe("clboss's FundsMover", () => {
  const AMOUNT = 800_000_000;
  /** Every payment that is sent, in order, and the most that it might cost. */
  const watched = (bench: Bench) => {
    const tried: { readonly amountMsat: number; readonly maxFeeMsat: number }[] = [];
    const attempt = bench.driver.attempt.bind(bench.driver);
    bench.driver.attempt = (wanted) => {
      tried.push(wanted);
      return attempt(wanted);
    };
    return tried;
  };
  const move = (bench: Bench, amountMsat = AMOUNT, maxFeeMsat = 8_000_000): void => {
    moveFunds(bench.engine, bench.driver, { from: 1, to: 0, amountMsat, maxFeeMsat });
  };

  it('sends the whole at once where it arrives', () => {
    const bench = quiet(SURE);
    const tried = watched(bench);
    // Up to 500,000 sats whatever is sent arrives.
    move(bench, 400_000_000);
    expect(tried).toMatchObject([{ amountMsat: 400_000_000, maxFeeMsat: 8_000_000 }]);
    expect(bench.engine.totals.rebalances).toBe(1);
  });

  it('cuts what fails by the golden ratio, and lends each part its share of the budget', () => {
    const bench = quiet({ cost: 0.2, success: 0 });
    const tried = watched(bench);
    move(bench);
    const shares = [1, 0.618, 0.382, 0.382, 0.236, 0.236, 0.146];
    expect(tried).toHaveLength(shares.length);
    tried.forEach(({ amountMsat }, i) => {
      expect(amountMsat / AMOUNT).toBeCloseTo(shares[i] ?? NaN, 3);
    });
    const [whole, larger] = tried;
    expect(whole?.maxFeeMsat).toBe(8_000_000);
    // The fees of the first come back with it.
    expect(larger?.maxFeeMsat).toBeCloseTo(0.618 * 8_000_000, -4);
    expect(bench.engine.totals.rebalances).toBe(0);
  });

  it('moves the parts that arrive, and pays no more than the budget for all of them', () => {
    let whole = 0;
    let some = 0;
    for (let i = 0; i < 40; i++) {
      const bench = quiet({ cost: 0.2, success: 0.5 });
      bench.engine.advanceTo(bench.engine.now + i * 1000);
      const before = total(bench);
      const cap = bench.driver.routes.feeMsat(1, 0, AMOUNT, bench.engine.now + 300) * 1.2;
      move(bench, AMOUNT, cap);
      const { rebalances, rebalanceFeesMsat } = bench.engine.totals;
      expect(total(bench)).toBe(before - rebalanceFeesMsat);
      expect(rebalanceFeesMsat).toBeLessThanOrEqual(cap);
      if (rebalances === 1 && bench.driver.sent === 1) whole++;
      else if (rebalances > 0) some++;
    }
    // Half of what is up to 500,000 sats arrives, of 800,000 a bit less.
    expect(whole).toBeGreaterThan(8);
    expect(some).toBeGreaterThan(8);
  });

  it('sends parts of what one of the channels cannot carry, and none of what is too dear', () => {
    const bench = quiet(SURE);
    const all = bench.engine.spendableMsat(1);
    const tried = watched(bench);
    move(bench, Math.floor(all * 1.1), 1e9);
    expect(tried.length).toBeGreaterThan(1);
    expect(bench.engine.totals.rebalances).toBeGreaterThan(0);
    const dear = quiet(SURE);
    move(dear, AMOUNT, dear.driver.routes.feeMsat(1, 0, AMOUNT, dear.engine.now) - 1);
    expect(dear.driver.sent).toBe(0);
  });

  it.each([
    [99_999, 1],
    [100_000, 3],
  ])('tries %d msat and what it comes to %d times, cut down to 100 sats', (amountMsat, times) => {
    const bench = quiet({ cost: 0.2, success: 0 });
    move(bench, amountMsat);
    expect(bench.driver.sent).toBe(times);
  });
});

describe('AutoRebalance at work', () => {
  it('leaves alone what nobody uses', async () => {
    const { engine, driver } = quiet(SURE);
    const rebalancer = autoRebalance(engine, driver);
    for (let i = 0; i < 5; i++) {
      await rebalancer.wake();
      engine.advanceTo(engine.now + 900);
    }
    expect(driver.sent).toBe(0);
  });

  it('fills what drains in pieces, to a tenth of the capacity', async () => {
    const market = createMarket({ ...DRAIN, forwardsPerDay: 300, rebalance: SURE }, 3, 30);
    const engine = new NodeEngine(
      market,
      market.channels.map(() => 250),
    );
    const driver = new MarketDriver(engine, new CircularRoutes(market));
    const rebalancer = autoRebalance(engine, driver);
    let pieces = 0;
    let late = 0;
    engine.listen({
      forwarded: () => undefined,
      rebalanced: ({ to, amountMsat, feeMsat }) => {
        expect(feeMsat / amountMsat).toBeLessThanOrEqual(162e-6);
        pieces++;
        // Whole percent are compared. What someone held for hours, one in a hundred, may come to what is filled by then.
        if ((engine.localMsat(to) - amountMsat) / (engine.capacityMsat[to] ?? 1) >= 0.11) late++;
      },
    });
    for (let time = engine.now + 900; time <= market.start + 15 * DAY; time += 900) {
      engine.advanceTo(time);
      await rebalancer.wake();
    }
    expect(pieces).toBeGreaterThan(100);
    expect(late / pieces).toBeLessThan(0.03);
  });
});

describe('flow window', () => {
  it('forgets what is as old as it is long', () => {
    const window = new FlowWindow(2, 100);
    const forward = (at: number, outcome: 'settled' | 'no-liquidity' = 'settled') =>
      ({ at, from: 0, to: 1, amountMsat: 10, feeMsat: 1, outcome }) as const;
    for (const at of [1, 2, 3]) window.add(forward(at));
    window.add(forward(4, 'no-liquidity'));
    window.add({ ...forward(5), from: -1 });
    expect([...window.outMsat, ...window.inMsat, ...window.earnedMsat, ...window.assistedMsat]).toEqual([
      0, 40, 30, 0, 0, 4, 3, 0,
    ]);
    expect(window.outCount[1]).toBe(4);
    window.forget(102);
    expect([window.outMsat[1], window.inMsat[0]]).toEqual([20, 10]);
    window.add(forward(103));
    window.forget(1000);
    expect([...window.outMsat, ...window.inMsat, ...window.outCount]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
