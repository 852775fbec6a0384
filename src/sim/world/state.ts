// What is there in the simulated surroundings of a node? Plain data only, so that it can be cloned, saved and restored.
import type { ChannelId, Msat, NodeId, Scid } from '../../core/units.ts';
import type { Attempt, DemandState } from '../market/demand/demand-stream.ts';
import type { RandomState } from './random.ts';
import type { Circle } from './circles.ts';
import type { WorldConfig } from './config.ts';
import type { Hop } from './graph.ts';
import type {
  ChainMove,
  ChannelMove,
  DatastoreEntry,
  ForwardRow,
  Invoice,
  OnchainFee,
  Payment,
  WalletOutput,
} from './records.ts';

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
  /** Of the capacity at the opening, what the peer brought into a channel of ours. */
  readonly theirs: Msat;
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
  | { readonly kind: 'attempt'; readonly attempt: Attempt; readonly generation: number }
  | { readonly kind: 'offer'; readonly attempt: Attempt; readonly feeMsat: Msat }
  | { readonly kind: 'resolve'; readonly inChannel: Scid; readonly inHtlcId: number; readonly settles: boolean }
  | { readonly kind: 'connect'; readonly peerId: NodeId; readonly connected: boolean }
  | { readonly kind: 'close'; readonly channelId: ChannelId; readonly how: 'mutual' | 'unilateral' }
  | { readonly kind: 'traffic'; readonly forwardsPerDay: number }
  | { readonly kind: 'circle'; readonly createdIndex: number }
  | { readonly kind: 'alarm'; readonly number: number }
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
  /** How many were made, which unique ids were taken back, and when each was last used, Unix seconds. */
  runes: { created: number; blacklist: { start: number; end: number }[]; lastUsed: Map<string, number> };
  /** Channels between other nodes. */
  graph: Hop[];
  layers: Layer[];
  reservations: Reserved[];
  circles: Circle[];
  traffic: {
    forwardsPerDay: number;
    generation: number;
    habits: Map<ChannelId, Habit>;
    /** Null while no market makes the traffic. */
    market: MarketState | null;
  };
  cleaned: { succeededForwards: number; failedForwards: number };
}

/** What askrene has been told, under a name. */
export interface Layer {
  readonly name: string;
  readonly persistent: boolean;
  readonly disabledNodes: NodeId[];
  readonly updates: { readonly channel: string; readonly enabled: boolean }[];
  readonly constraints: {
    readonly channel: string;
    readonly at: number;
    readonly minimum: Msat | null;
    readonly maximum: Msat | null;
  }[];
}

/** A channel with its direction, and how much of it a payment is using up. */
export interface Reserved {
  readonly channel: string;
  readonly amount: Msat;
  /** Of the request that made it. */
  readonly commandId: string;
}

/** A market that has begun, and how far its demand has come. */
export interface MarketState {
  readonly scenario: string;
  readonly forwardsPerDay: number;
  /** Seconds since the epoch. */
  readonly start: number;
  /** The market's channels, by their number there, as they were when it began. */
  readonly channels: readonly ChannelId[];
  readonly capacitiesSats: readonly number[];
  readonly demand: DemandState;
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
