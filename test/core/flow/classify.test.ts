import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, flowRatio } from '../../../src/core/flow/classify.ts';
import { msat } from '../../../src/core/units.ts';

const of = (out: number | bigint, into: number | bigint, capacity: number | bigint) =>
  classify(msat(out), msat(into), msat(capacity));

const flows = fc.bigInt(0n, 2n ** 62n);
/** Odd ones included, where half a capacity is no whole msat. */
const capacities = fc.bigInt(1n, 2n ** 50n);

describe('flow state', () => {
  it.each([
    ['nothing moved', 0, 0, 1000, 'balanced'],
    ['exactly +0.5', 500, 0, 1000, 'balanced'],
    ['one msat beyond +0.5', 501, 0, 1000, 'source'],
    ['exactly -0.5', 0, 500, 1000, 'balanced'],
    ['one msat beyond -0.5', 0, 501, 1000, 'sink'],
    ['+0.5 of an odd capacity is below half', 500, 0, 1001, 'balanced'],
    ['the next msat of an odd capacity is above it', 501, 0, 1001, 'source'],
    ['much both ways', 900_000, 899_600, 1000, 'balanced'],
    ['more than the capacity, often turned over', 9000, 1000, 1000, 'source'],
    ['a channel without capacity that moved nothing', 0, 0, 0, 'balanced'],
  ] as const)('with %s', (_, out, into, capacity, state) => {
    expect(of(out, into, capacity)).toBe(state);
  });

  it('is decided in integers where the quotient would round to 0.5', () => {
    const capacity = 2n ** 60n;
    const half = capacity / 2n;
    expect(flowRatio(msat(half + 1n), msat(0), msat(capacity))).toBe(0.5);
    expect(of(half + 1n, 0, capacity)).toBe('source');
    expect(of(half, 0, capacity)).toBe('balanced');
  });

  it('is that of the ratio against the threshold', () => {
    fc.assert(
      fc.property(flows, flows, capacities, (out, into, capacity) => {
        const [twice, limit] = [2n * (out - into), capacity];
        const expected = twice > limit ? 'source' : -twice > limit ? 'sink' : 'balanced';
        expect(of(out, into, capacity)).toBe(expected);
      }),
    );
  });

  it('turns over with the direction, and keeps with the scale', () => {
    const opposite = { source: 'sink', sink: 'source', balanced: 'balanced' } as const;
    fc.assert(
      fc.property(flows, flows, capacities, fc.bigInt(1n, 1000n), (out, into, capacity, scale) => {
        expect(of(into, out, capacity)).toBe(opposite[of(out, into, capacity)]);
        expect(of(out * scale, into * scale, capacity * scale)).toBe(of(out, into, capacity));
      }),
    );
  });
});
