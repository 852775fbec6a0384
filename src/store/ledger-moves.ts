// How are the rows of the node's own ledger kept? Each once, by its index.
import type { ChainMove, ChannelMove } from '../core/profit/books-moves.ts';
import { channelId, nodeId, unixSec, type Msat } from '../core/units.ts';
import type { LedgerCursors } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';

export class LedgerMoves {
  readonly #cursors: Statement;
  readonly #advance: Statement;
  readonly #addChain: Statement;
  readonly #chain: Statement;
  readonly #addGift: Statement;
  readonly #gifts: Statement;

  constructor(connection: Connection) {
    this.#cursors = connection.prepare('SELECT * FROM books_intake');
    this.#advance = connection.prepare(`
      UPDATE books_intake SET chain_cursor = max(chain_cursor, ?1), channel_cursor = max(channel_cursor, ?2),
        payment_cursor = max(payment_cursor, ?3)`);
    this.#addChain = connection.prepare(
      'INSERT INTO chain_moves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#chain = connection.prepare('SELECT * FROM chain_moves ORDER BY move_index');
    this.#addGift = connection.prepare('INSERT INTO gift_moves VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#gifts = connection.prepare('SELECT * FROM gift_moves ORDER BY move_index');
  }

  cursors(): LedgerCursors {
    const row = this.#cursors.get();
    return {
      chainMoves: numberOf(row, 'chain_cursor'),
      channelMoves: numberOf(row, 'channel_cursor'),
      payments: numberOf(row, 'payment_cursor'),
    };
  }

  /** Cursors never go back. Only within a write. */
  advance({ chainMoves = 0, channelMoves = 0, payments = 0 }: Partial<LedgerCursors>): void {
    this.#advance.run(chainMoves, channelMoves, payments);
  }

  /** Only within a write. */
  addChain(move: ChainMove): void {
    const { index, account, tag, opener, credit, debit, time, outpoint, spentBy, outputCount, peerId } = move;
    this.#addChain.run(
      ...[index, account, tag, opener ? 1 : 0, credit, debit, time, outpoint, spentBy, outputCount, peerId],
    );
  }

  chain(): ChainMove[] {
    return this.#chain.all().map((row) => {
      const peer = textOrNull(row, 'peer_id');
      return {
        index: numberOf(row, 'move_index'),
        account: textOf(row, 'account'),
        tag: textOf(row, 'tag'),
        opener: numberOf(row, 'opener') === 1,
        credit: bigintOf(row, 'credit_msat') as Msat,
        debit: bigintOf(row, 'debit_msat') as Msat,
        time: unixSec(numberOf(row, 'timestamp')),
        outpoint: textOf(row, 'outpoint'),
        spentBy: textOrNull(row, 'spent_by'),
        outputCount: numberOrNull(row, 'output_count'),
        peerId: peer === null ? null : nodeId(peer),
      };
    });
  }

  /** Only within a write. */
  addGift({ index, channelId, tag, credit, debit, time }: ChannelMove): void {
    this.#addGift.run(index, channelId, tag, credit, debit, time);
  }

  gifts(): ChannelMove[] {
    return this.#gifts.all().map((row) => ({
      index: numberOf(row, 'move_index'),
      channelId: channelId(textOf(row, 'channel_id')),
      tag: textOf(row, 'tag'),
      credit: bigintOf(row, 'credit_msat') as Msat,
      debit: bigintOf(row, 'debit_msat') as Msat,
      fees: 0n as Msat,
      paymentHash: null,
      time: unixSec(numberOf(row, 'timestamp')),
    }));
  }
}
