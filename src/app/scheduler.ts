// When does which loop run? Each for itself: never twice at once, with jitter, through errors, until told to stop.
import type { Loop, LoopPorts, LoopStatus } from './loop.ts';
import { LoopRunner } from './loop-runner.ts';

export class Scheduler {
  readonly #runners: readonly LoopRunner[];
  readonly #stop = new AbortController();
  #ended: Promise<unknown> | null = null;

  constructor(loops: readonly Loop[], ports: LoopPorts) {
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
