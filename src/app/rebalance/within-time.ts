// Has it ended by then? For what another plugin does, which may take its time, or for ever.
import type { Clock } from '../../ports.ts';

/** A plugin that is well answers within a second; one that is not must not keep the cycle from others. */
export const PATIENCE_SECONDS = 5;

/**
 * Null where it has not ended within so many seconds; its end, or its failure, is then ignored.
 * @throws what `work` rejects with in that time
 */
export async function within<T>(clock: Clock, seconds: number, work: Promise<T>): Promise<T | null> {
  const over = new AbortController();
  work.catch(() => undefined);
  try {
    return await Promise.race([work, clock.sleep(seconds, over.signal).then(() => null)]);
  } finally {
    over.abort();
  }
}
