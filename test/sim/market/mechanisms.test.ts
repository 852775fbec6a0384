// Does each mechanism of a scenario do to demand what its fields say? Draws against closed forms.
import { describe, expect, it } from 'vitest';
import { demandAt } from '../../../src/sim/market/demand/demand.ts';
import { DemandStream, startDemand, type Attempt } from '../../../src/sim/market/demand/demand-stream.ts';
import { isWithin, nextTurn } from '../../../src/sim/market/demand/hours.ts';
import { DAY, MARKET_START, changeTimes, createMarket, type Market } from '../../../src/sim/market/market.ts';
import { cappedLognormalTail } from '../../../src/sim/market/demand/normal.ts';
import { scenarioNamed, type DemandBank, type Scenario } from '../../../src/sim/market/scenario.ts';
import { Season } from '../../../src/sim/market/demand/season.ts';
import { feerateAt } from '../../../src/sim/market/demand/storm.ts';
import { CircularRoutes } from '../../../src/sim/market/engine/circular-routes.ts';

const EVEN: Scenario['season'] = { daily: 0, weekend: 1 };
const even = (name: string, changes: Partial<Scenario> = {}): Scenario => {
  return { ...scenarioNamed(name), season: EVEN, ...changes };
};

function attempts(market: Market, days = market.days): Attempt[] {
  const demand = new DemandStream(market, startDemand(market.seed));
  const seen: Attempt[] = [];
  for (let next = demand.next(); next.at < MARKET_START + days * DAY; next = demand.next()) seen.push(next);
  return seen;
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const sd = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - centre) ** 2)));
};
const total = (rows: readonly (readonly number[])[]): number => rows.flat().reduce((sum, x) => sum + x, 0);
const satsTo = (seen: readonly Attempt[], to: number): number =>
  seen.reduce((sum, attempt) => sum + (attempt.to === to ? attempt.amountMsat / 1000 : 0), 0);

describe('ordinary payments', () => {
  it.each(['S6', 'S11', 'S12'])('are the same whatever else comes (%s)', (name) => {
    const ordinary = attempts(createMarket(scenarioNamed('S1'), 5, 80));
    const all = new Set(attempts(createMarket(scenarioNamed(name), 5, 80)).map((one) => JSON.stringify(one)));
    expect(all.size).toBeGreaterThan(ordinary.length);
    for (const one of ordinary) expect(all.has(JSON.stringify(one))).toBe(true);
  });

  it.each(['S5', 'S6', 'S11', 'S12', 'H3', 'H4'])('go on from their state as if nothing had been (%s)', (name) => {
    const market = createMarket(scenarioNamed(name), 4, 90);
    const state = startDemand(4);
    const whole = new DemandStream(market, state);
    for (let i = 0; i < 4000; i++) whole.next();
    const resumed = new DemandStream(market, structuredClone(state));
    for (let i = 0; i < 20_000; i++) expect(resumed.next()).toEqual(whole.next());
  });
});

describe('demand', () => {
  it.each(['S1', 'S5', 'S6', 'S11', 'S12', 'H1', 'H3', 'H4'])('as planned is what is drawn, in sats (%s)', (name) => {
    // Two weeks of nothing but small payments, so that sums settle; the storm and the whale are there all the time.
    const base = scenarioNamed(name);
    const market = createMarket(
      {
        ...base,
        channels: 4,
        forwardsPerDay: 6000,
        capacity: { ...base.capacity, medianSats: 20_000_000 },
        payment: { medianSats: 40_000, sigma: 0.5 },
        drift: null,
        shocks: null,
        storm: base.storm && { ...base.storm, fromDay: 0, largeSats: 60_000 },
        whale: base.whale && { ...base.whale, sigma: 0.3 },
      },
      8,
      14,
    );
    const seen = attempts(market).filter(({ settles }) => settles !== false);
    const { volume } = demandAt(market, market.start);
    market.channels.forEach((_, to) => {
      const planned = 14 * volume.reduce((sum, row) => sum + (row[to] ?? 0), 0);
      expect(satsTo(seen, to) / planned).toBeGreaterThan(0.93);
      expect(satsTo(seen, to) / planned).toBeLessThan(1.07);
    });
  });
});

describe('drift', () => {
  it('walks by 0.04 a day, by 0.04 x 10 in a hundred, and moves once a day for all', () => {
    const market = createMarket(
      { ...scenarioNamed('S5'), channels: 300, willingness: { ...scenarioNamed('S1').willingness, scaleSigma: 0 } },
      2,
      101,
    );
    const after = (days: number): number[] =>
      market.channels.map(({ regimes }) => Math.log((regimes[days]?.scalePpm ?? NaN) / (regimes[0]?.scalePpm ?? NaN)));
    expect(sd(after(1))).toBeCloseTo(0.04, 2);
    expect(sd(after(100)) / 0.4).toBeCloseTo(1, 0);
    expect(Math.abs(mean(after(100)))).toBeLessThan((4 * 0.4) / Math.sqrt(300));
    expect(changeTimes(market)).toHaveLength(101);
  });
});

describe('shocks', () => {
  it('hit all channels by the same factors on the same day', () => {
    const market = createMarket(
      { ...scenarioNamed('H4'), willingness: { ...scenarioNamed('S1').willingness, scaleSigma: 0 } },
      3,
      2000,
    );
    const [first] = market.channels;
    expect(first?.regimes.length).toBeGreaterThan(15);
    for (const { regimes } of market.channels) expect(regimes).toEqual(first?.regimes);
    const steps = (first?.regimes ?? []).slice(1).map(({ rateFactor }) => Math.log(rateFactor));
    expect(sd(steps) / 0.3).toBeGreaterThan(0.5);
  });
});

describe('hours', () => {
  const market = createMarket(even('H3', { channels: 6, forwardsPerDay: 3000 }), 5, 40);
  const seen = attempts(market);

  it('begin and end when they say', () => {
    const { hours } = market.scenario;
    for (const [hour, within, turn] of [
      [0, false, 8],
      [8, true, 20],
      [19.99, true, 20],
      [20, false, 32],
    ] as const) {
      expect(isWithin(hours, MARKET_START + hour * 3600)).toBe(within);
      expect(nextTurn(hours, MARKET_START + hour * 3600)).toBe(MARKET_START + turn * 3600);
    }
    expect(nextTurn(null, MARKET_START)).toBe(Infinity);
  });

  it('multiply each channel’s rate and price by its own factors', () => {
    market.channels.forEach(({ hours }, k) => {
      const own = seen.filter(({ to }) => to === k);
      const [inside, outside] = [true, false].map((within) =>
        own.filter(({ at }) => isWithin(market.scenario.hours, at) === within),
      );
      const [day = [], night = []] = [inside, outside];
      expect(day.length / night.length / hours.rate).toBeGreaterThan(0.9);
      expect(day.length / night.length / hours.rate).toBeLessThan(1.1);
      const lnPrice = (some: readonly Attempt[]): number =>
        mean(some.map(({ reservationPpm }) => Math.log(reservationPpm)));
      // Of lognormal draws; the cap at 5000 ppm cuts little.
      expect(Math.abs(lnPrice(day) - lnPrice(night) - Math.log(hours.scale))).toBeLessThan(0.15);
    });
    expect(new Set(market.channels.map(({ hours }) => hours.scale)).size).toBe(6);
  });

  it('have their part of the season', () => {
    const season = new Season({ daily: 0.5, weekend: 0.8 });
    const sum = (from: number, until: number): number => {
      let all = 0;
      for (let hour = from + 0.005; hour < until; hour += 0.01) all += season.at(MARKET_START + hour * 3600);
      return all;
    };
    expect(season.partOfDay(8, 20)).toBeCloseTo(sum(8, 20) / sum(0, 24), 4);
    expect(season.partOfDay(0, 24)).toBeCloseTo(1, 12);
  });
});

describe('the whale', () => {
  const market = createMarket(scenarioNamed('S6'), 6, 365);
  const { whale } = market;

  it('is paid by the largest channel half of all that would be paid, until its day', () => {
    const before = total(demandAt(market, market.start).volume);
    const after = total(demandAt(market, market.start + 180 * DAY).volume);
    expect(after / before).toBeCloseTo(0.5, 9);
    expect(total(demandAt(market, market.start + 179.9 * DAY).volume)).toBe(before);
    const capacities = market.channels.map(({ capacityMsat }) => capacityMsat);
    expect(capacities[whale?.to ?? -1]).toBe(Math.max(...capacities));
  });

  it('pays in amounts around 800,000 sats, and is gone after', () => {
    const ordinary = new Set(attempts(createMarket(scenarioNamed('S1'), 6, 365)).map(({ at }) => at));
    const own = attempts(market).filter(({ at }) => !ordinary.has(at));
    expect(own.every(({ to }) => to === whale?.to)).toBe(true);
    expect(Math.max(...own.map(({ at }) => at))).toBeLessThan(market.start + 180 * DAY);
    const uncut = own
      .filter(({ from }) => (market.channels[from]?.capacityMsat ?? 0) > 8e9)
      .map(({ amountMsat }) => amountMsat);
    uncut.sort((a, b) => a - b);
    expect((uncut[uncut.length >> 1] ?? 0) / 8e8).toBeCloseTo(1, 0);
  });
});

describe('the storm', () => {
  const scenario = scenarioNamed('S11');
  const market = createMarket(scenario, 7, 120);
  const at = (day: number): number => market.start + day * DAY;

  it('makes blocks and rebalances dear for its days', () => {
    expect([59, 60, 89, 90].map((day) => feerateAt(market, at(day)))).toEqual([5, 200, 200, 5]);
    const routes = new CircularRoutes(market);
    const calm = new CircularRoutes(createMarket(scenarioNamed('S1'), 7, 120));
    for (const [day, times] of [
      [59, 1],
      [60, 3],
      [89.9, 3],
      [90, 1],
    ] as const) {
      expect(routes.ppm(3, 4, at(day)) / calm.ppm(3, 4, at(day))).toBeCloseTo(times, 9);
      expect(routes.attainablePpm(4, at(day)) / calm.attainablePpm(4, at(day))).toBeCloseTo(times, 9);
    }
  });

  it('brings half as many more of the payments over a million sats, and none below', () => {
    const ocean = { medianSats: 5e7, sigma: 0, minSats: 1, maxSats: 5e7 };
    const short = { ...scenario, channels: 3, forwardsPerDay: 40_000, capacity: ocean };
    const days = { ...short, storm: scenario.storm && { ...scenario.storm, fromDay: 1, days: 4 } };
    const ordinary = attempts(createMarket({ ...short, storm: null }, 3, 6));
    const all = attempts(createMarket(days, 3, 6));
    const large = (some: readonly Attempt[]): number => some.filter(({ amountMsat }) => amountMsat >= 1e9).length;
    expect(all.length - ordinary.length).toBe(large(all) - large(ordinary));
    // Four days of six, half as many more.
    expect(large(all) / large(ordinary)).toBeCloseTo(1 + 0.5 * (4 / 6), 1);
  });

  it('is planned with the tail of the amounts that it is drawn from', () => {
    expect(cappedLognormalTail(12_400, 1.6, 1e-9, 1e12)).toBeCloseTo(12_400 * Math.exp(1.28), 0);
    // All above the cap count as the cap.
    expect(cappedLognormalTail(100, 1, 200, 150)).toBeCloseTo(150 * 0.2441, 1);
    expect(cappedLognormalTail(100, 1, 200, 1e9)).toBeCloseTo(100 * Math.exp(0.5) * (1 - 0.3795), 1);
  });
});

describe('noise', () => {
  it('is five probes and one sat for each forward of the scenario', () => {
    const market = createMarket(scenarioNamed('S12'), 2, 60);
    const seen = attempts(market);
    const probes = seen.filter(({ settles }) => settles === false).length / 60;
    const micro = seen.filter(({ amountMsat }) => amountMsat === 1000).length / 60;
    expect(probes / 500).toBeCloseTo(1, 1);
    expect(micro / 100).toBeCloseTo(1, 1);
  });
});

const BANK: DemandBank = {
  perDay: 400,
  channels: [
    { capacitySats: 3_000_000, inboundPpm: 11 },
    { capacitySats: 4_000_000, inboundPpm: 22 },
    { capacitySats: 5_000_000, inboundPpm: 33 },
  ],
  payments: {
    from: [0, 0, 1, 2, 2],
    to: [1, 1, 2, 0, 1],
    amountSats: [1000, 3000, 5000, 700, 6000],
    weight: [2, 2, 4, 4, 1],
    reservationPpm: [100, 50, 9999, 10, 75],
  },
};

describe('a demand bank', () => {
  const market = createMarket(even('S1', { bank: BANK }), 1, 200);
  const seen = attempts(market);

  it('is drawn from with replacement, so many a day, each by its weight', () => {
    expect(seen.length / 200 / 400).toBeCloseTo(1, 1);
    BANK.payments.to.forEach((to, row) => {
      const own = seen.filter(
        (one) =>
          one.to === to &&
          one.from === BANK.payments.from[row] &&
          one.amountMsat === (BANK.payments.amountSats[row] ?? 0) * 1000,
      );
      expect(own.length / seen.length).toBeCloseTo((BANK.payments.weight[row] ?? 0) / 13, 1.5);
      for (const { reservationPpm } of own)
        expect(reservationPpm).toBe(Math.min(5000, BANK.payments.reservationPpm[row] ?? 0));
    });
  });

  it('is planned as it is: what pays at a fee is what was found to', () => {
    const columns = demandAt(market, market.start).columns;
    const second = columns.find(({ to }) => to === 1);
    // 400 a day by 13 weights in all.
    const sats = second?.classes.map(({ from }) => [...from].map((perDay) => (perDay * 13) / 400));
    expect(sats?.map((row) => row.map((x) => Math.round(x * 1e6) / 1e6))).toEqual([
      [2 * 1000 + 2 * 3000, 0, 0],
      [0, 0, 6000],
    ]);
    const [near, far] = second?.classes ?? [];
    expect([0, 50, 51, 100, 101].map((fee) => near?.share(fee))).toEqual([1, 1, 0.25, 0.25, 0]);
    expect([75, 76].map((fee) => far?.share(fee))).toEqual([1, 0]);
    expect([...(second?.fees ?? [])]).toEqual([0, 50, 75, 100]);
  });

  it('has its own channels, with the fee of highest revenue for their scale', () => {
    expect(market.channels.map(({ capacityMsat }) => capacityMsat)).toEqual([3e9, 4e9, 5e9]);
    // At 50 ppm all 14,000 sats pay, at 75 it is 8,000, at 100 2,000 (and scales are 15 to 4,000); without the weights 75 would be best.
    expect(market.channels.map(({ regimes }) => regimes[0]?.scalePpm)).toEqual([15, 50, 4000]);
    const routes = new CircularRoutes(market);
    expect([0, 1, 2].map((k) => routes.lastHopPpm(k))).toEqual([11, 22, 33]);
  });

  it('drifts with its scenario', () => {
    const shifting = createMarket(even('S1', { bank: BANK, jumps: [{ day: 10, factor: 2, way: 'up' }] }), 1, 20);
    const late = attempts(shifting).filter(
      ({ at, to, from }) => at >= MARKET_START + 10 * DAY && to === 1 && from === 2,
    );
    expect(new Set(late.map(({ reservationPpm }) => reservationPpm))).toEqual(new Set([150]));
    const column = demandAt(shifting, MARKET_START + 10 * DAY).columns.find(({ to }) => to === 1);
    expect([150, 151].map((fee) => column?.classes[1]?.share(fee))).toEqual([1, 0]);
  });
});
