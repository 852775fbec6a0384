// Is it the logarithm of the factorial where there is one, and does it keep its recurrence elsewhere?
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lnGamma } from '../../src/core/ln-gamma.ts';

it('is ln (n - 1)! of whole numbers, and ln sqrt(pi) of a half', () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    expect(lnGamma(n)).toBeCloseTo(Math.log(factorial), 11);
    factorial *= n;
  }
  expect(lnGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 11);
});

it('grows by ln x from x to x + 1', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x) => {
      const grown = lnGamma(x + 1) - lnGamma(x);
      expect(Math.abs(grown - Math.log(x))).toBeLessThan(1e-9 * Math.max(1, lnGamma(x + 1)));
    }),
  );
});
