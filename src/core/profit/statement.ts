// From the capital locked to the amount at closing: what came in between? The profit-and-loss statement.
import { isCapital, type CashFlow, type FlowKind } from './cash-flow.ts';
import { addMsat, negMsat, sumMsat, type Msat } from '../units.ts';

export type StatementItem = Exclude<FlowKind, 'capital_in' | 'capital_out' | 'splice_in' | 'splice_out'>;

export interface StatementLine {
  readonly item: StatementItem;
  /** Signed as it adds to the result: costs below 0. */
  readonly amount: Msat;
  /** Whether any part of it is an estimate. */
  readonly estimated: boolean;
}

export interface Statement {
  /** Capital put in at openings and by splices, less what splices took out. */
  readonly capital: Msat;
  /** Whether any part of it is an estimate, as of a channel that the node's books do not tell of. */
  readonly capitalEstimated: boolean;
  /** One per kind that occurred, in the order of a channel\'s life; opening, routing, rebalance and closing fees always. */
  readonly lines: readonly StatementLine[];
  /** The sum of the lines: net profit, presents, and what closing an open channel now would cost. */
  readonly result: Msat;
  /** capital + result: what is there at closing, or would be if it were closed now. */
  readonly amountAtClosing: Msat;
  readonly estimated: boolean;
}

/** In the order of a channel's life, as in the article's figure. */
const ITEMS: readonly StatementItem[] = [
  'opening_fee',
  'push',
  'lease_fee',
  'splice_fee',
  'routing_fee',
  'rebalance_fee',
  'closing_fee',
];
/** Shown even when nothing happened: a statement without them would look incomplete. */
const ALWAYS: ReadonlySet<StatementItem> = new Set(['opening_fee', 'routing_fee', 'rebalance_fee', 'closing_fee']);

/** The statement of one channel's, several channels' or a node's committed flows. */
export function statementOf(flows: readonly CashFlow[]): Statement {
  const lines = ITEMS.map((item): StatementLine => {
    const own = flows.filter(({ kind }) => kind === item);
    return { item, amount: sumMsat(own.map((f) => f.amount)), estimated: own.some((f) => f.estimated) };
  }).filter(({ item, amount }) => amount !== 0n || ALWAYS.has(item));
  const locked = flows.filter((f) => isCapital(f) && f.kind !== 'capital_out');
  const capital = negMsat(sumMsat(locked.map((f) => f.amount)));
  const result = sumMsat(lines.map(({ amount }) => amount));
  return {
    capital,
    capitalEstimated: locked.some(({ estimated }) => estimated),
    lines,
    result,
    amountAtClosing: addMsat(capital, result),
    estimated: flows.some(({ estimated }) => estimated),
  };
}
