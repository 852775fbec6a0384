// What do lognormal amounts come to that are cut off, below or above?
import { normalCdf } from '../../../core/normal.ts';

/** E[min(A, cap)] of a lognormal A. */
export function cappedLognormalMean(median: number, sigma: number, cap: number): number {
  const z = Math.log(cap / median) / sigma;
  return median * Math.exp((sigma * sigma) / 2) * normalCdf(z - sigma) + cap * normalCdf(-z);
}

/** E[min(A, cap); A > from] of a lognormal A: what those above `from` come to. */
export function cappedLognormalTail(median: number, sigma: number, from: number, cap: number): number {
  const z = (x: number): number => Math.log(x / median) / sigma;
  if (cap <= from) return cap * normalCdf(-z(from));
  const between = normalCdf(z(cap) - sigma) - normalCdf(z(from) - sigma);
  return median * Math.exp((sigma * sigma) / 2) * between + cap * normalCdf(-z(cap));
}
