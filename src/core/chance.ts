// How are distributions drawn from uniform numbers? Whoever calls brings the dice.

/** Uniform in [0, 1). */
export type Uniform = () => number;

/** Standard normal (Box and Muller). */
export const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** Standard exponential. */
export const exponential = (uniform: Uniform): number => -Math.log(1 - uniform());

/** Gamma of scale 1 (Marsaglia and Tsang 2000). */
export function gamma(shape: number, uniform: Uniform): number {
  // Below 1 by the larger shape: Gamma(a) = Gamma(a + 1) U^(1/a).
  if (shape < 1) return gamma(shape + 1, uniform) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(uniform);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** First index whose cumulated weight exceeds x. */
export function pick(cumulated: Float64Array, x: number): number {
  let low = 0;
  let high = cumulated.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulated[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sums from the first on. */
export function cumulate(weights: Iterable<number>): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}
