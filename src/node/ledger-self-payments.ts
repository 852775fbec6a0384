// Which payments to ourselves does lightningd list, where it keeps no ledger of moves?
import { INVALID_PARAMS } from '../cln/errors.ts';
import type { SelfPayment } from '../core/profit/books.ts';
import { selfPaymentOf } from '../core/profit/books-self-payments.ts';
import { subMsat, sumMsat, type ChannelId, type NodeId } from '../core/units.ts';
import { NodeError, type MovePage } from '../ports.ts';
import { readPayments } from './bookkeeper.ts';
import type { Ask } from './ask.ts';
import { ROWS_PER_PAGE } from './paging.ts';
import { listSendpays, type Sendpay } from './sendpays.ts';

async function readPage(ask: Ask, cursor: number): Promise<MovePage<Sendpay>> {
  try {
    const moves = await listSendpays(ask, { index: 'updated', start: cursor + 1, limit: ROWS_PER_PAGE });
    return { moves, cursor: moves.at(-1)?.updated_index ?? cursor, last: moves.length < ROWS_PER_PAGE };
  } catch (error) {
    // No indexes before v23.11.
    if (!(error instanceof NodeError && error.code === INVALID_PARAMS)) throw error;
    return { moves: await listSendpays(ask, { status: 'complete' }), cursor, last: true };
  }
}

export interface Whose {
  readonly us: NodeId;
  /** Null where bookkeeper does not run: then a payment cannot be told by which channels it went. */
  readonly accounts: readonly ChannelId[] | null;
}

export interface Wanted {
  readonly cursor: number;
  /** Hashes that need no asking. */
  readonly known: ReadonlySet<string>;
  /** Hashes to ask of whether they have changed or not. */
  readonly again: readonly string[];
}

/** @throws NodeError */
export async function readSelfPayments(
  ask: Ask,
  { us, accounts }: Whose,
  { cursor, known, again }: Wanted,
): Promise<MovePage<SelfPayment>> {
  const page = await readPage(ask, cursor);
  const candidates = page.moves.filter(
    ({ status, destination, payment_hash }) => status !== 'pending' && destination === us && !known.has(payment_hash),
  );
  const parts = new Map<string, Sendpay[]>();
  for (const hash of new Set([...again, ...candidates.map(({ payment_hash }) => payment_hash)])) {
    const attempts = await listSendpays(ask, { payment_hash: hash });
    const complete = attempts.filter(({ status }) => status === 'complete');
    // While a part is under way its end, whichever it will be, is another change.
    if (complete.length > 0 && attempts.every(({ status }) => status !== 'pending')) parts.set(hash, complete);
  }
  const moves = accounts && parts.size > 0 ? await readPayments(ask, [...parts.keys()], accounts) : NOTHING;
  const payments = [...parts].flatMap(([hash, complete]) => {
    const booked = selfPaymentOf(moves.get(hash) ?? []);
    return booked.length > 0 ? booked : unbooked(complete);
  });
  return { ...page, moves: payments };
}

const NOTHING: Awaited<ReturnType<typeof readPayments>> = new Map();

/** By the list alone. One paid within the node itself, without any channel, has cost nothing and is left out. */
function unbooked(complete: readonly Sendpay[]): SelfPayment[] {
  const payments = complete.flatMap((row, part): SelfPayment[] => {
    if (row.amount_msat === null || row.amount_msat === 0n) return [];
    const fee = subMsat(row.amount_sent_msat, row.amount_msat);
    const time = row.completed_at ?? row.created_at;
    return [
      { paymentHash: row.payment_hash, part, outChannel: null, inChannel: null, amount: row.amount_msat, fee, time },
    ];
  });
  return sumMsat(payments.map(({ fee }) => fee)) > 0n ? payments : [];
}
