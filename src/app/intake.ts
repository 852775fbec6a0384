// How do forwards come to us: told by notification as they happen, and asked for again and again lest one was missed.
import type { Forward } from '../core/forward.ts';
import { daysBefore, SECONDS_PER_HOUR, unixSec, type UnixSec } from '../core/units.ts';
import { StoreError, type Clock, type Log, type Store } from '../ports.ts';
import { catchUp, type CatchUpProgress, type ForwardReader } from './catch-up.ts';

/** Rows deleted in one transaction; some 50 ms. The next catch-up goes on. */
const PRUNE_AT_ONCE = 20_000;

/**
 * Seconds by which a look, of which there is one a minute and one a cycle, may move on what is kept: ten times as fast as time goes. A
 * clock that runs decades ahead, as that of a host which boots without one, then costs ten hours of the oldest rows for
 * each hour, and not all of them at once. What has been let go of is the only measure of time here that no such clock has moved.
 */
const LET_GO_AT_ONCE = 600;

/**
 * Seconds between listings of a node without indexes (before v23.11), which answers nobody else meanwhile, 5 s for half a
 * million forwards: notifications tell of nearly all, and the hour is that of the flow analysis.
 */
const LISTING_INTERVAL = SECONDS_PER_HOUR;

export interface IntakePorts {
  readonly reader: ForwardReader;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Days for which each forward is kept by itself; asked each time. Rollups are kept for good. */
  readonly retentionDays: () => number;
}

export class Intake {
  readonly #ports: IntakePorts;
  #caughtUp = false;
  /** Told of, in this turn of the event loop, and not taken in yet. */
  #told: Forward[] = [];
  /** When a node without indexes was last listed. */
  #listedAt: UnixSec | null = null;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /**
   * Takes one forward in from its notification, in one transaction with all others of this turn of the event loop: one
   * each would keep us from all else at a thousand a second. What is lost with the process is brought by the next
   * catch-up, for notifications move no cursor.
   *
   * Before the first catch-up has ended it is left to the pages, which bring it anyway: what was taken in first would
   * hide where the time begins that we have not seen (HistoryGap).
   */
  onForward(forward: Forward): void {
    if (this.#caughtUp && this.#told.push(forward) === 1)
      setImmediate(() => {
        this.#takeTold();
      });
  }

  /**
   * Reads from the node what we have not, and lets go of rows too old to be kept.
   * @throws NodeError, StoreError; what was taken in until then stays.
   */
  async catchUp(signal: AbortSignal, onProgress?: (progress: CatchUpProgress) => void): Promise<CatchUpProgress> {
    const { reader, store, clock } = this.#ports;
    const startedAt = clock.now();
    const keepSince = this.#keepSince();
    const progress = await catchUp(reader, store, {
      startedAt,
      skipListing: this.#wasListedLately(startedAt),
      keepSince,
      signal,
      ...(onProgress ? { onProgress } : {}),
    });
    if (!signal.aborted) {
      this.#caughtUp = true;
      if (progress.listed) this.#listedAt = startedAt;
      store.pruneForwards(keepSince, PRUNE_AT_ONCE);
    }
    return progress;
  }

  /** Not where the clock has been set back since: by nobody knows how much. */
  #wasListedLately(now: UnixSec): boolean {
    return this.#listedAt !== null && now >= this.#listedAt && now - this.#listedAt < LISTING_INTERVAL;
  }

  #takeTold(): void {
    const told = this.#told;
    this.#told = [];
    try {
      this.#ports.store.takeIn('event', told, { keepSince: unixSec(0) });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Nothing is lost: the next catch-up brings them, or fails loudly as a loop. A warning each time would be a flood.
      this.#ports.log.debug(`forward_event: ${error.message}`);
    }
  }

  #keepSince(): UnixSec {
    const { store, clock, retentionDays } = this.#ports;
    const wanted = daysBefore(clock.now(), retentionDays());
    const letGo = store.letGoUntil();
    return letGo === 0 ? wanted : unixSec(Math.min(wanted, letGo + LET_GO_AT_ONCE));
  }
}
