// How are a channel's books kept as rows? The tables channel_books and channel_splices.
import type { Figure, Splice } from '../core/profit/account.ts';
import type { BooksSource, ChannelBooks, Closing } from '../core/profit/books.ts';
import { channelId, nodeId, scid, unixSec, type ChannelId, type Msat } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { SqlValue, Statement } from './engine.ts';
import { bigintOf, numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';

export class BooksRows {
  readonly #save: Statement;
  readonly #load: Statement;
  readonly #dropSplices: Statement;
  readonly #addSplice: Statement;
  readonly #splices: Statement;
  readonly #readStates: Statement;

  constructor(connection: Connection) {
    this.#save = connection.prepare(`
      INSERT INTO channel_books VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (channel_id) DO UPDATE SET
        peer_id = excluded.peer_id, names = excluded.names, opener = excluded.opener,
        opened_at = excluded.opened_at, opened_at_estimated = excluded.opened_at_estimated,
        funding_msat = excluded.funding_msat, funding_estimated = excluded.funding_estimated,
        opening_fee_msat = excluded.opening_fee_msat, opening_fee_estimated = excluded.opening_fee_estimated,
        push_msat = excluded.push_msat, push_estimated = excluded.push_estimated,
        lease_msat = excluded.lease_msat, lease_estimated = excluded.lease_estimated,
        closed_at = excluded.closed_at, closed_at_estimated = excluded.closed_at_estimated,
        closing_fee_msat = excluded.closing_fee_msat, closing_fee_estimated = excluded.closing_fee_estimated,
        resolved = excluded.resolved, source = excluded.source,
        read_state = coalesce(excluded.read_state, read_state)`);
    this.#load = connection.prepare('SELECT * FROM channel_books');
    this.#dropSplices = connection.prepare('DELETE FROM channel_splices WHERE channel_id = ?');
    this.#addSplice = connection.prepare('INSERT INTO channel_splices VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#splices = connection.prepare('SELECT * FROM channel_splices ORDER BY channel_id, number');
    this.#readStates = connection.prepare(
      'SELECT channel_id, read_state FROM channel_books WHERE read_state IS NOT NULL',
    );
  }

  /** Only within a write. */
  save(books: ChannelBooks, readState: string | null): void {
    this.#save.run(...columns(books), readState);
    this.#dropSplices.run(books.channelId);
    books.splices.forEach(({ time, amount, fee }, i) => {
      this.#addSplice.run(books.channelId, i, time, ...figureColumns(amount), ...figureColumns(fee));
    });
  }

  all(): ChannelBooks[] {
    const splices = new Map<string, Splice[]>();
    for (const row of this.#splices.all()) {
      const channel = textOf(row, 'channel_id');
      const list = splices.get(channel) ?? [];
      list.push({
        time: unixSec(numberOf(row, 'timestamp')),
        amount: figureOf(row, 'amount'),
        fee: figureOf(row, 'fee'),
      });
      splices.set(channel, list);
    }
    return this.#load.all().map((row) => toBooks(row, splices.get(textOf(row, 'channel_id')) ?? []));
  }

  readStates(): Map<ChannelId, string> {
    return new Map(
      this.#readStates.all().map((row) => [channelId(textOf(row, 'channel_id')), textOf(row, 'read_state')]),
    );
  }
}

const flag = (value: boolean): number => (value ? 1 : 0);
const figureColumns = ({ amount, estimated }: Figure): [Msat, number] => [amount, flag(estimated)];
const figureOf = (row: unknown, name: string): Figure => ({
  amount: bigintOf(row, `${name}_msat`) as Msat,
  estimated: numberOf(row, `${name}_estimated`) === 1,
});

const columns = (books: ChannelBooks): SqlValue[] => [
  books.channelId,
  books.peerId,
  books.names.join(' '),
  books.opener,
  books.openedAt.time,
  flag(books.openedAt.estimated),
  ...figureColumns(books.funding),
  ...figureColumns(books.openingFee),
  ...figureColumns(books.push),
  ...figureColumns(books.lease),
  ...closingColumns(books.closing),
  books.source,
];

const closingColumns = (closing: Closing | null): SqlValue[] =>
  closing === null
    ? [null, null, null, null, null]
    : [closing.time, flag(closing.estimated), ...figureColumns(closing.fee), flag(closing.resolved)];

function toBooks(row: unknown, splices: readonly Splice[]): ChannelBooks {
  const peer = textOrNull(row, 'peer_id');
  const closedAt = numberOrNull(row, 'closed_at');
  return {
    channelId: channelId(textOf(row, 'channel_id')),
    peerId: peer === null ? null : nodeId(peer),
    names: textOf(row, 'names')
      .split(' ')
      .filter((name) => name !== '')
      .map(scid),
    opener: textOf(row, 'opener') as ChannelBooks['opener'],
    openedAt: {
      time: unixSec(numberOf(row, 'opened_at')),
      estimated: numberOf(row, 'opened_at_estimated') === 1,
    },
    funding: figureOf(row, 'funding'),
    openingFee: figureOf(row, 'opening_fee'),
    push: figureOf(row, 'push'),
    lease: figureOf(row, 'lease'),
    splices,
    closing:
      closedAt === null
        ? null
        : {
            time: unixSec(closedAt),
            estimated: numberOf(row, 'closed_at_estimated') === 1,
            fee: figureOf(row, 'closing_fee'),
            resolved: numberOf(row, 'resolved') === 1,
          },
    source: textOf(row, 'source') as BooksSource,
  };
}
