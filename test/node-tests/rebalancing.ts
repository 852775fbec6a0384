// What do the tests of rebalancing share: the plugin on a ring, its ledger, and what the node itself says of payments?
import { DatabaseSync } from '@photostructure/sqlite';
import { connect } from 'node:net';
import type { OrderEnd } from '../../src/core/rebalance/types.ts';
import { HOP_FEE, type Ring } from './ring.ts';
import { until, type Json } from './rpc.ts';

type Options = Readonly<Record<string, string | number | boolean>>;

/** Rebalances happen when the test asks for them, and are looked after every second. */
const BY_HAND: Options = {
  'revenue-ops-rebalance-interval': 1,
  // No price, so that the cycle has nothing to do but to settle.
  'revenue-ops-fee-interval': 3600,
  'revenue-ops-rebalancer': 'native',
};

let databases = 0;
const database = (): Options => ({ 'revenue-ops-db-path': `rebalances-${String(databases)}.db` });

/** With a database of its own. */
export async function beginAnew(ring: Ring, options: Options = {}): Promise<void> {
  databases++;
  await goOn(ring, options);
}

/** With the database of before. */
export async function goOn(ring: Ring, options: Options = {}): Promise<void> {
  await ring.startPlugin({ ...BY_HAND, ...database(), ...options });
}

/** What A, B and C take between them for passing so many msat around, compounding from the end as BOLT 7 says. */
export function feeAround(msat: bigint): bigint {
  let amount = msat;
  for (let hop = 0; hop < 3; hop++) amount += BigInt(HOP_FEE.baseMsat) + (amount * BigInt(HOP_FEE.ppm)) / 1_000_000n;
  return amount - msat;
}

/** Sats with three decimals are msats. */
export const msats = (sats: unknown): bigint => BigInt(Math.round(Number(sats) * 1000));

export interface RebalanceReply extends Json {
  readonly status: string;
  readonly payment_hash: string | null;
}

export interface Words {
  readonly to?: OrderEnd;
  readonly from?: OrderEnd;
  readonly sats?: number;
  readonly maxFeeSats?: number;
}

export const paramsOf = (ring: Ring, { from, to, sats = 10_000, maxFeeSats = 20 }: Words = {}): Json => ({
  from_channel: (from ?? ring.ends.out).scid,
  to_channel: (to ?? ring.ends.back).scid,
  amount_sats: sats,
  max_fee_sats: maxFeeSats,
});

/** The operator's own. */
export const rebalance = async (ring: Ring, words?: Words): Promise<RebalanceReply> =>
  (await ring.call('revenue-rebalance', paramsOf(ring, words))) as RebalanceReply;

interface Told {
  readonly reply: RebalanceReply;
  readonly progress: readonly { readonly num: number; readonly total: number }[];
}

/** As lightning-cli asks: with notifications on the same connection. */
export function rebalanceTold(ring: Ring, params: Json): Promise<Told> {
  return new Promise((done, failed) => {
    const socket = connect(ring.socketPath);
    const progress: { num: number; total: number }[] = [];
    let text = '';
    const ask = (id: string, method: string, given: Json): string =>
      `${JSON.stringify({ jsonrpc: '2.0', id, method, params: given })}\n\n`;
    socket.setEncoding('utf8');
    socket.on('error', failed);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const { id, method, params: told, result, error } = JSON.parse(message) as Json;
        if (id === 'test:notifications') socket.write(ask('test:rebalance', 'revenue-rebalance', params));
        if (method === 'progress') progress.push(told as { num: number; total: number });
        if (id !== 'test:rebalance') continue;
        socket.destroy();
        if (error === undefined) done({ reply: result as RebalanceReply, progress });
        else failed(new Error(JSON.stringify(error)));
      }
    });
    socket.write(ask('test:notifications', 'notifications', { enable: true }));
  });
}

export interface Budget extends Json {
  readonly spent_24h_sats: number;
  readonly reserved_sats: number;
  readonly available_sats: number;
}
export interface RebalanceStatus extends Json {
  readonly budget: Budget;
  readonly rebalancer: Json;
  readonly loops: Readonly<Record<string, Json>>;
  readonly recent_rebalances: readonly Json[];
  readonly alerts: readonly unknown[];
  readonly database: { readonly path: string };
}
export const statusOf = async (ring: Ring): Promise<RebalanceStatus> =>
  (await ring.call('revenue-status')) as RebalanceStatus;

/** What of the budget is spent and reserved, msat. */
export async function budgetOf(ring: Ring): Promise<{ readonly spent: bigint; readonly reserved: bigint }> {
  const { budget } = await statusOf(ring);
  const { daily_sats, spent_24h_sats, reserved_sats, available_sats } = budget;
  const [spent, reserved] = [msats(spent_24h_sats), msats(reserved_sats)];
  if (msats(available_sats) !== msats(daily_sats) - spent - reserved)
    throw new Error(`the budget does not add up: ${JSON.stringify(budget)}`);
  return { spent, reserved };
}

/** A row of the ledger beside the one of rebalance_history that shows it. */
export interface LedgerRow {
  readonly state: string;
  readonly driver: string;
  readonly manual: number;
  readonly from_scid: string;
  readonly to_scid: string;
  readonly amount_msat: number;
  readonly max_fee_msat: number;
  readonly moved_msat: number;
  readonly fee_msat: number;
  readonly failure: string | null;
  readonly status: string;
  readonly amount_sats: number;
  readonly max_fee_sats: number;
  readonly actual_fee_sats: number | null;
  readonly error_message: string | null;
}

function rows<T>(path: string, sql: string): T[] {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    return file.prepare(sql).all() as T[];
  } finally {
    file.close();
  }
}

/** Oldest first; read beside the running plugin. */
export async function ledger(ring: Ring): Promise<LedgerRow[]> {
  return rows(
    (await statusOf(ring)).database.path,
    'SELECT * FROM rebalance_intents i JOIN rebalance_history h ON h.id = i.history_id ORDER BY seq',
  );
}

/** Every row of rebalance_history, dry runs too. */
export async function history(ring: Ring): Promise<{ readonly status: string }[]> {
  return rows((await statusOf(ring)).database.path, 'SELECT * FROM rebalance_history ORDER BY id');
}

/** The last verdict on a channel in a role. */
export async function verdict(ring: Ring, { channelId }: OrderEnd, role: 'source' | 'destination'): Promise<Json> {
  const [row] = rows<{ verdict: string }>(
    (await statusOf(ring)).database.path,
    `SELECT verdict FROM rebalance_verdicts WHERE channel_id = '${channelId}' AND role = '${role}'`,
  );
  return row === undefined ? {} : (JSON.parse(row.verdict) as Json);
}

export async function ours(ring: Ring, end: OrderEnd): Promise<bigint> {
  const { channels } = (await ring.call('listpeerchannels', { id: end.peerId })) as { channels: Json[] };
  return BigInt(Number(channels.find(({ channel_id }) => channel_id === end.channelId)?.['to_us_msat']));
}

export const sendpays = async (ring: Ring, status?: string): Promise<Json[]> =>
  (await ring.call('listsendpays', status === undefined ? {} : { status }))['payments'] as Json[];

/** What the node says that all payments to ourselves have cost and brought, msat. */
export async function leftAsFees(ring: Ring): Promise<bigint> {
  const complete = await sendpays(ring, 'complete');
  return complete.reduce((sum, row) => sum + BigInt(Number(row['amount_sent_msat']) - Number(row['amount_msat'])), 0n);
}

/** Layers, reservations and unpaid invoices of ours. */
export async function remains(ring: Ring): Promise<unknown[]> {
  const { layers } = (await ring.call('askrene-listlayers')) as { layers: Json[] };
  const { reservations } = (await ring.call('askrene-listreservations')) as { reservations: Json[] };
  const { invoices } = (await ring.call('listinvoices')) as { invoices: Json[] };
  return [
    ...layers.filter(({ layer }) => String(layer).startsWith('revops-')),
    ...reservations,
    ...invoices.filter(({ status, label }) => status === 'unpaid' && String(label).startsWith('revops-')),
  ];
}

/** Waits until a cycle of the loop that began after the call has ended. */
export async function aCycle(ring: Ring, loop = 'rebalance'): Promise<void> {
  const lastRun = async (): Promise<unknown> => (await statusOf(ring)).loops[loop]?.['last_run'];
  // The first to end may have read the node before the call.
  for (let i = 0; i < 2; i++) {
    const last = await lastRun();
    await until(`a cycle of ${loop}`, async () => (await lastRun()) !== last);
  }
}
