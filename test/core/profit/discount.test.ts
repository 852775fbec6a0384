// Are the tables of discount factors as good as an exponential for each flow?
import { describe, expect, it } from 'vitest';
import { carr } from '../../../src/core/profit/carr.ts';
import { discountFactors } from '../../../src/core/profit/discount.ts';
import { npv } from '../../../src/core/profit/npv.ts';
import { SECONDS_PER_YEAR, toSeries, type DatedAmount } from '../../../src/core/profit/series.ts';

const many = (count: number, spread: number): DatedAmount[] =>
  Array.from({ length: count }, (_, i) => ({ time: i * spread + ((i * 7919) % spread), amount: BigInt(i % 5) - 1n }));

describe('discount factors', () => {
  it.each([-3, -0.5, 1e-9, 0.06, 2, 40])('of 5,000 flows at log-rate %d are exact to 1e-14', (x) => {
    const series = toSeries(many(5000, 60_000));
    const factors = new Float64Array(series.values.length);
    discountFactors(series, x, factors);
    series.seconds.forEach((second, i) => {
      const exact = Math.exp((-x * second) / SECONDS_PER_YEAR);
      expect(Math.abs((factors[i] ?? NaN) - exact)).toBeLessThanOrEqual(1e-14 * exact * Math.max(1, Math.abs(x)));
    });
  });

  it('give the same return by tables as one by one', () => {
    const inner = many(4000, 20_000).map((flow) => ({ ...flow, amount: flow.amount * 1000n }));
    const flows = [{ time: 0, amount: -50_000_000n }, ...inner, { time: 80_000_001, amount: 49_000_000n }];
    // The same sums at fewer seconds would be another series; the same series below the tables' threshold is its halves.
    const rate = carr(flows).carr ?? NaN;
    const halves = [flows.filter((_, i) => i % 4 === 0), flows.filter((_, i) => i % 4 === 1)];
    const rest = [flows.filter((_, i) => i % 4 === 2), flows.filter((_, i) => i % 4 === 3)];
    const anchor = { time: 0, amount: 1n };
    const sum = [...halves, ...rest].reduce(
      (total, part) => total + (npv([anchor, ...part], rate).value ?? NaN) - 1,
      0,
    );
    expect(Math.abs(sum)).toBeLessThan(1e-3);
  });
});

describe('net present value', () => {
  const flows = [
    { time: 0, amount: -100n },
    { time: SECONDS_PER_YEAR, amount: 110n },
  ];
  it('is the sum of the flows at rate 0, and less at higher rates', () => {
    expect(npv(flows, 0).value).toBe(10);
    expect(npv(flows, 0.1).value).toBeCloseTo(0, 12);
    expect(npv(flows, 0.2).value).toBeCloseTo(110 / 1.2 - 100, 12);
    expect(npv([], 0.2).value).toBe(0);
  });
  it.each([-1, -2, NaN, Infinity])('at rate %d is undefined', (rate) => {
    expect(npv(flows, rate)).toEqual({ value: null, reason: 'out_of_range' });
  });
  it('beyond the numbers is undefined', () => {
    expect(npv([...flows, { time: 100 * SECONDS_PER_YEAR, amount: 1n }], -1 + 1e-15)).toMatchObject({ value: null });
  });
});
