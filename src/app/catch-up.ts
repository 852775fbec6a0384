// How does the database learn what the node has forwarded while nobody told us?
//
// Changes of forwards we know first, then new forwards (src/store/take-in.ts says why in this order), then what was
// deleted before we came. Each step is kept with its cursor, so that a stop or a kill anywhere only means that the next
// catch-up goes on from there.
import type { Forward } from '../core/forward.ts';
import { nsToSec, type UnixSec } from '../core/units.ts';
import { StoreError, type ForwardIndexes, type NodeReader, type Store, type TakenIn } from '../ports.ts';
import { fillGap } from './backfill.ts';
import { breathe } from './breathe.ts';

/**
 * Forwards per call. lightningd answers nothing else meanwhile: 5-10 ms for 1000 rows, against 5.5 s for 500,000 in one
 * listing, measured on v26.06.
 */
const ROWS_PER_PAGE = 1000;
/**
 * Pages per transaction while there are many to come. Every transaction rewrites the last page of each channel's rows,
 * so ten pages at once write several times less than one by one, and keep the event loop for some 100 ms.
 */
const PAGES_PER_TRANSACTION = 10;
const PAGING = { rows: ROWS_PER_PAGE, pages: PAGES_PER_TRANSACTION };

/** What intake asks of a node. */
export type ForwardReader = Pick<
  NodeReader,
  'readForwardIndexes' | 'readForwards' | 'readAllForwards' | 'readRoutedMoves'
>;

export interface CatchUpOptions {
  readonly startedAt: UnixSec;
  /** Ended forwards from before are counted but not kept one by one. */
  readonly keepSince: UnixSec;
  readonly signal: AbortSignal;
  /** Forwards per call and calls per transaction; the constants above where not given. */
  readonly paging?: { readonly rows: number; readonly pages: number };
  /** On a node without indexes: leave the whole listing out this time, notifications will do. */
  readonly skipListing?: boolean;
  /** Told after each transaction. */
  readonly onProgress?: (progress: CatchUpProgress) => void;
}

export interface CatchUpProgress extends TakenIn {
  /** Forwards read from the node so far, known ones included. */
  readonly read: number;
  /** How many may still come, at most; null where the node cannot tell. */
  readonly ahead: number | null;
  /** Whether the node, having no indexes, was asked for the whole list. */
  readonly listed: boolean;
  /** Routed moves read in place of forwards that are gone. */
  readonly moves: number;
}

/**
 * Takes in all that the node has and we have not. Resolves early when the signal aborts.
 * @throws NodeError when a read fails, StoreError when a write does, or `diverged` when the node's indexes are lower
 * than ours; what was taken in until then stays.
 */
export async function catchUp(reader: ForwardReader, store: Store, options: CatchUpOptions): Promise<CatchUpProgress> {
  const run = new CatchUp(reader, store, options);
  const indexes = await reader.readForwardIndexes();
  if (indexes !== null) await run.page(indexes);
  else if (options.skipListing === true) return run.progress;
  else await run.list();
  return run.finish();
}

class CatchUp {
  readonly #reader: ForwardReader;
  readonly #store: Store;
  readonly #options: CatchUpOptions;
  readonly #paging: { readonly rows: number; readonly pages: number };
  progress: CatchUpProgress = { read: 0, added: 0, ended: 0, ahead: null, listed: false, moves: 0 };

  constructor(reader: ForwardReader, store: Store, options: CatchUpOptions) {
    this.#reader = reader;
    this.#store = store;
    this.#options = options;
    this.#paging = options.paging ?? PAGING;
  }

  async page(indexes: ForwardIndexes): Promise<void> {
    const cursors = this.#store.cursors();
    refuseOlderNode(indexes, cursors);
    // Nothing is known yet, so no change so far matters; each `created` page tells the state at its reading.
    if (cursors.created === 0) this.#take('updated', [], indexes.updated);
    else if (indexes.updated > cursors.updated) await this.#pages('updated', cursors.updated, indexes.updated);
    if (indexes.created > cursors.created) await this.#pages('created', cursors.created, indexes.created);
  }

  /** The whole listing of a node without indexes. */
  async list(): Promise<void> {
    const all = await this.#reader.readAllForwards();
    this.progress = { ...this.progress, listed: true };
    const rowsMissing = beginsAfter(all, this.#store.historyGap().from);
    const size = this.#paging.rows * this.#paging.pages;
    for (let start = 0; start < all.length && !this.#options.signal.aborted; start += size) {
      this.#take('listing', all.slice(start, start + size), 0, rowsMissing);
      await breathe();
    }
    if (all.length === 0) this.#take('listing', [], 0, rowsMissing);
  }

  async finish(): Promise<CatchUpProgress> {
    if (!this.#options.signal.aborted) {
      const moves = await fillGap(this.#reader, this.#store, this.#options);
      this.#report({ ...this.progress, moves });
    }
    return this.progress;
  }

  /**
   * Pages until the node has no more. `current` is the node's index when the catch-up began: at the end the cursor goes
   * at least there, for rows that were deleted at the end of the list leave no later one to tell of it.
   */
  async #pages(by: 'created' | 'updated', cursor: number, current: number): Promise<void> {
    const { rows, pages } = this.#paging;
    let pending: (readonly Forward[])[] = [];
    let last = cursor;
    for (let size = rows; size === rows && !this.#options.signal.aborted;) {
      const page = await this.#reader.readForwards(by, last + 1, rows);
      size = page.length;
      last = lastIndex(by, page, last);
      pending.push(page);
      if (size < rows) last = Math.max(last, current);
      else if (pending.length < pages) continue;
      this.#take(by, pending.flat(), last, false, Math.max(0, current - last));
      pending = [];
      await breathe();
    }
  }

  #take(
    pass: 'created' | 'updated' | 'listing',
    forwards: readonly Forward[],
    cursor: number,
    rowsMissing = false,
    ahead: number | null = null,
  ): void {
    const cursors = pass === 'listing' ? {} : { [pass]: cursor };
    const taken = this.#store.takeIn(pass, forwards, { cursors, keepSince: this.#options.keepSince, rowsMissing });
    this.#report({
      ...this.progress,
      read: this.progress.read + forwards.length,
      added: this.progress.added + taken.added,
      ended: this.progress.ended + taken.ended,
      ahead,
    });
  }

  #report(progress: CatchUpProgress): void {
    this.progress = progress;
    this.#options.onProgress?.(progress);
  }
}

function lastIndex(by: 'created' | 'updated', page: readonly Forward[], before: number): number {
  const last = page.at(-1);
  if (last === undefined) return before;
  const index = by === 'created' ? last.createdIndex : last.updatedIndex;
  if (index === null || index <= before)
    throw new Error(`forwards by ${by} index: expected one above ${before}, got ${String(index)}`);
  return index;
}

/** Whether settlements between `known` and the oldest one listed may have been deleted. */
function beginsAfter(forwards: readonly Forward[], known: UnixSec): boolean {
  let oldest: UnixSec | null = null;
  for (const { status, resolvedNs } of forwards) {
    if (status !== 'settled' || resolvedNs === null) continue;
    const time = nsToSec(resolvedNs);
    if (oldest === null || time < oldest) oldest = time;
  }
  return oldest === null ? known === 0 : oldest > known;
}

/** lightningd never lowers an index, so a lower one means that its database is not the one we read before. */
function refuseOlderNode(node: ForwardIndexes, ours: ForwardIndexes): void {
  if (node.created >= ours.created && node.updated >= ours.updated) return;
  throw new StoreError(
    'diverged',
    `forwards: expected the node to be at created index ${ours.created} and updated index ${ours.updated} or later, ` +
      `got ${node.created} and ${node.updated}: lightningd's database was restored from an older state; ` +
      `move our database away (or set revenue-ops-db-path), so that it begins anew`,
  );
}
