// Light or dark? What the system says, until somebody says otherwise here.
import { computed, signal } from '@preact/signals';
import { keep, recall } from './kept.ts';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'revenue-ops-theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

const stored = recall('localStorage', KEY);
export const theme = signal<Theme>(ORDER.find((name) => name === stored) ?? 'system');

const preference = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(preference.matches);
preference.addEventListener('change', ({ matches }) => {
  systemDark.value = matches;
});

/** What is on the screen; charts are drawn again when it changes. */
export const dark = computed(() => (theme.value === 'system' ? systemDark.value : theme.value === 'dark'));

function apply(): void {
  if (theme.value === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme.value);
}
apply();

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system';
  keep('localStorage', KEY, theme.value);
  apply();
}
