// What did cash flows add up to, cost by cost?
import type { Figure } from './account.ts';
import { isCapital, type CashFlow, type FlowKind } from './cash-flow.ts';
import { addMsat, msat, subMsat, sumMsat, type Msat } from '../units.ts';

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

/**
 * Capital is left out: it is neither earned nor spent.
 * @param routing routing fees that are not among the flows
 */
export function totalsOf(flows: readonly CashFlow[], routing: readonly Figure[] = []): Totals {
  const of = { ...NOTHING };
  let income = 0n;
  let given = 0n;
  let estimated = false;
  for (const flow of flows) {
    if (isCapital(flow)) continue;
    estimated ||= flow.estimated;
    if (flow.kind === 'push' || flow.kind === 'lease_fee') {
      if (flow.amount > 0n) income += flow.amount;
      else given -= flow.amount;
    } else of[flow.kind] += flow.amount;
  }
  for (const fee of routing) {
    of.routing_fee += fee.amount;
    estimated ||= fee.estimated;
  }
  const costs = {
    openCost: msat(-of.opening_fee),
    closeCost: msat(-of.closing_fee),
    spliceCost: msat(-of.splice_fee),
    rebalanceCost: msat(-of.rebalance_fee),
    otherCost: msat(given),
  };
  const revenue = msat(of.routing_fee);
  const otherIncome = msat(income);
  const totalCost = sumMsat(Object.values(costs));
  const netProfit = subMsat(addMsat(revenue, otherIncome), totalCost);
  return { revenue, otherIncome, ...costs, totalCost, netProfit, estimated };
}

const NOTHING: Readonly<Record<FlowKind, bigint>> = {
  capital_in: 0n,
  opening_fee: 0n,
  push: 0n,
  lease_fee: 0n,
  splice_in: 0n,
  splice_out: 0n,
  splice_fee: 0n,
  routing_fee: 0n,
  rebalance_fee: 0n,
  capital_out: 0n,
  closing_fee: 0n,
};
