import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatScaledTime,
  parseScaledTime,
  REAL_TIME,
  toRealDurationMs,
  toVirtualMs,
} from '../../src/core/scaled-time.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e15 });
const speed = fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-3, max: 1e6 });

describe('scaled time', () => {
  it('survives being handed over as text', () => {
    fc.assert(
      fc.property(finite, finite, speed, fc.option(finite), (virtualOriginMs, realOriginMs, factor, endMs) => {
        const time = { virtualOriginMs, realOriginMs, speed: factor, endMs };
        expect(parseScaledTime(formatScaledTime(time))).toEqual(time);
      }),
    );
  });

  it.each(['', '1,2', '1,2,3,', '1,2,3,4,5', 'a,b,c', '1,,3', '1,2,0', '1,2,-1', '1,2,Infinity', 'NaN,1,1', ' , , '])(
    'is not %j',
    (text) => {
      expect(parseScaledTime(text)).toBeNull();
    },
  );

  it('passes at its speed', () => {
    const time = { virtualOriginMs: 1_000_000, realOriginMs: 500, speed: 100, endMs: null };
    expect(toVirtualMs(time, 500)).toBe(1_000_000);
    expect(toVirtualMs(time, 510)).toBe(1_001_000);
    expect(toRealDurationMs(time, 510, 3600)).toBe(36);
    expect(toVirtualMs(REAL_TIME, 12_345)).toBe(12_345);
  });

  it('stands still at its end: what lies beyond never comes', () => {
    const time = { virtualOriginMs: 1_000_000, realOriginMs: 500, speed: 100, endMs: 1_001_000 };
    expect([505, 510, 5000].map((real) => toVirtualMs(time, real))).toEqual([1_000_500, 1_001_000, 1_001_000]);
    expect([500, 501].map((real) => toRealDurationMs(time, real, 1000))).toEqual([10, Infinity]);
  });
});
