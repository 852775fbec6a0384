// Which fee does clboss want toward a peer? The median of what others charge toward it, weighted by capacity.
//
// The real one multiplies that by size, balance and price theory. Here it matters that clboss sets a fee of its own
// wherever it may, not which.
import type { WantedFee } from './status.ts';

/** A channel of somebody else's to the peer. */
export interface Competitor {
  readonly capacityMsat: number;
  readonly baseMsat: number;
  readonly ppm: number;
}

function weightedMedian(values: readonly (readonly [value: number, weight: number])[]): number {
  const ascending = [...values].sort(([a], [b]) => a - b);
  let left = values.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  for (const [value, weight] of ascending) {
    left -= weight;
    if (left <= 0) return value;
  }
  return ascending.at(-1)?.[0] ?? 0;
}

/** Null where nobody else has a channel to the peer: then clboss sets nothing. */
export function wantedFee(competitors: readonly Competitor[]): WantedFee | null {
  if (competitors.length === 0) return null;
  const median = (of: (competitor: Competitor) => number): number =>
    weightedMedian(competitors.map((competitor) => [of(competitor), competitor.capacityMsat]));
  const base = median(({ baseMsat }) => baseMsat);
  const ppm = median(({ ppm }) => ppm);
  return {
    median_base: base,
    median_proportional: ppm,
    multiplier: 1,
    final_base: base,
    // clboss makes 1 of 0.
    final_proportional: Math.max(1, ppm),
  };
}
