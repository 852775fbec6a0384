// Between which values does the truth lie, given so many draws that it may be one more of?

/** 95 % of what one more draw would be. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantile of 97.5 %. */
const Z = 1.959964;

/** Quantile of Student's t at 97.5 %, within 1 % from 3 degrees of freedom on (Cornish and Fisher's expansion). */
function student(freedom: number): number {
  const [z3, z5] = [Z ** 3, Z ** 5];
  return (
    Z +
    (z3 + Z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * Z) / (96 * freedom ** 2) +
    (3 * Z ** 7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * freedom ** 3)
  );
}

/** Of one more value like these: their own scatter, and that of their mean. @throws RangeError with fewer than two */
export function interval(values: readonly number[]): Interval {
  const n = values.length;
  if (n < 2) throw new RangeError(`interval: expected at least 2 draws, got ${n}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const reach = student(n - 1) * Math.sqrt(variance * (1 + 1 / n));
  return { mean, low: mean - reach, high: mean + reach };
}
