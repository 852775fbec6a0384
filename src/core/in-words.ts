// How do figures read in a sentence?

type Value = number | string | boolean | null | undefined;

/** Unix seconds as people write them, to the minute, UTC. */
export const time = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Whole from a hundred on, else three digits that mean something; `unknown` for what is not there. */
export function figure(value: Value): string {
  if (typeof value !== 'number') return value === null || value === undefined ? 'unknown' : String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

/** Of a share, 0..1. */
export const percent = (value: Value): string =>
  typeof value === 'number' ? `${(value * 100).toFixed(1)} %` : 'unknown';

/** To a tenth of a ppm. */
export const ppm = (value: Value): string =>
  typeof value === 'number' ? `${figure(Math.round(value * 10) / 10)} ppm` : 'unknown';

/** Of sats; parts of one are told below a hundred. */
export const sats = (value: Value): string =>
  typeof value === 'number' ? `${figure(value)} ${Math.abs(value) === 1 ? 'sat' : 'sats'}` : 'unknown';

export const plural = (value: Value, word: string): string => `${figure(value)} ${word}${value === 1 ? '' : 's'}`;

/** As much of a value as a message should repeat. */
const SHOWN_CHARACTERS = 100;

/** What somebody has passed, in a refusal of it. */
export function shown(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}

/** A span of time in the unit that suits it. */
export function duration(seconds: number): string {
  const [length, word] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, 'second'];
  return plural(Math.round(seconds / length), word);
}
const UNITS: readonly (readonly [number, string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];
