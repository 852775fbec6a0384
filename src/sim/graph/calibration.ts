// Does what emerged look like what was measured before? Figures over the offers of one node or of many.

/** Quantile by linear interpolation of an ascending list. */
export function quantile(ascending: readonly number[], share: number): number {
  const at = share * (ascending.length - 1);
  const low = Math.floor(at);
  const below = ascending[low] ?? NaN;
  const above = ascending[Math.min(ascending.length - 1, low + 1)] ?? NaN;
  return below + (above - below) * (at - low);
}

export interface Tastes {
  readonly offers: number;
  readonly medianPpm: number;
  readonly quartilesPpm: readonly [number, number];
  /** Of ln(R + 1): the prototype's measure (quant 3.3). */
  readonly spread: number;
  /** The one price that earns most from these offers, if liquidity never ran out. */
  readonly bestPpm: number;
}

/** @param reservations ppm, capped; at least one. @param amounts of the same payments, any unit */
export function tastesOf(reservations: readonly number[], amounts: readonly number[]): Tastes {
  const ascending = reservations.toSorted((a, b) => a - b);
  const logs = reservations.map((ppm) => Math.log(ppm + 1));
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  return {
    offers: reservations.length,
    medianPpm: quantile(ascending, 0.5),
    quartilesPpm: [quantile(ascending, 0.25), quantile(ascending, 0.75)],
    spread,
    bestPpm: bestPrice(reservations, amounts),
  };
}

/** The one fee that earns most, 0 of nothing: only a reservation itself can be it. */
export function bestPrice(reservations: readonly number[], amounts: readonly number[]): number {
  const dearest = reservations.map((ppm, i) => [ppm, amounts[i] ?? 0] as const).sort((a, b) => b[0] - a[0]);
  let volume = 0;
  let best = { earned: 0, ppm: 0 };
  for (const [ppm, amount] of dearest) {
    volume += amount;
    if (ppm * volume > best.earned) best = { earned: ppm * volume, ppm };
  }
  return best.ppm;
}
