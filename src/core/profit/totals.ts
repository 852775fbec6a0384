// What did cash flows add up to, cost by cost?
//
// A push is a present made with the opening, or received: it changes hands like capital and says nothing of how the
// channel works. It is a dated cash flow, so CARR, statement and present values hold it; costs, profit and both ROIs do
// not, or a channel with a push would stay ruined (or golden) whatever it earns, and never be priced or refilled again.
import type { Figure } from './account.ts';
import { isCapital, type CashFlow, type FlowKind } from './cash-flow.ts';
import { addMsat, msat, subMsat, sumMsat, ZERO_MSAT, type Msat } from '../units.ts';

/** All in msat and >= 0, but for pushes and the net profit. */
export interface Totals {
  /** Routing fees alone: what getinfo's fees_collected_msat counts. */
  readonly revenue: Msat;
  readonly leaseIncome: Msat;
  readonly openCost: Msat;
  readonly closeCost: Msat;
  readonly spliceCost: Msat;
  readonly rebalanceCost: Msat;
  readonly leaseCost: Msat;
  readonly totalCost: Msat;
  /** revenue + leaseIncome - totalCost. */
  readonly netProfit: Msat;
  /** Presents received less presents made; no part of the net profit. */
  readonly pushed: Msat;
  /** Whether any of it is an estimate. */
  readonly estimated: boolean;
}

/**
 * Capital is left out: it is neither earned nor spent.
 * @param routing the sum of routing fees that are not among the flows
 */
export function totalsOf(flows: readonly CashFlow[], routing: Figure = NO_ROUTING): Totals {
  const of = { ...NOTHING };
  let income = 0n;
  let paid = 0n;
  let { estimated } = routing;
  for (const flow of flows) {
    if (isCapital(flow)) continue;
    estimated ||= flow.estimated;
    if (flow.kind !== 'lease_fee') of[flow.kind] += flow.amount;
    else if (flow.amount > 0n) income += flow.amount;
    else paid -= flow.amount;
  }
  of.routing_fee += routing.amount;
  const costs = {
    openCost: msat(-of.opening_fee),
    closeCost: msat(-of.closing_fee),
    spliceCost: msat(-of.splice_fee),
    rebalanceCost: msat(-of.rebalance_fee),
    leaseCost: msat(paid),
  };
  const revenue = msat(of.routing_fee);
  const leaseIncome = msat(income);
  const totalCost = sumMsat(Object.values(costs));
  const netProfit = subMsat(addMsat(revenue, leaseIncome), totalCost);
  return { revenue, leaseIncome, ...costs, totalCost, netProfit, pushed: msat(of.push), estimated };
}

const NO_ROUTING: Figure = { amount: ZERO_MSAT, estimated: false };
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
