// What is there in the simulated surroundings of a node? Plain data only, so that it can be cloned, saved and restored.
import type { ChannelId, Msat, NodeId, Scid } from '../../core/units.ts';
import type { ForwardStatus } from '../../core/forward.ts';
import type { RandomState } from './random.ts';
import type { WorldConfig } from './config.ts';

export type ChannelState =
  | 'CHANNELD_AWAITING_LOCKIN'
  | 'CHANNELD_NORMAL'
  | 'CHANNELD_AWAITING_SPLICE'
  | 'CHANNELD_SHUTTING_DOWN'
  | 'CLOSINGD_SIGEXCHANGE'
  | 'CLOSINGD_COMPLETE'
  | 'AWAITING_UNILATERAL'
  | 'FUNDING_SPEND_SEEN'
  | 'ONCHAIN'
  | 'CLOSED';

export type Side = 'local' | 'remote';
export type Cause = 'unknown' | 'local' | 'user' | 'remote' | 'protocol' | 'onchain';

export interface Policy {
  readonly baseMsat: Msat;
  readonly ppm: number;
  readonly htlcMin: Msat;
  readonly htlcMax: Msat;
  readonly cltvDelta: number;
}

export interface StateChange {
  readonly atMs: number;
  readonly old: ChannelState | null;
  readonly new: ChannelState;
  readonly cause: Cause;
  readonly message: string | null;
}

/** An HTLC in flight. */
export interface Htlc {
  readonly direction: 'in' | 'out';
  readonly id: number;
  readonly amount: Msat;
  readonly expiry: number;
  readonly payment: number;
}

/** Lifetime sums of one direction, own payments included. */
export interface Traffic {
  offered: number;
  offeredMsat: Msat;
  fulfilled: number;
  fulfilledMsat: Msat;
}

export interface Closing {
  readonly how: 'mutual' | 'unilateral';
  readonly txid: string;
  readonly startedHeight: number;
  spentHeight: number | null;
  /** Height at which our part is in the wallet; the channel is forgotten 100 blocks after it. */
  resolvedHeight: number | null;
}

/** A splice under way; amounts are the change of our balance and of the capacity. */
export interface Splice {
  readonly txid: string;
  readonly change: Msat;
  readonly feeMsat: Msat;
  readonly startedHeight: number;
}

export interface Channel {
  readonly id: ChannelId;
  readonly peerId: NodeId;
  readonly opener: Side;
  readonly private: boolean;
  readonly localAlias: Scid;
  readonly remoteAlias: Scid;
  readonly pushed: Msat;
  readonly openedAtMs: number;
  readonly openedHeight: number;
  readonly closeAddress: number;
  fundingTxid: string;
  fundingOutnum: number;
  /** Null until the funding transaction has confirmed. */
  scid: Scid | null;
  state: ChannelState;
  closer: Side | null;
  closeCause: Cause;
  capacity: Msat;
  toUs: Msat;
  toThem: Msat;
  minToUs: Msat;
  maxToUs: Msat;
  policy: Policy;
  /** What setchannel's enforcedelay still lets senders use. */
  previous: { readonly policy: Policy; readonly untilMs: number } | null;
  remote: Policy;
  ignoreFeeLimits: boolean;
  feeratePerKw: number;
  htlcs: Htlc[];
  nextHtlcId: { in: number; out: number };
  in: Traffic;
  out: Traffic;
  commitments: number;
  stateChanges: StateChange[];
  status: string[];
  closing: Closing | null;
  splice: Splice | null;
}

export interface Peer {
  readonly id: NodeId;
  readonly alias: string;
  readonly color: string;
  readonly port: number;
  connected: boolean;
  connectedSinceMs: number;
}

/** One row of `listforwards`, and what is needed to end it. */
export interface ForwardRow {
  readonly createdIndex: number;
  updatedIndex: number | null;
  readonly inChannelId: ChannelId;
  readonly outChannelId: ChannelId | null;
  readonly inChannel: Scid;
  readonly inHtlcId: number;
  /** As requested on local failures, where it may name any channel. */
  readonly outChannel: Scid | null;
  readonly outHtlcId: number | null;
  readonly inMsat: Msat;
  readonly outMsat: Msat | null;
  readonly feeMsat: Msat | null;
  status: ForwardStatus;
  failcode: number | null;
  /** Unix seconds with six decimals. */
  readonly receivedAt: number;
  resolvedAt: number | null;
  readonly payment: number;
  readonly expiry: number;
  /** created_index of the incoming HTLC; the outgoing one has the next. */
  readonly htlcIndex: number;
  /** updated_index of the incoming HTLC; the outgoing one has the one before. */
  htlcUpdated: number | null;
}

export type ChannelMoveTag = 'pushed' | 'routed' | 'invoice';
export type ChainMoveTag =
  'deposit' | 'withdrawal' | 'channel_open' | 'channel_close' | 'delayed_to_us' | 'to_wallet' | 'anchor' | 'to_them';

/** A channel id, or one of bookkeeper's own accounts. */
export type Account = ChannelId | 'wallet' | 'external';

export interface ChannelMove {
  readonly index: number;
  readonly account: ChannelId;
  readonly tag: ChannelMoveTag;
  readonly credit: Msat;
  readonly debit: Msat;
  readonly fees: Msat;
  readonly time: number;
  readonly payment: number | null;
  readonly partId: number | null;
  readonly rebalance: boolean;
}

export interface ChainMove {
  readonly index: number;
  readonly account: Account;
  readonly tag: ChainMoveTag;
  readonly extraTags: readonly string[];
  readonly credit: Msat;
  readonly debit: Msat;
  readonly time: number;
  readonly utxo: string;
  readonly outputMsat: Msat;
  readonly blockheight: number;
  readonly spendingTxid: string | null;
  readonly peerId: NodeId | null;
  readonly origin: Account | null;
  readonly outputCount: number | null;
}

/** bookkeeper's own reckoning of who paid a transaction's fee. */
export interface OnchainFee {
  readonly account: Account;
  readonly txid: string;
  readonly credit: Msat;
  readonly debit: Msat;
  readonly time: number;
}

export interface WalletOutput {
  readonly txid: string;
  readonly vout: number;
  readonly amount: Msat;
  readonly addressNumber: number;
  blockheight: number | null;
  spentBy: string | null;
}

/** Our own payment that has ended; parts are not modelled. */
export interface Payment {
  readonly createdIndex: number;
  readonly payment: number;
  readonly description: string;
  readonly destination: NodeId;
  readonly amount: Msat;
  readonly sent: Msat;
  readonly time: number;
  readonly outChannelId: ChannelId;
  readonly inChannelId: ChannelId | null;
  readonly htlcIndex: number;
  readonly expiry: number;
  readonly outHtlcId: number;
  readonly inHtlcId: number | null;
}

export interface Invoice {
  readonly label: string;
  readonly description: string;
  /** Null for any amount. */
  readonly amount: Msat | null;
  readonly paymentHash: string;
  readonly preimage: string;
  readonly secret: string;
  readonly bolt11: string;
  readonly expiresAt: number;
  readonly createdIndex: number;
  updatedIndex: number | null;
  paid: { readonly at: number; readonly index: number; readonly amount: Msat } | null;
}

export interface DatastoreEntry {
  readonly key: readonly string[];
  readonly hex: string;
  readonly generation: number;
}

export const SUBSYSTEMS = [
  'forwards',
  'sendpays',
  'invoices',
  'htlcs',
  'chainmoves',
  'channelmoves',
  'networkevents',
] as const;
export type Subsystem = (typeof SUBSYSTEMS)[number];
export type IndexName = 'created' | 'updated' | 'deleted';

/** Something that will happen, as data: `kind` says to whom. */
export type Happening =
  | { readonly kind: 'block' }
  | { readonly kind: 'arrival'; readonly generation: number }
  | { readonly kind: 'resolve'; readonly inChannel: Scid; readonly inHtlcId: number; readonly settles: boolean }
  | { readonly kind: 'connect'; readonly peerId: NodeId; readonly connected: boolean }
  | { readonly kind: 'close'; readonly channelId: ChannelId; readonly how: 'mutual' | 'unilateral' }
  | { readonly kind: 'traffic'; readonly forwardsPerDay: number }
  | { readonly kind: 'autoclean' };

export interface Scheduled {
  readonly at: number;
  /** Breaks ties, so that order never depends on the heap. */
  readonly order: number;
  readonly what: Happening;
}

export interface WorldState {
  readonly config: WorldConfig;
  readonly nodeId: NodeId;
  now: number;
  height: number;
  random: RandomState;
  queue: Scheduled[];
  /** Running numbers: things scheduled, transactions, addresses, payments. */
  counters: { order: number; tx: number; address: number; payment: number };
  peers: Map<NodeId, Peer>;
  channels: Map<ChannelId, Channel>;
  closed: Channel[];
  forwards: { byCreated: (ForwardRow | null)[]; byUpdated: (ForwardRow | null)[]; offered: Map<string, ForwardRow> };
  feesCollected: Msat;
  indexes: Record<Subsystem, Record<IndexName, number>>;
  channelMoves: ChannelMove[];
  chainMoves: ChainMove[];
  onchainFees: OnchainFee[];
  wallet: WalletOutput[];
  payments: Payment[];
  invoices: Invoice[];
  datastore: Map<string, DatastoreEntry>;
  traffic: { forwardsPerDay: number; generation: number; habits: Map<ChannelId, Habit> };
  cleaned: { succeededForwards: number; failedForwards: number };
}

/** How the payments of others use a channel. */
export interface Habit {
  /** Log-odds that a payment leaves by it rather than enters, at the height of the tide. */
  readonly drift: number;
  readonly periodDays: number;
  readonly phase: number;
  /** How much the peer is used at all, 1 on average. */
  readonly popularity: number;
}
