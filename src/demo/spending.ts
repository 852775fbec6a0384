// What has rebalancing cost, to the millisatoshi, by the plugin's ledger and its books, and by the node and its books?
import { isFinal, type Intent } from '../core/rebalance/intent.ts';
import { toMsat, type Asked, type Market } from './figures.ts';

/** Millisatoshi. */
export interface Spending {
  /** What the plugin's ledger of capital has for the rebalances that have ended: what its budget is counted by. */
  readonly ledger: bigint;
  /** What it charges to its channels (revenue-profitability). */
  readonly charged: bigint;
  /** What left beyond what arrived, of all payments to ourselves that are complete (listsendpays). */
  readonly node: bigint;
  /** Of that, what belongs to rebalances that the ledger holds open, reserved at more than this. */
  readonly open: bigint;
  /** Bookkeeper's rebalance_fee. */
  readonly bookkeeper: bigint;
}

export const spendingAgrees = ({ ledger, charged, node, open, bookkeeper }: Spending): boolean =>
  ledger + open === node && charged === node && bookkeeper === node;

interface Sendpay {
  readonly payment_hash: string;
  readonly destination?: string;
  readonly status: 'pending' | 'complete' | 'failed';
  readonly amount_msat?: number;
  readonly amount_sent_msat: number;
}

interface Income {
  readonly tag: string;
  readonly debit_msat: number;
}

const sendpays = async (session: Pick<Asked, 'call'>): Promise<readonly Sendpay[]> =>
  ((await session.call('listsendpays')) as { readonly payments: readonly Sendpay[] }).payments;

/** Whether any payment of the node is under way. */
export const hasPending = async (session: Pick<Asked, 'call'>): Promise<boolean> =>
  (await sendpays(session)).some(({ status }) => status === 'pending');

/** @param own the node's id */
export async function readSpending(
  session: Pick<Asked, 'call'>,
  { channels, written }: Market,
  own: string,
): Promise<Spending> {
  const complete = (await sendpays(session)).filter((row) => row.status === 'complete' && row.destination === own);
  const { income_events: income } = (await session.call('bkpr-listincome')) as {
    readonly income_events: readonly Income[];
  };
  const hasEnded = ({ state }: Intent): boolean => isFinal(state);
  const open = new Set(written.rebalances.flatMap((one) => (hasEnded(one) ? [] : one.paymentHashes)));
  return {
    ledger: written.rebalances.filter(hasEnded).reduce((sum, { feeMsat }) => sum + feeMsat, 0n),
    charged: channels.reduce((sum, { profit }) => sum + toMsat(profit?.rebalance_cost_sats ?? 0), 0n),
    node: feesOf(complete),
    open: feesOf(complete.filter(({ payment_hash }) => open.has(payment_hash))),
    bookkeeper: income
      .filter(({ tag }) => tag === 'rebalance_fee')
      .reduce((sum, { debit_msat }) => sum + BigInt(debit_msat), 0n),
  };
}

const feesOf = (rows: readonly Sendpay[]): bigint =>
  rows.reduce((sum, row) => sum + BigInt(row.amount_sent_msat) - BigInt(row.amount_msat ?? row.amount_sent_msat), 0n);
