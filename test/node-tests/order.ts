// How does a test come by an order that the guard has let pass? It asks the guard, with more capital than it needs.
import { approve } from '../../src/core/rebalance/guard.ts';
import type { ApprovedOrder, RebalanceOrder } from '../../src/core/rebalance/types.ts';
import { satsToMsat, ZERO_MSAT } from '../../src/core/units.ts';

/** @throws Error naming the rule where the guard refuses it all the same. */
export function order(wish: RebalanceOrder): ApprovedOrder {
  const approved = approve(wish, {
    dailyBudgetMsat: satsToMsat(1_000_000),
    minReserveMsat: ZERO_MSAT,
    spending: { spentMsat: ZERO_MSAT, reservedMsat: ZERO_MSAT },
    funds: { onchainMsat: satsToMsat(10_000_000), channelsMsat: satsToMsat(10_000_000) },
  });
  if (!approved.ok) throw new Error(`the guard refuses the order of the test: ${approved.error.rule}`);
  return approved.value;
}
