// How do several callers share work that must not run twice at once?

/**
 * Runs `work` at most once at a time. Whoever calls while it runs shares one further run, because the one under way may
 * have passed by what happened just before the call.
 */
export function coalesce<T>(work: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    current = work().finally(() => {
      current = null;
    });
    return current;
  };
  const after = async (running: Promise<T>): Promise<T> => {
    // How that run ended is its callers' affair.
    await running.catch(() => undefined);
    next = null;
    return begin();
  };
  return () => {
    // Also where no run is under way just now: whoever waits begins one at once, and another would run beside it.
    if (next !== null) return next;
    return current === null ? begin() : (next = after(current));
  };
}
