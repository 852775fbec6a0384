// Do rebalances in a bank's market cost what was recorded, and fail as often?
import { describe, expect, it } from 'vitest';
import { RecordedWays } from '../../../src/sim/graph/recorded-ways.ts';
import { CALM } from '../../../src/sim/market/scenario.ts';
import { CircularRoutes } from '../../../src/sim/market/engine/circular-routes.ts';
import { DAY, createMarket } from '../../../src/sim/market/market.ts';

/** To 0: 90 and 200 arrive, 300 does not, one try found no way. To 1: all arrive. Nothing was tried to 2. */
const TRIES = {
  from: [1, 1, 2, 2, 0, 2],
  to: [0, 0, 0, 0, 1, 1],
  amountSats: [1e5, 1e5, 1e5, 1e5, 1e5, 1e5],
  ppm: [90, 200, 300, 0, 50, 60],
  attempts: [1, 8, 8, 0, 2, 1],
  arrived: [1, 1, 0, 0, 1, 1],
};

describe('recorded ways', () => {
  const ways = new RecordedWays(TRIES, 3);

  it('are drawn evenly from those to the channel', () => {
    expect([0, 0.25, 0.5, 0.75].map((chance) => ways.at(0, chance))).toEqual([
      { ppm: 90, arrives: true },
      { ppm: 200, arrives: true },
      { ppm: 300, arrives: false },
      { ppm: 1e6, arrives: false },
    ]);
    expect(ways.at(1, 0.999)).toEqual({ ppm: 60, arrives: true });
    expect(ways.at(2, 0.5)).toEqual({ ppm: 1e6, arrives: false });
  });

  it('are cheap at the cheapest that arrive', () => {
    expect([0, 1, 2].map((to) => ways.attainablePpm(to))).toEqual([90, 50, 1e6]);
  });
});

describe('the market of a bank', () => {
  const channels = [1, 2, 3].map((n) => ({ capacitySats: n * 1e6, inboundPpm: 30 }));
  const payments = { from: [0, 1], to: [1, 2], amountSats: [1000, 2000], weight: [1, 1], reservationPpm: [100, 200] };
  const bank = { perDay: 50, channels, payments, circular: TRIES };
  const market = createMarket({ ...CALM, bank }, 1, 365);
  const routes = new CircularRoutes(market);
  const times = Array.from({ length: 1400 }, (_, i) => market.start + (i * DAY) / 4 + 5000);

  it('fills a channel at the recorded prices, one for six hours, and lets fail what failed', () => {
    const seen = times.map((time) => `${routes.ppm(2, 0, time)} ${routes.arrives(2, 0, 1e8, time)}`);
    const share = (what: string): number => seen.filter((way) => way === what).length / seen.length;
    for (const way of ['90 true', '200 true', '300 false', '1000000 false']) expect(share(way)).toBeCloseTo(0.25, 1);
    expect(routes.attainablePpm(0, market.start)).toBe(90);
    expect(routes.ppm(1, 0, market.start + 10)).toBe(routes.ppm(1, 0, market.start + 10));
  });

  it('says of a way beforehand whether it carries', () => {
    for (const time of times.slice(0, 100)) expect(routes.mayArrive(2, 0, time)).toBe(routes.arrives(2, 0, 1e8, time));
    const drawn = new CircularRoutes(createMarket(CALM, 1, 30));
    expect(drawn.mayArrive(2, 0, market.start)).toBe(true);
  });

  it('asks the fee of the last hop as the snapshot has it', () => {
    expect(routes.lastHopPpm(2)).toBe(30);
  });
});
