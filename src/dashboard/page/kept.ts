// What does the browser keep for this page? Nothing where it blocks all cookies: then even a look at its stores throws.

type Store = 'localStorage' | 'sessionStorage';

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Null: nothing is kept. */
export const recall = (store: Store, key: string): string | null => attempt(() => globalThis[store].getItem(key));

export function keep(store: Store, key: string, value: string): void {
  attempt(() => {
    globalThis[store].setItem(key, value);
  });
}

export function drop(store: Store, key: string): void {
  attempt(() => {
    globalThis[store].removeItem(key);
  });
}
