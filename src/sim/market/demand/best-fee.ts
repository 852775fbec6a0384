// Which one fee earns most from known payments, if liquidity never runs out?

/** Payments alike: all they send, in any unit, and the highest fee that they would pay. */
export interface Sale {
  readonly sats: number;
  readonly reservationPpm: number;
}

/** In ppm: only a reservation itself can be it; 0 where nobody pays anything. */
export function bestFee(sales: readonly Sale[]): number {
  let volume = 0;
  let best = { earned: 0, ppm: 0 };
  for (const { sats, reservationPpm } of sales.toSorted((a, b) => b.reservationPpm - a.reservationPpm)) {
    volume += sats;
    if (volume * reservationPpm > best.earned) best = { earned: volume * reservationPpm, ppm: reservationPpm };
  }
  return best.ppm;
}
