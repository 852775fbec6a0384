// Does the ledger on the disk agree with what the node has done? SQL of the test's own against listsendpays, to the msat.
import { DatabaseSync } from '@photostructure/sqlite';
import { expect } from 'vitest';
import type { Json, Params } from '../node-tests/rpc.ts';

const DAY = 86_400;

interface Intent {
  readonly id: string;
  readonly state: string;
  readonly driver: string;
  readonly amount: bigint;
  readonly cap: bigint;
  readonly moved: bigint;
  readonly fee: bigint;
  readonly endedAt: number | null;
  readonly status: string;
  readonly historyFee: number | null;
  readonly hashes: readonly string[];
}

/** A payment of the node to itself. */
interface Payment {
  readonly hash: string;
  readonly status: 'pending' | 'complete' | 'failed';
  readonly amount: bigint;
  readonly fee: bigint;
  readonly label: string | null;
  readonly completedAt: number | null;
}

const INTENTS = `
SELECT i.id, i.state, i.driver, i.amount_msat, i.max_fee_msat, i.moved_msat, i.fee_msat, i.ended_at,
  h.status, h.actual_fee_sats, (SELECT group_concat(payment_hash) FROM rebalance_payments p WHERE p.intent = i.seq) AS hashes
FROM rebalance_intents i JOIN rebalance_history h ON h.id = i.history_id ORDER BY i.seq`;

function readIntents(path: string): { readonly intents: readonly Intent[]; readonly history: number } {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    // Both of one moment: the plugin may be alive and write between the two.
    file.exec('BEGIN');
    const rows = file.prepare(INTENTS).all() as Record<string, string | number | null>[];
    const [count] = file.prepare("SELECT count(*) AS n FROM rebalance_history WHERE status <> 'dry-run'").all() as {
      n: number;
    }[];
    const intents = rows.map((row) => ({
      id: String(row['id']),
      state: String(row['state']),
      driver: String(row['driver']),
      amount: BigInt(row['amount_msat'] ?? 0),
      cap: BigInt(row['max_fee_msat'] ?? 0),
      moved: BigInt(row['moved_msat'] ?? 0),
      fee: BigInt(row['fee_msat'] ?? 0),
      endedAt: row['ended_at'] as number | null,
      status: String(row['status']),
      historyFee: row['actual_fee_sats'] as number | null,
      hashes: typeof row['hashes'] === 'string' ? row['hashes'].split(',') : [],
    }));
    return { intents, history: count?.n ?? 0 };
  } finally {
    file.close();
  }
}

export interface Node {
  call(method: string, params?: Params): Promise<Json>;
}

/** Indexes of payments that lightningd lists as pending, but died before it sent them: no HTLC of theirs stands anywhere. */
export async function readStranded(node: Node): Promise<ReadonlySet<unknown>> {
  const pending = async (): Promise<Json[]> =>
    (await node.call('listsendpays', { status: 'pending' }))['payments'] as Json[];
  const listed = await pending();
  if (listed.length === 0) return new Set();
  const { channels } = (await node.call('listpeerchannels')) as { channels: { htlcs?: Json[] }[] };
  const standing = new Set(channels.flatMap(({ htlcs }) => (htlcs ?? []).map(({ payment_hash }) => payment_hash)));
  const still = new Set((await pending()).map(({ created_index }) => created_index));
  const indexes = listed.filter(({ payment_hash }) => !standing.has(payment_hash)).map((row) => row['created_index']);
  return new Set(indexes.filter((index) => still.has(index)));
}

async function readPayments(node: Node, foreign: ReadonlySet<string>): Promise<Payment[]> {
  const { id } = await node.call('getinfo');
  const stranded = await readStranded(node);
  const { payments } = (await node.call('listsendpays')) as { payments: Json[] };
  return payments
    .filter(({ destination, payment_hash }) => destination === id && !foreign.has(String(payment_hash)))
    .map((row) => ({
      hash: String(row['payment_hash']),
      status: stranded.has(row['created_index']) ? 'failed' : (row['status'] as Payment['status']),
      amount: BigInt(Number(row['amount_msat'])),
      fee: BigInt(Number(row['amount_sent_msat'])) - BigInt(Number(row['amount_msat'])),
      label: typeof row['label'] === 'string' ? row['label'] : null,
      completedAt: row['completed_at'] === undefined ? null : Number(row['completed_at']),
    }));
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n);
const feesOf = (payments: readonly Payment[]): bigint => sum(payments.map(({ fee }) => fee));
const OPEN = new Set(['planned', 'dispatched', 'unknown']);
const STATUS: Readonly<Record<string, string>> = {
  ...{ planned: 'pending', dispatched: 'pending', unknown: 'unknown', settled: 'success', failed: 'failed' },
};
const NATIVE_LABEL = 'revops-rebalance-';

export interface Standing {
  readonly open: readonly Intent[];
  readonly payments: readonly Payment[];
  readonly settled: number;
  readonly failed: number;
  /** Of all that has ended, msat. */
  readonly fees: bigint;
}

export interface Question {
  readonly node: Node;
  readonly database: string;
  readonly budgetMsat: bigint;
  /** By the node's clock, Unix seconds. */
  readonly now: number;
  /** Payments of the node to itself that somebody else has made. */
  readonly foreign: ReadonlySet<string>;
}

/** All that is promised at every moment, whatever was killed when. */
export async function audit({ node, database, budgetMsat, now, foreign }: Question): Promise<Standing> {
  // The node first: what it sends afterwards must have been reserved before.
  const payments = await readPayments(node, foreign);
  const { intents, history } = readIntents(database);
  const open = intents.filter(({ state }) => OPEN.has(state));
  const ended = intents.filter(({ state }) => !OPEN.has(state));
  const owner = new Map(intents.flatMap((intent) => intent.hashes.map((hash) => [hash, intent] as const)));

  for (const intent of intents) {
    const own = payments.filter(({ hash }) => intent.hashes.includes(hash));
    const complete = own.filter(({ status }) => status === 'complete');
    const name = `rebalance ${intent.id} (${intent.state})`;
    expect(complete.length, `${name}: paid once at most`).toBeLessThanOrEqual(1);
    expect(intent.status, `${name}: its status in the history`).toBe(STATUS[intent.state]);
    if (OPEN.has(intent.state)) {
      expect(feesOf(complete) <= intent.cap || feesOf(complete) <= intent.fee, `${name}: more than it holds`).toBe(
        true,
      );
      continue;
    }
    expect(
      own.filter(({ status }) => status === 'pending'),
      `${name}: ended, and nothing of it under way`,
    ).toEqual([]);
    expect([intent.moved, intent.fee], `${name}: what it moved and cost`).toEqual([
      sum(complete.map(({ amount }) => amount)),
      feesOf(complete),
    ]);
    expect(intent.state, `${name}: its end`).toBe(complete.length > 0 ? 'settled' : 'failed');
    expect(intent.historyFee, `${name}: its fee in the history`).toBe(Math.ceil(Number(intent.fee) / 1000));
  }

  // What nobody has noted yet must be held for: by one open order each, of its amount and a driver that tells late.
  const waiting = open.filter(({ driver }) => driver !== 'native');
  for (const { hash, status, amount, fee, label } of payments) {
    if (owner.has(hash) || status === 'failed') continue;
    expect(label?.startsWith(NATIVE_LABEL) ?? false, `payment ${hash} of ours was noted before it was sent`).toBe(
      false,
    );
    const at = waiting.findIndex((one) => one.amount === amount && one.cap >= fee);
    expect(at, `payment ${hash} (${status}, ${fee} msat) is counted by no order`).toBeGreaterThanOrEqual(0);
    waiting.splice(at, 1);
  }

  const spent = sum(ended.filter(({ endedAt }) => (endedAt ?? 0) > now - DAY).map(({ fee }) => fee));
  const reserved = sum(open.map(({ cap, fee }) => (fee > cap ? fee : cap)));
  expect(spent + reserved, 'spent and reserved within the budget').toBeLessThanOrEqual(budgetMsat);
  const really = payments.filter(
    ({ status, completedAt }) => status === 'pending' || (status === 'complete' && (completedAt ?? 0) > now - DAY),
  );
  expect(feesOf(really), 'really spent, or under way, within the budget').toBeLessThanOrEqual(budgetMsat);
  expect(history, 'rows of the history').toBe(intents.length);
  return {
    ...{ open, payments, fees: sum(ended.map(({ fee }) => fee)) },
    settled: ended.filter(({ state }) => state === 'settled').length,
    failed: ended.filter(({ state }) => state === 'failed').length,
  };
}

/** Once everything has ended, recovered or not: no reservation, and nothing of ours left on the node. */
export async function auditEnd(question: Question): Promise<Standing> {
  const standing = await audit(question);
  const { node } = question;
  expect(standing.open, 'nothing is open').toEqual([]);
  const complete = standing.payments.filter(({ status }) => status === 'complete');
  expect(standing.fees, 'every msat that left as a fee is in the ledger').toBe(feesOf(complete));
  const { layers } = (await node.call('askrene-listlayers')) as { layers: Json[] };
  expect(
    layers.filter(({ layer }) => String(layer).startsWith('revops-')),
    'layers of ours',
  ).toEqual([]);
  const { reservations } = (await node.call('askrene-listreservations')) as { reservations: Json[] };
  const ours = reservations.filter(({ command_id }) => String(command_id).startsWith('"cl-revenue-ops:'));
  expect(ours, 'reservations of ours').toEqual([]);
  const { invoices } = (await node.call('listinvoices')) as { invoices: Json[] };
  const unpaid = invoices.filter(({ status, label }) => status !== 'paid' && String(label).startsWith(NATIVE_LABEL));
  expect(unpaid, 'unpaid invoices of ours').toEqual([]);
  return standing;
}
