// What does a payment along a route leave behind? Balances to the msat, or nothing where one hop cannot carry it.
import type { LivePolicies } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import type { HiddenBalances } from './hidden-balances.ts';

/** Whether it has arrived; every hop carries the fees of those behind it. */
export function settle(
  graph: Graph,
  policies: LivePolicies,
  balances: HiddenBalances,
  route: readonly number[],
  amountMsat: number,
): boolean {
  const amounts = new Array<number>(route.length);
  let carried = amountMsat;
  for (let i = route.length - 1; i >= 0; i--) {
    const edge = route[i] ?? 0;
    if (!balances.carries(edge, carried) || carried > (graph.htlcMaxMsat[edge] ?? 0)) return false;
    amounts[i] = carried;
    carried += Math.floor((policies.baseMsat[edge] ?? 0) + (carried * (policies.ppm[edge] ?? 0)) / 1e6);
  }
  route.forEach((edge, i) => {
    balances.move(edge, amounts[i] ?? 0);
  });
  return true;
}
