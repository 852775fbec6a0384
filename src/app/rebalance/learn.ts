// What does the end of a rebalance teach: about the pair, its channels, and the driver?
import { scoreOutcome } from '../../core/rebalance/drivers.ts';
import { forgetFailures, rememberFailure } from '../../core/rebalance/failure-memory.ts';
import type { Intent } from '../../core/rebalance/intent.ts';
import type { DriverOutcome, FailureKind } from '../../core/rebalance/types.ts';
import type { UnixSec } from '../../core/units.ts';
import type { RebalanceStore } from '../../ports.ts';

type Ends = Pick<Intent, 'from' | 'to'>;

/** A failure rests the pair; what arrived clears it. @throws StoreError */
export function learnOfPair(store: RebalanceStore, { from, to }: Ends, failure: FailureKind | null, at: UnixSec): void {
  const memory = store.failures();
  const pair = { from: from.channelId, to: to.channelId };
  if (failure === null) store.saveFailures([], forgetFailures(memory, pair));
  else store.saveFailures(rememberFailure(memory, pair, failure, at), []);
}

/** @throws StoreError */
export function learnOfDriver(store: RebalanceStore, intent: Intent, outcome: DriverOutcome, at: UnixSec): void {
  const { driver, dispatchedAt, plannedAt } = intent;
  const seconds = at - (dispatchedAt ?? plannedAt);
  store.saveDriverRecord(scoreOutcome(store.driverRecords().get(driver), driver, outcome, seconds, at));
}
