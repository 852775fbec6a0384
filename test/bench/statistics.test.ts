// Are the intervals as wide as they should be, and the same each time?
import { describe, expect, it } from 'vitest';
import { estimate, meanOf, ratioOfSums } from '../../bench/market/statistics.ts';
import { SeededRandom, seedState } from '../../src/sim/world/random.ts';

describe('intervals', () => {
  it('of a mean are those of the textbook: 1.96 standard errors either way', () => {
    const random = new SeededRandom(seedState(1));
    const values = Array.from({ length: 100 }, () => 10 + 2 * random.normal());
    const { value, low, high } = meanOf(values);
    const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - value) ** 2, 0) / values.length);
    const half = (1.96 * sd) / Math.sqrt(values.length);
    expect((value - low) / half).toBeCloseTo(1, 0);
    expect((high - value) / half).toBeCloseTo(1, 0);
  });

  it('cover the truth about as often as they say', () => {
    const random = new SeededRandom(seedState(2));
    let covered = 0;
    for (let n = 0; n < 200; n++) {
      const { low, high } = meanOf(Array.from({ length: 20 }, () => random.normal()));
      if (low <= 0 && high >= 0) covered++;
    }
    // 95 % less what percentile intervals of 20 values are known to lack.
    expect(covered / 200).toBeGreaterThan(0.86);
    expect(covered / 200).toBeLessThan(0.99);
  });

  it('of a ratio that is the same for every seed have no width, however the seeds differ', () => {
    const below = [1, 50, 1000, 3];
    const { value, low, high } = ratioOfSums(
      below.map((x) => 0.7 * x),
      below,
    );
    for (const end of [value, low, high]) expect(end).toBeCloseTo(0.7, 12);
  });

  it('are the same each time', () => {
    expect(meanOf([1, 2, 3, 4])).toEqual(meanOf([1, 2, 3, 4]));
  });

  it('are not told of what is never a number', () => {
    expect(estimate(3, () => NaN)).toEqual({ value: NaN, low: NaN, high: NaN });
  });
});
