// Does nothing of the source remain in an anonymised history but what a market is fitted by?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anonymized, rounded } from '../../../src/core/backtest/anonymize.ts';
import { fitHistory } from '../../../src/core/backtest/fit.ts';
import { historyText, parseHistory } from '../../../src/core/backtest/history-file.ts';
import { createMarket, DAY, stream } from '../../../src/sim/market/market.ts';
import { scenarioNamed } from '../../../src/sim/market/scenario.ts';
import { byHand, guessedFees } from '../../../bench/known-market.ts';

const WEEK = 7 * DAY;
const market = createMarket({ ...scenarioNamed('S1'), channels: 6, forwardsPerDay: 60 }, 9, 28);
const past = byHand(market, guessedFees(market), 5);
const named = past.channels.map((channel, k) => ({ ...channel, name: `7654${k}x12x1 + 9876${k}x3x0` }));
const circles = [{ at: past.from + DAY, from: 0, to: 1, amountMsat: 123_456_789, feeMsat: 45_678 }];
const history = { ...past, channels: named, circles };
const dice = (seed: number) => {
  const random = stream(seed, 'secret');
  return () => random.next();
};
const out = anonymized(history, dice(1));

describe('an anonymised history', () => {
  it('names no channel', () => {
    const text = historyText(out);
    for (const { name } of named) for (const part of name.split(' + ')) expect(text).not.toContain(part);
    expect(text).not.toMatch(/\d+x\d+x\d+|[0-9a-f]{16}/);
  });

  it('has no capacity, amount, fee or time of the source to the digit', () => {
    const digits = (value: number): number => String(value).replace(/0+$/, '').length;
    for (const { capacityMsat } of out.channels) expect(digits(capacityMsat)).toBeLessThanOrEqual(2);
    for (const { amountMsat } of [...out.forwards, ...out.circles]) expect(digits(amountMsat)).toBeLessThanOrEqual(2);
    for (const { fees } of out.channels) for (const { ppm } of fees) expect(digits(ppm)).toBeLessThanOrEqual(2);
    for (const { fees } of out.channels) for (const { at } of fees) expect(at % 3600).toBe(0);
    const times = new Set(history.forwards.map(({ at }) => Math.floor(at)));
    expect(out.forwards.filter(({ at }) => times.has(at))).toEqual([]);
  });

  it('blurs amounts before it rounds them: nobody finds his own by their two digits', () => {
    const mine = { at: history.from + DAY, from: 0, to: 1, amountMsat: 120_000_000, feeMsat: 0 };
    const told = [1, 2, 3, 4, 5].map((seed) => anonymized({ ...history, circles: [mine] }, dice(seed)).circles[0]);
    expect(new Set(told.map((one) => one?.amountMsat)).size).toBeGreaterThan(2);
  });

  it('keeps weekday and hour, and the order of time', () => {
    expect((history.from - out.from) % WEEK).toBe(0);
    expect(out.from).toBeLessThan(history.from);
    expect(out.until - out.from).toBe(history.until - history.from);
    const hours = (of: typeof out): number[] => {
      const counts = Array.from({ length: 24 }, () => 0);
      for (const { at } of of.forwards) {
        const hour = Math.floor((at % DAY) / 3600);
        counts[hour] = (counts[hour] ?? 0) + 1;
      }
      return counts;
    };
    expect(hours(out)).toEqual(hours(history));
    expect(out.forwards.every(({ at }, n) => at >= (out.forwards[n - 1]?.at ?? 0))).toBe(true);
  });

  it('numbers channels anew with each secret', () => {
    const orders = new Set(
      [1, 2, 3, 4, 5].map((seed) =>
        anonymized(history, dice(seed))
          .channels.map(({ capacityMsat }) => capacityMsat)
          .join(),
      ),
    );
    expect(orders.size).toBeGreaterThan(2);
  });

  it('makes nearly the same market likely', () => {
    const [own, theirs] = [fitHistory(history), fitHistory(out)];
    const fees = (of: typeof out): number => of.forwards.reduce((sum, { feeMsat }) => sum + feeMsat, 0);
    expect(Math.abs(fees(out) / fees(history) - 1)).toBeLessThan(0.05);
    // Channels are told by how many forwards left by them, which nothing changes.
    const used = (of: typeof out, k: number): number => of.forwards.filter(({ to }) => to === k).length;
    const sorted = (of: typeof out, fit: typeof own) =>
      of.channels
        .map((_, k) => ({ used: used(of, k), ...(fit.beliefs[k]?.optimum ?? { lnPpm: NaN, sd: NaN }) }))
        .sort((a, b) => b.used - a.used);
    const others = sorted(out, theirs);
    sorted(history, own).forEach(({ used: forwards, lnPpm, sd }, k) => {
      expect(others[k]?.used).toBe(forwards);
      expect(Math.abs(lnPpm - (others[k]?.lnPpm ?? 0))).toBeLessThan(Math.max(0.3, sd));
    });
  });

  it('can be read back as it was written', () => {
    expect(parseHistory(historyText(out))).toEqual(out);
  });
});

it('rounds to two digits', () => {
  expect([0, 1, 9, 10, 99, 101, 123_456, 0.4].map(rounded)).toEqual([0, 1, 9, 10, 99, 100, 120_000, 0]);
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 1e12 }), (value) => Math.abs(rounded(value) / value - 1) <= 0.05 + 1e-9),
  );
});
