// How does lightningd answer what the ledger of costs asks of a node?
import type { AccountRecord, Surroundings } from '../core/profit/books-derive.ts';
import type { BooksSource, SelfPayment } from '../core/profit/books.ts';
import type { ChainMove, ChannelFacts, ChannelMove } from '../core/profit/books-moves.ts';
import type { ChannelId } from '../core/units.ts';
import type { Clock, LedgerReader, MovePage, OnchainFees } from '../ports.ts';
import { readAccount } from './bookkeeper.ts';
import {
  CLOSED_FACTS_FILTER,
  decodeClosedFacts,
  decodeOnchainFees,
  decodeOpenFacts,
  OPEN_FACTS_FILTER,
} from './channel-facts.ts';
import { readChainMoves, readChannelMoves } from './ledger-moves.ts';
import { readSelfPayments } from './ledger-self-payments.ts';
import type { Ask } from './ask.ts';
import { COMMAND_NAMES_FILTER, decodeCommandNames, decodeInfo } from './small-replies.ts';

/** Over lightningd's RPC, from v23.05 on. */
export class LightningLedger implements LedgerReader {
  readonly #ask: Ask;
  readonly #clock: Clock;

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  async readBooksSource(): Promise<BooksSource> {
    const commands = await this.#ask('help', {}, decodeCommandNames, { filter: COMMAND_NAMES_FILTER });
    if (commands.has('listchainmoves')) return 'moves';
    return commands.has('bkpr-listaccountevents') ? 'bookkeeper' : 'node';
  }

  async readChannelFacts(): Promise<readonly ChannelFacts[]> {
    const [open, closed] = await Promise.all([
      this.#ask('listpeerchannels', {}, decodeOpenFacts, { filter: OPEN_FACTS_FILTER }),
      this.#ask('listclosedchannels', {}, decodeClosedFacts, { filter: CLOSED_FACTS_FILTER }),
    ]);
    // A channel resolved between the two replies counts as open once more.
    const listed = new Set(open.map(({ channelId }) => channelId));
    return [...open, ...closed.filter(({ channelId }) => !listed.has(channelId))];
  }

  async readSurroundings(): Promise<Surroundings> {
    const now = this.#clock.now();
    const [{ blockheight }, { opening }] = await Promise.all([
      this.#ask('getinfo', {}, decodeInfo),
      this.readOnchainFees(),
    ]);
    return { now, blockheight, openingFee: opening };
  }

  readOnchainFees(): Promise<OnchainFees> {
    return this.#ask('feerates', { style: 'perkb' }, decodeOnchainFees);
  }

  readChainMoves(cursor: number): Promise<MovePage<ChainMove>> {
    return readChainMoves(this.#ask, cursor);
  }

  readChannelMoves(cursor: number): Promise<MovePage<ChannelMove>> {
    return readChannelMoves(this.#ask, cursor);
  }

  readAccount(channel: ChannelId): Promise<AccountRecord | null> {
    return readAccount(this.#ask, channel);
  }

  async readSelfPayments(
    cursor: number,
    known: ReadonlySet<string>,
    again: readonly string[] = [],
  ): Promise<MovePage<SelfPayment>> {
    const [{ nodeId: us }, source] = await Promise.all([this.#ask('getinfo', {}, decodeInfo), this.readBooksSource()]);
    const accounts = source === 'node' ? null : (await this.readChannelFacts()).map(({ channelId }) => channelId);
    return readSelfPayments(this.#ask, { us, accounts }, { cursor, known, again });
  }
}
