// How does one loop live: when is it due, what becomes of an error, what is remembered of its last cycle?
import { SECONDS_PER_HOUR, type UnixSec } from '../core/units.ts';
import { NodeError, StoreError, type LoopRecord } from '../ports.ts';
import type { Loop, LoopStatus, LoopPorts } from './loop.ts';
import { messageOf } from '../core/message-of.ts';

/** Share of the interval by which a cycle may come sooner or later, so that many nodes do not act in step. */
const JITTER = 0.1;
/** No clock set forward, and no sleep that outlives a change of plan, lets a loop oversleep longer than this. */
const LONGEST_SLEEP = SECONDS_PER_HOUR;

/** What the world does to us, as opposed to a defect of ours. */
const isExpected = (error: unknown): boolean => error instanceof NodeError || error instanceof StoreError;

export class LoopRunner {
  readonly #loop: Loop;
  readonly #ports: LoopPorts;
  readonly #stop: AbortSignal;
  #last: LoopRecord | null;
  #faulted = false;
  #running = false;
  /** Someone wants a cycle whatever the time. */
  #wanted = true;
  /** Where the interval to the next cycle began; null while no next cycle is planned. */
  #endedAt: UnixSec | null = null;
  #stretch = 1;
  #sleep: AbortController | null = null;

  constructor(loop: Loop, ports: LoopPorts, stop: AbortSignal) {
    this.#loop = loop;
    this.#ports = ports;
    this.#stop = stop;
    this.#last = ports.store.loop(loop.name);
    stop.addEventListener('abort', () => this.#sleep?.abort(), { once: true });
  }

  get name(): string {
    return this.#loop.name;
  }

  /** Runs cycle after cycle; resolves when stopped, or when a defect has ended an acting loop. Never rejects. */
  async live(): Promise<void> {
    while (!this.#stop.aborted && !(this.#faulted && this.#loop.acts)) {
      const wait = this.#wanted ? 0 : this.#wait();
      if (wait > 0) {
        await this.#sleepFor(Math.min(wait, LONGEST_SLEEP));
        continue;
      }
      this.#wanted = false;
      this.#endedAt = null;
      await this.#cycle();
      this.#endedAt = this.#ports.clock.now();
      this.#stretch = 1 + JITTER * (2 * this.#ports.rng.next() - 1);
    }
    this.#endedAt = null;
  }

  wake(): void {
    this.#wanted = true;
    this.#sleep?.abort();
  }

  retime(): void {
    this.#sleep?.abort();
  }

  status(): LoopStatus {
    return {
      name: this.name,
      intervalSeconds: this.#loop.intervalSeconds(this.#ports.config()),
      running: this.#running,
      last: this.#last,
      nextRun: this.#due(),
      faulted: this.#faulted,
    };
  }

  /** Seconds to the next cycle. */
  #wait(): number {
    const now = this.#ports.clock.now();
    // The clock was set back, by nobody knows how much: the loop would stand still for as long.
    if (this.#endedAt !== null && now < this.#endedAt) return 0;
    return (this.#due() ?? 0) - now;
  }

  #due(): UnixSec | null {
    if (this.#endedAt === null) return null;
    const interval = this.#loop.intervalSeconds(this.#ports.config()) * this.#stretch;
    return Math.ceil(this.#endedAt + interval) as UnixSec;
  }

  async #sleepFor(seconds: number): Promise<void> {
    this.#sleep = new AbortController();
    await this.#ports.clock.sleep(seconds, this.#sleep.signal);
    this.#sleep = null;
  }

  async #cycle(): Promise<void> {
    const startedAt = this.#ports.clock.now();
    this.#running = true;
    try {
      // When the switch cannot be read, acting loops rest too: the error ends the cycle.
      if (this.#loop.acts && this.#ports.store.paused()) {
        await this.#loop.whilePaused?.();
        return;
      }
      await this.#loop.run(this.#ports.config());
      this.#record({ lastRun: startedAt, lastOutcome: 'ok', consecutiveFailures: 0 });
    } catch (error) {
      // Calls that fail because we are leaving say nothing about the node.
      if (!this.#stop.aborted) this.#recordFailure(error, startedAt);
    } finally {
      this.#running = false;
    }
  }

  #recordFailure(error: unknown, startedAt: UnixSec): void {
    const expected = isExpected(error);
    const outcome = expected ? messageOf(error) : `defect: ${messageOf(error)}`;
    // The same failure every minute is one line, not a flood.
    if (outcome !== this.#last?.lastOutcome)
      this.#ports.log[expected ? 'warn' : 'error'](this.#describe(error, outcome));
    this.#faulted ||= !expected;
    const consecutiveFailures = (this.#last?.consecutiveFailures ?? 0) + 1;
    this.#record({ lastRun: startedAt, lastOutcome: outcome, consecutiveFailures });
  }

  #describe(error: unknown, outcome: string): string {
    if (isExpected(error)) return `${this.name}: ${outcome}`;
    const trace = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
    return `${this.name}: ${outcome}${this.#loop.acts ? '; the loop ends until a restart' : ''}${trace}`;
  }

  #record(record: LoopRecord): void {
    if (record.consecutiveFailures === 0) {
      this.#faulted = false;
      if (this.#last && this.#last.consecutiveFailures > 0) this.#ports.log.info(`${this.name}: works again`);
    }
    this.#last = record;
    try {
      this.#ports.store.saveLoop(this.name, record);
    } catch (error) {
      this.#ports.log.warn(`${this.name}: its heartbeat could not be kept: ${messageOf(error)}`);
    }
  }
}
