// What do others charge toward a peer, in three numbers?
import type { RivalFees } from './types.ts';

/**
 * Quantiles of their ppm, each channel counted once: capacities say whom one could pay, not what is usual. Null where
 * nobody else leads there.
 */
export function rivalFees(feesPpm: readonly number[]): RivalFees | null {
  const sorted = [...feesPpm].sort((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  if (sorted.length === 0) return null;
  return { p25: quantile(0.25), p50: quantile(0.5), p75: quantile(0.75), channels: sorted.length };
}
