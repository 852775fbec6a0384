// How is the LedgerStore port kept in SQLite? Each method is one read or one transaction.
import { isDeepStrictEqual } from 'node:util';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../core/profit/books.ts';
import type { ChainMove, ChannelMove } from '../core/profit/books-moves.ts';
import type { ChannelId } from '../core/units.ts';
import type { LedgerCursors, LedgerStore, MovePage } from '../ports.ts';
import { BooksRows } from './books.ts';
import type { ChannelDays } from './channel-days.ts';
import type { Connection } from './connection.ts';
import { LedgerMoves } from './ledger-moves.ts';
import { SelfPayments } from './self-payments.ts';

/** What a table holds, read again only once it has been written to: nobody but us writes. */
class Kept<T> {
  #rows: readonly T[] = [];
  #isCurrent = false;
  readonly #load: (before: readonly T[]) => readonly T[];

  /** @param load told what was read before */
  constructor(load: (before: readonly T[]) => readonly T[]) {
    this.#load = load;
  }

  all(): readonly T[] {
    if (!this.#isCurrent) this.#rows = this.#load(this.#rows);
    this.#isCurrent = true;
    return this.#rows;
  }

  /** Before a write: whether it is kept or undone, the next reading tells. */
  forget(): void {
    this.#isCurrent = false;
  }
}

/** What has not changed as the same objects: whoever reckons with them knows by that there is nothing to reckon anew. */
function sameWhereEqual(before: readonly ChannelBooks[], now: readonly ChannelBooks[]): ChannelBooks[] {
  const known = new Map(before.map((books) => [books.channelId, books]));
  return now.map((books) => {
    const old = known.get(books.channelId);
    return old !== undefined && isDeepStrictEqual(old, books) ? old : books;
  });
}

export class SqliteLedger implements LedgerStore {
  readonly #connection: Connection;
  readonly #moves: LedgerMoves;
  readonly #payments: SelfPayments;
  readonly #books: BooksRows;
  readonly #days: ChannelDays;
  readonly #keptBooks = new Kept((before: readonly ChannelBooks[]) => sameWhereEqual(before, this.#books.all()));
  readonly #keptChain = new Kept(() => this.#moves.chain());

  constructor(connection: Connection, days: ChannelDays) {
    this.#connection = connection;
    this.#moves = new LedgerMoves(connection);
    this.#payments = new SelfPayments(connection);
    this.#books = new BooksRows(connection);
    this.#days = days;
  }

  books(): readonly ChannelBooks[] {
    return this.#connection.read("reading channels' books", () => this.#keptBooks.all());
  }

  selfPayments(): readonly SelfPayment[] {
    return this.#connection.read('reading self-payments', () => this.#payments.all());
  }

  days(): ReadonlyMap<ChannelId | null, readonly ChannelDay[]> {
    return this.#connection.read('reading days of channels', () => this.#days.all());
  }

  ledgerCursors(): LedgerCursors {
    return this.#connection.read("reading the ledger's cursors", () => this.#moves.cursors());
  }

  takeInChainMoves({ moves, cursor }: MovePage<ChainMove>): void {
    this.#connection.write('taking in moves on chain', () => {
      if (moves.length > 0) this.#keptChain.forget();
      for (const move of moves) this.#moves.addChain(move);
      this.#moves.advance({ chainMoves: cursor });
    });
  }

  takeInChannelMoves({ moves, cursor }: MovePage<ChannelMove>): void {
    this.#connection.write('taking in moves in channels', () => {
      for (const move of moves) if (move.tag !== 'invoice') this.#moves.addGift(move);
      this.#payments.takeIn(moves.filter(({ tag }) => tag === 'invoice'));
      this.#moves.advance({ channelMoves: cursor });
    });
  }

  chainMoves(): readonly ChainMove[] {
    return this.#connection.read('reading moves on chain', () => this.#keptChain.all());
  }

  giftMoves(): readonly ChannelMove[] {
    return this.#connection.read('reading moves in channels', () => this.#moves.gifts());
  }

  saveBooks(books: readonly ChannelBooks[], readState?: string): void {
    this.#connection.write("saving channels' books", () => {
      this.#keptBooks.forget();
      for (const one of books) this.#books.save(one, readState ?? null);
    });
  }

  readStates(): ReadonlyMap<ChannelId, string> {
    return this.#connection.read('reading what bookkeeper was asked', () => this.#books.readStates());
  }

  takeInSelfPayments({ moves, cursor }: MovePage<SelfPayment>): void {
    this.#connection.write('taking in self-payments', () => {
      this.#payments.save(moves);
      this.#moves.advance({ payments: cursor });
    });
  }
}
