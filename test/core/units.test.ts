import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channelId,
  compareScids,
  dayOf,
  daysBefore,
  dayStart,
  hourOf,
  hourStart,
  msat,
  msatToSats,
  nodeId,
  nsToSec,
  ppm,
  ratio,
  satsToMsat,
  scid,
  secondsToNs,
  sumMsat,
  tryScid,
  unixSec,
  type Msat,
} from '../../src/core/units.ts';

const amounts = fc.bigInt(-(2n ** 60n), 2n ** 60n).map(msat);
const scidParts = fc.tuple(fc.nat(2 ** 24 - 1), fc.nat(2 ** 24 - 1), fc.nat(2 ** 16 - 1));
const toScid = (parts: readonly number[]) => scid(parts.join('x'));

describe('msat', () => {
  it.each([2 ** 53, 0.5, NaN, Infinity, -(2 ** 53)])('is not made of the number %s', (value) => {
    expect(() => msat(value)).toThrow(RangeError);
  });

  it('sums exactly where floats would not', () => {
    fc.assert(
      fc.property(fc.array(amounts), (values) => {
        expect(sumMsat(values)).toBe(values.reduce<bigint>((total, value) => total + value, 0n));
      }),
    );
    expect(Number(2n ** 53n) + 1).toBe(Number(2n ** 53n));
    expect(sumMsat([msat(2n ** 53n), msat(1n)])).toBe(2n ** 53n + 1n);
  });

  /** 2^43 sats, less one msat. */
  const LARGEST = 2 ** 43 * 1000 - 1;
  it('becomes sats with at most three decimals, and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -LARGEST, max: LARGEST }), (value) => {
        const text = JSON.stringify(msatToSats(msat(value)));
        expect(text).toMatch(/^-?\d+(\.\d{1,3})?$/);
        const [whole = '', decimals = ''] = text.split('.');
        expect(BigInt(whole + decimals.padEnd(3, '0'))).toBe(BigInt(value));
      }),
    );
    expect(satsToMsat(21_000_000 * 1e8)).toBe(2_100_000_000_000_000_000n);
    expect(() => msatToSats(msat(2n ** 43n * 1000n))).toThrow(RangeError);
  });

  it('has no ratio to nothing but 0', () => {
    expect(ratio(msat(5), msat(0))).toBe(0);
    expect(ratio(msat(-1), msat(4))).toBe(-0.25);
  });
});

describe('short channel ids', () => {
  it('are three numbers within their bits', () => {
    fc.assert(
      fc.property(scidParts, (parts) => {
        expect(tryScid(parts.join('x'))).toBe(parts.join('x'));
      }),
    );
  });

  it.each([
    '',
    '1x2',
    '1x2x3x4',
    '01x2x3',
    '1x2x03',
    '-1x2x3',
    '1:2:3',
    ' 1x2x3',
    '16777216x0x0',
    '0x16777216x0',
    '0x0x65536',
  ])('are not %j', (text) => {
    expect(tryScid(text)).toBeNull();
    expect(() => scid(text)).toThrow(RangeError);
  });

  it('are ordered as numbers, totally', () => {
    expect(compareScids(scid('99x1x0'), scid('100x1x0'))).toBeLessThan(0);
    fc.assert(
      fc.property(fc.array(scidParts, { minLength: 2, maxLength: 20 }), (list) => {
        const byNumbers = [...list].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map(toScid);
        expect(list.map(toScid).sort(compareScids)).toEqual(byNumbers);
      }),
    );
  });
});

describe('keys', () => {
  it.each(['', 'AB'.repeat(32), 'ab'.repeat(31), 'ab'.repeat(33), 'zz'.repeat(32)])(
    'of channels are not %j',
    (text) => {
      expect(() => channelId(text)).toThrow(RangeError);
    },
  );
  it.each(['', '04' + 'ab'.repeat(32), '02' + 'AB'.repeat(32), '02' + 'ab'.repeat(31)])(
    'of nodes are not %j',
    (text) => {
      expect(() => nodeId(text)).toThrow(RangeError);
    },
  );
});

describe('time', () => {
  it('in seconds keeps its order and its second in nanoseconds', () => {
    const times = fc.double({ min: 0, max: 2 ** 33, noNaN: true });
    fc.assert(
      fc.property(times, times, (a, b) => {
        expect(a < b ? secondsToNs(a) <= secondsToNs(b) : secondsToNs(a) >= secondsToNs(b)).toBe(true);
        // Rounding to nanoseconds may carry into the next second.
        expect(nsToSec(secondsToNs(a)) - Math.floor(a)).toBeLessThanOrEqual(1);
        expect(nsToSec(secondsToNs(a))).toBeGreaterThanOrEqual(Math.floor(a));
      }),
    );
  });

  it('falls into the hour that begins no later and ends after it', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (value) => {
        const start = hourStart(hourOf(unixSec(value)));
        expect(start).toBeLessThanOrEqual(value);
        expect(start + 3600).toBeGreaterThan(value);
      }),
    );
  });

  it('falls into the day that begins no later and ends after it', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (value) => {
        const start = dayStart(dayOf(unixSec(value)));
        expect(start).toBeLessThanOrEqual(value);
        expect(start + 86_400).toBeGreaterThan(value);
      }),
    );
  });

  it('does not go back before the epoch', () => {
    expect(daysBefore(unixSec(200_000), 2)).toBe(27_200);
    expect(daysBefore(unixSec(200_000), 3)).toBe(0);
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53])('is not %s', (value) => {
    expect(() => unixSec(value)).toThrow(RangeError);
  });
});

describe('ppm', () => {
  it.each([-1, 0.5, 2 ** 32, NaN])('is not %s', (value) => {
    expect(() => ppm(value)).toThrow(RangeError);
  });
  it('goes up to what lightningd takes', () => {
    expect(ppm(2 ** 32 - 1)).toBe(4_294_967_295);
  });
});

// This compiles only because it is an error.
// @ts-expect-error a bare bigint is not an Msat
export const notAnAmount: Msat = 5n;
