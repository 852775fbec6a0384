// How far does a balance bend a channel's price? As far as fees go where its sats are sold.
import type { Demand } from '../market.ts';

/**
 * Who would sell less than this part of what it brings, were all free, has hardly a market of its own: 0 to 0.09 at the busiest
 * ways in of the mainnet nodes, more at nearly all channels that are drawn (S1 to S7 earn the same within 0.001).
 */
const HARDLY = 0.1;

/**
 * Ppm by channel: its own scale; of who hardly sells anything at least that of those who are paid by way of it, in the mean of
 * volume. By its own scale alone, that of a payment or two, it would run full: in S13-a-6 the oracle then earned 0.5 of the bound.
 */
export function bendScales({ scalePpm, volume }: Demand): number[] {
  return scalePpm.map((own, k) => {
    const out = volume.reduce((sum, row) => sum + (row[k] ?? 0), 0);
    const brought = (volume[k] ?? []).reduce((sum, sats) => sum + sats, 0);
    if (out >= HARDLY * brought) return own;
    const fed = (volume[k] ?? []).reduce((sum, sats, j) => sum + sats * (scalePpm[j] ?? 0), 0) / brought;
    return Math.max(own, fed);
  });
}
