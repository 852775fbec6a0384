// What has to be known of a channel to say what it earned? The input of everything in this folder.
import type { ChannelId, Msat, NodeId, UnixSec } from '../units.ts';

/** An amount as the node's books have it, or an estimate where they are silent. */
export interface Figure {
  readonly amount: Msat;
  readonly estimated: boolean;
}

/** A figure at its second, which is the sum of all that happened in it or one event. */
export interface Entry extends Figure {
  readonly time: UnixSec;
}

export interface Splice {
  readonly time: UnixSec;
  /** Above 0 what we put in, below what we took out; the fee not included. */
  readonly amount: Figure;
  /** Our share of the on-chain fee, >= 0. */
  readonly fee: Figure;
}

/** How the channel ends: it has been closed, or closing it now would cost so much. */
export type ChannelEnd =
  | { readonly state: 'closed'; readonly time: UnixSec; readonly fee: Figure }
  | { readonly state: 'open'; readonly fee: Figure };

/** One channel's dated history. Costs are >= 0; what has two directions is positive when it came to us. */
export interface ChannelAccount {
  readonly channelId: ChannelId;
  /** Null where lightningd has forgotten it. */
  readonly peerId: NodeId | null;
  readonly openedAt: UnixSec;
  /** What we put into the funding output, including what it gave to the peer; 0 when the peer alone funded it. */
  readonly funding: Figure;
  /** Our own on-chain fee of the opening; 0 for a channel the peer opened. */
  readonly openingFee: Figure;
  /** Balance given at the opening. */
  readonly push: Figure;
  /** Paid or earned at the opening for leased liquidity. */
  readonly lease: Figure;
  readonly splices: readonly Splice[];
  /** Fees of the settled forwards that left by this channel. */
  readonly routing: readonly Entry[];
  /** Fees of the self-payments that filled this channel. */
  readonly rebalances: readonly Entry[];
  readonly end: ChannelEnd;
}
