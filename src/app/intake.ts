// How do forwards come to us: told by notification as they happen, and asked for again and again lest one was missed.
import type { Forward } from '../core/forward.ts';
import { SECONDS_PER_DAY, unixSec, type UnixSec } from '../core/units.ts';
import type { Clock, Store } from '../ports.ts';
import { catchUp, type CatchUpProgress, type ForwardReader } from './catch-up.ts';

/** Rows deleted in one transaction; some 50 ms. The next catch-up goes on. */
const PRUNE_AT_ONCE = 20_000;

export interface IntakePorts {
  readonly reader: ForwardReader;
  readonly store: Store;
  readonly clock: Clock;
  /** Days for which each forward is kept by itself; asked each time. Rollups are kept for good. */
  readonly retentionDays: () => number;
}

export class Intake {
  readonly #ports: IntakePorts;
  #caughtUp = false;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /**
   * Takes one forward in from its notification. Before the first catch-up has ended it is left to the pages, which
   * bring it anyway: what was taken in first would hide where the time begins that we have not seen (HistoryGap).
   * @throws StoreError; nothing is lost then, the next catch-up brings it.
   */
  onForward(forward: Forward): void {
    if (this.#caughtUp) this.#ports.store.takeIn('event', [forward], { keepSince: this.#keepSince() });
  }

  /**
   * Reads from the node what we have not, and lets go of rows too old to be kept.
   * @throws NodeError, StoreError; what was taken in until then stays.
   */
  async catchUp(signal: AbortSignal, onProgress?: (progress: CatchUpProgress) => void): Promise<CatchUpProgress> {
    const { reader, store, clock } = this.#ports;
    const progress = await catchUp(reader, store, {
      startedAt: clock.now(),
      keepSince: this.#keepSince(),
      signal,
      ...(onProgress ? { onProgress } : {}),
    });
    if (!signal.aborted) {
      this.#caughtUp = true;
      store.pruneForwards(this.#keepSince(), PRUNE_AT_ONCE);
    }
    return progress;
  }

  #keepSince(): UnixSec {
    const { clock, retentionDays } = this.#ports;
    return unixSec(Math.max(0, clock.now() - retentionDays() * SECONDS_PER_DAY));
  }
}
