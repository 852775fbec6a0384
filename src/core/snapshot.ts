// What did we know of the node at one instant? Every decision of a cycle reads the same snapshot.
import type { ChannelId, Msat, NodeId, Ppm, Scid, UnixSec } from './units.ts';

/** A fee policy as gossip states it. */
export interface ChannelPolicy {
  readonly baseMsat: Msat;
  readonly feePpm: Ppm;
  readonly htlcMinMsat: Msat;
  readonly htlcMaxMsat: Msat;
  readonly cltvDelta: number;
}

/** lightningd's states in which a channel can forward. */
export type UsableState = 'CHANNELD_NORMAL' | 'CHANNELD_AWAITING_SPLICE';

/** One usable channel. Those not locked in yet, closing or on chain are not in a snapshot's `channels`. */
export interface ChannelView {
  readonly channelId: ChannelId;
  readonly peerId: NodeId;
  /** The peer's announced name; null when it has none. */
  readonly peerAlias: string | null;
  /** Real short channel id; null until the funding has confirmed (zero-conf). */
  readonly scid: Scid | null;
  /** Our alias for it, used in forwards of private and unconfirmed channels; null when there is none. */
  readonly alias: Scid | null;
  readonly state: UsableState;
  /** Whether the peer is there and has taken the channel up again. */
  readonly connected: boolean;
  readonly private: boolean;
  readonly opener: 'local' | 'remote';
  readonly capacity: Msat;
  /** Our balance, reserve included. */
  readonly toUs: Msat;
  /** What lightningd estimates can be sent now, net of reserve, commitment fee and HTLCs in flight. */
  readonly spendable: Msat;
  readonly receivable: Msat;
  readonly ourReserve: Msat;
  readonly theirReserve: Msat;
  /** Our current setting, as setchannel last left it. */
  readonly feeBase: Msat;
  readonly feePpm: Ppm;
  readonly htlcMin: Msat;
  readonly htlcMax: Msat;
  /** The peer's policy toward us; null before v24.02 and until its update arrived. */
  readonly remote: ChannelPolicy | null;
}

export interface NodeSnapshot {
  readonly takenAt: UnixSec;
  readonly nodeId: NodeId;
  readonly version: string;
  readonly network: string;
  readonly blockheight: number;
  /** False while bitcoind or lightningd catches up with the chain: read, but do not act. */
  readonly synced: boolean;
  /** Sum of all settled forwards' fees, by the node's own books. */
  readonly feesCollected: Msat;
  /** Usable channels, ordered by display id. */
  readonly channels: readonly ChannelView[];
}

/** What people see and type: the short channel id, else our alias, else the channel id. */
export const displayId = (channel: Pick<ChannelView, 'scid' | 'alias' | 'channelId'>): string =>
  channel.scid ?? channel.alias ?? channel.channelId;
