// Time that passes only when a test says so.
import { setImmediate } from 'node:timers/promises';
import { unixSec, type UnixSec } from '../../src/core/units.ts';
import type { Clock } from '../../src/ports.ts';

interface Sleeper {
  due: number;
  readonly wake: () => void;
}

/** Lets everything run that waits for nothing but the event loop. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

export class ManualClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now = 1_795_227_000) {
    this.#now = now;
  }

  now(): UnixSec {
    return unixSec(Math.floor(this.#now));
  }

  sleep(seconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const sleeper: Sleeper = {
        due: this.#now + seconds,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake);
    });
  }

  /** Wakes whoever is due on the way, one after the other, each at its time. */
  async advance(seconds: number): Promise<void> {
    const target = this.#now + seconds;
    await settle();
    for (;;) {
      const [next] = [...this.#sleepers].filter(({ due }) => due <= target).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#now = Math.max(this.#now, next.due);
      next.wake();
      await settle();
    }
    this.#now = target;
  }

  /** Whoever sleeps goes on sleeping for as long as it would have: a timer knows no time of day. */
  setBack(seconds: number): void {
    this.#now -= seconds;
    for (const sleeper of this.#sleepers) sleeper.due -= seconds;
  }

  get sleeping(): number {
    return this.#sleepers.size;
  }
}
