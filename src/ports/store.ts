// What is kept, and how is it asked for? Forwards, loops and alerts here; the parts with a file of their own hang on Store.
import type { Forward } from '../core/forward.ts';
import type { ChannelFlow, Window } from '../core/flow/analyze.ts';
import type { ChannelId, NodeId, UnixSec } from '../core/units.ts';
import type { RememberedAlert } from './alerts.ts';
import type { FeeChangeRecord, FeeStore } from './fees.ts';
import type { HistoryReader, RebalanceRecord } from './history.ts';
import type { LedgerStore } from './ledger.ts';
import type { ChannelIdentity, RoutedMove } from './node.ts';
import type { RebalanceStore } from './rebalance.ts';

/** How far the forwards have been taken in. */
export interface IntakeCursors {
  /** Created index up to which every forward has been seen. */
  readonly created: number;
  /** Updated index up to which every change has been seen. */
  readonly updated: number;
}

export interface TakenIn {
  /** Forwards not known before. */
  readonly added: number;
  /** Known forwards that have ended now. */
  readonly ended: number;
}

export interface LoopRecord {
  readonly lastRun: UnixSec;
  /** `ok`, or what went wrong in one sentence. */
  readonly lastOutcome: string;
  readonly consecutiveFailures: number;
}

export interface DatabaseFacts {
  readonly path: string;
  readonly schemaVersion: number;
  readonly forwards: number;
  /** The hour in which the oldest history we have ended, forwards or bookkeeper. */
  readonly oldestForward: UnixSec | null;
}

/**
 * What the node's forwards can no longer tell: those settled in [from, until) were deleted before we came for them.
 * Until the catch-up that opened it has ended, `until` may still fall.
 */
export interface HistoryGap {
  /** Every forward settled before this has been seen; 0 at the very first start. */
  readonly from: UnixSec;
  /** The earliest settlement learned of since by listing; null when there was none. */
  readonly until: UnixSec | null;
  /** Whether rows are missing in what was listed since; if not there is nothing to fill. */
  readonly rowsMissing: boolean;
}

/** A time [from, until) whose forwards were deleted unread and that the node's accounts could not fill. */
export interface HistoryLoss {
  /** 0: from the node's beginning. */
  readonly from: UnixSec;
  readonly until: UnixSec;
}

/** Everything we keep. Each writing method is one transaction. @throws StoreError from every method. */
export interface Store {
  /** What channels cost. */
  readonly ledger: LedgerStore;
  /** What pricing remembers, and what it has done. */
  readonly fees: FeeStore;
  /** What rebalancing may still spend, has spent, and has learned. */
  readonly rebalances: RebalanceStore;
  /** What was done and decided, for people. */
  readonly history: HistoryReader;
  /** Ties the database to this node. @throws StoreError `wrong-node` when it is another's. */
  claim(node: NodeId): void;
  rememberChannels(channels: readonly ChannelIdentity[], at: UnixSec): void;
  cursors(): IntakeCursors;
  /**
   * Takes forwards in, once each whatever the order and however often, rolls up those that have ended, and moves the
   * cursors, all in one transaction.
   *
   * - `created`: pages by created index, gapless from the created cursor to the new one. Ended forwards older than
   *   `keepSince` are only rolled up; the cursor makes sure that this happens once.
   * - `updated`: pages by updated index. Only forwards behind the created cursor count; those ahead of it will come.
   * - `event`: from a notification; the cursors stay. Only once a first catch-up since the start has ended: all that
   *   settled before the event counts as seen from then on.
   * - `listing`: from the whole list of a node without indexes; `rowsMissing` says whether that list begins too late.
   */
  takeIn(
    pass: 'created' | 'updated' | 'event' | 'listing',
    forwards: readonly Forward[],
    options: { readonly cursors?: Partial<IntakeCursors>; readonly keepSince: UnixSec; readonly rowsMissing?: boolean },
  ): TakenIn;
  historyGap(): HistoryGap;
  /**
   * Begins to fill [from, until) with routed moves; what an unfinished filling has left is dropped. They count only
   * once closeGap is called. Returns the time from which on takeInMoves is to be given every move up to `until`:
   * earlier than `from`, to tell by them which later moves belong to forwards we know.
   */
  beginBackfill(from: UnixSec, until: UnixSec): UnixSec;
  takeInMoves(moves: readonly RoutedMove[]): void;
  /**
   * All that settled before `knownUntil` has been seen, and what was backfilled counts; of the time `lost` nothing will
   * ever be known.
   */
  closeGap(knownUntil: UnixSec, lost?: HistoryLoss): void;
  /** The times lost that end after `since`, oldest first. */
  historyLosses(since: UnixSec): readonly HistoryLoss[];
  /** Deletes ended forwards that are rolled up, behind the created cursor and older than `before`. Returns how many. */
  pruneForwards(before: UnixSec, limit: number): number;
  /** Ended forwards from before may have been pruned or never kept; 0 where none has. */
  letGoUntil(): UnixSec;
  /** Sums of the window per channel. */
  flows(window: Window): ReadonlyMap<ChannelId, ChannelFlow>;
  loop(name: string): LoopRecord | null;
  saveLoop(name: string, record: LoopRecord): void;
  paused(): boolean;
  setPaused(paused: boolean): void;
  /** As saveAlerts left them, also by a run before. */
  alerts(): readonly RememberedAlert[];
  saveAlerts(alerts: readonly RememberedAlert[]): void;
  /** Newest first. */
  recentFeeChanges(limit: number): readonly FeeChangeRecord[];
  /** Newest first. */
  recentRebalances(limit: number): readonly RebalanceRecord[];
  facts(): DatabaseFacts;
  close(): void;
}
