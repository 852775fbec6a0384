// Which view is asked for? The part of the address behind the #, so that the server has one page to serve.
import { computed, signal } from '@preact/signals';
import { decoded } from './decoded.ts';

export interface Route {
  /** 'overview', 'channels', … */
  readonly view: string;
  /** What of it: a channel's name. */
  readonly item: string | null;
  readonly query: URLSearchParams;
}

const hash = signal('');

/** Looks at the address: at the start, and whenever it was changed without an event. */
export function lookAtAddress(): void {
  hash.value = location.hash;
}
addEventListener('hashchange', lookAtAddress);

export const route = computed((): Route => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?');
  const [view = '', item] = path.split('/');
  return {
    view: view === '' ? 'overview' : view,
    item: item === undefined || item === '' ? null : decoded(item),
    query: new URLSearchParams(query),
  };
});

export const channelLink = (name: string): string => `#/channels/${encodeURIComponent(name)}`;

/** Filters and periods stand in the address, so that a reload or a bookmark keeps them; they are no steps of history. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const { view, item, query } = route.peek();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  const text = next.toString();
  const path = item === null ? view : `${view}/${encodeURIComponent(item)}`;
  history.replaceState(null, '', `#/${path}${text === '' ? '' : `?${text}`}`);
  lookAtAddress();
}

export function go(link: string): void {
  location.hash = link;
}
