// Does the market draw what its formulas say? Counts, amounts, prices and delays against closed forms.
import { describe, expect, it } from 'vitest';
import { DemandStream, startDemand, type Attempt } from '../../../../src/sim/market/demand/demand-stream.ts';
import { fraction, gossipDelay, paysTheNewFee, splits } from '../../../../src/sim/market/demand/luck.ts';
import { DAY, MARKET_START, OUTSIDE, createMarket, demandAt, stream } from '../../../../src/sim/market/market.ts';
import { normalCdf } from '../../../../src/core/normal.ts';
import { cappedLognormalMean } from '../../../../src/sim/market/demand/normal.ts';
import { CALM, DRAIN, SHIFTING, single, type Scenario } from '../../../../src/sim/market/scenario.ts';
import { bestPrice, drawWillingness, survival, type Family } from '../../../../src/sim/market/demand/willingness.ts';

const EVEN: Scenario['season'] = { daily: 0, weekend: 1 };

function attempts(scenario: Scenario, seed: number, days: number): Attempt[] {
  const market = createMarket(scenario, seed, days);
  const demand = new DemandStream(market, startDemand(seed));
  const seen: Attempt[] = [];
  for (let next = demand.next(); next.at < MARKET_START + days * DAY; next = demand.next()) seen.push(next);
  return seen;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('arrivals', () => {
  it('are Poisson: the counts of days have their mean as variance', () => {
    const scenario = { ...single(10), season: EVEN };
    const days = 4000;
    const counts = new Array<number>(days).fill(0);
    for (const { at } of attempts(scenario, 5, days)) {
      const day = Math.floor((at - MARKET_START) / DAY);
      counts[day] = (counts[day] ?? 0) + 1;
    }
    const average = mean(counts);
    const expected = 10 / survival(scenario.willingness.family, bestPrice(scenario.willingness.family));
    expect(Math.abs(average - expected)).toBeLessThan(4 * Math.sqrt(expected / days));
    const variance = mean(counts.map((count) => (count - average) ** 2));
    // The variance of a Poisson sample's variance is about 2 mean^2 / n.
    expect(Math.abs(variance / average - 1)).toBeLessThan(4 * Math.sqrt(2 / days));
  });

  it('swing with the day and the weekend and keep their mean', () => {
    const weeks = 150;
    const seen = attempts(single(30), 3, 7 * weeks);
    const rate = seen.length / (7 * weeks);
    const family = CALM.willingness.family;
    expect(rate / (30 / survival(family, bestPrice(family)))).toBeCloseTo(1, 1);
    const at = (hour: number): number => seen.filter((a) => Math.floor((a.at % DAY) / 3600) === hour).length;
    // 1 + 0.5 sin peaks at 13 h and is least at 1 h.
    expect(mean([at(12), at(13)]) / mean([at(0), at(1)])).toBeCloseTo(3, 0);
    const weekend = seen.filter((a) => Math.floor((a.at - MARKET_START) / DAY) % 7 >= 5).length;
    expect(weekend / 2 / ((seen.length - weekend) / 5)).toBeCloseTo(0.8, 1);
  });

  it('go from i to j in proportion to source and sink, and never come back by where they came', () => {
    const days = 2000;
    const market = createMarket({ ...DRAIN, channels: 5 }, 9, days);
    const counts = market.channels.map(() => market.channels.map(() => 0));
    const demand = new DemandStream(market, startDemand(9));
    let total = 0;
    for (let next = demand.next(); next.at < MARKET_START + days * DAY; next = demand.next()) {
      const row = counts[next.from];
      if (row) row[next.to] = (row[next.to] ?? 0) + 1;
      total++;
    }
    market.channels.forEach((from, i) => {
      market.channels.forEach((to, j) => {
        const expected = i === j ? 0 : (to.sinkPerDay * days * from.source) / (1 - to.source);
        const seen = counts[i]?.[j] ?? 0;
        if (i === j) expect(seen).toBe(0);
        else expect(Math.abs(seen - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
      });
    });
    expect(total).toBeGreaterThan(100_000);
  });

  it('come from outside where there is one channel', () => {
    expect(attempts(single(3), 1, 30).every(({ from, to }) => from === OUTSIDE && to === 0)).toBe(true);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(attempts(SHIFTING, 4, 20)).toEqual(attempts(SHIFTING, 4, 20));
    expect(attempts(SHIFTING, 4, 20)).not.toEqual(attempts(SHIFTING, 5, 20));
  });

  it('go on from their state as if nothing had been', () => {
    const market = createMarket(SHIFTING, 4, 60);
    const state = startDemand(4);
    const whole = new DemandStream(market, state);
    for (let i = 0; i < 5000; i++) whole.next();
    const resumed = new DemandStream(market, structuredClone(state));
    for (let i = 0; i < 5000; i++) expect(resumed.next()).toEqual(whole.next());
  });

  it('are demanded at the new rate and price after a shift', () => {
    const market = createMarket({ ...single(20, [{ day: 10, factor: 3, way: 'up' }]), season: EVEN }, 2, 20);
    const before = demandAt(market, MARKET_START).scalePpm[0] ?? 0;
    const after = demandAt(market, MARKET_START + 10 * DAY).scalePpm[0] ?? 0;
    expect(after / before).toBeCloseTo(3, 9);
  });
});

describe('amounts', () => {
  it('average 45,000 sats, and what the formula says', () => {
    const sats = attempts(CALM, 6, 300).map(({ amountMsat }) => amountMsat / 1000);
    expect(mean(sats)).toBeGreaterThan(36_000);
    expect(mean(sats)).toBeLessThan(54_000);
    const market = createMarket(CALM, 6, 300);
    const { volume } = demandAt(market, MARKET_START);
    const daily = volume.flat().reduce((sum, value) => sum + value, 0);
    const seen = sats.reduce((sum, value) => sum + value, 0) / 300;
    expect(seen / daily).toBeCloseTo(1, 1);
  });

  it('have the mean of a capped lognormal', () => {
    const random = stream(1, 'test');
    const drawn = Array.from({ length: 200_000 }, () => Math.min(300, 50 * Math.exp(1.2 * random.normal())));
    expect(mean(drawn) / cappedLognormalMean(50, 1.2, 300)).toBeCloseTo(1, 2);
    expect(cappedLognormalMean(50, 1.2, 1e12)).toBeCloseTo(50 * Math.exp(0.72), 3);
  });
});

const FAMILIES: readonly Family[] = [
  { kind: 'lognormal', sigma: 0.8 },
  { kind: 'exponential' },
  { kind: 'uniform' },
  { kind: 'kink', mass: 0.6, sigma: 0.12 },
];

describe('willingness to pay', () => {
  it.each(FAMILIES)('$kind: draws survive as the formula says', (family) => {
    const random = stream(7, family.kind);
    const draws = Array.from({ length: 40_000 }, () => drawWillingness(family, random));
    for (const x of [0.2, 0.5, 0.9, 1, 1.1, 1.5, 3]) {
      const share = draws.filter((draw) => draw >= x).length / draws.length;
      // Four standard errors of a share.
      expect(Math.abs(share - survival(family, x))).toBeLessThan(0.01);
    }
  });

  it('has its best price where calculus puts it', () => {
    // (x - c) e^-x: x = 1 + c. (x - c)(1 - x/2): x = 1 + c/2.
    for (const cost of [0, 0.3, 1, 1.7]) {
      expect(bestPrice({ kind: 'exponential' }, cost)).toBeCloseTo(1 + cost, 2);
      expect(bestPrice({ kind: 'uniform' }, cost)).toBeCloseTo(1 + cost / 2, 2);
    }
  });

  it('uses a distribution function that is one', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 6);
    expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
    expect(normalCdf(-3)).toBeCloseTo(0.0013499, 6);
  });
});

describe('luck', () => {
  const lucks = attempts(CALM, 8, 150).map(({ luck }) => luck);

  it('delays gossip as measured: quantiles of 2025-09-26', () => {
    const delays = lucks.map(gossipDelay).sort((a, b) => a - b);
    for (const [share, seconds] of [
      [0.05, 49],
      [0.25, 122],
      [0.5, 182],
      [0.75, 247],
      [0.95, 356],
    ] as const)
      expect((delays[Math.floor(share * delays.length)] ?? 0) / seconds).toBeCloseTo(1, 1);
    expect(delays.at(-1)).toBeLessThanOrEqual(1402);
  });

  it('answers each question on its own', () => {
    expect(mean(lucks.map((luck) => Number(paysTheNewFee(luck))))).toBeCloseTo(0.9, 1);
    expect(mean(lucks.map((luck) => Number(splits(luck))))).toBeCloseTo(0.5, 1);
    const both = mean(lucks.map((luck) => (fraction(luck, 2) - 0.5) * (fraction(luck, 3) - 0.5)));
    expect(Math.abs(both)).toBeLessThan(4 / 12 / Math.sqrt(lucks.length));
  });
});
