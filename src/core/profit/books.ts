// What is known of one channel's life on chain, and of the payments that moved liquidity between our channels?
import type { Entry, Figure, Splice } from './account.ts';
import type { ChannelId, Msat, NodeId, Scid, UnixSec } from '../units.ts';

/**
 * Where the facts of a channel come from, the best first:
 * - `moves`: lightningd's own ledger of moves on chain and in channels (v25.09 and later)
 * - `bookkeeper`: bookkeeper's events of the channel's account
 * - `node`: what lightningd lists of the channel, which has neither times nor on-chain fees: those are estimates
 */
export type BooksSource = 'moves' | 'bookkeeper' | 'node';

/** A second that something happened in; estimated where only its block is known. */
export interface Moment {
  readonly time: UnixSec;
  readonly estimated: boolean;
}

export interface Closing extends Moment {
  /** Our on-chain fees of the closing and of everything that brought our money home after it, >= 0. */
  readonly fee: Figure;
  /** Whether all our outputs are home, so that the fee is final. */
  readonly resolved: boolean;
}

/** The facts of a channel but for its payments. Signs as in ChannelAccount: costs >= 0, gifts positive to us. */
export interface ChannelBooks {
  readonly channelId: ChannelId;
  /** Null where lightningd has forgotten it. */
  readonly peerId: NodeId | null;
  /** Short channel ids and aliases it was ever known by, the present short channel id first. */
  readonly names: readonly Scid[];
  readonly opener: 'local' | 'remote';
  readonly openedAt: Moment;
  /** What we put in at the opening, including what it gave to the peer. */
  readonly funding: Figure;
  /** Our own on-chain fee of the opening; 0 for a channel the peer opened. */
  readonly openingFee: Figure;
  readonly push: Figure;
  readonly lease: Figure;
  readonly splices: readonly Splice[];
  /** Null while it is open. */
  readonly closing: Closing | null;
  readonly source: BooksSource;
}

/**
 * What a settled payment to ourselves brought into one channel from one other, whoever made it. A payment in several
 * parts is several of these, whose fees add up to what it cost.
 */
export interface SelfPayment {
  readonly paymentHash: string;
  /** Tells the parts of one payment apart: 0, 1, 2, ... */
  readonly part: number;
  /** Null where the node no longer knows. */
  readonly outChannel: ChannelId | null;
  /** The channel that bears the fee; null where the node no longer knows, so that the fee is the node's alone. */
  readonly inChannel: ChannelId | null;
  /** What arrived, > 0. */
  readonly amount: Msat;
  /** >= 0 */
  readonly fee: Msat;
  readonly time: UnixSec;
}

/**
 * What settled forwards did in one channel in one day (UTC). As an entry: the fees of those that left by it, dated at
 * their own mean second; 0 at the day's beginning when there were none.
 */
export interface ChannelDay extends Entry {
  /** How many left by it, and how much. */
  readonly sentCount: number;
  readonly sent: Msat;
  /** How many came in by it, and how much. */
  readonly receivedCount: number;
  readonly received: Msat;
  /** What those that came in by it earned, all of it the revenue of other channels. */
  readonly sourced: Msat;
}
