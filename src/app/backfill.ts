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
  let read = 0;
  if (rowsMissing && from < end) {
    const begin = store.beginBackfill(from, end);
    // Null: no accounts to ask. Then forwards alone serve, and the gap is closed all the same, or we would ask for ever.
    for await (const moves of (await reader.readRoutedMoves(begin, end)) ?? []) {
      if (signal.aborted) return read;
      store.takeInMoves(moves);
      read += moves.length;
    }
  }
  store.closeGap(startedAt);
  return read;
}
