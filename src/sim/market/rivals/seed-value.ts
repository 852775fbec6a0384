// What does the seed expect of one rebalance? Its spread, its cap and its gate. (python-original 1.4)
//
// lightning-goats/cl_revenue_ops 8980993, modules/rebalancer.py _analyze_rebalance_ev.

/** What it weighs. Fees in ppm, turnovers in capacities a day. */
export interface SeedMove {
  readonly amountSats: number;
  readonly toPpm: number;
  readonly fromPpm: number;
  /** Last hop and the network's 500 ppm. */
  readonly inboundPpm: number;
  readonly toTurnover: number;
  readonly fromTurnover: number;
}

export interface SeedValue {
  readonly spreadPpm: number;
  /** maxppm of the order. */
  readonly capPpm: number;
  /** Sats: what its gate compares with the least profit. */
  readonly profit: number;
}

/** A source with more turnover is not drained for a cheaper destination. */
const BUSY_TURNOVER = 0.1;
const WEIGHT_DAYS = 7;
const LEAST_USE = 0.05;

/**
 * `published`: the gate took the whole spread for the cost, so that the better a rebalance the surer its refusal
 * (python-original 2.3). `plain`: the spread itself is the profit, or there would be nothing to compare with.
 */
export type SeedGate = 'published' | 'plain';

/** Null: it would not even be weighed. */
export function seedValue(move: SeedMove, gate: SeedGate): SeedValue | null {
  const { amountSats, toPpm, fromPpm, inboundPpm, toTurnover, fromTurnover } = move;
  if (toPpm < fromPpm && fromTurnover > BUSY_TURNOVER) return null;
  const weight = Math.min(1, fromTurnover * WEIGHT_DAYS);
  const spreadPpm = toPpm - inboundPpm - Math.trunc(fromPpm * weight);
  if (spreadPpm <= 0) return null;
  const capPpm = inboundPpm + Math.floor(spreadPpm / 2);
  const budget = Math.floor((spreadPpm * amountSats) / 1e6);
  if (gate === 'plain') return { spreadPpm, capPpm, profit: budget };
  // Use within its cooldown of one day.
  const use = (turnover: number): number => Math.max(LEAST_USE, Math.min(1, turnover));
  const income = Math.floor((amountSats * use(toTurnover) * toPpm) / 1e6);
  const loss = Math.floor((amountSats * use(fromTurnover) * fromPpm * weight) / 1e6);
  return { spreadPpm, capPpm, profit: income - budget - loss };
}
