// How is the FeeStore port kept in SQLite? Each method is one read or one transaction.
import type { Counting } from '../core/fee/counting.ts';
import type { PastChange } from '../core/fee/types.ts';
import type { ChannelId, NodeId, Ppm, UnixSec } from '../core/units.ts';
import type {
  ClbossTag,
  FeeChangeRecord,
  FeeHold,
  FeeIntent,
  FeeStore,
  KeptDecision,
  KeptPricing,
  Outflow,
  Policy,
} from '../ports.ts';
import { ClbossTags } from './clboss-tags.ts';
import type { Connection } from './connection.ts';
import { FeeChanges } from './fee-changes.ts';
import { FeeDecisions } from './fee-decisions.ts';
import { FeeHolds } from './fee-holds.ts';
import { FeeIntents } from './fee-intents.ts';
import { FeeStates } from './fee-states.ts';
import type { IntakeStates } from './intake-state.ts';
import { Outflows } from './outflows.ts';
import { Policies } from './policies.ts';

export class SqliteFeeStore implements FeeStore {
  readonly #connection: Connection;
  readonly #intake: IntakeStates;
  readonly #states: FeeStates;
  readonly #decisions: FeeDecisions;
  readonly #intents: FeeIntents;
  readonly #changes: FeeChanges;
  readonly #outflows: Outflows;
  readonly #holds: FeeHolds;
  readonly #policies: Policies;
  readonly #tags: ClbossTags;

  constructor(connection: Connection, intake: IntakeStates) {
    this.#connection = connection;
    this.#intake = intake;
    this.#states = new FeeStates(connection);
    this.#decisions = new FeeDecisions(connection);
    this.#intents = new FeeIntents(connection);
    this.#changes = new FeeChanges(connection);
    this.#outflows = new Outflows(connection);
    this.#holds = new FeeHolds(connection);
    this.#policies = new Policies(connection);
    this.#tags = new ClbossTags(connection);
  }

  pricing(): ReadonlyMap<NodeId, KeptPricing> {
    return this.#connection.read('reading the states of pricing', () => this.#states.all());
  }

  saveCycle(cycle: Parameters<FeeStore['saveCycle']>[0]): void {
    this.#connection.writeDurably('saving a fee cycle', () => {
      for (const [peer, kept] of cycle.pricing) this.#states.save(peer, kept);
      for (const [peer, kept] of cycle.decisions) this.#decisions.save(peer, kept);
      for (const intent of cycle.intents) this.#intents.add(intent);
      for (const change of cycle.changes) this.#changes.add(change);
    });
  }

  decision(peer: NodeId): KeptDecision | null {
    return this.#connection.read('reading a fee decision', () => this.#decisions.load(peer));
  }

  saveOutcome(peer: NodeId, outcome: string): void {
    this.#connection.write('saving the outcome of a fee decision', () => {
      this.#decisions.saveOutcome(peer, outcome);
    });
  }

  intents(): readonly FeeIntent[] {
    return this.#connection.read('reading fee intents', () => this.#intents.all());
  }

  saveManual(intent: FeeIntent, hold: FeeHold | null): void {
    this.#connection.writeDurably('saving a fee set by hand', () => {
      this.#intents.add(intent);
      this.#holds.saveOrdered(intent.channelId, hold);
    });
  }

  settleIntent(channel: ChannelId, end: 'done' | 'dropped'): void {
    this.#connection.write('settling a fee intent', () => {
      const intent = this.#intents.take(channel);
      if (end === 'done') this.#changes.add(intent);
      this.#holds.endOrdered(channel, intent.peerId, end);
    });
  }

  changesSince(at: UnixSec): readonly PastChange[] {
    return this.#connection.read('reading past fee changes', () => this.#changes.since(at));
  }

  changesOf(channel: ChannelId, limit: number): readonly FeeChangeRecord[] {
    return this.#connection.read("reading a channel's fee changes", () => this.#changes.of(channel, limit));
  }

  dryRuns(): ReadonlyMap<ChannelId, Ppm> {
    return this.#connection.read('reading dry runs', () => this.#changes.dryRuns());
  }

  pricedPeers(): ReadonlySet<NodeId> {
    return this.#connection.read('reading which peers were priced', () => this.#changes.pricedPeers());
  }

  outflows(from: UnixSec, until: UnixSec, counting: Counting): ReadonlyMap<ChannelId, Outflow> {
    return this.#connection.read('summing what left', () => this.#outflows.within(from, until, counting));
  }

  outflowsSince(): UnixSec {
    return this.#connection.read('reading since when forwards are kept', () =>
      this.#outflows.since(this.#intake.load()),
    );
  }

  holds(now: UnixSec): ReadonlyMap<NodeId, FeeHold> {
    return this.#connection.read('reading holds', () => this.#holds.inForce(now));
  }

  saveHold(peer: NodeId, hold: FeeHold | null): void {
    this.#connection.writeDurably('saving a hold', () => {
      this.#holds.save(peer, hold);
    });
  }

  policies(now: UnixSec): readonly Policy[] {
    return this.#connection.read('reading policies', () => this.#policies.inForce(now));
  }

  savePolicy(policy: Policy): void {
    this.#connection.writeDurably('saving a policy', () => {
      this.#policies.save(policy);
    });
  }

  deletePolicy(subject: NodeId | ChannelId): boolean {
    return this.#connection.writeDurably('deleting a policy', () => this.#policies.delete(subject));
  }

  takenTags(): ReadonlyMap<NodeId, readonly ClbossTag[]> {
    return this.#connection.read('reading the tags taken from clboss', () => this.#tags.all());
  }

  saveTakenTags(peer: NodeId, tags: readonly ClbossTag[]): void {
    this.#connection.writeDurably('saving the tags taken from clboss', () => {
      this.#tags.save(peer, tags);
    });
  }
}
