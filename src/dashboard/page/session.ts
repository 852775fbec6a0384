// Who is looking? The rune, taken from the address once and kept for this tab alone.
import { signal } from '@preact/signals';
import { decoded } from './decoded.ts';
import { drop, keep, recall } from './kept.ts';

/** sessionStorage: it ends with the tab, and no other site or tab can read it. */
const KEY = 'revenue-ops-rune';

/** Null: not signed in. */
export const rune = signal<string | null>(null);
/** Why one has to sign in again; null when nobody was thrown out. */
export const refusal = signal<string | null>(null);

/** Takes `#rune=…` out of the address, so that neither history nor a screenshot shows it. */
export function takeRune(location: Location, history: History): void {
  const found = /[#&]rune=([^&]+)/.exec(location.hash)?.[1];
  if (found !== undefined) {
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
    signIn(decoded(found));
    return;
  }
  rune.value = recall('sessionStorage', KEY);
}

/** What travels in a header; a chat or a mail may have put more between the letters than is seen. */
const SENDABLE = /^[!-~]+$/;

export function signIn(value: string): void {
  if (!SENDABLE.test(value)) {
    signOut('There are characters in it that no rune has, perhaps ones that are not seen: copy it anew.');
    return;
  }
  keep('sessionStorage', KEY, value);
  refusal.value = null;
  rune.value = value;
}

export function signOut(because: string | null = null): void {
  drop('sessionStorage', KEY);
  refusal.value = because;
  rune.value = null;
}
