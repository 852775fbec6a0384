// What did cash flows add up to, cost by cost?
import { isCapital, type CashFlow, type FlowKind } from './cash-flow.ts';
import { addMsat, negMsat, subMsat, sumMsat, type Msat } from '../units.ts';

/** All in msat and >= 0, but for the net profit. */
export interface Totals {
  /** Routing fees alone: what getinfo's fees_collected_msat counts. */
  readonly revenue: Msat;
  /** Pushes and lease fees received. */
  readonly otherIncome: Msat;
  readonly openCost: Msat;
  readonly closeCost: Msat;
  readonly spliceCost: Msat;
  readonly rebalanceCost: Msat;
  /** Pushes and lease fees paid. */
  readonly otherCost: Msat;
  readonly totalCost: Msat;
  /** revenue + otherIncome - totalCost. */
  readonly netProfit: Msat;
  /** Whether any of it is an estimate. */
  readonly estimated: boolean;
}

/** Capital is left out: it is neither earned nor spent. */
export function totalsOf(flows: readonly CashFlow[]): Totals {
  const profit = flows.filter((flow) => !isCapital(flow));
  const of = (...kinds: FlowKind[]): Msat => sumMsat(profit.filter((f) => kinds.includes(f.kind)).map((f) => f.amount));
  const gifts = profit.filter(({ kind }) => kind === 'push' || kind === 'lease_fee').map(({ amount }) => amount);
  const costs = {
    openCost: negMsat(of('opening_fee')),
    closeCost: negMsat(of('closing_fee')),
    spliceCost: negMsat(of('splice_fee')),
    rebalanceCost: negMsat(of('rebalance_fee')),
    otherCost: negMsat(sumMsat(gifts.filter((amount) => amount < 0n))),
  };
  const revenue = of('routing_fee');
  const otherIncome = sumMsat(gifts.filter((amount) => amount > 0n));
  const totalCost = sumMsat(Object.values(costs));
  return {
    revenue,
    otherIncome,
    ...costs,
    totalCost,
    netProfit: subMsat(addMsat(revenue, otherIncome), totalCost),
    estimated: profit.some(({ estimated }) => estimated),
  };
}
