// How much dearer is a channel that runs dry? clboss's FeeModderByBalance: a curve in bins, entered by chance.
//
// peers-and-drivers 4.1; ksedgwic/clboss 49ffd76 (0.16.3), Boss/Mod/FeeModderByBalance.cpp.
import type { Rng } from '../../../ports.ts';

/** preferred_bin_size 0.002 btc, min_bins, max_bins. */
const BIN = { msat: 200_000_000, least: 4, most: 50 } as const;

export const binCount = (capacityMsat: number): number =>
  Math.min(BIN.most, Math.max(BIN.least, Math.round(capacityMsat / BIN.msat)));

/** get_ratio_by_bin: 50^(0.5 - share) at the middle of the bin. */
export const binMultiplier = (bin: number, bins: number): number => 50 ** (0.5 - (1 + 2 * bin) / (2 * bins));

export interface BalanceBin {
  readonly bin: number;
  readonly bins: number;
  /** Balance by which the bin was last chosen. */
  readonly localMsat: number;
}

/** Where a channel that is seen for the first time lies. */
export function firstBin(localMsat: number, capacityMsat: number): BalanceBin {
  const bins = binCount(capacityMsat);
  return { bin: Math.min(bins - 1, Math.floor((localMsat / capacityMsat) * bins)), bins, localMsat };
}

/** Where it lies next: the bin its balance is in, or, the nearer to that bin's edge the likelier, the one before. */
export function nextBin(last: BalanceBin, localMsat: number, capacityMsat: number, random: Rng): BalanceBin {
  if (last.localMsat === localMsat) return last;
  const { bins } = last;
  const exact = (localMsat / capacityMsat) * bins;
  const target = Math.floor(exact);
  if (target === last.bin) return last;
  const within = exact - target;
  const falling = target < last.bin;
  const whole = random.next() < (falling ? 1 - within : within);
  const bin = whole ? target : falling ? target + 1 : target - 1;
  return { bin: Math.min(bins - 1, bin), bins, localMsat };
}
