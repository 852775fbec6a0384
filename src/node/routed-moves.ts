// What did payments move through our channels, by the node's own accounts? Serves where forwards are gone.
import { array, decode, int, object, optional, str } from '../cln/decode.ts';
import { SECONDS_PER_HOUR, ZERO_MSAT, type ChannelId, type UnixSec } from '../core/units.ts';
import { NodeError, type RoutedMove } from '../ports.ts';
import type { Ask } from './ask.ts';
import { decodeIndex } from './small-replies.ts';
import { askAccount } from './bookkeeper-events.ts';
import { ROWS_PER_PAGE } from './paging.ts';
import { amount, channelKey, seconds } from './values.ts';

/** lightningd stamps moves as it writes them, but its clock may have been set back meanwhile. */
export const CLOCK_SLACK = SECONDS_PER_HOUR;

const tagged = object({ created_index: int, timestamp: seconds, primary_tag: str });
const move = object({ account_id: channelKey, credit_msat: amount, debit_msat: amount, fees_msat: optional(amount) });

interface Page {
  /** Null when the page is empty. */
  readonly first: UnixSec | null;
  readonly last: { readonly index: number; readonly time: UnixSec } | null;
  readonly size: number;
  readonly routed: readonly RoutedMove[];
}

function decodePage(reply: unknown): Page {
  const rows = decode(
    object({ channelmoves: array((row, path) => ({ head: tagged(row, path), row })) }),
    reply,
    'listchannelmoves',
  ).channelmoves;
  const last = rows.at(-1)?.head;
  return {
    first: rows[0]?.head.timestamp ?? null,
    last: last ? { index: last.created_index, time: last.timestamp } : null,
    size: rows.length,
    routed: rows
      .filter(({ head }) => head.primary_tag === 'routed')
      .map(({ head, row }) => {
        const { account_id, credit_msat, debit_msat, fees_msat } = move(row, 'listchannelmoves.channelmoves[]');
        return {
          channelId: account_id,
          time: head.timestamp,
          creditMsat: credit_msat,
          debitMsat: debit_msat,
          feeMsat: fees_msat ?? ZERO_MSAT,
        };
      }),
  };
}

const readPage = (ask: Ask, start: number, limit: number): Promise<Page> =>
  ask('listchannelmoves', { index: 'created', start, limit }, decodePage);

/** The smallest index from which moves are no older than `time`, by bisection: 20 small calls for a million moves. */
export async function indexAt(ask: Ask, time: number): Promise<number> {
  let low = 1;
  let high = await ask(
    'wait',
    { subsystem: 'channelmoves', indexname: 'created', nextvalue: 0 },
    decodeIndex('created'),
  );
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { first } = await readPage(ask, middle, 1);
    if (first === null || first >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

const within = (moves: readonly RoutedMove[], from: UnixSec, to: UnixSec): RoutedMove[] =>
  moves.filter(({ time }) => time >= from && time < to);

/** Pages of lightningd's channel moves (v25.09 and later) in [from, to). @throws NodeError while iterating. */
export async function* channelMoves(ask: Ask, from: UnixSec, to: UnixSec): AsyncGenerator<readonly RoutedMove[]> {
  let start = await indexAt(ask, from - CLOCK_SLACK);
  for (;;) {
    const page = await readPage(ask, start, ROWS_PER_PAGE);
    const found = within(page.routed, from, to);
    if (found.length > 0) yield found;
    if (page.last === null || page.size < ROWS_PER_PAGE || page.last.time >= to + CLOCK_SLACK) return;
    if (page.last.index < start)
      throw new NodeError('unreadable', `listchannelmoves: expected indexes from ${start} on, got ${page.last.index}`);
    start = page.last.index + 1;
  }
}

const event = object({ type: str, tag: str });
const routedEvent = object({
  timestamp: seconds,
  credit_msat: amount,
  debit_msat: amount,
  fees_msat: optional(amount),
});
const ACCOUNT_EVENTS_FILTER = {
  events: [{ type: true, tag: true, timestamp: true, credit_msat: true, debit_msat: true, fees_msat: true }],
} as const;

function decodeAccount(channelId: ChannelId, reply: unknown): RoutedMove[] {
  const routed = (row: unknown, path: string): RoutedMove | null => {
    const { type, tag } = event(row, path);
    if (type !== 'channel' || tag !== 'routed') return null;
    const { timestamp, credit_msat, debit_msat, fees_msat } = routedEvent(row, path);
    return {
      channelId,
      time: timestamp,
      creditMsat: credit_msat,
      debitMsat: debit_msat,
      feeMsat: fees_msat ?? ZERO_MSAT,
    };
  };
  return decode(object({ events: array(routed) }), reply, 'bkpr-listaccountevents').events.filter(
    (found) => found !== null,
  );
}

/** One page per channel from bookkeeper, which can be asked neither by time nor in pages. @throws NodeError */
export async function* accountEvents(
  ask: Ask,
  channels: readonly ChannelId[],
  from: UnixSec,
  to: UnixSec,
): AsyncGenerator<readonly RoutedMove[]> {
  for (const channelId of channels) {
    const decode = (reply: unknown): RoutedMove[] => decodeAccount(channelId, reply);
    const found = within((await askAccount(ask, channelId, decode, ACCOUNT_EVENTS_FILTER)) ?? [], from, to);
    if (found.length > 0) yield found;
  }
}
