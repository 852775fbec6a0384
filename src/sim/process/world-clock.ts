// How does virtual time move on with real time, without the node going deaf meanwhile?
import { toVirtualMs, type ScaledTime } from '../../core/scaled-time.ts';
import type { World } from '../world/world.ts';

/** Real milliseconds between two looks at the clock: a forward is noticed no later than a busy lightningd would. */
const TICK = 5;
/** Real milliseconds to let the world run at a stretch; then callers and plugins get their turn. */
const STRETCH = 15;

/**
 * Advances the world to the scaled clock. Where the world cannot keep up it falls behind the clock, event by event in
 * order, and nothing is left out.
 */
export class WorldClock {
  readonly #world: World;
  readonly #time: ScaledTime;
  readonly #beforeAdvance: (ms: number) => void;
  #skippedMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Immediate | null = null;

  /** `beforeAdvance` is told how far time will go, before it does. */
  constructor(world: World, time: ScaledTime, beforeAdvance: (ms: number) => void) {
    this.#world = world;
    this.#time = time;
    this.#beforeAdvance = beforeAdvance;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#soon) this.catchUp();
    }, TICK);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#soon) clearImmediate(this.#soon);
    this.#timer = null;
    this.#soon = null;
  }

  /** What the clock shows; the world may be behind. */
  virtualNow(): number {
    return toVirtualMs(this.#time, Date.now()) + this.#skippedMs;
  }

  /** Puts the clock forward; what was to happen meanwhile happens now. */
  skip(ms: number): void {
    this.#skippedMs += ms;
    this.catchUp();
  }

  /** As plugins that start now are to read it. */
  get time(): ScaledTime {
    const { virtualOriginMs, endMs } = this.#time;
    return {
      ...this.#time,
      virtualOriginMs: virtualOriginMs + this.#skippedMs,
      endMs: endMs === null ? null : endMs + this.#skippedMs,
    };
  }

  /** Lets happen what is due, for a stretch; goes on soon when that was not enough. */
  catchUp(): void {
    const target = this.virtualNow();
    if (target <= this.#world.now()) return;
    this.#beforeAdvance(target);
    const until = performance.now() + STRETCH;
    while (this.#world.now() < target) {
      const next = this.#world.nextEventAt() ?? target;
      this.#world.advanceTo(Math.min(target, Math.max(next, this.#world.now())));
      if (performance.now() > until) break;
    }
    if (this.#world.now() < target && this.#timer)
      this.#soon = setImmediate(() => {
        this.#soon = null;
        this.catchUp();
      });
  }
}
