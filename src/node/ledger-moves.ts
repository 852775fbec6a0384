// How are lightningd's ledgers of moves read (v25.09 and later), page by page?
import { array, decode, hex, int, nullable, object, optional, str } from '../cln/decode.ts';
import { isChannelAccount, type ChainMove, type ChannelMove } from '../core/profit/books-moves.ts';
import { channelId, ZERO_MSAT } from '../core/units.ts';
import { NodeError, type MovePage } from '../ports.ts';
import type { Ask } from './ask.ts';
import { ROWS_PER_PAGE } from './paging.ts';
import { amount, nodeKey, seconds } from './values.ts';

const chainMove = object({
  created_index: int,
  account_id: str,
  primary_tag: str,
  extra_tags: array(str),
  credit_msat: amount,
  debit_msat: amount,
  timestamp: seconds,
  utxo: str,
  spending_txid: nullable(hex(64)),
  output_count: nullable(int),
  peer_id: nullable(nodeKey),
});

const toChainMove = (row: ReturnType<typeof chainMove>): ChainMove => ({
  index: row.created_index,
  account: row.account_id,
  tag: row.primary_tag,
  opener: row.extra_tags.includes('opener'),
  credit: row.credit_msat,
  debit: row.debit_msat,
  time: row.timestamp,
  outpoint: row.utxo,
  spentBy: row.spending_txid,
  outputCount: row.output_count,
  peerId: row.peer_id,
});

const head = object({ created_index: int, account_id: str, primary_tag: str });
const channelMove = object({
  credit_msat: amount,
  debit_msat: amount,
  fees_msat: optional(amount),
  payment_hash: nullable(hex(64)),
  timestamp: seconds,
});

/** Null for forwards, which are most of the rows and come to us another way, and for accounts of the operator's own. */
function toChannelMove(row: unknown, path: string): ChannelMove | null {
  const { created_index, account_id, primary_tag } = head(row, path);
  if (primary_tag === 'routed' || !isChannelAccount(account_id)) return null;
  const { credit_msat, debit_msat, fees_msat, payment_hash, timestamp } = channelMove(row, path);
  return {
    index: created_index,
    channelId: channelId(account_id),
    tag: primary_tag,
    credit: credit_msat,
    debit: debit_msat,
    fees: fees_msat ?? ZERO_MSAT,
    paymentHash: payment_hash,
    time: timestamp,
  };
}

const indexed = object({ created_index: int });

/** How far a page goes, from the indexes of all its rows, those left out included. */
function extent(what: string, rows: readonly { created_index: number }[], cursor: number) {
  const first = rows[0]?.created_index ?? cursor + 1;
  if (first <= cursor)
    throw new NodeError('unreadable', `${what}: expected indexes above ${cursor}, got ${first}: it knows no paging`);
  return { cursor: rows.at(-1)?.created_index ?? cursor, last: rows.length < ROWS_PER_PAGE };
}

/** @throws NodeError */
export const readChainMoves = (ask: Ask, cursor: number): Promise<MovePage<ChainMove>> =>
  ask('listchainmoves', { index: 'created', start: cursor + 1, limit: ROWS_PER_PAGE }, (reply) => {
    const rows = decode(object({ chainmoves: array(chainMove) }), reply, 'listchainmoves').chainmoves;
    return { moves: rows.map(toChainMove), ...extent('listchainmoves', rows, cursor) };
  });

/** @throws NodeError */
export const readChannelMoves = (ask: Ask, cursor: number): Promise<MovePage<ChannelMove>> =>
  ask('listchannelmoves', { index: 'created', start: cursor + 1, limit: ROWS_PER_PAGE }, (reply) => {
    const rows = decode(
      object({ channelmoves: array((row, path) => ({ ...indexed(row, path), move: toChannelMove(row, path) })) }),
      reply,
      'listchannelmoves',
    ).channelmoves;
    const moves = rows.map(({ move }) => move).filter((move) => move !== null);
    return { moves, ...extent('listchannelmoves', rows, cursor) };
  });
