// What does bookkeeper's account of one channel say, where lightningd keeps no ledger of its own (before v25.09)?
import { array, decode, hex, nullable, object, optional, str } from '../cln/decode.ts';
import { INVALID_PARAMS } from '../cln/errors.ts';
import type { AccountRecord } from '../core/profit/books-derive.ts';
import { isChannelAccount, type ChainMove, type ChannelMove } from '../core/profit/books-moves.ts';
import { addMsat, channelId, subMsat, ZERO_MSAT, type ChannelId, type Msat } from '../core/units.ts';
import { NodeError } from '../ports.ts';
import type { Ask } from './ask.ts';
import { askAccount, askEvents } from './bookkeeper-events.ts';
import { amount, seconds } from './values.ts';

const head = object({ account: str, type: str, tag: str });
const event = object({ credit_msat: amount, debit_msat: amount, timestamp: seconds });
const chainEvent = object({ outpoint: str, txid: nullable(hex(64)) });
const channelEvent = object({ fees_msat: optional(amount), payment_id: nullable(hex(64)) });
const feeEvent = object({ txid: hex(64) });

type Event =
  | { readonly type: 'chain'; readonly move: ChainMove }
  | { readonly type: 'channel'; readonly move: ChannelMove }
  | { readonly type: 'fee'; readonly txid: string; readonly amount: Msat };

/** Null for forwards, and for what is booked on no channel: the wallet's fee entries hold whole funding amounts. */
function toEvent(row: unknown, path: string): ((index: number) => Event) | null {
  const { account, type, tag } = head(row, path);
  if (!isChannelAccount(account) || tag === 'routed') return null;
  const { credit_msat: credit, debit_msat: debit, timestamp: time } = event(row, path);
  if (type === 'onchain_fee') {
    const { txid } = feeEvent(row, path);
    return () => ({ type: 'fee', txid, amount: subMsat(credit, debit) });
  }
  if (type === 'chain') {
    const { outpoint, txid: spentBy } = chainEvent(row, path);
    const rest = { account, tag, credit, debit, time, outpoint, spentBy };
    return (index) => ({
      type: 'chain',
      move: { index, ...rest, opener: false, outputCount: null, peerId: null },
    });
  }
  const { fees_msat, payment_id } = channelEvent(row, path);
  const rest = { channelId: channelId(account), tag, credit, debit, time, paymentHash: payment_id };
  return (index) => ({ type: 'channel', move: { index, ...rest, fees: fees_msat ?? ZERO_MSAT } });
}

const EVENTS_FILTER = {
  events: [
    {
      account: true,
      type: true,
      tag: true,
      credit_msat: true,
      debit_msat: true,
      timestamp: true,
      outpoint: true,
      txid: true,
      fees_msat: true,
      payment_id: true,
    },
  ],
} as const;

const decodeEvents = (reply: unknown): Event[] =>
  decode(object({ events: array(toEvent) }), reply, 'bkpr-listaccountevents')
    .events.filter((make) => make !== null)
    .map((make, index) => make(index));

const readEvents = (ask: Ask, channel: ChannelId): Promise<Event[] | null> =>
  askAccount(ask, channel, decodeEvents, EVENTS_FILTER);

/** @throws NodeError */
export async function readAccount(ask: Ask, channel: ChannelId): Promise<AccountRecord | null> {
  const events = await readEvents(ask, channel);
  if (events === null) return null;
  const fees = new Map<string, Msat>();
  for (const found of events)
    if (found.type === 'fee') fees.set(found.txid, addMsat(fees.get(found.txid) ?? ZERO_MSAT, found.amount));
  return {
    source: 'bookkeeper',
    chain: events.flatMap((found) => (found.type === 'chain' ? [found.move] : [])),
    fees,
    gifts: channelMoves(events).filter(({ tag }) => tag !== 'invoice'),
  };
}

const channelMoves = (events: readonly Event[]): ChannelMove[] =>
  events.flatMap((found) => (found.type === 'channel' ? [found.move] : []));

/**
 * Both sides of payments, by their hash. From v24.08 on bookkeeper is asked for each; before, for every account.
 * @throws NodeError
 */
export async function readPayments(
  ask: Ask,
  hashes: readonly string[],
  channels: readonly ChannelId[],
): Promise<ReadonlyMap<string, readonly ChannelMove[]>> {
  const found = new Map<string, ChannelMove[]>();
  const note = (moves: readonly ChannelMove[]): void => {
    for (const move of moves)
      if (move.paymentHash !== null) found.set(move.paymentHash, [...(found.get(move.paymentHash) ?? []), move]);
  };
  try {
    for (const hash of hashes)
      note(channelMoves(await askEvents(ask, { payment_id: hash }, decodeEvents, EVENTS_FILTER)));
  } catch (error) {
    if (!(error instanceof NodeError && error.code === INVALID_PARAMS)) throw error;
    found.clear();
    for (const channel of channels) note(channelMoves((await readEvents(ask, channel)) ?? []));
  }
  return found;
}
