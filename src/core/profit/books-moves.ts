// What does the node's own ledger say moved, on chain and in channels? Rows of listchainmoves and listchannelmoves.
import type { ChannelId, Msat, NodeId, Scid, UnixSec } from '../units.ts';

/** Accounts that are no channel. */
export const WALLET = 'wallet';
export const EXTERNAL = 'external';

/** Whether an account is a channel's; operators may have named others of their own. */
export const isChannelAccount = (account: string): boolean => /^[0-9a-f]{64}$/.test(account);

/** An output that came to one of the node's accounts, or its spending; one of credit and debit is 0. */
export interface ChainMove {
  /** lightningd's created index: the place in its ledger, and the key. */
  readonly index: number;
  /** A channel id, WALLET or EXTERNAL. */
  readonly account: string;
  readonly tag: string;
  /** Whether we opened the channel; only told with the opening. */
  readonly opener: boolean;
  readonly credit: Msat;
  readonly debit: Msat;
  readonly time: UnixSec;
  /** `txid:output` */
  readonly outpoint: string;
  /** The transaction that spent the output; null when this is its coming. */
  readonly spentBy: string | null;
  /** How many outputs the spending transaction has, told with a channel's close. */
  readonly outputCount: number | null;
  readonly peerId: NodeId | null;
}

/** A balance change within a channel, forwards excepted. */
export interface ChannelMove {
  readonly index: number;
  readonly channelId: ChannelId;
  /** `pushed`, `lease_fee`, `invoice` (a payment that began or ended here), `journal_entry`, ... */
  readonly tag: string;
  readonly credit: Msat;
  readonly debit: Msat;
  /** What the payment cost in routing; 0 on what came in. */
  readonly fees: Msat;
  readonly paymentHash: string | null;
  readonly time: UnixSec;
}

/** What lightningd lists of a channel, open or closed. */
export interface ChannelFacts {
  readonly channelId: ChannelId;
  /** Null where lightningd has forgotten it. */
  readonly peerId: NodeId | null;
  readonly scid: Scid | null;
  readonly aliases: readonly Scid[];
  readonly opener: 'local' | 'remote';
  /** lightningd's word, or CLOSED for a channel that is listed among the closed. */
  readonly state: string;
  readonly capacity: Msat;
  /** What we put in at the opening; null where lightningd does not say: of closed channels, and after a splice. */
  readonly funding: Msat | null;
  /** What the opener gave the other side, >= 0; null where lightningd does not say: once spliced, as a closed one may be. */
  readonly pushed: Msat | null;
  /** What we paid (below 0) or earned for a lease; null likewise. */
  readonly lease: Msat | null;
  /** When the channel was locked in; null where lightningd does not say. */
  readonly lockedInAt: UnixSec | null;
  /** When its end was seen, else when the peer was last there; null while it is open or where lightningd does not say. */
  readonly endedAt: UnixSec | null;
  /** The fee of the last commitment or closing transaction; null where lightningd does not say. */
  readonly lastTransactionFee: Msat | null;
}

/** The transaction that a move came with. */
export const txidOf = (move: ChainMove): string => move.spentBy ?? move.outpoint.slice(0, move.outpoint.indexOf(':'));
