// Where the node's forwards are gone, what do its accounts say of that time?
import type { UnixSec } from '../core/units.ts';
import type { NodeReader, Store } from '../ports.ts';

export interface BackfillOptions {
  /** The beginning of the catch-up: forwards settled later are left to the next one. */
  readonly startedAt: UnixSec;
  readonly signal: AbortSignal;
}

/**
 * Fills the gap that the catch-up has found, if any, and closes it. A stop or a failure in between leaves it open, and
 * the next catch-up begins it anew. Returns the number of routed moves read.
 */
export async function fillGap(
  reader: Pick<NodeReader, 'readRoutedMoves'>,
  store: Store,
  options: BackfillOptions,
): Promise<number> {
  const { startedAt, signal } = options;
  const { from, until, rowsMissing } = store.historyGap();
  const end = until ?? startedAt;
  if (!rowsMissing || from >= end) {
    store.closeGap(startedAt);
    return 0;
  }
  const begin = store.beginBackfill(from, end);
  const pages = await reader.readRoutedMoves(begin, end);
  if (pages === null) {
    // No accounts to ask. Then forwards alone serve, and the gap is closed all the same, or we would ask for ever.
    store.closeGap(startedAt, tellsOfDeletion(store, from) ? { from, until: end } : undefined);
    return 0;
  }
  let read = 0;
  for await (const moves of pages) {
    if (signal.aborted) return read;
    store.takeInMoves(moves);
    read += moves.length;
  }
  store.closeGap(startedAt);
  return read;
}

/** A node without indexes cannot tell at our first start whether anything was before the first forward it lists. */
const tellsOfDeletion = (store: Store, from: UnixSec): boolean => from > 0 || store.cursors().created > 0;
