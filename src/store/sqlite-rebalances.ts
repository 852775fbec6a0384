// How is the RebalanceStore port kept in SQLite? Each method is one read or one transaction; where money is concerned it
// is on the disk before the method returns.
import type { DriverRecord } from '../core/rebalance/drivers.ts';
import type { FailureMemory, FailureRecord, FailureSubject } from '../core/rebalance/failure-memory.ts';
import type { Spending } from '../core/rebalance/guard.ts';
import type { Intent, IntentEvent } from '../core/rebalance/intent.ts';
import type { ChannelVerdict } from '../core/rebalance/plan-types.ts';
import type { DriverName } from '../core/rebalance/types.ts';
import type { ChannelId, UnixSec } from '../core/units.ts';
import type { DryRebalance, IntentNews, KeptVerdict, RebalanceStore, VerdictReason } from '../ports.ts';
import type { Connection } from './connection.ts';
import { RebalanceDrivers } from './rebalance-drivers.ts';
import { RebalanceFailures } from './rebalance-failures.ts';
import { MANUAL_DRY_RUN, RebalanceHistory } from './rebalance-history.ts';
import { RebalanceIntents } from './rebalance-intents.ts';
import { RebalanceVerdicts } from './rebalance-verdicts.ts';

export class SqliteRebalances implements RebalanceStore {
  readonly #connection: Connection;
  readonly #history: RebalanceHistory;
  readonly #intents: RebalanceIntents;
  readonly #failures: RebalanceFailures;
  readonly #drivers: RebalanceDrivers;
  readonly #verdicts: RebalanceVerdicts;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#history = new RebalanceHistory(connection);
    this.#intents = new RebalanceIntents(connection, this.#history);
    this.#failures = new RebalanceFailures(connection);
    this.#drivers = new RebalanceDrivers(connection);
    this.#verdicts = new RebalanceVerdicts(connection);
  }

  spending(since: UnixSec): Spending {
    return this.#connection.read('summing the budget', () => this.#intents.spending(since));
  }

  reserve(...[since, decide, terms, at]: Parameters<RebalanceStore['reserve']>): ReturnType<RebalanceStore['reserve']> {
    return this.#connection.writeDurably('reserving for a rebalance', () => {
      const decision = decide(this.#intents.spending(since));
      if (decision.ok) this.#intents.add(decision.value, terms, at);
      return decision;
    });
  }

  advance(id: string, event: IntentEvent, at: UnixSec, news?: IntentNews): Intent {
    return this.#connection.writeDurably(`rebalance ${id}: ${event}`, () => this.#intents.advance(id, event, at, news));
  }

  addPaymentHash(id: string, paymentHash: string): void {
    this.#connection.writeDurably(`noting a payment of rebalance ${id}`, () => {
      this.#intents.addPaymentHash(id, paymentHash);
    });
  }

  intent(id: string): Intent | null {
    return this.#connection.read('reading a rebalance', () => this.#intents.load(id));
  }

  openIntents(): readonly Intent[] {
    return this.#connection.read('reading open rebalances', () => this.#intents.open());
  }

  endedIntents(since: UnixSec): readonly Intent[] {
    return this.#connection.read('reading past rebalances', () => this.#intents.ended(since));
  }

  arrivedIntents(since: UnixSec): readonly Intent[] {
    return this.#connection.read('reading rebalances that arrived', () => this.#intents.arrived(since));
  }

  endedLately(channel: ChannelId, limit: number): readonly Intent[] {
    return this.#connection.read("reading a channel's rebalances", () => this.#intents.lately(channel, limit));
  }

  isOwnPayment(paymentHash: string): boolean {
    return this.#connection.read('reading whose a payment is', () => this.#intents.isOurs(paymentHash));
  }

  recordDryRun(rebalance: DryRebalance, { manual }: { readonly manual: boolean }): void {
    this.#connection.write('recording a dry run', () => {
      this.#history.add(rebalance, 'dry-run', manual ? MANUAL_DRY_RUN : null);
    });
  }

  dryRuns(since: UnixSec): readonly DryRebalance[] {
    return this.#connection.read('reading dry runs', () => this.#history.dryRuns(since));
  }

  failures(): FailureMemory {
    return this.#connection.read('reading failed rebalances', () => this.#failures.all());
  }

  saveFailures(changed: readonly FailureRecord[], cleared: readonly FailureSubject[]): void {
    this.#connection.write('saving failed rebalances', () => {
      this.#failures.save(changed, cleared);
    });
  }

  driverRecords(): ReadonlyMap<DriverName, DriverRecord> {
    return this.#connection.read('reading how drivers do', () => this.#drivers.all());
  }

  saveDriverRecord(record: DriverRecord): void {
    this.#connection.write('saving how a driver does', () => {
      this.#drivers.save(record);
    });
  }

  saveVerdicts(verdicts: readonly ChannelVerdict[], at: UnixSec): void {
    this.#connection.write('saving verdicts', () => {
      this.#verdicts.save(verdicts, at);
    });
  }

  verdictReasons(): readonly VerdictReason[] {
    return this.#connection.read('reading the reasons of verdicts', () => this.#verdicts.reasons());
  }

  verdict(channel: ChannelId, role: ChannelVerdict['role']): KeptVerdict | null {
    return this.#connection.read('reading a verdict', () => this.#verdicts.load(channel, role));
  }
}
