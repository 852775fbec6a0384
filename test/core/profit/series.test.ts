// Are several series joined the same as one made of all their flows?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carrOf } from '../../../src/core/profit/carr.ts';
import { joinByDay } from '../../../src/core/profit/daily.ts';
import { joinSeries, SECONDS_PER_YEAR, toSeries, type Series } from '../../../src/core/profit/series.ts';

const flow = fc.record({ time: fc.integer({ min: -20, max: 20 }), amount: fc.bigInt({ min: -3n, max: 3n }) });
const plain = ({ seconds, values, ...rest }: Series) => ({ ...rest, seconds: [...seconds], values: [...values] });

describe('joined series', () => {
  it('are the series of all flows', () => {
    fc.assert(
      fc.property(fc.array(flow), fc.array(flow), (a, b) => {
        expect(plain(joinSeries(toSeries(a), toSeries(b)))).toEqual(plain(toSeries([...a, ...b])));
      }),
      { numRuns: 500 },
    );
  });
  it('leave out what cancels, at either end too', () => {
    const beginning = (amount: bigint): Series =>
      toSeries([
        { time: 10, amount },
        { time: 20, amount: 1n },
      ]);
    expect(plain(joinSeries(beginning(-5n), beginning(5n)))).toEqual({
      start: 20,
      lifetime: 0,
      seconds: [0],
      values: [2],
      total: 2n,
    });
  });
});

describe('fees joined by day', () => {
  const DAY = 86_400;
  const fee = fc.record({ time: fc.integer({ min: 0, max: 900 * DAY }), amount: fc.bigInt({ min: 1n, max: 90_000n }) });
  const channels = fc.array(fc.array(fee, { maxLength: 60 }), { minLength: 2, maxLength: 5 });

  it("hold each day's fees at their mean second", () => {
    const one = [5, DAY + 100, 9 * DAY].map((time) => ({ time, amount: 30n }));
    const other = [DAY + 500].map((time) => ({ time, amount: 10n }));
    expect(plain(joinByDay([one, other, []].map(toSeries)))).toEqual({
      start: 5,
      lifetime: 9 * DAY - 5,
      seconds: [0, DAY + 200 - 5, 9 * DAY - 5],
      values: [30, 40, 30],
      total: 100n,
    });
    expect(plain(joinByDay([]))).toEqual(plain(toSeries([])));
  });
  it('are those of one channel as they are', () => {
    const only = toSeries([1, 2, 3].map((time) => ({ time, amount: 7n })));
    expect(joinByDay([toSeries([]), only])).toBe(only);
  });
  it('lose nothing, and leave the yearly return what it is to a millionth of itself', () => {
    fc.assert(
      fc.property(channels, (lists) => {
        const parts = lists.map(toSeries);
        expect(joinByDay(parts).total).toBe(lists.flat().reduce((sum, { amount }) => sum + amount, 0n));
        const capital = toSeries([
          { time: -DAY, amount: -5_000_000n },
          { time: 2 * SECONDS_PER_YEAR + 180 * DAY, amount: 5_000_000n },
        ]);
        const exact = carrOf(joinSeries(capital, toSeries(lists.flat())));
        const daily = carrOf(joinSeries(capital, joinByDay(parts)));
        if (exact.carr === null || daily.carr === null) expect(daily).toEqual(exact);
        else expect(Math.abs(daily.carr - exact.carr)).toBeLessThanOrEqual(1e-6 * Math.abs(exact.carr));
      }),
    );
  });
});

describe('a series', () => {
  it('does not depend on the order of its flows, however far apart they lie', () => {
    const far = fc.record({
      time: fc.maxSafeInteger().map((n) => Math.trunc(n / 2)),
      amount: fc.bigInt({ min: -9n, max: 9n }),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(flow, far)), (flows) => {
        const ordered = [...flows].sort((a, b) => a.time - b.time);
        expect(plain(toSeries(flows))).toEqual(plain(toSeries(ordered)));
      }),
    );
  });
});
