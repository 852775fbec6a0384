// What is a loop: what does it do, what does it need, and how does it stand?
import type { Config } from '../core/config/options.ts';
import type { UnixSec } from '../core/units.ts';
import type { Clock, Log, LoopRecord, Rng, Store } from '../ports.ts';

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

export interface LoopPorts {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly store: Pick<Store, 'loop' | 'saveLoop' | 'paused'>;
  /** The configuration now; asked once per cycle. */
  readonly config: () => Config;
}
