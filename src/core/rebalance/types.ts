// What is a rebalance made of: who carries it out, what was ordered, what became of it?
import type { ChannelView } from '../snapshot.ts';
import type { Brand, ChannelId, Msat, NodeId, Scid, UnixSec } from '../units.ts';

/** In the order in which `auto` prefers them while it knows nothing of how they do. */
export const DRIVERS = ['circular', 'sling', 'rebalance', 'native'] as const;
export type DriverName = (typeof DRIVERS)[number];

/** What a channel may be used for: `source_only` may give liquidity, `sink_only` may take it. */
export const REBALANCE_POLICIES = ['both', 'source_only', 'sink_only', 'none'] as const;
export type RebalancePolicy = (typeof REBALANCE_POLICIES)[number];

/** One end of a rebalance. */
export interface OrderEnd {
  readonly channelId: ChannelId;
  readonly scid: Scid;
  readonly peerId: NodeId;
}

/** Null while the channel has no short channel id. */
export const endOf = ({ channelId, scid, peerId }: Pick<ChannelView, keyof OrderEnd>): OrderEnd | null =>
  scid === null ? null : { channelId, scid, peerId };

/** Move so much from one channel of ours to another, for at most so much. */
export interface RebalanceOrder {
  /** One id through reservation, dispatch and settlement. */
  readonly id: string;
  readonly from: OrderEnd;
  readonly to: OrderEnd;
  /** What is to arrive, > 0; whole sats, because two of the drivers know nothing smaller. */
  readonly amountMsat: Msat;
  /** The most it may cost, > 0. */
  readonly maxFeeMsat: Msat;
  /** The driver gives up by then. What is still in flight then is `unknown`. */
  readonly deadline: UnixSec;
}

/** An order that the capital controls have let pass. Only the guard makes one (guard.ts), and drivers take no other. */
export type ApprovedOrder = Brand<RebalanceOrder, 'ApprovedOrder'>;

/** Why a rebalance moved nothing -> what that means. */
export const FAILURE_KINDS = {
  'no-route': 'no path leads from the one peer to the other',
  'too-expensive': 'there is a path, but it costs more than the cap',
  'no-liquidity': 'the paths that were tried had not enough liquidity',
  'peer-offline': 'one of the two peers is not connected or its channel is not in normal state',
  'driver-error': 'the driver refused, broke down or answered what we cannot read',
  timeout: 'nothing was found before the deadline',
  unknown: 'the payment was in flight for long before it failed',
} as const;
export type FailureKind = keyof typeof FAILURE_KINDS;

/** What a driver reports, by listsendpays: what its plugin says only explains it. */
export interface DriverOutcome {
  /**
   * - `success`: at least something arrived, and nothing of it is in flight any more
   * - `failed`: nothing arrived, and nothing is in flight
   * - `unknown`: something is, or may be, in flight
   */
  readonly status: 'success' | 'failed' | 'unknown';
  /** What has arrived and what it cost, by now, whatever the status. */
  readonly movedMsat: Msat;
  readonly feeMsat: Msat;
  /** The payment that succeeded or may be in flight; null where the driver does not know. */
  readonly paymentHash: string | null;
  /** Null for a success. */
  readonly failure: FailureKind | null;
  /** One sentence for people. */
  readonly reason: string;
  readonly attempts: number;
}

/** One part of a payment to ourselves, as lightningd lists it. */
export interface SelfPaymentRow {
  readonly paymentHash: string;
  /** Order of creation; null where the node knows no indexes. */
  readonly createdIndex: number | null;
  readonly status: 'pending' | 'complete' | 'failed';
  /** What arrives; null where the node does not say (it left the amount out when it was made). */
  readonly amountMsat: Msat | null;
  /** What leaves: the fee is the difference. */
  readonly amountSentMsat: Msat;
  readonly createdAt: UnixSec;
  /** Null while it is pending, and where the node does not say. */
  readonly completedAt: UnixSec | null;
  readonly label: string | null;
  /** Channels it left and came back by; null where that could not be told. */
  readonly outChannel: ChannelId | null;
  readonly inChannel: ChannelId | null;
}
