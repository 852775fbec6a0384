// What do we know of one forwarded payment?
import type { Msat, Scid, UnixNs } from './units.ts';

/**
 * - `offered`: in flight, may still settle or fail
 * - `settled`: paid, the fee is earned
 * - `failed`: a node further on refused it
 * - `local_failed`: our own node refused it (no liquidity, fee too low, unknown next peer, ...)
 */
export type ForwardStatus = 'offered' | 'settled' | 'failed' | 'local_failed';

export interface Forward {
  /** lightningd's creation index; null before v23.11 and on the notifications that report an update. */
  readonly createdIndex: number | null;
  /** lightningd's update index; null until the first change of status. */
  readonly updatedIndex: number | null;
  readonly inChannel: Scid;
  /** HTLC id on the incoming channel; with inChannel the key of a forward. Rows too old to have one get -createdIndex. */
  readonly inHtlcId: bigint;
  readonly inMsat: Msat;
  /** Null when lightningd names none, and where the sender asked for a channel that does not exist. */
  readonly outChannel: Scid | null;
  /** Null on local failures, which never got so far. */
  readonly outMsat: Msat | null;
  readonly feeMsat: Msat | null;
  readonly status: ForwardStatus;
  /** BOLT 4 failure code of a local failure. */
  readonly failcode: number | null;
  readonly receivedNs: UnixNs;
  /** When it settled or failed; null while in flight and on local failures. */
  readonly resolvedNs: UnixNs | null;
}

/** BOLT 4 temporary_channel_failure: the channel asked for had not enough liquidity. */
export const TEMPORARY_CHANNEL_FAILURE = 0x1007;
/** BOLT 4 unknown_next_peer: the sender may name any channel here, so it must never become a key of ours. */
export const UNKNOWN_NEXT_PEER = 0x400a;

export const isTerminal = (status: ForwardStatus): boolean => status !== 'offered';

/** The moment that counts for windows and rollups: resolution, or arrival where there was none. */
export const accountedNs = (forward: Forward): UnixNs => forward.resolvedNs ?? forward.receivedNs;
