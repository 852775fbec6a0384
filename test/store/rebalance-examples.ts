// What may be ordered, and how does it go on? Examples alone, for children that start again and again too.
import type { IntentEvent } from '../../src/core/rebalance/intent.ts';
import { approve, type CapitalRefusal, type Spending } from '../../src/core/rebalance/guard.ts';
import type { ApprovedOrder, OrderEnd, RebalanceOrder } from '../../src/core/rebalance/types.ts';
import type { Result } from '../../src/core/result.ts';
import { msat, satsToMsat, scid, unixSec, type Msat, type UnixSec } from '../../src/core/units.ts';
import type { IntentNews, IntentTerms, RebalanceStore } from '../../src/ports.ts';
import { channelOf, NOW, peerOf } from './fee-examples.ts';

export const DAY = 86_400;
export const later = (seconds: number): UnixSec => unixSec(NOW + seconds);
export const hashOf = (n: number): string => n.toString(16).padStart(64, '0');
export const endOf = (n: number): OrderEnd => ({
  channelId: channelOf(n),
  scid: scid(`800000x${String(n)}x0`),
  peerId: peerOf(n),
});

/** 500,000 sats from 1 to 2 for at most 300. */
export const order = (id: string, changes: Partial<RebalanceOrder> = {}): RebalanceOrder => ({
  id,
  from: endOf(1),
  to: endOf(2),
  amountMsat: satsToMsat(500_000),
  maxFeeMsat: satsToMsat(300),
  deadline: later(120),
  ...changes,
});

export const TERMS: IntentTerms = {
  driver: 'native',
  manual: false,
  expectedFeeMsat: satsToMsat(120),
  expectedProfitMsat: satsToMsat(150),
};

/** The guard with this budget and more funds than anyone has. */
export const guard =
  (one: RebalanceOrder, budgetMsat: Msat = msat(10n ** 15n)) =>
  (spending: Spending): Result<ApprovedOrder, CapitalRefusal> =>
    approve(one, {
      dailyBudgetMsat: budgetMsat,
      minReserveMsat: msat(0),
      spending,
      funds: { onchainMsat: msat(0), channelsMsat: msat(10n ** 18n) },
    });

/** Reserved within a budget that is never used up. */
export function reserved(
  rebalances: RebalanceStore,
  id: string,
  changes: Partial<RebalanceOrder> = {},
  at = NOW,
): void {
  const answer = rebalances.reserve(unixSec(0), guard(order(id, changes)), TERMS, at);
  if (!answer.ok) throw new Error(`refused: ${answer.error.rule}`);
}
/** Reserved, and advanced through these ten seconds later. */
export function lived(
  rebalances: RebalanceStore,
  id: string,
  ...events: readonly (readonly [IntentEvent, IntentNews])[]
): void {
  reserved(rebalances, id);
  for (const [event, news] of events) rebalances.advance(id, event, later(10), news);
}
