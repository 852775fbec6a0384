// Do the parts of a fit find what was put in?
import { describe, expect, it } from 'vitest';
import { balancesOf } from '../../../src/core/backtest/balances.ts';
import { gamma, normal } from '../../../src/core/chance.ts';
import { drawMarket, fitHistory } from '../../../src/core/backtest/fit.ts';
import type { History, PastChannel, PastForward } from '../../../src/core/backtest/history.ts';
import { evidenceOf } from '../../../src/core/backtest/identification.ts';
import { interval } from '../../../src/core/backtest/interval.ts';
import { liveFees } from '../../../src/core/backtest/live-fees.ts';
import { seasonAt, seasonOf } from '../../../src/core/backtest/season.ts';
import { cellOf, lnFeeOf } from '../../../src/core/fee/cells.ts';
import { channelId, ppm, unixSec } from '../../../src/core/units.ts';
import { createMarket, DAY, MARKET_START, stream } from '../../../src/sim/market/market.ts';
import { scenarioNamed } from '../../../src/sim/market/scenario.ts';
import { byHand, guessedFees } from '../../../bench/known-market.ts';

const uniform = (seed: number) => {
  const random = stream(seed, 'test');
  return () => random.next();
};
const HOUR = 3600;

describe('chance', () => {
  it.each([0.3, 1, 7.5])('draws gammas of shape %f', (shape) => {
    const dice = uniform(1);
    const drawn = Array.from({ length: 20_000 }, () => gamma(shape, dice));
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean / shape - 1)).toBeLessThan(0.05);
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1);
  });
});

describe('an interval', () => {
  it('holds one more draw nineteen times of twenty, also of few', () => {
    const dice = uniform(2);
    for (const n of [5, 20]) {
      let within = 0;
      for (let round = 0; round < 4000; round++) {
        const { low, high } = interval(Array.from({ length: n }, () => normal(dice)));
        const next = normal(dice);
        if (low <= next && next <= high) within++;
      }
      expect(Math.abs(within / 4000 - 0.95)).toBeLessThan(0.012);
    }
  });

  // Quantiles of Student's t at 97.5 %, from any table.
  it.each([
    [4, 3.1824],
    [6, 2.5706],
    [11, 2.2281],
    [31, 2.0423],
  ])('reaches as far as Student has it of %i draws', (n, quantile) => {
    // Half at 9 and half at 11, and one at 10 where the number is odd.
    const values = Array.from({ length: n }, (_, i) => 10 + (i === n - 1 && n % 2 === 1 ? 0 : i % 2 === 0 ? -1 : 1));
    const { mean, low, high } = interval(values);
    const variance = values.reduce((sum, value) => sum + (value - 10) ** 2, 0) / (n - 1);
    expect(mean).toBeCloseTo(10, 12);
    expect(Math.abs((high - 10) / Math.sqrt(variance * (1 + 1 / n)) / quantile - 1)).toBeLessThan(0.01);
    expect(10 - low).toBeCloseTo(high - 10, 12);
  });

  it('is told of no fewer than two', () => {
    expect(interval([1, 3]).mean).toBe(2);
    expect(() => interval([1])).toThrow('expected at least 2 draws, got 1');
  });
});

describe('the season', () => {
  it('is found where it is, and flat where little is known', () => {
    const from = MARKET_START;
    const until = from + 28 * DAY;
    const busy: PastForward[] = [];
    for (let day = 0; day < 28; day++)
      for (let n = 0; n < 40; n++)
        busy.push({
          at: from + day * DAY + (n < 30 ? 12 : 3) * HOUR + n,
          from: 0,
          to: 1,
          amountMsat: 1000,
          feeMsat: 0,
        });
    const season = seasonOf({ from, until, forwards: busy });
    expect(seasonAt(season, from + 12 * HOUR) / seasonAt(season, from + 3 * HOUR)).toBeGreaterThan(2.5);
    expect(season.reduce((a, b) => a + b, 0) / season.length).toBeCloseTo(1, 9);
    // The market begins on a Monday, and so does the week; every day is as busy as the others.
    const day = (n: number): readonly number[] => season.slice(24 * n, 24 * (n + 1));
    for (let n = 1; n < 7; n++) expect(day(n)).toEqual(day(0));
    expect(day(0).indexOf(Math.max(...day(0)))).toBe(12);
    // 840 of 1,120 at noon, where 46.7 were expected if all hours were alike: so many and 30 over so many and 30.
    expect(seasonAt(season, from + 12 * HOUR) / seasonAt(season, from + 5 * HOUR)).toBeCloseTo(870 / 30, 9);
    const sunday = seasonOf({
      from,
      until,
      forwards: busy.filter(({ at }) => Math.floor((at - from) / DAY) % 7 === 6),
    });
    expect(sunday.indexOf(Math.max(...sunday))).toBe(6 * 24 + 12);
    // All of 160 on that day, where 22.9 were expected.
    expect(seasonAt(sunday, from + 6 * DAY) / seasonAt(sunday, from + 2 * DAY)).toBeCloseTo(190 / 30, 9);
    // Ten days of which each hour is alike: Mondays are there twice, and no busier for that.
    const even = Array.from({ length: 2400 }, (_, n): PastForward => ({
      ...{ at: from + n * 360, from: 0, to: 1, amountMsat: 1000, feeMsat: 0 },
    }));
    for (const factor of seasonOf({ from, until: from + 10 * DAY, forwards: even })) expect(factor).toBeCloseTo(1, 9);
    const quiet = seasonOf({ from, until, forwards: busy.slice(0, 3) });
    expect(Math.max(...quiet) / Math.min(...quiet)).toBeLessThan(1.3);
  });
});

const CHANNEL: PastChannel = {
  ...{ name: 'a', capacityMsat: 10_000_000, from: 0, until: 10 * HOUR, startMsat: null },
  fees: [{ at: 0, ppm: 100 }],
};
const moving = (startMsat: number | null, forwards: readonly PastForward[]): History => ({
  ...{ from: 0, until: 10 * HOUR, forwards, circles: [], attempts: { succeeded: 0, failed: 0 } },
  channels: [
    { ...CHANNEL, startMsat },
    { ...CHANNEL, name: 'b', startMsat: 5_000_000 },
  ],
});
const out = (hour: number, amountMsat: number): PastForward => ({
  ...{ at: hour * HOUR + 1, from: 1, to: 0, amountMsat, feeMsat: 0 },
});

describe('balances', () => {
  it('follow what moved them, hour by hour', () => {
    const { spendable, receivable } = balancesOf(moving(8_000_000, [out(2, 3_000_000)]));
    expect(spendable[2 * 2]).toBe(7_900_000);
    expect(spendable[3 * 2]).toBe(4_900_000);
    expect(receivable[3 * 2]).toBe(4_900_000);
    expect(spendable[3 * 2 + 1]).toBe(7_900_000);
  });

  it('begin where what followed was possible', () => {
    // 4 m left and 3 m more: no less than that, and the reserve, was there at first.
    expect(balancesOf(moving(1_000_000, [out(1, 4_000_000), out(5, 3_000_000)])).start[0]).toBe(7_100_000);
    // Unknown: between that and all of it but the peer's reserve.
    expect(balancesOf(moving(null, [out(1, 4_000_000), out(5, 3_000_000)])).start[0]).toBe(8_500_000);
  });

  it('begin as was told, or in the middle, where nothing was possible', () => {
    const impossible = [out(1, 9_900_000), out(5, 9_900_000)];
    expect(balancesOf(moving(3_000_000, impossible)).start[0]).toBe(3_000_000);
    expect(balancesOf(moving(null, impossible)).start[0]).toBe(5_000_000);
  });

  it('stay within the channel where something unknown has moved them', () => {
    const { spendable } = balancesOf(moving(5_000_000, [out(1, 9_000_000), out(5, 9_000_000)]));
    for (const each of spendable) expect(each).toBeGreaterThanOrEqual(0);
  });
});

describe('what prices tell', () => {
  it('is nothing with one fee, and enough with many forwards at two', () => {
    expect(evidenceOf([[50, 300, 700]]).told).toBe('one-fee');
    expect(
      evidenceOf([
        [cellOf(100), 2, 300],
        [cellOf(150), 1, 300],
      ]).told,
    ).toBe('too-little');
    const { told, elasticitySd } = evidenceOf([
      [cellOf(100), 100, 300],
      [cellOf(200), 60, 300],
    ]);
    expect(told).toBe('enough');
    // 1 / sqrt(160 x (ln 2 / 2)^2), but that cells are 10 % wide.
    expect(Math.abs((elasticitySd ?? 0) / 0.228 - 1)).toBeLessThan(0.1);
  });

  it('weighs a fee by the time that it was live, and knows none that never was', () => {
    const [low, high] = [cellOf(100), cellOf(200)];
    const far = lnFeeOf(high) - lnFeeOf(low);
    // 1/4 of the time: Var of ln fee is 3/16 of the distance squared.
    const { elasticitySd } = evidenceOf([
      [low, 10, 100],
      [high, 90, 300],
    ]);
    expect(elasticitySd).toBeCloseTo(1 / Math.sqrt(100 * (3 / 16) * far ** 2), 9);
    expect(
      evidenceOf([
        [low, 100, 100],
        [high, 3, 0],
      ]),
    ).toEqual({ told: 'one-fee', elasticitySd: null });
    expect(evidenceOf([])).toEqual({ told: 'too-little', elasticitySd: null });
    expect(
      evidenceOf([
        [low, 0, 100],
        [high, 0, 100],
      ]),
    ).toEqual({ told: 'too-little', elasticitySd: null });
  });
});

describe('live fees', () => {
  const change = (at: number, fromPpm: number, toPpm: number) => ({
    ...{ channelId: channelId('1'.repeat(64)), at: unixSec(at), fromPpm: ppm(fromPpm), toPpm: ppm(toPpm) },
  });
  const paid = (at: number, ratePpm: number, baseMsat = 0) => ({
    ...{ at, amountMsat: 50_000_000, feeMsat: 50 * ratePpm + baseMsat },
  });

  it('are those of the changes, also of those before', () => {
    expect(liveFees([change(50, 10, 20), change(200, 20, 30)], [], 100)).toEqual([
      { at: 100, ppm: 20 },
      { at: 200, ppm: 30 },
    ]);
    expect(liveFees([change(200, 20, 30)], [], 100)[0]).toEqual({ at: 100, ppm: 20 });
  });

  it('are what was paid where no change was written down', () => {
    expect(liveFees([], [paid(110, 77), paid(120, 77)], 100)).toEqual([{ at: 100, ppm: 77 }]);
    expect(liveFees([], [], 100)).toEqual([]);
  });

  it('have the base fee in them', () => {
    // 1000 msat of 50,000 sats are 20 ppm.
    const fees = liveFees(
      [change(200, 100, 300)],
      [paid(110, 100, 1000), paid(210, 300, 1000), paid(220, 300, 1000)],
      100,
    );
    expect(fees).toEqual([
      { at: 100, ppm: 120 },
      { at: 200, ppm: 320 },
    ]);
  });
});

describe('a fit', () => {
  const market = createMarket({ ...scenarioNamed('S1'), channels: 6, forwardsPerDay: 200 }, 21, 60);
  const fit = fitHistory(byHand(market, guessedFees(market), 4));

  it('finds the rates of demand, in the mean of its draws', () => {
    const dice = uniform(5);
    const draws = Array.from({ length: 60 }, () => drawMarket(fit, dice));
    // At the scale half of the senders pay: there rates are known best.
    market.channels.forEach(({ sinkPerDay, regimes }, k) => {
      const scale = regimes[0]?.scalePpm ?? 0;
      const shares = draws.map(({ demands }) => {
        const demand = demands[k];
        if (demand === undefined) return 0;
        let pays = 0;
        for (let n = 0; n < 200; n++) if (demand.willing(dice) >= scale) pays++;
        return (24 * demand.perHour * pays) / 200;
      });
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      expect(Math.abs(Math.log(mean / (sinkPerDay / 2)))).toBeLessThan(0.5);
    });
  });

  it('finds where payments come from', () => {
    const shares = market.channels.map(({ source }) => source);
    const found = shares.map((_, from) =>
      fit.sources.mean.reduce((sum, row, to) => sum + (row[from] ?? 0) / (1 - (shares[to] ?? 0)), 0),
    );
    const order = (values: readonly number[]): number[] =>
      values.map((_, i) => i).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
    expect(order(found).slice(0, 2).sort()).toEqual(order(shares).slice(0, 2).sort());
  });

  it('has rows that add up to one in every draw', () => {
    for (const row of drawMarket(fit, uniform(6)).sources) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });
});
