// When does which loop run? Each for itself: never twice at once, with jitter, through errors, until told to stop.
import type { Config } from '../core/config/options.ts';
import type { UnixSec } from '../core/units.ts';
import type { Clock, Log, LoopRecord, Rng, Store } from '../ports.ts';
import { LoopRunner } from './loop-runner.ts';

export interface Loop {
  readonly name: string;
  /** Whether it changes anything on the node. Such a loop rests while paused and ends for good after a defect. */
  readonly acts: boolean;
  /** From the end of one cycle to the beginning of the next. */
  intervalSeconds(config: Config): number;
  /**
   * One cycle under one configuration, whatever setconfig does meanwhile.
   * @throws NodeError and StoreError are failures that may pass; anything else is a defect of ours.
   */
  run(config: Config): Promise<void>;
  /** What goes on while paused: nothing but finding out what became of that which was done before. */
  readonly whilePaused?: () => Promise<void>;
}

export interface LoopStatus {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly running: boolean;
  /** Null until the first cycle has ended. */
  readonly last: LoopRecord | null;
  /** Null while running, before the start and after the end. */
  readonly nextRun: UnixSec | null;
  /** Set by a defect; an acting loop does not run again before a restart. */
  readonly faulted: boolean;
}

export interface SchedulerPorts {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly store: Pick<Store, 'loop' | 'saveLoop' | 'paused'>;
  /** The configuration now; asked once per cycle. */
  readonly config: () => Config;
}

export class Scheduler {
  readonly #runners: readonly LoopRunner[];
  readonly #stop = new AbortController();
  #ended: Promise<unknown> | null = null;

  constructor(loops: readonly Loop[], ports: SchedulerPorts) {
    this.#runners = loops.map((loop) => new LoopRunner(loop, ports, this.#stop.signal));
  }

  /** Every loop's first cycle begins at once, in the order given. */
  start(): void {
    this.#ended ??= Promise.all(this.#runners.map((runner) => runner.live()));
  }

  /** Runs the loop now, or once more if it is running. */
  wake(name: string): void {
    this.#runners.find((runner) => runner.name === name)?.wake();
  }

  /** Reckons the next run of every loop anew, after a change of configuration or pause. */
  retime(): void {
    for (const runner of this.#runners) runner.retime();
  }

  /** Begins no cycle any more; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  status(): readonly LoopStatus[] {
    return this.#runners.map((runner) => runner.status());
  }
}
