// Is the CARR the rate that other tools find, and does it behave as a rate of return must?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carr, type Carr } from '../../../src/core/profit/carr.ts';
import { npv } from '../../../src/core/profit/npv.ts';
import { SECONDS_PER_YEAR, type DatedAmount } from '../../../src/core/profit/series.ts';
import { SECONDS_PER_DAY } from '../../../src/core/units.ts';
import fixture from '../../fixtures/xirr-cases.json' with { type: 'json' };

const seconds = (moment: string | number): number => (typeof moment === 'number' ? moment : Date.parse(moment) / 1000);
/** Decimals of up to six places as integers. */
const scaled = (amount: string): bigint => {
  const [whole = '', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
};
const cases = fixture.cases.map((one) => ({
  ...one,
  flows: one.flows.map(([time = 0, amount]): DatedAmount => ({ time: seconds(time), amount: scaled(String(amount)) })),
}));
const year = (years: number, amount: number): DatedAmount => ({
  time: years * SECONDS_PER_YEAR,
  amount: BigInt(amount),
});
const timeAt = (flows: readonly DatedAmount[], index: number): number => flows.at(index)?.time ?? NaN;
const rateOf = (result: Carr): number => {
  if (result.carr === null) throw new Error(`expected a rate, got ${result.reason}`);
  return result.carr;
};

describe('agreement with XIRR', () => {
  it('has enough cases of every kind', () => {
    expect(cases.length).toBeGreaterThanOrEqual(100);
    expect(cases.filter(({ tools }) => tools.includes('pyxirr')).length).toBeGreaterThanOrEqual(100);
    for (const kind of [
      /loss/,
      /near-total loss/,
      /above 1000 %/,
      /two days/,
      /1,000 random/,
      /Microsoft/,
      /LibreOffice/,
    ])
      expect(cases.some(({ name }) => kind.test(name))).toBe(true);
  });

  it.each(cases)('$name', ({ flows, expected }) => {
    const rate = rateOf(carr(flows));
    expect(Math.abs(rate - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  });

  it('gives the published values to their own digits', () => {
    for (const { flows, published } of cases) {
      if (published !== undefined) expect(rateOf(carr(flows))).toBeCloseTo(published, published === 0.124 ? 3 : 4);
    }
  });
});

describe('without a rate', () => {
  const none = (flows: readonly DatedAmount[]): unknown => {
    const { carr: rate, reason, roots } = carr(flows);
    expect([rate, roots]).toEqual([null, 0]);
    return reason;
  };
  it('no flows, one flow, flows of one sign, flows that cancel within their second: no sign change', () => {
    expect(none([])).toBe('no_sign_change');
    expect(none([year(0, 5)])).toBe('no_sign_change');
    expect(none([year(0, -5), year(1, -3)])).toBe('no_sign_change');
    expect(none([year(0, -10), year(0, 10), year(1, 5)])).toBe('no_sign_change');
    expect(none([year(0, 0), year(1, 0)])).toBe('no_sign_change');
  });
  it('a lifetime of a second under a day; a day is enough', () => {
    const open = { time: 1_700_000_000, amount: -1000n };
    expect(none([open, { time: open.time + SECONDS_PER_DAY - 1, amount: 1001n }])).toBe('lifetime_under_a_day');
    expect(rateOf(carr([open, { time: open.time + SECONDS_PER_DAY, amount: 1001n }]))).toBeCloseTo(
      1.001 ** 365 - 1,
      12,
    );
  });
  it('flows that change sign but are never worth zero', () => {
    expect(none([year(0, 100), year(1, -230), year(2, 140)])).toBe('no_root');
    expect(none([year(0, -100), year(1, 150), year(2, -100)])).toBe('no_root');
  });
  it('a gain too fast for a number, never infinity', () => {
    expect(none([year(0, -1), { time: SECONDS_PER_DAY, amount: 1000n }])).toBe('out_of_range');
  });
});

describe('at the edges', () => {
  it('a loss beyond what a double tells from -100 % is the double next to it', () => {
    expect(carr([year(0, -1_000_000), { time: 5 * SECONDS_PER_DAY, amount: 1n }])).toMatchObject({
      carr: -1 + 2 ** -53,
      roots: 1,
    });
  });
  it('flows that add up to nothing return exactly 0', () => {
    expect(carr([year(0, -7), year(1, 3), year(2, 4)])).toMatchObject({ carr: 0, signChanges: 1 });
  });
  it('a hair of profit is not rounded away', () => {
    const capital = 10n ** 30n;
    const result = carr([
      { time: 0, amount: -capital },
      { time: SECONDS_PER_YEAR, amount: capital + 10n ** 15n },
    ]);
    expect(rateOf(result)).toBeGreaterThanOrEqual(0);
    expect(rateOf(result)).toBeLessThan(2.3e-15);
  });
  it('amounts up to 2^1000 count, and beyond are refused', () => {
    const times = (unit: bigint) => [year(0, -100), year(1, 110)].map((f) => ({ ...f, amount: f.amount * unit }));
    expect(rateOf(carr(times(10n ** 290n)))).toBeCloseTo(0.1, 14);
    expect(() => carr(times(10n ** 400n))).toThrow(/sums below 2\^1000/);
  });
  it('times may lie before 1970 and centuries apart', () => {
    expect(rateOf(carr([year(-300, -1), year(0, 20_000_000)]))).toBeCloseTo(20_000_000 ** (1 / 300) - 1, 13);
    const many = Array.from({ length: 3000 }, (_, i) => year(i / 20, 1));
    expect(rateOf(carr([year(0, -100), ...many]))).toBeGreaterThan(0);
  });
});

describe('several rates', () => {
  it('takes the one nearest zero and says how many there are', () => {
    // -100 + 230 v - 132 v^2 is zero at 10 % and at 20 %.
    expect(carr([year(0, -100), year(1, 230), year(2, -132)])).toMatchObject({ signChanges: 2, roots: 2 });
    expect(rateOf(carr([year(0, -100), year(1, 230), year(2, -132)]))).toBeCloseTo(0.1, 12);
    // (1 - 2v)(1 - v/2): +100 % and -50 %.
    expect(rateOf(carr([year(0, 2), year(1, -5), year(2, 2)]))).toBeCloseTo(-0.5, 12);
  });
  const few = fc.uniqueArray(fc.integer({ min: -60, max: 300 }), { minLength: 2, maxLength: 3 });
  const many = fc
    .uniqueArray(fc.integer({ min: -12, max: 60 }), { minLength: 4, maxLength: 5 })
    .map((places) => places.map((place) => 5 * place));
  it.each([[[95, 244, 267, 265, 266]], [[205, 202, 116, 200, 203]], [[198, 202, 200]]])('finds %j %%', (percents) => {
    const result = carr(productOf(percents));
    expect([result.roots, rateOf(result)]).toEqual([
      percents.length,
      expect.closeTo(Math.min(...percents) / 100, 6) as number,
    ]);
  });
  it('finds one of those that lie within the rounding of doubles', () => {
    const { roots, carr: rate } = carr(productOf([295, 296, 297, 298, 299, 300, 301]));
    expect(roots % 2).toBe(1);
    expect(rate).toBeGreaterThan(2.8);
    expect(rate).toBeLessThan(3.2);
  });
  it('finds all roots of products of known ones, however close', () => {
    fc.assert(
      fc.property(fc.oneof(few, many), (percents) => {
        const result = carr(productOf(percents));
        const nearest = Math.min(...percents.map(Math.abs)) / 100;
        expect(Math.abs(rateOf(result))).toBeCloseTo(nearest, 4);
        if (!percents.includes(0)) expect(result.roots).toBe(percents.length);
      }),
      { numRuns: 300 },
    );
  });
  /** Flows whose net present value is zero at these rates alone. */
  const productOf = (percents: readonly number[]) => {
    // The flows are the coefficients of the product of (100 v - 100 / (1 + r)), in integers: (100 + p) v - 100.
    let flows = [1n];
    for (const p of percents) {
      const next = new Array<bigint>(flows.length + 1).fill(0n);
      flows.forEach((c, i) => {
        next[i] = (next[i] ?? 0n) - 100n * c;
        next[i + 1] = (next[i + 1] ?? 0n) + BigInt(100 + p) * c;
      });
      flows = next;
    }
    // v = 100 / (100 + p) are the roots, so that 1 / v - 1 = p %.
    return flows.map((amount, i) => ({ time: i * SECONDS_PER_YEAR, amount }));
  };
});

/** A channel: money out, then flows of both signs, then most of the capital back. */
const channelFlows = fc
  .record({
    start: fc.integer({ min: 1_500_000_000, max: 1_700_000_000 }),
    capital: fc.bigInt({ min: 10_000_000n, max: 10n ** 13n }),
    lifetime: fc.integer({ min: 2 * SECONDS_PER_DAY, max: 5 * SECONDS_PER_YEAR }),
    back: fc.integer({ min: 200, max: 1500 }),
    inner: fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.bigInt({ min: -300_000n, max: 1_000_000n })),
      {
        maxLength: 40,
      },
    ),
  })
  .map(({ start, capital, lifetime, back, inner }): DatedAmount[] => [
    { time: start, amount: -capital },
    ...inner.map(([at, amount]) => ({ time: start + Math.floor(at * lifetime), amount })),
    { time: start + lifetime, amount: (capital * BigInt(back)) / 1000n },
  ]);

describe('as a rate of return', () => {
  const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));

  it('makes the net present value zero', () => {
    fc.assert(
      fc.property(channelFlows, (flows) => {
        const rate = rateOf(carr(flows));
        // Next to -100 % a double no longer tells how much is left of a unit.
        fc.pre(rate > -0.99);
        const present = npv(flows, rate).value ?? NaN;
        const weight =
          npv(
            flows.map((f) => ({ ...f, amount: f.amount < 0n ? -f.amount : f.amount })),
            rate,
          ).value ?? NaN;
        expect(Math.abs(present)).toBeLessThanOrEqual(1e-11 * weight);
      }),
    );
  });
  it('does not depend on the unit of the flows', () => {
    fc.assert(
      fc.property(channelFlows, fc.bigInt({ min: 2n, max: 10n ** 20n }), (flows, factor) => {
        const scaledUp = flows.map((f) => ({ ...f, amount: f.amount * factor }));
        expect(relative(rateOf(carr(scaledUp)), rateOf(carr(flows)))).toBeLessThan(1e-12);
      }),
    );
  });
  it('does not depend on the epoch, on the order, or on zeros', () => {
    fc.assert(
      fc.property(channelFlows, fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), (flows, shift) => {
        const moved = [...flows, { time: timeAt(flows, 0) - 10, amount: 0n }]
          .map((f) => ({ ...f, time: f.time + shift }))
          .reverse();
        expect(carr(moved)).toEqual(carr(flows));
      }),
    );
  });
  it('does not change when a flow is split', () => {
    fc.assert(
      fc.property(channelFlows, fc.nat(), fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (flows, pick, part) => {
        const split = flows[pick % flows.length] ?? year(0, 0);
        const rest = flows.filter((flow) => flow !== split);
        const parts = [part, split.amount - part].map((amount) => ({ time: split.time, amount }));
        expect(carr([...rest, ...parts])).toEqual(carr(flows));
      }),
    );
  });
  it('is never raised by a cost', () => {
    fc.assert(
      fc.property(
        channelFlows,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.bigInt({ min: 1n, max: 10n ** 8n }),
        (flows, at, cost) => {
          const [first, last] = [timeAt(flows, 0), timeAt(flows, -1)];
          const dearer = [...flows, { time: first + Math.floor(at * (last - first)), amount: -cost }];
          const [before, after] = [carr(flows), carr(dearer)];
          // With one rate each, before and after; a late cost can make a second one, whose order says nothing.
          fc.pre(before.roots === 1 && after.roots === 1);
          expect(rateOf(after)).toBeLessThanOrEqual(rateOf(before) + 1e-12);
        },
      ),
    );
  });
  it('is a finite number or null with a reason, whatever the flows', () => {
    const anything = fc.array(
      fc.record({
        time: fc.integer({ min: -(10 ** 10), max: 10 ** 10 }),
        amount: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(anything, (flows) => {
        const result = carr(flows);
        if (result.carr === null) expect(result.reason).toBeTypeOf('string');
        else {
          expect(Number.isFinite(result.carr)).toBe(true);
          expect(result.carr).toBeGreaterThan(-1);
          expect(result.roots).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
