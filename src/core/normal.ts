// How likely is a standard normal variable to lie below x?

/** Chebyshev coefficients of erfc (Numerical Recipes, erfcc); relative error below 1.2e-7 everywhere. */
const COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** The normal distribution function. */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * z);
  let sum = 0;
  for (let i = COEFFICIENTS.length - 1; i >= 0; i--) sum = sum * t + (COEFFICIENTS[i] ?? 0);
  const tail = 0.5 * t * Math.exp(-z * z + sum);
  return x > 0 ? 1 - tail : tail;
}
