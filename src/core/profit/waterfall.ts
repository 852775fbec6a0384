// Which bars lead from the capital locked to the amount at closing, and how did the result come about over time?
import { isCapital, sumPerSecond, type CashFlow } from './cash-flow.ts';
import type { Statement, StatementItem } from './statement.ts';
import { addMsat, ZERO_MSAT, type Msat, type UnixSec } from '../units.ts';

export interface WaterfallBar {
  readonly label: 'capital' | StatementItem | 'amount_at_closing';
  /** Where the bar begins and ends; a total begins at 0, a step where the one before it ended. */
  readonly from: Msat;
  readonly to: Msat;
  readonly kind: 'total' | 'gain' | 'cost';
  readonly estimated: boolean;
}

export function waterfallOf({
  capital,
  capitalEstimated,
  lines,
  amountAtClosing,
  estimated,
}: Statement): WaterfallBar[] {
  let level = capital;
  const steps = lines.map(({ item, amount, estimated }): WaterfallBar => {
    const from = level;
    level = addMsat(level, amount);
    return { label: item, from, to: level, kind: amount < 0n ? 'cost' : 'gain', estimated };
  });
  const total = (label: 'capital' | 'amount_at_closing', to: Msat, estimated: boolean): WaterfallBar => ({
    label,
    from: ZERO_MSAT,
    to,
    kind: 'total',
    estimated,
  });
  return [
    total('capital', capital, capitalEstimated),
    ...steps,
    total('amount_at_closing', amountAtClosing, estimated),
  ];
}

/** Sums after each second in which something happened. */
export interface CumulatedPoint {
  readonly time: UnixSec;
  /** All flows up to here: deep below 0 while capital is locked. */
  readonly cash: Msat;
  /** Without capital: what was earned less what was spent. */
  readonly profit: Msat;
}

/** `flows` in time order. */
export function cumulate(flows: readonly CashFlow[]): CumulatedPoint[] {
  const profits = sumPerSecond(flows.filter((flow) => !isCapital(flow)));
  let cash = ZERO_MSAT;
  let profit = ZERO_MSAT;
  return [...sumPerSecond(flows)].map(([time, amount]) => {
    cash = addMsat(cash, amount);
    profit = addMsat(profit, profits.get(time) ?? ZERO_MSAT);
    return { time, cash, profit };
  });
}
