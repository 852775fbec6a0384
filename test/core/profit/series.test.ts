// Are several series joined the same as one made of all their flows?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSeries, toSeries, type DatedAmount, type Series } from '../../../src/core/profit/series.ts';

const flow = fc.record({ time: fc.integer({ min: -20, max: 20 }), amount: fc.bigInt({ min: -3n, max: 3n }) });
const plain = ({ seconds, values, ...rest }: Series) => ({ ...rest, seconds: [...seconds], values: [...values] });
const inAnyOrder = (flows: readonly DatedAmount[]): Series => toSeries(flows);

describe('joined series', () => {
  it('are the series of all flows', () => {
    fc.assert(
      fc.property(fc.array(fc.array(flow), { maxLength: 7 }), (lists) => {
        expect(plain(joinSeries(lists.map(inAnyOrder)))).toEqual(plain(toSeries(lists.flat())));
      }),
      { numRuns: 500 },
    );
  });
  it('leave out what cancels, at either end too', () => {
    const [a, b] = [-5n, 5n].map((amount) =>
      toSeries([
        { time: 10, amount },
        { time: 20, amount: 1n },
      ]),
    );
    const joined = joinSeries([a, b].filter((part) => part !== undefined));
    expect(plain(joined)).toEqual({ start: 20, lifetime: 0, seconds: [0], values: [2], total: 2n });
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
