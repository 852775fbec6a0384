// A node's books for tests of the application: ledgers of moves, accounts and lists as a test sets them.
import type { AccountRecord, Surroundings } from '../../src/core/profit/books-derive.ts';
import type { BooksSource, SelfPayment } from '../../src/core/profit/books.ts';
import type { ChainMove, ChannelFacts, ChannelMove } from '../../src/core/profit/books-moves.ts';
import { msat, type ChannelId } from '../../src/core/units.ts';
import type { Clock, LedgerReader, MovePage, NodeError, OnchainFees } from '../../src/ports.ts';

type Read = keyof LedgerReader;

export class LedgerInMemory implements LedgerReader {
  source: BooksSource = 'moves';
  facts: ChannelFacts[] = [];
  chain: ChainMove[] = [];
  channel: ChannelMove[] = [];
  accounts = new Map<ChannelId, AccountRecord>();
  payments: SelfPayment[] = [];
  blockheight = 243;
  fees: OnchainFees = { opening: msat(177_000), mutualClose: msat(170_000) };
  rowsPerPage = 1000;
  /** What each of these reads fails with. */
  readonly failing = new Map<Read, NodeError>();
  /** Told of every read, before it is answered. */
  onRead: (read: Read, about: unknown) => void = () => undefined;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  readBooksSource(): Promise<BooksSource> {
    return this.#answer('readBooksSource', null, () => this.source);
  }

  readChannelFacts(): Promise<readonly ChannelFacts[]> {
    return this.#answer('readChannelFacts', null, () => [...this.facts]);
  }

  readSurroundings(): Promise<Surroundings> {
    return this.#answer('readSurroundings', null, () => ({
      now: this.#clock.now(),
      blockheight: this.blockheight,
      openingFee: this.fees.opening,
    }));
  }

  readOnchainFees(): Promise<OnchainFees> {
    return this.#answer('readOnchainFees', null, () => this.fees);
  }

  readChainMoves(cursor: number): Promise<MovePage<ChainMove>> {
    return this.#answer('readChainMoves', cursor, () => this.#page(this.chain, cursor));
  }

  readChannelMoves(cursor: number): Promise<MovePage<ChannelMove>> {
    return this.#answer('readChannelMoves', cursor, () => this.#page(this.channel, cursor));
  }

  readAccount(channel: ChannelId): Promise<AccountRecord | null> {
    return this.#answer('readAccount', channel, () => this.accounts.get(channel) ?? null);
  }

  readSelfPayments(
    cursor: number,
    known: ReadonlySet<string>,
    again: readonly string[] = [],
  ): Promise<MovePage<SelfPayment>> {
    return this.#answer('readSelfPayments', cursor, () => ({
      moves: this.payments.filter(({ paymentHash: hash }) => again.includes(hash) || !known.has(hash)),
      cursor,
      last: true,
    }));
  }

  #page<Move extends { readonly index: number }>(all: readonly Move[], cursor: number): MovePage<Move> {
    const moves = all.filter(({ index }) => index > cursor).slice(0, this.rowsPerPage);
    return { moves, cursor: moves.at(-1)?.index ?? cursor, last: moves.length < this.rowsPerPage };
  }

  async #answer<T>(read: Read, about: unknown, answer: () => T): Promise<T> {
    await Promise.resolve();
    const error = this.failing.get(read);
    if (error) throw error;
    this.onRead(read, about);
    return answer();
  }
}
