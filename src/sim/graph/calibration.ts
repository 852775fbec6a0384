// Does what emerged look like what was measured before? Figures over the offers of one node or of many.
import { bestFee } from '../market/demand/best-fee.ts';
import type { DemandBank } from '../market/scenario.ts';

/** Quantile by linear interpolation of an ascending list. */
export function quantile(ascending: readonly number[], share: number): number {
  const at = share * (ascending.length - 1);
  const low = Math.floor(at);
  const below = ascending[low] ?? NaN;
  const above = ascending[Math.min(ascending.length - 1, low + 1)] ?? NaN;
  return below + (above - below) * (at - low);
}

export interface Tastes {
  readonly medianPpm: number;
  readonly quartilesPpm: readonly [number, number];
  /** Of ln(R + 1): the prototype's measure (quant 3.3). */
  readonly spread: number;
  /** The one price that earns most from these offers, if liquidity never ran out. */
  readonly bestPpm: number;
}

/** Amounts in any unit. */
type Payments = Pick<DemandBank['payments'], 'amountSats' | 'weight' | 'reservationPpm'>;

/** At least one payment, reservations capped. */
export function tastesOf({ reservationPpm, amountSats, weight }: Payments): Tastes {
  const rows = reservationPpm.map((ppm, row) => ({ ppm, weight: weight[row] ?? 0 })).sort((a, b) => a.ppm - b.ppm);
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  const meanOf = (value: (ppm: number) => number): number =>
    rows.reduce((sum, row) => sum + value(row.ppm) * row.weight, 0) / total;
  /** The least fee, ppm, that so large a share of the payments would not go beyond. */
  const below = (share: number): number => {
    let sum = 0;
    return rows.find((row) => (sum += row.weight) >= share * total)?.ppm ?? NaN;
  };
  const mean = meanOf((ppm) => Math.log(ppm + 1));
  return {
    medianPpm: below(0.5),
    quartilesPpm: [below(0.25), below(0.75)],
    spread: Math.sqrt(meanOf((ppm) => (Math.log(ppm + 1) - mean) ** 2)),
    bestPpm: bestFee(
      reservationPpm.map((ppm, row) => ({ reservationPpm: ppm, sats: (amountSats[row] ?? 0) * (weight[row] ?? 0) })),
    ),
  };
}
