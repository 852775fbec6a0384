// By which of our channels did a payment to ourselves leave and come back?
//
// listsendpays does not say. While it is under way its HTLCs stand in the channels; once it has arrived the node's ledger
// has both sides of it. A peer with several channels may have delivered by another than the route named.
import { array, decode, nullable, object, oneOf, str } from '../cln/decode.ts';
import { selfPaymentOf } from '../core/profit/books-self-payments.ts';
import type { ChannelMove } from '../core/profit/books-moves.ts';
import type { SelfPaymentRow } from '../core/rebalance/types.ts';
import { msat, unixSec, type ChannelId, type Msat } from '../core/units.ts';
import { readChannelMoves } from './ledger-moves.ts';
import { readPayments } from './bookkeeper.ts';
import { isUnknownCommand, knowsNoIndex, type Ask } from './ask.ts';
import { CLOCK_SLACK, indexAt } from './routed-moves.ts';
import { amount, channelKey } from './values.ts';

const htlc = object({ direction: oneOf('in', 'out'), amount_msat: amount, payment_hash: str });
const channel = object({ channel_id: nullable(channelKey), htlcs: nullable(array(htlc)) });
const HTLCS_FILTER = {
  channels: [{ channel_id: true, htlcs: [{ direction: true, amount_msat: true, payment_hash: true }] }],
} as const;

interface Standing {
  readonly channelId: ChannelId;
  readonly direction: 'in' | 'out';
  readonly amountMsat: Msat;
  readonly paymentHash: string;
}

/** @throws DecodeError */
const decodeHtlcs = (reply: unknown): Standing[] =>
  decode(object({ channels: array(channel) }), reply, 'listpeerchannels').channels.flatMap(({ channel_id, htlcs }) =>
    channel_id === null
      ? []
      : (htlcs ?? []).map(({ direction, amount_msat, payment_hash }) => ({
          ...{ channelId: channel_id, direction, amountMsat: amount_msat, paymentHash: payment_hash },
        })),
  );

/**
 * The rows with their channels, where that can be told; a failed one moved nothing and has none.
 * @throws NodeError
 */
export async function withChannels(ask: Ask, rows: readonly SelfPaymentRow[]): Promise<readonly SelfPaymentRow[]> {
  const complete = rows.filter(({ status }) => status === 'complete');
  if (rows.every(({ status }) => status === 'failed')) return rows;
  // In this order: what has left the channels meanwhile has reached the ledger.
  const standing = await readHtlcs(ask);
  const moves = complete.length > 0 ? await readMoves(ask, complete) : NO_MOVES;
  const pieces = new Map([...moves].map(([hash, found]) => [hash, [...selfPaymentOf(found)]]));
  return rows.map((row) => {
    if (row.status === 'failed') return row;
    const open = pieces.get(row.paymentHash) ?? [];
    const fits = open.findIndex(({ amount, fee }) => amount === row.amountMsat && amount + fee === row.amountSentMsat);
    const [piece] = row.status === 'pending' || fits < 0 ? [] : open.splice(fits, 1);
    if (piece !== undefined) return { ...row, outChannel: piece.outChannel, inChannel: piece.inChannel };
    const traces = [...standing, ...(moves.get(row.paymentHash) ?? []).map(asStanding)];
    return { ...row, outChannel: trace(traces, row, 'out'), inChannel: trace(traces, row, 'in') };
  });
}

const asStanding = ({ channelId, debit, credit, paymentHash }: ChannelMove): Standing => ({
  channelId,
  direction: debit > 0n ? 'out' : 'in',
  amountMsat: debit > 0n ? debit : credit,
  paymentHash: paymentHash ?? '',
});

/** The only channel by which this much of it went, under way or just settled on one of its sides. */
function trace(traces: readonly Standing[], row: SelfPaymentRow, direction: Standing['direction']): ChannelId | null {
  const wanted = direction === 'out' ? row.amountSentMsat : row.amountMsat;
  const found = traces.filter(
    (each) => each.paymentHash === row.paymentHash && each.direction === direction && each.amountMsat === wanted,
  );
  const channels = new Set(found.map(({ channelId }) => channelId));
  const [only] = channels;
  return channels.size === 1 && only !== undefined ? only : null;
}

const readHtlcs = (ask: Ask): Promise<Standing[]> => ask('listpeerchannels', {}, decodeHtlcs, { filter: HTLCS_FILTER });

type Moves = ReadonlyMap<string, readonly ChannelMove[]>;
const NO_MOVES: Moves = new Map();

/** Both sides of these payments by the node's moves; before v25.09 by bookkeeper, and none where that does not run. */
async function readMoves(ask: Ask, rows: readonly SelfPaymentRow[]): Promise<Moves> {
  const hashes = new Set(rows.map(({ paymentHash }) => paymentHash));
  try {
    return await movesOf(ask, hashes, rows);
  } catch (error) {
    if (!knowsNoIndex(error)) throw error;
  }
  try {
    const known = await ask('listpeerchannels', {}, decodeChannelIds, { filter: { channels: [{ channel_id: true }] } });
    return await readPayments(ask, [...hashes], known);
  } catch (error) {
    if (isUnknownCommand(error)) return NO_MOVES;
    throw error;
  }
}

const decodeChannelIds = (reply: unknown): ChannelId[] =>
  decode(
    object({ channels: array(object({ channel_id: nullable(channelKey) })) }),
    reply,
    'listpeerchannels',
  ).channels.flatMap(({ channel_id }) => channel_id ?? []);

async function movesOf(ask: Ask, hashes: ReadonlySet<string>, rows: readonly SelfPaymentRow[]): Promise<Moves> {
  const from = Math.min(...rows.map(({ createdAt }) => createdAt)) - CLOCK_SLACK;
  const until = unixSec(Math.max(...rows.map((row) => row.completedAt ?? row.createdAt)) + CLOCK_SLACK);
  const found = new Map<string, ChannelMove[]>();
  let cursor = (await indexAt(ask, from)) - 1;
  for (;;) {
    const page = await readChannelMoves(ask, cursor);
    for (const move of page.moves)
      if (move.paymentHash !== null && hashes.has(move.paymentHash))
        found.set(move.paymentHash, [...(found.get(move.paymentHash) ?? []), move]);
    const latest = page.moves.at(-1)?.time ?? 0;
    if (page.last || latest > until || [...hashes].every((hash) => isWhole(found.get(hash), rows, hash))) return found;
    cursor = page.cursor;
  }
}

/** Nothing more is to come of a payment whose every part has arrived. */
function isWhole(moves: readonly ChannelMove[] | undefined, rows: readonly SelfPaymentRow[], hash: string): boolean {
  const sum = (of: (move: ChannelMove) => bigint): bigint => (moves ?? []).reduce((all, move) => all + of(move), 0n);
  const wanted = rows.filter(({ paymentHash }) => paymentHash === hash);
  const sent = wanted.reduce((all, { amountSentMsat }) => all + amountSentMsat, 0n);
  const arriving = wanted.reduce((all, { amountMsat }) => all + (amountMsat ?? msat(0n)), 0n);
  return sum(({ debit }) => debit) >= sent && arriving > 0n && sum(({ credit }) => credit) >= arriving;
}
