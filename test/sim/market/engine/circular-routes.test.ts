// Does the market for rebalances have the prices and the luck that were asked for, the same for everybody?
import { describe, expect, it } from 'vitest';
import { CircularRoutes } from '../../../../src/sim/market/engine/circular-routes.ts';
import { MARKET_START, createMarket } from '../../../../src/sim/market/market.ts';
import { CALM, DEAD, type Scenario } from '../../../../src/sim/market/scenario.ts';

const HOUR = 3600;
const routesOf = (scenario: Scenario, seed = 5) => new CircularRoutes(createMarket(scenario, seed, 30));
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** What every pair asks at some time, over the scale of the channel that is filled. */
function multiples(scenario: Scenario): number[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => {
    const market = createMarket(scenario, seed, 30);
    const routes = new CircularRoutes(market);
    return market.channels.flatMap(({ regimes }, to) =>
      market.channels.flatMap((_, from) =>
        from === to ? [] : [routes.ppm(from, to, MARKET_START + from * HOUR) / (regimes[0]?.scalePpm ?? NaN)],
      ),
    );
  });
}

describe('prices', () => {
  it('lie around the scenario’s multiple of what senders pay', () => {
    expect(median(multiples(CALM))).toBeGreaterThan(0.6);
    expect(median(multiples(CALM))).toBeLessThan(0.8);
    expect(median(multiples(DEAD)) / median(multiples(CALM))).toBeCloseTo(DEAD.rebalance.cost / CALM.rebalance.cost, 1);
  });

  it('change about every six hours, for each pair at its own time, and never below the peer’s own fee', () => {
    const routes = routesOf(CALM);
    const changes = [0, 1, 2, 3].map((from) => {
      const prices = Array.from({ length: 240 }, (_, hour) => routes.ppm(from, 7, MARKET_START + hour * HOUR));
      for (const price of prices) expect(price).toBeGreaterThan(routes.lastHopPpm(7));
      return prices.flatMap((price, hour) => (hour > 0 && price !== prices[hour - 1] ? [hour] : []));
    });
    for (const hours of changes) expect(hours.length).toBe(Math.floor((239 - (hours[0] ?? 0)) / 6) + 1);
    expect(new Set(changes.map(([first]) => first)).size).toBeGreaterThan(1);
  });

  it('differ by direction, and are the same for the same seed', () => {
    expect(routesOf(CALM).ppm(3, 4, MARKET_START)).not.toBe(routesOf(CALM).ppm(4, 3, MARKET_START));
    expect(routesOf(CALM).ppm(3, 4, MARKET_START)).toBe(routesOf(CALM).ppm(3, 4, MARKET_START));
    expect(routesOf(CALM).ppm(3, 4, MARKET_START)).not.toBe(routesOf(CALM, 6).ppm(3, 4, MARKET_START));
  });

  it('are the same whatever was asked before, whichever way time goes', () => {
    const storm = { fromDay: 10, days: 5, satPerVbyte: 200, rebalanceCost: 3, largeSats: 1_000_000, largeRate: 1.5 };
    const changing: Scenario = { ...CALM, storm, shifts: { meanDays: 4, optimumSd: 0.7, rateSd: 0.3 } };
    const asked = routesOf(changing);
    for (let i = 0; i < 3000; i++) {
      // Forward by odd hours, now and then far back; a few pairs only, so that each is asked again and again.
      const time = MARKET_START + ((i * 5077 + (i % 7) * 333_333) % (30 * 24 * HOUR)) + (i % 3) / 3;
      const fresh = i % 10 === 0 ? routesOf(changing).ppm(i % 3, 5, time) : null;
      const told = asked.ppm(i % 3, 5, time);
      if (fresh !== null) expect(told).toBe(fresh);
    }
  });

  it('are rounded up to the msat', () => {
    const routes = routesOf(CALM);
    const fee = routes.feeMsat(3, 4, 123_457_000, MARKET_START);
    expect(fee).toBe(Math.ceil((123_457_000 * routes.ppm(3, 4, MARKET_START)) / 1e6));
  });
});

describe('luck', () => {
  const share = (scenario: Scenario, amountMsat: number): number => {
    const routes = routesOf(scenario);
    const attempts = Array.from({ length: 4000 }, (_, i) =>
      routes.arrives(i % 19, 19, amountMsat, MARKET_START + i * 60),
    );
    return attempts.filter(Boolean).length / attempts.length;
  };

  it('is the scenario’s up to half a million sats, and less beyond', () => {
    expect(share(CALM, 100_000_000)).toBeCloseTo(CALM.rebalance.success, 1);
    expect(share(DEAD, 100_000_000)).toBeCloseTo(DEAD.rebalance.success, 1);
    expect(share(CALM, 2_000_000_000)).toBeCloseTo(CALM.rebalance.success / 2, 1);
  });
});
