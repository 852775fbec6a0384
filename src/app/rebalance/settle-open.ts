// What has become of the rebalances that nobody is working on any more? The node's list of payments settles them, or its
// books.
import { recover, type Recovery } from '../../core/rebalance/recover.ts';
import { isFinal, type Intent } from '../../core/rebalance/intent.ts';
import type { SelfPaymentRow } from '../../core/rebalance/types.ts';
import { unixSec } from '../../core/units.ts';
import { NodeError } from '../../ports.ts';
import { afterSuccess, describe } from './carry-out.ts';
import { rowOf } from './foreign-payments.ts';
import { learnOfPair } from './learn.ts';
import type { RebalancePorts } from './rebalance-ports.ts';
import { PATIENCE_SECONDS, within } from './within-time.ts';

/** The node's clock and ours, where it knows no indexes. */
const CLOCK_SLACK_SECONDS = 60;

/**
 * Brings every open intent as far as the node's word goes; one of which it says nothing certain stays open and reserved.
 * Sends nothing.
 * @throws NodeError, StoreError: what could not be read settles nothing
 */
export async function settleOpen(ports: RebalancePorts): Promise<void> {
  const { store, clock, log, flights } = ports;
  const ledger = store.rebalances;
  const intents = ledger.openIntents().filter(({ id }) => !flights.ids.has(id));
  if (intents.length === 0) return;
  // Before the payments are read: what is stopped afterwards may have sent one more.
  const unstopped = await recall(ports, intents);
  const { rows, gapless } = await readPayments(ports, intents);
  const identities = await ports.node.readChannelIdentities();
  const since = Math.min(...intents.map(({ plannedAt }) => plannedAt));
  const ended = ledger.endedIntents(unixSec(Math.max(0, since - CLOCK_SLACK_SECONDS)));
  const lost = new Set(intents.map(({ id }) => id));
  const { steps } = recover({
    now: clock.now(),
    intents,
    rows,
    gapless,
    // Read after the payments: some may be of an order that was not there yet above.
    running: ledger.openIntents().filter(({ id }) => !lost.has(id)),
    unstopped,
    peerOf: new Map(
      identities.flatMap(({ channelId, peerId }) => (peerId === null ? [] : [[channelId, peerId] as const])),
    ),
    ended: new Set(ended.flatMap(({ paymentHashes }) => paymentHashes)),
  });
  for (const [i, step] of steps.entries()) {
    const before = intents[i];
    if (before !== undefined) await apply(ports, before, step);
  }
  const left = steps.filter(({ event }) => event === null || event === 'lose-sight').length;
  if (left > 0) log.debug(`rebalance: ${left} not settled yet`);
}

/** Ids of those whose drivers may go on. */
async function recall(
  { clock, rebalancing, log }: RebalancePorts,
  intents: readonly Intent[],
): Promise<ReadonlySet<string>> {
  const unstopped = new Set<string>();
  for (const intent of intents) {
    const recalled = intent.dispatchedAt === null ? undefined : rebalancing.driver(intent.driver).recall?.(intent);
    if (recalled === undefined) continue;
    try {
      const done = recalled.then(() => true);
      // What takes longer is looked at again by the next cycle.
      if ((await within(clock, PATIENCE_SECONDS, done)) === null) unstopped.add(intent.id);
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      unstopped.add(intent.id);
      log.warn(`rebalance ${describe(intent)}: ${intent.driver} could not be stopped: ${error.message}`);
    }
  }
  return unstopped;
}

async function apply(ports: RebalancePorts, before: Intent, step: Recovery['steps'][number]): Promise<void> {
  const { store, clock, log } = ports;
  const ledger = store.rebalances;
  for (const hash of step.foundHashes) ledger.addPaymentHash(before.id, hash);
  if (step.event === null) return;
  const after = ledger.advance(before.id, step.event, clock.now(), step.news);
  log[after.state === 'unknown' ? 'warn' : 'info'](
    `rebalance ${describe(after)}: ${after.state} (was ${before.state}): ${step.because}`,
  );
  if (after.state === 'settled') {
    learnOfPair(ledger, after, null, clock.now());
    await afterSuccess(ports, after);
  } else if (isFinal(after.state) && after.dispatchedAt !== null && after.failure === 'unknown')
    learnOfPair(ledger, after, 'unknown', clock.now());
}

/** Everything since the oldest dispatch, and by hash what the intents note, however old or deleted. */
async function readPayments(
  { rebalancing: { payments }, store: { ledger } }: RebalancePorts,
  intents: readonly Intent[],
): Promise<{ readonly rows: readonly SelfPaymentRow[]; readonly gapless: boolean }> {
  const indexes = intents.map(({ paymentsBefore }) => paymentsBefore);
  const known = indexes.filter((index) => index !== null);
  // One that was planned and never dispatched has no index, and needs none.
  const needed = intents.filter(({ dispatchedAt }) => dispatchedAt !== null);
  if (needed.length === 0) return { rows: [], gapless: true };
  const after = needed.some(({ paymentsBefore }) => paymentsBefore === null) ? null : Math.min(...known);
  const since = Math.min(...needed.map(({ plannedAt }) => plannedAt)) - CLOCK_SLACK_SECONDS;
  const page = await payments.readSince(after, unixSec(Math.max(0, since)));
  const listed = new Set(page.rows.map(({ paymentHash }) => paymentHash));
  const rows = [...page.rows];
  for (const hash of new Set(needed.flatMap(({ paymentHashes }) => paymentHashes))) {
    if (listed.has(hash)) continue;
    const found = await payments.readByHash(hash);
    // What autoclean has deleted from the list stays in the node's books, as far as we have read them.
    rows.push(...(found.length > 0 ? found : inBooks(ledger, hash)));
  }
  return { rows, gapless: page.gapless };
}

const inBooks = (ledger: RebalancePorts['store']['ledger'], hash: string): readonly SelfPaymentRow[] =>
  ledger
    .selfPayments()
    .filter(({ paymentHash }) => paymentHash === hash)
    .map(rowOf);
