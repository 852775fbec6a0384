// What do all parts of the world share? The state, chance, the schedule, and the ears of those outside.
import type { Msat } from '../../core/units.ts';
import { hash32 } from './identity.ts';
import { push } from '../heap.ts';
import { sooner } from './sooner.ts';
import { SeededRandom } from './random.ts';
import type { Happening, IndexName, Subsystem, WorldState } from './state.ts';
import type { NotificationListener } from './world.ts';

/** Told of every index that moves, with the details that `wait` reports. */
export type IndexListener = (subsystem: Subsystem, index: IndexName, value: number, details: object) => void;

/** Notifications are built only when someone listens: history is generated without. */
export class Sim {
  readonly state: WorldState;
  readonly random: SeededRandom;
  readonly #listeners = new Set<NotificationListener>();
  readonly #indexListeners = new Set<IndexListener>();
  readonly #alarms = new Map<number, () => void>();
  #lastAlarm = 0;

  constructor(state: WorldState) {
    this.state = state;
    this.random = new SeededRandom(state.random);
  }

  get seed(): number {
    return this.state.config.seed;
  }

  /** Unix seconds, whole: lightningd's resolution of moves. */
  seconds(): number {
    return Math.floor(this.state.now / 1000);
  }

  /** Unix seconds with six decimals: a forward's times. */
  preciseSeconds(): number {
    return Math.round(this.state.now * 1000) / 1e6;
  }

  schedule(at: number, what: Happening): void {
    push(this.state.queue, { at, order: this.state.counters.order++, what }, sooner);
  }

  /** Calls back once so much time has passed, unless cancelled by what it returns. Nothing of the world is changed by it. */
  alarm(ms: number, wake: () => void): () => void {
    const number = this.#lastAlarm++;
    this.#alarms.set(number, wake);
    push(this.state.queue, { at: this.state.now + ms, order: Infinity, what: { kind: 'alarm', number } }, sooner);
    return () => this.#alarms.delete(number);
  }

  ring(number: number): void {
    const wake = this.#alarms.get(number);
    this.#alarms.delete(number);
    wake?.();
  }

  onNotification(listener: NotificationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(topic: string, payload: () => Readonly<Record<string, unknown>>): void {
    if (this.#listeners.size === 0) return;
    const built = payload();
    for (const listener of this.#listeners) listener(topic, built);
  }

  onIndex(listener: IndexListener): () => void {
    this.#indexListeners.add(listener);
    return () => this.#indexListeners.delete(listener);
  }

  /** Moves an index on by one and returns it. */
  bump(subsystem: Subsystem, index: IndexName, details: () => object = noDetails): number {
    const value = ++this.state.indexes[subsystem][index];
    if (this.#indexListeners.size === 0) return value;
    for (const listener of [...this.#indexListeners]) listener(subsystem, index, value, details());
    return value;
  }

  newTxid(): string {
    return hash32(this.seed, 'tx', this.state.counters.tx++);
  }

  newPayment(): number {
    return this.state.counters.payment++;
  }
}

const noDetails = (): object => ({});

/** An amount as JSON prints it: a plain number while that is exact. */
export const wire = (amount: Msat): number | bigint =>
  amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : amount;
