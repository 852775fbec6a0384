// What do people look back on? Everything that was done and decided, in pages, newest first. Nothing here decides.
import type { FeeChangeRecord } from './fees.ts';
import type { ForwardStatus } from '../core/forward.ts';
import type { ChannelId, Msat, NodeId, UnixSec } from '../core/units.ts';

/** Whose act a row is. `dry-run`: nobody's, it was only decided. */
export type Actor = 'us' | 'hand' | 'other' | 'dry-run';

/** Where a page begins: rows older than this one. */
export interface Before {
  readonly time: number;
  readonly id: number;
}

export interface ActionFilter {
  /** Inclusive. */
  readonly from: UnixSec;
  /** Exclusive. */
  readonly until: UnixSec;
  /** Any of these channels or peers; null: all. */
  readonly subjects: readonly string[] | null;
  readonly by: Actor | null;
  /** Part of the reason, or of the status or of what went wrong; null: any. */
  readonly text: string | null;
  readonly before: Before | null;
}

export interface ListedFeeChange extends FeeChangeRecord {
  readonly id: number;
  readonly by: Actor;
}

/** A row of rebalance_history. */
export interface RecordedRebalance {
  readonly fromChannel: string;
  readonly toChannel: string;
  readonly amountSats: number;
  readonly maxFeeSats: number;
  readonly actualFeeSats: number | null;
  readonly expectedProfitSats: number;
  readonly actualProfitSats: number | null;
  readonly status: 'pending' | 'success' | 'failed' | 'unknown' | 'dry-run';
  readonly errorMessage: string | null;
  /** Null for a dry run, which nobody has carried out. */
  readonly driver: string | null;
  /** To the msat, of its end; null for a dry run, until then, and where the row is all there is. */
  readonly movedMsat: Msat | null;
  readonly feeMsat: Msat | null;
  readonly timestamp: UnixSec;
}

export interface RebalanceRecord extends RecordedRebalance {
  /** The operator asked for it; null for a dry run. */
  readonly manual: boolean | null;
}

export interface ListedRebalance extends RecordedRebalance {
  readonly id: number;
  readonly by: Actor;
  /** Null for a dry run, and until it has ended. */
  readonly endedAt: UnixSec | null;
  /** Of the last payment that was sent for it. */
  readonly paymentHash: string | null;
}

/** The last fee decision on a peer, without what led to it. */
export interface DecisionLine {
  readonly peerId: NodeId;
  readonly at: UnixSec;
  readonly reason: string;
  readonly outcome: string;
  /** Ppm; null where there was none. */
  readonly price: number | null;
}

/** The last verdict on a channel in one role, with its best partner, without what led to it. */
export interface VerdictLine {
  readonly channelId: ChannelId;
  readonly role: 'destination' | 'source';
  readonly at: UnixSec;
  readonly reason: string;
  readonly shortfall: { readonly unit: string; readonly needed: number; readonly available: number } | null;
  readonly best: {
    readonly partner: string;
    readonly reason: string;
    readonly evaluation: {
      readonly amountMsat: Msat;
      readonly spreadPpm: number;
      readonly expectedFeeMsat: Msat;
      readonly expectedProfitMsat: Msat;
    } | null;
  } | null;
}

/** What ended on one day (UTC). */
export interface SpendingDay {
  /** Its first second. */
  readonly day: UnixSec;
  readonly feeMsat: Msat;
  readonly movedMsat: Msat;
  readonly succeeded: number;
  readonly failed: number;
}

/** Where the next page of forwards begins. */
export interface ForwardMark {
  readonly endedNs: bigint;
  readonly name: number;
  readonly htlcId: bigint;
}

export interface ListedForward {
  readonly inChannel: string;
  readonly inChannelId: string;
  readonly inHtlcId: bigint;
  readonly outChannel: string | null;
  readonly outChannelId: string | null;
  readonly status: Exclude<ForwardStatus, 'offered'>;
  readonly inMsat: Msat;
  readonly outMsat: Msat | null;
  readonly feeMsat: Msat | null;
  readonly failcode: number | null;
  readonly receivedNs: bigint;
  readonly resolvedNs: bigint | null;
}

/** @throws StoreError from every method. */
export interface HistoryReader {
  /** Newest first. */
  feeChanges(filter: ActionFilter, limit: number): readonly ListedFeeChange[];
  /** Newest first. */
  rebalances(filter: ActionFilter, limit: number): readonly ListedRebalance[];
  /** One per peer ever decided on. */
  decisions(): readonly DecisionLine[];
  /** Two per channel of the last search. */
  verdicts(): readonly VerdictLine[];
  /** Oldest first; days without any are left out. */
  spendingDays(since: UnixSec): readonly SpendingDay[];
  /** Those that ended in [from, until), oldest first; `next` null on the last page. */
  forwards(
    from: UnixSec,
    until: UnixSec,
    after: ForwardMark | null,
    limit: number,
  ): { readonly rows: readonly ListedForward[]; readonly next: ForwardMark | null };
}
