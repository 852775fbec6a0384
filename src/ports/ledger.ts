// What does the ledger of costs need of the node, and where is it kept?
import type { BooksSource, ChannelBooks, ChannelDay, SelfPayment } from '../core/profit/books.ts';
import type { AccountRecord, Surroundings } from '../core/profit/books-derive.ts';
import type { ChainMove, ChannelFacts, ChannelMove } from '../core/profit/books-moves.ts';
import type { ChannelId, Msat } from '../core/units.ts';

/** Some rows of a ledger, in order of their index. */
export interface MovePage<Move> {
  readonly moves: readonly Move[];
  /** Up to this index everything has been seen. */
  readonly cursor: number;
  /** Whether the ledger ended with this page. */
  readonly last: boolean;
}

/** At present feerates; null where the node has none. */
export interface OnchainFees {
  readonly opening: Msat | null;
  readonly mutualClose: Msat | null;
}

/** @throws NodeError from every method. */
export interface LedgerReader {
  /** The best books the node keeps now. */
  readBooksSource(): Promise<BooksSource>;
  /** Every channel the node lists, open or closed. */
  readChannelFacts(): Promise<readonly ChannelFacts[]>;
  readSurroundings(): Promise<Surroundings>;
  readOnchainFees(): Promise<OnchainFees>;
  /** Moves on chain with an index above `cursor`. */
  readChainMoves(cursor: number): Promise<MovePage<ChainMove>>;
  /** Moves in channels with an index above `cursor`; forwards are left out. */
  readChannelMoves(cursor: number): Promise<MovePage<ChannelMove>>;
  /** What bookkeeper has of a channel; null where it has nothing. */
  readAccount(channel: ChannelId): Promise<AccountRecord | null>;
  /**
   * Self-payments by the node's list of payments, for nodes without moves: those that changed after `cursor`, but for
   * the hashes in `known`, and those in `again`. Where the node has no index of changes, the whole list is one page and
   * the cursor stays.
   */
  readSelfPayments(
    cursor: number,
    known: ReadonlySet<string>,
    again?: readonly string[],
  ): Promise<MovePage<SelfPayment>>;
}

/** How far the node's ledgers have been read. */
export interface LedgerCursors {
  readonly chainMoves: number;
  readonly channelMoves: number;
  readonly payments: number;
}

/** What channels cost and earned, as far as it has been taken in. @throws StoreError from every method. */
export interface Ledger {
  /** Every channel that ever was, closed ones for good; in no order. */
  books(): readonly ChannelBooks[];
  /** Settled payments to ourselves, oldest first. */
  selfPayments(): readonly SelfPayment[];
  /**
   * Per channel, oldest first; null stands for channels that nobody can name any more, so that the sum of all entries is
   * getinfo's fees_collected_msat. The same array as before as long as nothing has changed in it.
   */
  days(): ReadonlyMap<ChannelId | null, readonly ChannelDay[]>;
}

/** Each writing method is one transaction that moves the cursor with what it stands for. @throws StoreError */
export interface LedgerStore extends Ledger {
  ledgerCursors(): LedgerCursors;
  /** Rows that are known already are passed over. */
  takeInChainMoves(page: MovePage<ChainMove>): void;
  /** Likewise; where both sides of a payment are known now, it becomes a self-payment. */
  takeInChannelMoves(page: MovePage<ChannelMove>): void;
  /** In order of their index. */
  chainMoves(): readonly ChainMove[];
  /** Moves in channels that are no payments, in order of their index. */
  giftMoves(): readonly ChannelMove[];
  /** Replaces what is kept of these channels. `readState`: the state in which bookkeeper was asked of them. */
  saveBooks(books: readonly ChannelBooks[], readState?: string): void;
  /** Of the channels of which bookkeeper has been asked: the state in which it was last. */
  readStates(): ReadonlyMap<ChannelId, string>;
  takeInSelfPayments(page: MovePage<SelfPayment>): void;
}
