// What does the application need from the world? lightningd (node/), SQLite (store/) and the simulator implement these.
// Reads that fail reject or throw: a failure can never be taken for an empty answer.
import type { Forward } from './core/forward.ts';
import type { ChannelFlow, Window } from './core/flow/analyze.ts';
import type { NodeSnapshot } from './core/snapshot.ts';
import type { ChannelId, Msat, NodeId, Scid, UnixSec } from './core/units.ts';
import type { RememberedAlert } from './ports/alerts.ts';
import type { FeeChangeRecord, FeeStore } from './ports/fees.ts';
import type { HistoryReader, RebalanceRecord } from './ports/history.ts';
import type { LedgerStore } from './ports/ledger.ts';
import type { RebalanceStore } from './ports/rebalance.ts';

export {
  CLBOSS_TAGS,
  DRY_RUN_REASON,
  EXTERNAL_REASON,
  POLICY_STRATEGIES,
  REBALANCE_POLICIES,
  type ClbossNode,
  type ClbossStatus,
  type ClbossTag,
  type FeeChangeRecord,
  type FeeHold,
  type FeeIntent,
  type FeeNode,
  type FeeStore,
  type KeptDecision,
  type KeptPricing,
  type KeptRivals,
  type Outflow,
  type Policy,
  type RebalancePolicy,
  type RivalFee,
} from './ports/fees.ts';
export type {
  DriverWatch,
  DryRebalance,
  IntentNews,
  IntentTerms,
  KeptVerdict,
  RebalanceDriver,
  WayPrice,
  WayQuestion,
  RebalanceNode,
  RebalanceStore,
  SelfPaymentPage,
  SelfPaymentReader,
  Swept,
  VerdictReason,
} from './ports/rebalance.ts';
export type {
  ActionFilter,
  Actor,
  Before,
  DecisionLine,
  ForwardMark,
  HistoryReader,
  ListedFeeChange,
  ListedForward,
  ListedRebalance,
  RebalanceRecord,
  RecordedRebalance,
  SpendingDay,
  VerdictLine,
} from './ports/history.ts';
export type { RememberedAlert } from './ports/alerts.ts';
export { BacktestFailure, type BacktestRequest, type Backtester } from './ports/backtest.ts';
export type { RuneChecker, RuneVerdict } from './ports/access.ts';
export type { Taken, TakenOver } from './ports/take-over.ts';
export type { Ledger, LedgerCursors, LedgerReader, LedgerStore, MovePage, OnchainFees } from './ports/ledger.ts';

export interface Clock {
  now(): UnixSec;
  /** Resolves after so many seconds of this clock, or at once when the signal aborts. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** lightningd refused, did not answer in time, or answered what we cannot read. */
export class NodeError extends Error {
  /** `unknown-command`: this node or plugin set does not have it; anything else may pass by itself. */
  readonly kind: 'unknown-command' | 'refused' | 'timeout' | 'unreachable' | 'unreadable';
  readonly code: number | null;
  constructor(kind: NodeError['kind'], message: string, code: number | null = null) {
    super(message);
    this.name = 'NodeError';
    this.kind = kind;
    this.code = code;
  }

  /** The node has said no, so nothing was done; after any other failure it may have been done all the same. */
  get isRefusal(): boolean {
    return this.kind === 'refused' || this.kind === 'unknown-command';
  }
}

/** The database cannot be used, or a read or write of it failed and changed nothing. */
export class StoreError extends Error {
  /**
   * - `in-use`: another process of ours holds it
   * - `wrong-node`: it holds another node's history
   * - `diverged`: the node knows less than the database; it was restored from an older state
   * - `newer-schema`: a later version of this plugin made it
   * - `foreign`: another program made it
   * - `corrupt`: not readable as a database
   * - `failed`: anything else, as SQLite or the file system words it
   */
  readonly kind: 'in-use' | 'wrong-node' | 'diverged' | 'newer-schema' | 'foreign' | 'corrupt' | 'failed';
  constructor(kind: StoreError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}

/** A channel that ever was, so that the scids in old forwards can be told whose they were. */
export interface ChannelIdentity {
  readonly channelId: ChannelId;
  readonly peerId: NodeId | null;
  /** Short channel ids and aliases by which forwards may name it. */
  readonly scids: readonly Scid[];
  readonly capacity: Msat;
  readonly closed: boolean;
}

/** Highest created and updated index of the node's forwards; 0 where there is none. */
export interface ForwardIndexes {
  readonly created: number;
  readonly updated: number;
}

/** One side of a routed payment in the node's accounts: credit where it came in, debit where it left. */
export interface RoutedMove {
  readonly channelId: ChannelId;
  readonly time: UnixSec;
  readonly creditMsat: Msat;
  readonly debitMsat: Msat;
  /** The fee of the whole forward; lightningd reports it on both sides. */
  readonly feeMsat: Msat;
}

/** @throws NodeError from every method. */
export interface NodeReader {
  readSnapshot(): Promise<NodeSnapshot>;
  /** Every channel the node lists, open or closed. */
  readChannelIdentities(): Promise<readonly ChannelIdentity[]>;
  /** Null where the node knows no indexes (before v23.11): then only readAllForwards serves. */
  readForwardIndexes(): Promise<ForwardIndexes | null>;
  /** Forwards with an index >= start, in order of that index, at most `limit`; gaps where rows were deleted. */
  readForwards(by: 'created' | 'updated', start: number, limit: number): Promise<readonly Forward[]>;
  readAllForwards(): Promise<readonly Forward[]>;
  /** Routed payments in [from, to) by the node's accounts; null where neither moves nor bookkeeper are to be had. */
  readRoutedMoves(from: UnixSec, to: UnixSec): Promise<AsyncIterable<readonly RoutedMove[]> | null>;
  /** Confirmed on-chain funds that no transaction in the making has reserved. */
  readOnchainFunds(): Promise<Msat>;
  /** Names of all commands the node has now, its plugins' included: how drivers and clboss are noticed. */
  readCommandNames(): Promise<ReadonlySet<string>>;
}

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
