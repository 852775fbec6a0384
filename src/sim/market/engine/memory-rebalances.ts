// How is the ledger of capital kept where nothing has to outlive the process? As store/sqlite-rebalances.ts answers, which
// a test holds it to, at a hundredth of the cost: a year of a simulated node is ten thousand orders.
import type { DriverRecord } from '../../../core/rebalance/drivers.ts';
import {
  changedMemory,
  type FailureMemory,
  type FailureRecord,
  type FailureSubject,
} from '../../../core/rebalance/failure-memory.ts';
import type { Spending } from '../../../core/rebalance/guard.ts';
import { advanced, heldBy, spentBy, type Intent, type IntentEvent } from '../../../core/rebalance/intent.ts';
import type { ChannelVerdict } from '../../../core/rebalance/plan-types.ts';
import type { DriverName } from '../../../core/rebalance/types.ts';
import {
  msat,
  negMsat,
  SECONDS_PER_DAY,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
  type UnixSec,
} from '../../../core/units.ts';
import {
  StoreError,
  type DryRebalance,
  type IntentNews,
  type KeptVerdict,
  type RebalanceStore,
  type VerdictReason,
} from '../../../ports.ts';

/** As store/rebalance-failures.ts. */
const FORGET_AFTER = 20 * SECONDS_PER_DAY;
const forgotten = ({ at, until }: FailureRecord, newest: number): boolean =>
  at < newest - FORGET_AFTER && until < newest - FORGET_AFTER;

const SAT = 1000n;

const floorToSat = (amount: Msat): Msat => msat(amount - (((amount % SAT) + SAT) % SAT));
const ceilToSat = (amount: Msat): Msat => negMsat(floorToSat(negMsat(amount)));
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One intent and its place in the order of reservation. */
interface Kept {
  readonly seq: number;
  intent: Intent;
}

export class MemoryRebalances implements RebalanceStore {
  readonly #intents = new Map<string, Kept>();
  readonly #open = new Map<string, Kept>();
  readonly #ended = new Ended();
  /** Those of them that moved anything. */
  readonly #arrived = new Ended();
  readonly #owners = new Map<string, string>();
  readonly #dryRuns: { readonly rebalance: DryRebalance; readonly manual: boolean }[] = [];
  #failures: ReadonlyMap<FailureSubject, FailureRecord> = new Map();
  #drivers: ReadonlyMap<DriverName, DriverRecord> = new Map();
  #verdicts: readonly KeptVerdict[] = [];

  spending(since: UnixSec): Spending {
    let spent = 0n;
    for (const { intent } of this.#ended.after(since)) spent += spentBy(intent, since);
    let reserved = 0n;
    for (const { intent } of this.#open.values()) reserved += heldBy(intent);
    return { spentMsat: msat(spent), reservedMsat: msat(reserved) };
  }

  reserve(...[since, decide, terms, at]: Parameters<RebalanceStore['reserve']>): ReturnType<RebalanceStore['reserve']> {
    const decision = decide(this.spending(since));
    if (!decision.ok) return decision;
    const { id, from, to, amountMsat, maxFeeMsat, deadline } = decision.value;
    if (this.#intents.has(id))
      throw new StoreError('failed', `rebalance ${id}: expected a new one, got one that is there`);
    const { driver, manual, expectedFeeMsat, expectedProfitMsat } = terms;
    const intent: Intent = {
      id,
      state: 'planned',
      driver,
      manual,
      from,
      to,
      amountMsat,
      maxFeeMsat,
      expectedFeeMsat,
      expectedProfitMsat,
      plannedAt: at,
      dispatchedAt: null,
      deadline,
      paymentsBefore: null,
      paymentHashes: [],
      movedMsat: ZERO_MSAT,
      feeMsat: ZERO_MSAT,
      endedAt: null,
      failure: null,
      message: null,
    };
    const kept = { seq: this.#intents.size, intent };
    this.#intents.set(id, kept);
    this.#open.set(id, kept);
    return decision;
  }

  advance(id: string, event: IntentEvent, at: UnixSec, news?: IntentNews): Intent {
    const kept = this.#kept(id);
    const next = advanced(kept.intent, event, at, news);
    if (next === null)
      throw new StoreError(
        'failed',
        `rebalance ${id}: expected a step that leads on from ${kept.intent.state}, got ${event}; nothing was changed`,
      );
    kept.intent = next;
    if (next.endedAt !== null) this.#end(kept, next);
    return next;
  }

  addPaymentHash(id: string, paymentHash: string): void {
    const kept = this.#kept(id);
    const owner = this.#owners.get(paymentHash);
    if (owner === id) return;
    if (owner !== undefined)
      throw new StoreError(
        'failed',
        `payment ${paymentHash}: expected one of rebalance ${id}, got one that belongs to ${owner}`,
      );
    this.#owners.set(paymentHash, id);
    kept.intent = { ...kept.intent, paymentHashes: [...kept.intent.paymentHashes, paymentHash] };
    if (kept.intent.endedAt !== null) for (const list of [this.#ended, this.#arrived]) list.forget();
  }

  intent(id: string): Intent | null {
    return this.#intents.get(id)?.intent ?? null;
  }

  openIntents(): readonly Intent[] {
    return Array.from(this.#open.values(), ({ intent }) => intent);
  }

  endedIntents(since: UnixSec): readonly Intent[] {
    return this.#ended.intents(since);
  }

  arrivedIntents(since: UnixSec): readonly Intent[] {
    return this.#arrived.intents(since);
  }

  endedLately(channel: ChannelId, limit: number): readonly Intent[] {
    const touching = this.#ended
      .after(-Infinity)
      .filter(({ intent: { from, to } }) => channel === from.channelId || channel === to.channelId);
    return touching
      .slice(-limit)
      .reverse()
      .map(({ intent }) => intent);
  }

  isOwnPayment(paymentHash: string): boolean {
    return this.#owners.has(paymentHash);
  }

  recordDryRun(rebalance: DryRebalance, { manual }: { readonly manual: boolean }): void {
    const { from, to, amountMsat, maxFeeMsat, expectedProfitMsat, at } = rebalance;
    const sums = {
      amountMsat: ceilToSat(amountMsat),
      maxFeeMsat: ceilToSat(maxFeeMsat),
      expectedProfitMsat: floorToSat(expectedProfitMsat),
    };
    this.#dryRuns.push({ rebalance: { from, to, ...sums, at }, manual });
  }

  dryRuns(since: UnixSec): readonly DryRebalance[] {
    return this.#dryRuns
      .filter(({ rebalance, manual }) => !manual && rebalance.at > since)
      .map(({ rebalance }) => rebalance)
      .sort((a, b) => a.at - b.at);
  }

  /** The same map until something has changed. */
  failures(): FailureMemory {
    return this.#failures;
  }

  saveFailures(changed: readonly FailureRecord[], cleared: readonly FailureSubject[]): void {
    if (changed.length === 0 && cleared.length === 0) return;
    const newest = changed.reduce((last, { at }) => Math.max(last, at), 0);
    const gone = [...cleared];
    const kept = changed.filter((record) => !forgotten(record, newest));
    for (const records of [this.#failures.values(), changed])
      for (const record of records) if (forgotten(record, newest)) gone.push(record.subject);
    this.#failures = changedMemory(this.#failures, kept, gone);
  }

  driverRecords(): ReadonlyMap<DriverName, DriverRecord> {
    return this.#drivers;
  }

  saveDriverRecord(record: DriverRecord): void {
    this.#drivers = new Map([...this.#drivers, [record.driver, record]]);
  }

  saveVerdicts(verdicts: readonly ChannelVerdict[], at: UnixSec): void {
    this.#verdicts = verdicts.map((verdict) => ({ at, verdict }));
  }

  verdictReasons(): readonly VerdictReason[] {
    return this.#verdicts
      .map(({ verdict: { channelId, role, reason } }) => ({ channelId, role, reason }))
      .sort((a, b) => byText(a.channelId, b.channelId) || byText(a.role, b.role));
  }

  verdict(channel: ChannelId, role: ChannelVerdict['role']): KeptVerdict | null {
    return this.#verdicts.find(({ verdict }) => verdict.channelId === channel && verdict.role === role) ?? null;
  }

  /** @throws StoreError where there is none of that id */
  #kept(id: string): Kept {
    const kept = this.#intents.get(id);
    if (kept === undefined) throw new StoreError('failed', `rebalance ${id}: expected one that was reserved, got none`);
    return kept;
  }

  #end(kept: Kept, { endedAt, movedMsat }: Intent): void {
    this.#open.delete(kept.intent.id);
    this.#ended.add(kept, endedAt ?? 0);
    if (movedMsat > 0n) this.#arrived.add(kept, endedAt ?? 0);
  }
}

/** In the order of their end, then of their reservation. */
class Ended {
  readonly #kept: Kept[] = [];
  /** The last answer, as long as it is true. */
  #told: { readonly first: number; readonly intents: readonly Intent[] } | null = null;

  add(kept: Kept, endedAt: number): void {
    let place = this.#kept.length;
    for (; place > 0; place--) {
      const { seq, intent } = this.#kept[place - 1] as Kept;
      const other = intent.endedAt ?? 0;
      if (other < endedAt || (other === endedAt && seq < kept.seq)) break;
    }
    this.#kept.splice(place, 0, kept);
    this.forget();
  }

  /** One of them is no longer what was told. */
  forget(): void {
    this.#told = null;
  }

  after(since: number): readonly Kept[] {
    return this.#kept.slice(this.#firstAfter(since));
  }

  /** The same list as before as long as nothing has changed in it. */
  intents(since: UnixSec): readonly Intent[] {
    const first = this.#firstAfter(since);
    if (this.#told?.first !== first)
      this.#told = { first, intents: this.#kept.slice(first).map(({ intent }) => intent) };
    return this.#told.intents;
  }

  /** Place of the first that ended after then. */
  #firstAfter(since: number): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (((this.#kept[middle] as Kept).intent.endedAt ?? 0) > since) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
