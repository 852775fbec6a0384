// Do outages, stuck payments, senders' memory and a rival who reacts do to a node what the scenario says?
import { describe, expect, it } from 'vitest';
import { FailureMemory } from '../../../src/sim/market/engine/failure-memory.ts';
import { InFlight } from '../../../src/sim/market/engine/in-flight.ts';
import { fraction, secondsUnderWay } from '../../../src/sim/market/demand/luck.ts';
import { DAY, MARKET_START, createMarket } from '../../../src/sim/market/market.ts';
import { NodeEngine, type ForwardSeen } from '../../../src/sim/market/engine/node-engine.ts';
import { Outages } from '../../../src/sim/market/engine/outages.ts';
import { Rival } from '../../../src/sim/market/bound/rival.ts';
import { scenarioNamed, type Scenario } from '../../../src/sim/market/scenario.ts';
import { bestPrice, rivalMultiple, survival } from '../../../src/sim/market/demand/willingness.ts';

const HOUR = 3600;
const engineOf = (scenario: Scenario, seed: number, days: number, ppm = 250) => {
  const market = createMarket(scenario, seed, days);
  const fees = market.channels.map(() => ppm);
  return { market, engine: new NodeEngine(market, fees) };
};

describe('outages', () => {
  const market = createMarket(scenarioNamed('S9'), 3, 2000);
  const outages = new Outages(market);
  const offline = market.channels.map(() => 0);
  const ends = market.channels.map(() => 0);
  const was = market.channels.map(() => true);
  const QUARTER = 900;
  for (let at = MARKET_START; at < MARKET_START + 2000 * DAY; at += QUARTER)
    market.channels.forEach((_, k) => {
      const is = outages.online(k, at);
      if (!is) offline[k] = (offline[k] ?? 0) + 1;
      if (is && was[k] === false) ends[k] = (ends[k] ?? 0) + 1;
      was[k] = is;
    });

  it('befall four of twenty peers a tenth of the time, two hours at a time', () => {
    const flaky = offline.flatMap((count, k) => (count > 0 ? [k] : []));
    expect(flaky).toHaveLength(4);
    for (const k of flaky) {
      expect(market.channels[k]?.onlineShare).toBeCloseTo(0.9, 9);
      expect((offline[k] ?? 0) / (2000 * 96)).toBeGreaterThan(0.09);
      expect((offline[k] ?? 0) / (2000 * 96)).toBeLessThan(0.11);
      // Seen every quarter of an hour: the shortest are missed.
      expect(((offline[k] ?? 0) * QUARTER) / HOUR / (ends[k] ?? 1)).toBeCloseTo(2, 0);
    }
  });

  it('let nothing in or out, and no payment to ourselves', () => {
    const { engine } = engineOf(scenarioNamed('S9'), 3, 60);
    const seen: ForwardSeen[] = [];
    let refused = 0;
    for (let at = MARKET_START + 60; at < MARKET_START + 60 * DAY; at += 60) {
      const [down] = engine.capacityMsat.flatMap((_, k) => (engine.online(k) ? [] : [k]));
      const up = engine.capacityMsat.findIndex((_, k) => engine.online(k));
      if (down !== undefined) {
        expect(engine.send({ from: up, to: down, amountMsat: 1000, feeMsat: 0 })).toBe(false);
        expect(engine.send({ from: down, to: up, amountMsat: 1000, feeMsat: 0 })).toBe(false);
        refused++;
      }
      engine.advanceTo(at);
      seen.push(...engine.takeNews());
    }
    expect(refused).toBeGreaterThan(1000);
    const flaky = new Set(seen.filter(({ outcome }) => outcome === 'peer-offline').map(({ to }) => to));
    expect(flaky.size).toBe(4);
    const check = new Outages(engine.market);
    for (const { at, to, outcome } of seen) if (outcome === 'peer-offline') expect(check.online(to, at)).toBe(false);
    expect(engine.totals.peerOffline).toBe(seen.filter(({ outcome }) => outcome === 'peer-offline').length);
  });
});

describe('what is under way', () => {
  it('ends in order of time, of two at one time in that of their coming', () => {
    const heap = new InFlight();
    const times = Array.from({ length: 500 }, (_, i) => Math.floor(fraction(i, 1) * 100));
    times.forEach((endsAt, i) => {
      heap.add({ endsAt, from: i, to: 0, amountMsat: 1, feeMsat: 0, settles: true, order: 0 });
    });
    const taken = times.map(() => heap.take());
    const expected = times.map((endsAt, i) => ({ endsAt, i })).sort((a, b) => a.endsAt - b.endsAt || a.i - b.i);
    expect(taken.map((one) => [one?.endsAt, one?.from])).toEqual(expected.map(({ endsAt, i }) => [endsAt, i]));
    expect([heap.size, heap.nextEnd, heap.take()]).toEqual([0, Infinity, undefined]);
  });

  it('takes two seconds in the median, and one of a hundred takes hours', () => {
    const lucks = Array.from({ length: 40_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0);
    const seconds = lucks.map((luck) => secondsUnderWay({ medianSeconds: 2, sigma: 1, stuckShare: 0.01 }, luck));
    const sorted = [...seconds].sort((a, b) => a - b);
    expect(sorted[20_000]).toBeCloseTo(2, 0);
    const stuck = seconds.filter((s) => s >= 1800);
    expect(stuck.length / 400).toBeCloseTo(1, 0);
    expect(Math.max(...stuck)).toBeLessThanOrEqual(DAY);
    // Evenly in ln: half of them end within the root of 1800 x 86400 seconds.
    expect(stuck.filter((s) => s < Math.sqrt(1800 * DAY)).length / stuck.length).toBeCloseTo(0.5, 1);
  });

  it('holds its amount at both ends until then, and moves the balances only then', () => {
    const slow: Scenario = {
      ...scenarioNamed('S9'),
      outages: null,
      htlcs: { medianSeconds: 600, sigma: 0, stuckShare: 0 },
    };
    const { engine } = engineOf(slow, 4, 40);
    let settled = 0;
    for (let at = MARKET_START; at < MARKET_START + 3 * DAY; at += 30) {
      const before = engine.capacityMsat.map((_, k) => engine.localMsat(k));
      engine.advanceTo(at);
      const news = engine.takeNews().filter(({ outcome }) => outcome === 'settled');
      settled += news.length;
      const moved = engine.capacityMsat.map(() => 0);
      for (const { from, to, amountMsat, feeMsat } of news) {
        moved[to] = (moved[to] ?? 0) - amountMsat;
        moved[from] = (moved[from] ?? 0) + amountMsat + feeMsat;
      }
      expect(engine.capacityMsat.map((_, k) => engine.localMsat(k) - (before[k] ?? 0))).toEqual(moved);
      engine.capacityMsat.forEach((capacity, k) => {
        const reserves = 2 * (engine.reserveMsat[k] ?? 0);
        expect(engine.spendableMsat(k) + engine.receivableMsat(k)).toBeLessThanOrEqual(capacity - reserves);
        expect(Math.min(engine.spendableMsat(k), engine.receivableMsat(k))).toBeGreaterThanOrEqual(0);
      });
    }
    expect(settled).toBeGreaterThan(100);
  });
});

describe('senders', () => {
  it('avoid a channel after three failures within an hour, half of them, fewer with every six hours', () => {
    const memory = new FailureMemory(2, 3);
    const avoiding = (after: number): number => {
      const lucks = Array.from({ length: 20_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0);
      return lucks.filter((luck) => memory.avoided(0, after, luck)).length / lucks.length;
    };
    memory.failed(0, 0);
    memory.failed(0, 3000);
    memory.failed(0, 3601);
    expect(avoiding(3602)).toBe(0);
    memory.failed(0, 4000);
    expect(avoiding(4000)).toBeCloseTo(0.5, 1);
    expect(avoiding(4000 + 6 * HOUR)).toBeCloseTo(0.5 * Math.exp(-1), 1);
    expect(avoiding(4000 + 24 * HOUR)).toBeLessThan(0.02);
    expect(memory.avoided(1, 4000, 1)).toBe(false);
  });
});

describe('the rival', () => {
  const scenario: Scenario = {
    ...scenarioNamed('S7'),
    channels: 3,
    willingness: { ...scenarioNamed('S7').willingness, scaleMedianPpm: 400, scaleSigma: 0 },
  };
  const market = createMarket(scenario, 1, 100);
  const terms = { undercut: 0.1, leastHours: 24, mostHours: 48, floorPpm: 30 };

  it('asks a tenth less than we do, never less than its floor nor more than it did', () => {
    expect([400, 300, 100, 40, 20, 0].map((ppm) => 400 * rivalMultiple(terms, 400, ppm))).toEqual([
      360, 270, 90, 36, 30, 30,
    ]);
    expect(400 * rivalMultiple(terms, 400, 1000)).toBe(400);
  });

  it('follows each change, one to two days after it', () => {
    const rival = new Rival(market, terms, [400, 400, 400]);
    const at = (hours: number): number => 400 * rival.multiple(0, MARKET_START + hours * HOUR);
    expect(at(23.9)).toBe(400);
    expect(at(48)).toBeCloseTo(360, 9);
    rival.changed(0, MARKET_START + 100 * HOUR, 200);
    rival.changed(0, MARKET_START + 110 * HOUR, 2000);
    expect(at(123.9)).toBeCloseTo(360, 9);
    const changes: number[] = [];
    let last = at(124);
    for (let hour = 124; hour <= 160; hour += 0.1) {
      const now = at(hour);
      if (now !== last) changes.push(hour);
      last = now;
      expect([360, 180, 400].some((price) => Math.abs(price - now) < 1e-9)).toBe(true);
    }
    expect(changes).toHaveLength(2);
    expect((changes[1] ?? 0) - (changes[0] ?? 0)).toBeCloseTo(10, 0);
    expect(last).toBe(400);
  });

  it('takes from us those who compare: what is left is what the settled curve says', () => {
    const busy: Scenario = {
      ...scenario,
      channels: 1,
      forwardsPerDay: 3000,
      liquidity: 'unlimited',
      season: { daily: 0, weekend: 1 },
    };
    const drawn = createMarket(busy, 2, 30);
    const perDay = drawn.channels[0]?.sinkPerDay ?? 0;
    const engine = new NodeEngine(drawn, [320]);
    engine.advanceTo(MARKET_START + DAY);
    const first = engine.totals.settled / perDay;
    engine.advanceTo(MARKET_START + 10 * DAY);
    const before = engine.totals.settled;
    engine.advanceTo(MARKET_START + 30 * DAY);
    const late = (engine.totals.settled - before) / 20 / perDay;
    const { family } = busy.willingness;
    expect(first).toBeCloseTo(survival(family, 0.8), 1);
    expect(late).toBeCloseTo(survival(family, 0.8, 0.72), 2);
    expect(first - late).toBeGreaterThan(0.3);
  });
});

describe('a heavy tail', () => {
  it('has its best price at the scale', () => {
    expect(bestPrice({ kind: 'pareto', tail: 1.6 })).toBeCloseTo(1, 2);
    expect(survival({ kind: 'pareto', tail: 1.6 }, 60)).toBeCloseTo(101 ** -1.6, 9);
  });
});
