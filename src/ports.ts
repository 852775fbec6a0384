// What does the application need from the world? lightningd (node/), SQLite (store/) and the simulator implement these.
// Reads that fail reject or throw: a failure can never be taken for an empty answer.
import type { Forward } from './core/forward.ts';
import type { ChannelFlow, Window } from './core/flow/analyze.ts';
import type { NodeSnapshot } from './core/snapshot.ts';
import type { ChannelId, Msat, NodeId, Scid, UnixSec } from './core/units.ts';

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
  /** Settlement time of the oldest history we have, forwards or bookkeeper. */
  readonly oldestForward: UnixSec | null;
}

/** Everything we keep. Each writing method is one transaction. @throws on any database failure. */
export interface Store {
  rememberChannels(channels: readonly ChannelIdentity[], at: UnixSec): void;
  cursors(): IntakeCursors;
  /**
   * Takes forwards in, once each whatever the order and however often, rolls up those that have ended, and moves the
   * cursors, all in one transaction.
   *
   * - `created`: a page by created index. Ended forwards older than `keepSince` are only rolled up; the cursor makes
   *   sure that this happens once.
   * - `updated`: a page by updated index. Only forwards behind the created cursor count; those ahead of it will come.
   * - `event`: from a notification; the cursors stay.
   * - `listing`: the whole list of a node without indexes.
   */
  takeIn(
    pass: 'created' | 'updated' | 'event' | 'listing',
    forwards: readonly Forward[],
    options: { readonly cursors?: Partial<IntakeCursors>; readonly keepSince: UnixSec },
  ): TakenIn;
  /** Adds routed moves of a span that forwards do not cover. */
  takeInMoves(moves: readonly RoutedMove[]): void;
  /** Deletes ended forwards that are rolled up, behind the created cursor and older than `before`. Returns how many. */
  pruneForwards(before: UnixSec): number;
  /** Sums of the window per channel. */
  flows(window: Window): ReadonlyMap<ChannelId, ChannelFlow>;
  loop(name: string): LoopRecord | null;
  saveLoop(name: string, record: LoopRecord): void;
  paused(): boolean;
  setPaused(paused: boolean): void;
  facts(): DatabaseFacts;
  close(): void;
}
