// How does a view keep what it shows up to date? It asks at once and then now and again, while somebody looks.
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { rune } from '../session.ts';
import { ApiError, read } from './client.ts';

/** Until the plugin has said how often: nothing that is shown changes faster than a loop of minutes. */
let pollMs = 10_000;
export function pollEvery(seconds: number): void {
  pollMs = seconds * 1000;
}

/** After a failure: soon enough to see a restarted plugin, rarely enough not to be a burden. */
const RETRY_MS = 5000;

export interface State<T> {
  /** The last that was heard, also while newer is on its way or could not be had; null before the first. */
  readonly data: T | null;
  readonly error: ApiError | null;
}

interface Entry {
  readonly state: Signal<State<unknown>>;
  etag: string | null;
  /** Milliseconds; null: as often as everything. */
  everyMs: number | null;
  watchers: number;
  timer: ReturnType<typeof setTimeout> | null;
  request: AbortController | null;
}

/** By path, so that a view one comes back to is there at once. */
const entries = new Map<string, Entry>();
/** A look at each of a thousand channels need not be kept for good. */
const MOST_KEPT = 24;

// What one rune was shown is not for the next.
rune.subscribe(() => {
  for (const entry of entries.values()) entry.request?.abort();
  for (const [path, entry] of entries)
    if (entry.watchers === 0) entries.delete(path);
    else Object.assign(entry, { etag: null }).state.value = { data: null, error: null };
});

function entryOf(path: string): Entry {
  let entry = entries.get(path);
  if (entry === undefined) {
    entry = {
      state: signal<State<unknown>>({ data: null, error: null }),
      etag: null,
      everyMs: null,
      watchers: 0,
      timer: null,
      request: null,
    };
    entries.set(path, entry);
    for (const [old, { watchers }] of entries) {
      if (entries.size <= MOST_KEPT) break;
      if (watchers === 0 && old !== path) entries.delete(old);
    }
  }
  return entry;
}

async function ask(path: string, entry: Entry): Promise<void> {
  if (entry.timer !== null) clearTimeout(entry.timer);
  entry.timer = null;
  entry.request?.abort();
  const request = new AbortController();
  entry.request = request;
  let next = entry.everyMs ?? pollMs;
  try {
    const fresh = await read(path, entry.etag, request.signal);
    if (request.signal.aborted) return;
    if (fresh !== null) {
      entry.etag = fresh.etag;
      entry.state.value = { data: fresh.body, error: null };
    } else if (entry.state.value.error !== null) entry.state.value = { ...entry.state.value, error: null };
  } catch (error) {
    if (request.signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    entry.state.value = { ...entry.state.value, error };
    next = Math.max(RETRY_MS, error.restSeconds * 1000);
  }
  if (entry.watchers > 0 && !document.hidden && rune.value !== null)
    entry.timer = setTimeout(() => void ask(path, entry), next);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});

/** Asks again at once for all that is on the screen: after an action, or when somebody comes back to the page. */
export function refresh(): void {
  for (const [path, entry] of entries) if (entry.watchers > 0) void ask(path, entry);
}

/** @param everyMs of what changes more rarely than the rest */
export function useResource<T>(path: string, everyMs: number | null = null): State<T> {
  const entry = entryOf(path);
  entry.everyMs = everyMs;
  const signedIn = rune.value !== null;
  useEffect(() => {
    if (!signedIn) return undefined;
    entry.watchers++;
    // Whoever looks first asks for all.
    if (entry.watchers === 1) void ask(path, entry);
    return () => {
      entry.watchers--;
      if (entry.watchers > 0) return;
      if (entry.timer !== null) clearTimeout(entry.timer);
      entry.timer = null;
      entry.request?.abort();
    };
  }, [path, entry, signedIn]);
  return (entry.state as ReadonlySignal<State<T>>).value;
}
