// What bringing liquidity in is held to cost: by what was paid for it, and else by what senders would pay.
import { describe, expect, it } from 'vitest';
import type { History, PastCircle } from '../../../src/core/backtest/history.ts';
import { drawRefill, refillOf, type Refill } from '../../../src/core/backtest/refill.ts';
import { stream } from '../../../src/sim/market/market.ts';

const circle = (to: number, ratePpm: number): PastCircle => ({
  ...{ at: 1, from: 2, to, amountMsat: 1_000_000, feeMsat: ratePpm },
});
const past = (circles: readonly PastCircle[]): History => ({
  ...{ from: 0, until: 86_400, forwards: [], circles, attempts: { succeeded: 3, failed: 5 } },
  channels: ['a', 'b', 'c'].map((name) => ({
    ...{ name, capacityMsat: 1e9, from: 0, until: 86_400, startMsat: null, fees: [] },
  })),
});
const SCALE = [1000, 1000, 500].map(Math.log);
const ppmOf = (refill: Refill, k: number): number => Math.exp(refill.paid[k]?.lnPpm ?? Number.NaN);
const medianOf = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const dice = () => {
  const random = stream(1, 'refill');
  return () => random.next();
};

describe('what it costs to bring liquidity in', () => {
  it('is nothing known where nothing was paid', () => {
    expect(refillOf(past([]), SCALE)).toEqual({ paid: [null, null, null], lnShift: 0, succeeded: 3, failed: 5 });
  });

  it('is what was paid where it was paid often, to within what never averages out', () => {
    const refill = refillOf(past(Array.from({ length: 400 }, () => circle(0, 200))), SCALE);
    // 0.7 of 1,000 was expected: half of what was paid less than that is held to be of all channels.
    expect(refill.lnShift).toBeCloseTo(Math.log(200 / 700) / 2, 9);
    expect(Math.abs(ppmOf(refill, 0) / 200 - 1)).toBeLessThan(0.05);
    expect(refill.paid[0]?.sd).toBeCloseTo(0.2, 1);
    expect(refill.paid[1]).toBeNull();
  });

  it('is between what was paid and what was expected after one payment', () => {
    const refill = refillOf(past([circle(0, 200)]), SCALE);
    const expected = 700 * Math.exp(refill.lnShift);
    const [own, prior] = [1 / (0.4 ** 2 + 0.2 ** 2), 1 / 0.8 ** 2];
    expect(Math.log(ppmOf(refill, 0))).toBeCloseTo(
      (own * Math.log(200) + prior * Math.log(expected)) / (own + prior),
      9,
    );
    expect(refill.paid[0]?.sd).toBeCloseTo(Math.sqrt(1 / (own + prior)), 9);
  });

  it('moves with the channels that are known, and the more of them the more', () => {
    const one = refillOf(past([circle(0, 1400)]), SCALE);
    const two = refillOf(past([circle(0, 1400), circle(1, 1400)]), SCALE);
    expect(one.lnShift).toBeCloseTo(Math.log(2) / 2, 9);
    expect(two.lnShift).toBeCloseTo((2 * Math.log(2)) / 3, 9);
  });

  it('cannot be told from a payment of nothing, and is one ppm where it was free', () => {
    expect(refillOf(past([{ ...circle(0, 5), amountMsat: 0 }]), SCALE).paid[0]).toBeNull();
    expect(refillOf(past(Array.from({ length: 400 }, () => circle(0, 0))), SCALE).paid[0]?.lnPpm).toBeLessThan(1);
  });
});

describe('one draw of it', () => {
  const draws = (refill: Refill, scale: readonly number[]) => {
    const uniform = dice();
    return Array.from({ length: 4000 }, () => drawRefill(refill, scale, uniform));
  };

  it('lies about what was paid, and else about the share of what senders would pay', () => {
    const refill: Refill = {
      paid: [{ lnPpm: Math.log(300), sd: 0.2 }, null],
      lnShift: Math.LN2,
      succeeded: 0,
      failed: 0,
    };
    const drawn = draws(refill, [9999, 1000]);
    expect(Math.abs(medianOf(drawn.map(({ ppm }) => ppm[0] ?? 0)) / 300 - 1)).toBeLessThan(0.03);
    expect(Math.abs(medianOf(drawn.map(({ ppm }) => ppm[1] ?? 0)) / 1400 - 1)).toBeLessThan(0.06);
    const logs = drawn.map(({ ppm }) => Math.log((ppm[1] ?? 0) / 1400));
    expect(Math.abs(Math.sqrt(logs.reduce((sum, ln) => sum + ln * ln, 0) / logs.length) - 0.8)).toBeLessThan(0.04);
  });

  it('is never below what the cheapest way asks', () => {
    const refill: Refill = { paid: [{ lnPpm: 0, sd: 0.2 }], lnShift: 0, succeeded: 0, failed: 0 };
    for (const { ppm } of draws(refill, [1])) expect(ppm[0]).toBe(10);
  });

  it('arrives as often as attempts did, 40 % before there are any', () => {
    const share = (succeeded: number, failed: number): number => {
      const drawn = draws({ paid: [], lnShift: 0, succeeded, failed }, []);
      return drawn.reduce((sum, { success }) => sum + success, 0) / drawn.length;
    };
    expect(Math.abs(share(0, 0) - 0.4)).toBeLessThan(0.01);
    expect(Math.abs(share(98, 297) - 0.25)).toBeLessThan(0.01);
  });
});
