// A process that rebalances and does nothing else, to be killed: `rebalance-child.mjs <database> <payments>`.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { msat, satsToMsat, unixSec, type Msat } from '../../src/core/units.ts';
import type { RebalanceStore } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { NOW } from './fee-examples.ts';
import { DAY, guard, hashOf, order, TERMS } from './rebalance-examples.ts';

/** Room for about twelve rebalances a day, of which there are more. */
export const BUDGET = satsToMsat(3000);
const STEP_SECONDS = 3600;
/** What the node takes to send. */
const NODE_MS = 1;

/** What the node has carried out, whatever we know of it: payment hash -> fee. */
export function readPayments(path: string): Map<string, Msat> {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return new Map(lines.filter(Boolean).map((line) => [line.slice(0, 64), msat(BigInt(line.slice(65)))]));
}

/** Every third fails; the others cost some part of their cap, to the msat. */
const feeOf = (n: number): Msat | null => (n % 3 === 2 ? null : msat(150_000 + ((n * 7919) % 150_000)));

/** What was open when an earlier process died: the node's list decides. */
function recover(rebalances: RebalanceStore, payments: string, at: number): void {
  const sent = readPayments(payments);
  for (const { id, state, paymentHashes } of rebalances.openIntents()) {
    const fee = paymentHashes.map((hash) => sent.get(hash)).find((each) => each !== undefined);
    if (state === 'planned') rebalances.advance(id, 'drop', unixSec(at));
    else if (fee === undefined) rebalances.advance(id, 'fail', unixSec(at));
    else rebalances.advance(id, 'succeed', unixSec(at), { feeMsat: fee });
  }
}

/** The latest moment of which the ledger knows. */
const latest = (rebalances: RebalanceStore): number =>
  Math.max(
    NOW,
    ...rebalances.openIntents().map(({ plannedAt }) => plannedAt),
    ...rebalances.endedIntents(unixSec(0)).flatMap(({ endedAt }) => endedAt ?? []),
  );

async function rebalanceForEver(rebalances: RebalanceStore, payments: string): Promise<never> {
  let now = latest(rebalances);
  recover(rebalances, payments, now);
  for (let n = rebalances.endedIntents(unixSec(0)).length; ; now += STEP_SECONDS) {
    const at = unixSec(now);
    const id = `r${String(n)}`;
    const answer = rebalances.reserve(unixSec(now - DAY), guard(order(id), BUDGET), TERMS, at);
    await pause(NODE_MS);
    if (!answer.ok) continue;
    rebalances.advance(id, 'dispatch', at);
    await pause(NODE_MS);
    rebalances.addPaymentHash(id, hashOf(n));
    await pause(NODE_MS);
    const fee = feeOf(n);
    if (fee !== null) appendFileSync(payments, `${hashOf(n)} ${String(fee)}\n`);
    await pause(NODE_MS);
    if (n % 4 === 0) rebalances.advance(id, 'lose-sight', at);
    await pause(NODE_MS);
    rebalances.advance(id, fee === null ? 'fail' : 'succeed', at, { feeMsat: fee ?? msat(0) });
    process.send?.('one more');
    n++;
  }
}

async function main(path: string, payments: string): Promise<void> {
  const store = openStore(path, { lockWaitMs: 5000 });
  await rebalanceForEver(store.rebalances, payments);
}

const [path, payments] = process.argv.slice(2);
if (path !== undefined && payments !== undefined && process.send) await main(path, payments);
