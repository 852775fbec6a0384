// What is a unit of money worth a number of seconds later? Exponentials for a million flows at once.
import { SECONDS_PER_YEAR, type Series } from './series.ts';

/** Below this many flows an exponential for each is cheaper than the tables. */
const FEW = 2048;
/** Seconds are split into digits to the base 2^10, so that three tables of about a thousand entries stay in cache. */
const DIGIT_BITS = 10;
const DIGIT = 2 ** DIGIT_BITS;
/** The digits cover 2^31 seconds, 68 years; bit operations end there too. */
const MOST_SECONDS = 2 ** 31;

/**
 * Writes e^(-x t) for each flow's time t in years; x is ln(1 + yearly rate).
 *
 * e^(-x(a + b + c)) is the product of three exponentials, where a, b, c are the digits of the time in seconds: a million
 * factors cost 3,000 exponentials and two million products. Each product and table entry rounds once, so that a factor
 * is off by less than 1e-15 of itself, as a single exponential of so rounded an argument is.
 */
export function discountFactors({ seconds, lifetime }: Series, x: number, factors: Float64Array): void {
  const perSecond = -x / SECONDS_PER_YEAR;
  if (seconds.length < FEW || lifetime >= MOST_SECONDS) {
    for (let i = 0; i < seconds.length; i++) factors[i] = Math.exp(perSecond * (seconds[i] as number));
    return;
  }
  const low = powers(perSecond, DIGIT);
  const middle = powers(perSecond * DIGIT, DIGIT);
  const high = powers(perSecond * DIGIT * DIGIT, Math.floor(lifetime / (DIGIT * DIGIT)) + 1);
  for (let i = 0; i < seconds.length; i++) {
    const second = seconds[i] as number;
    factors[i] =
      (high[second >>> (2 * DIGIT_BITS)] as number) *
      ((middle[(second >>> DIGIT_BITS) & (DIGIT - 1)] as number) * (low[second & (DIGIT - 1)] as number));
  }
}

/** e^(k * exponent) for k = 0 .. count - 1. */
function powers(exponent: number, count: number): Float64Array {
  const table = new Float64Array(count);
  for (let k = 0; k < count; k++) table[k] = Math.exp(exponent * k);
  return table;
}
