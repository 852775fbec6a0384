// How is the Store port kept in SQLite? Each method is one read or one transaction over the tables' own files.
import type { ChannelFlow, Window } from '../core/flow/analyze.ts';
import type { Forward } from '../core/forward.ts';
import { SECONDS_PER_DAY, unixSec, type ChannelId, type NodeId, type UnixSec } from '../core/units.ts';
import {
  StoreError,
  type ChannelIdentity,
  type DatabaseFacts,
  type FeeChangeRecord,
  type HistoryGap,
  type HistoryLoss,
  type IntakeCursors,
  type LoopRecord,
  type RebalanceRecord,
  type RememberedAlert,
  type RoutedMove,
  type Store,
  type TakenIn,
} from '../ports.ts';
import { ActionRecords } from './action-records.ts';
import { AlertRows } from './alerts.ts';
import { Backfills } from './backfills.ts';
import { ChannelDays } from './channel-days.ts';
import { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import { FlowQuery } from './flow-query.ts';
import { ForwardRows } from './forward-rows.ts';
import { IntakeStates } from './intake-state.ts';
import { Loops, Switches } from './loops.ts';
import { MIGRATIONS } from './migrate.ts';
import { FROM_FORWARDS, Rollups } from './rollups.ts';
import { SqliteFeeStore } from './sqlite-fees.ts';
import { SqliteHistory } from './sqlite-history.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { SqliteRebalances } from './sqlite-rebalances.ts';
import { TakeIn, type Pass, type TakeInOptions } from './take-in.ts';

export class SqliteStore implements Store {
  readonly ledger: SqliteLedger;
  readonly fees: SqliteFeeStore;
  readonly rebalances: SqliteRebalances;
  readonly history: SqliteHistory;
  readonly #connection: Connection;
  readonly #path: string;
  readonly #close: () => void;
  readonly #names: ChannelNames;
  readonly #days: ChannelDays;
  readonly #rows: ForwardRows;
  readonly #rollups: Rollups;
  readonly #states: IntakeStates;
  readonly #backfills: Backfills;
  readonly #flows: FlowQuery;
  readonly #loops: Loops;
  readonly #switches: Switches;
  readonly #actions: ActionRecords;
  readonly #alerts: AlertRows;

  constructor(connection: Connection, path: string, close: () => void) {
    this.#connection = connection;
    this.#path = path;
    this.#close = close;
    this.#names = new ChannelNames(connection);
    this.#rows = new ForwardRows(connection);
    this.#days = new ChannelDays(connection, this.#names);
    this.#rollups = new Rollups(connection, (day) => {
      this.#days.changedSince(day);
    });
    this.#states = new IntakeStates(connection);
    this.#backfills = new Backfills(connection, this.#names, this.#rows, this.#rollups);
    this.#flows = new FlowQuery(connection, this.#names);
    this.#loops = new Loops(connection);
    this.#switches = new Switches(connection);
    this.#actions = new ActionRecords(connection);
    this.#alerts = new AlertRows(connection);
    this.ledger = new SqliteLedger(connection, this.#days);
    this.fees = new SqliteFeeStore(connection, this.#states);
    this.rebalances = new SqliteRebalances(connection);
    this.history = new SqliteHistory(connection);
  }

  claim(node: NodeId): void {
    this.#connection.write('claiming it for this node', () => {
      const state = this.#states.load();
      if (state.nodeId !== null && state.nodeId !== node)
        throw new StoreError(
          'wrong-node',
          `database ${this.#path}: expected the history of node ${node}, got that of ${state.nodeId}; set revenue-ops-db-path to this node's own file`,
        );
      this.#states.save({ ...state, nodeId: node });
    });
  }

  rememberChannels(channels: readonly ChannelIdentity[], at: UnixSec): void {
    this.#connection.write('remembering channels', () => {
      this.#names.remember(channels, at);
    });
  }

  cursors(): IntakeCursors {
    return this.#connection.read('reading the cursors', () => {
      const { createdCursor, updatedCursor } = this.#states.load();
      return { created: createdCursor, updated: updatedCursor };
    });
  }

  takeIn(pass: Pass, forwards: readonly Forward[], options: TakeInOptions): TakenIn {
    return this.#connection.write('taking in forwards', () => {
      const state = this.#states.load();
      const intake = new TakeIn(this.#names, this.#rows, state);
      const taken = intake.run(pass, forwards, options);
      this.#rollups.add(intake.batch, FROM_FORWARDS);
      this.#states.save(state);
      return taken;
    });
  }

  historyGap(): HistoryGap {
    return this.#connection.read('reading the gap', () => this.#states.load().gap);
  }

  beginBackfill(from: UnixSec, until: UnixSec): UnixSec {
    return this.#connection.write('beginning a backfill', () => this.#backfills.begin(from, until));
  }

  takeInMoves(moves: readonly RoutedMove[]): void {
    this.#connection.write('taking in routed moves', () => {
      this.#backfills.add(moves);
    });
  }

  closeGap(knownUntil: UnixSec, lost?: HistoryLoss): void {
    this.#connection.write('closing the gap', () => {
      // Nearly every catch-up fills nothing: to read years of days again after each would keep all else waiting.
      if (this.#backfills.complete()) this.#days.changedSince(0);
      if (lost) this.#backfills.lose(lost);
      const state = this.#states.load();
      // What was told of since the catch-up began may have moved it, by minutes; further, a clock that has been set back. That
      // clock may be the wrong one, and before the horizon there are no rows by which a backfill would know what has counted.
      const toldOf = state.gap.from > knownUntil && state.gap.from - knownUntil < SECONDS_PER_DAY;
      const from = toldOf ? state.gap.from : unixSec(Math.max(knownUntil, Math.min(state.gap.from, state.horizon)));
      this.#states.save({ ...state, gap: { from, until: null, rowsMissing: false } });
    });
  }

  historyLosses(since: UnixSec): readonly HistoryLoss[] {
    return this.#connection.read('reading what was lost', () => this.#backfills.losses(since));
  }

  pruneForwards(before: UnixSec, limit: number): number {
    return this.#connection.write('pruning forwards', () => {
      const state = this.#states.load();
      const pruned = this.#rows.prune(before, state.createdCursor, limit);
      // Also where there was nothing to prune: by it the next look knows how far it may go.
      const horizon = Math.max(state.horizon, pruned > 0 || state.horizon > 0 ? before : 0);
      if (horizon > state.horizon || pruned > 0)
        this.#states.save({ ...state, forwards: state.forwards - pruned, horizon });
      return pruned;
    });
  }

  letGoUntil(): UnixSec {
    return this.#connection.read('reading what is kept', () => unixSec(this.#states.load().horizon));
  }

  flows(window: Window): ReadonlyMap<ChannelId, ChannelFlow> {
    return this.#connection.read('summing flows', () => this.#flows.flows(window));
  }

  loop(name: string): LoopRecord | null {
    return this.#connection.read('reading a loop', () => this.#loops.load(name));
  }

  saveLoop(name: string, record: LoopRecord): void {
    this.#connection.write('saving a loop', () => {
      this.#loops.save(name, record);
    });
  }

  paused(): boolean {
    return this.#connection.read('reading whether paused', () => this.#switches.engaged('paused'));
  }

  setPaused(paused: boolean): void {
    this.#connection.writeDurably('saving whether paused', () => {
      this.#switches.engage('paused', paused);
    });
  }

  alerts(): readonly RememberedAlert[] {
    return this.#connection.read('reading alerts', () => this.#alerts.all());
  }

  saveAlerts(alerts: readonly RememberedAlert[]): void {
    this.#connection.write('saving alerts', () => {
      this.#alerts.replace(alerts);
    });
  }

  recentFeeChanges(limit: number): readonly FeeChangeRecord[] {
    return this.#connection.read('reading fee changes', () => this.#actions.recentFeeChanges(limit));
  }

  recentRebalances(limit: number): readonly RebalanceRecord[] {
    return this.#connection.read('reading rebalances', () => this.#actions.recentRebalances(limit));
  }

  facts(): DatabaseFacts {
    return this.#connection.read('reading its facts', () => ({
      path: this.#path,
      schemaVersion: MIGRATIONS.length,
      forwards: this.#states.load().forwards,
      oldestForward: this.#flows.oldest(),
    }));
  }

  close(): void {
    this.#close();
  }
}
