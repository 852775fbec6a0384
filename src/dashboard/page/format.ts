// How are amounts, rates and times written for people? Pure, but for the present year; the locale is fixed so that figures can be compared.
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../core/units.ts';

/** What stands where there is no figure. */
export const NOTHING = '–';
const MINUS = '\u2212';
const LOCALE = 'en-US';
/** Never alone on a line. */
const PERCENT = '\u00a0%';

const plain = new Map<string, Intl.NumberFormat>();
function digits(value: number, least: number, most: number): string {
  const key = `${least}.${most}`;
  let format = plain.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: least, maximumFractionDigits: most });
    plain.set(key, format);
  }
  const text = format.format(Math.abs(value));
  // What rounds to nothing has no sign.
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

type Maybe = number | null | undefined;
const or = (value: Maybe, text: (value: number) => string): string =>
  value === null || value === undefined || !Number.isFinite(value) ? NOTHING : text(value);

/** 1,234,567 */
export const count = (value: Maybe): string => or(value, (v) => digits(v, 0, 0));

/** Sats: whole from a hundred on, below that to the msat as far as there are any. */
export const sats = (value: Maybe): string => or(value, (v) => digits(v, 0, Math.abs(v) < 100 ? 3 : 0));

/** Whole sats, for columns in which the eye compares. */
export const wholeSats = (value: Maybe): string => or(value, (v) => digits(v, 0, Math.abs(v) < 10 && v !== 0 ? 1 : 0));

/** With a plus where something was gained. */
export const signedSats = (value: Maybe): string =>
  or(value, (v) => (v > 0 && /[1-9]/.test(sats(v)) ? '+' : '') + sats(v));

export const signedWhole = (value: Maybe): string =>
  or(value, (v) => (v > 0 && /[1-9]/.test(wholeSats(v)) ? '+' : '') + wholeSats(v));

/** 12.5M, 800k: sizes, where two digits tell enough. */
export const short = (value: Maybe): string =>
  or(value, (v) => {
    const size = Math.abs(v);
    if (size >= 1e8) return `${digits(v / 1e6, 0, 0)}M`;
    if (size >= 1e6) return `${digits(v / 1e6, 0, 1)}M`;
    if (size >= 1e4) return `${digits(v / 1e3, 0, 0)}k`;
    if (size >= 1e3) return `${digits(v / 1e3, 0, 1)}k`;
    return digits(v, 0, size < 10 ? 1 : 0);
  });

/** Beside an axis: one unit for all of them, and as many decimals as tell them apart. */
export function axisTexts(ticks: readonly number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const [size, unit] = largest >= 1e6 ? [1e6, 'M'] : largest >= 1e4 ? [1e3, 'k'] : [1, ''];
  const decimals = Math.max(
    0,
    ...ticks.map((tick) => (/\.(\d+)/.exec(String(Number((tick / size).toFixed(3))))?.[1] ?? '').length),
  );
  return ticks.map((tick) => (tick === 0 ? '0' : digits(tick / size, decimals, decimals) + unit));
}

/** A rate that is in per cent already. Huge ones, of channels that have cost next to nothing, are not worth decimals. */
export const percent = (value: Maybe): string =>
  or(value, (v) => {
    const size = Math.abs(v);
    if (size >= 1e5) return `${v < 0 ? MINUS : ''}>99,999${PERCENT}`;
    const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return `${digits(v, decimals, decimals)}${PERCENT}`;
  });

/** 0.42 -> 42 % */
export const share = (value: Maybe): string => or(value, (v) => `${digits(v * 100, 0, 0)}${PERCENT}`);

export const ppm = (value: Maybe): string => or(value, (v) => digits(v, 0, 0));

/** What a fee is of what arrived for it; of nothing it is no part. */
export const feePpm = (fee: Maybe, moved: Maybe): string => or(fee, (f) => or(moved, (m) => ppm((f * 1e6) / m)));

/** Two decimals, with sign: flow ratios. */
export const ratio = (value: Maybe): string => or(value, (v) => `${v > 0.005 ? '+' : ''}${digits(v, 2, 2)}`);

const MINUTE = 60;

/** How long: the largest unit that leaves a number above one. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 90) return `${Math.round(size)} s`;
  if (size < 90 * MINUTE) return `${Math.round(size / MINUTE)} min`;
  if (size < 36 * SECONDS_PER_HOUR) return `${Math.round(size / SECONDS_PER_HOUR)} h`;
  return `${Math.round(size / SECONDS_PER_DAY)} d`;
}

/** By the node's clock, which in a simulation is not the browser's. */
export function ago(time: Maybe, now: number): string {
  if (time === null || time === undefined) return 'never';
  const passed = now - time;
  if (Math.abs(passed) < 5) return 'now';
  return passed >= 0 ? `${duration(passed)} ago` : `in ${duration(passed)}`;
}

/** Of what has happened. In a hurried simulation one half of a page may be a moment older than the other. */
export const since = (time: number, now: number): string => ago(Math.min(time, now), now);

const dateFormat = new Intl.DateTimeFormat(LOCALE, {
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  timeZone: 'UTC',
});
const monthFormat = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const MOMENT = {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZone: 'UTC',
} as const;
const timeFormat = new Intl.DateTimeFormat('en-GB', MOMENT);
const yearFormat = new Intl.DateTimeFormat('en-GB', { ...MOMENT, year: 'numeric' });
const yearOf = (milliseconds: number): number => new Date(milliseconds).getUTCFullYear();

/** Nov 21, 2026, in UTC like the whole page: the node's days end in UTC. */
export const date = (time: Maybe): string => or(time, (t) => dateFormat.format(t * 1000));

/** Nov 2026 */
export const month = (time: Maybe): string => or(time, (t) => monthFormat.format(t * 1000));

/** 21 Nov, 14:05; with its year where it is not the present one: histories go back for years. */
export const moment = (time: Maybe): string =>
  or(time, (t) => (yearOf(t * 1000) === yearOf(Date.now()) ? timeFormat : yearFormat).format(t * 1000));

/** 2026-11-21 14:05:09 UTC */
export const exactly = (time: Maybe): string =>
  or(time, (t) => `${new Date(t * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`);

/** break_even -> break even */
export const words = (name: string): string => name.replaceAll('_', ' ').replaceAll('-', ' ');

/** A sentence begins with a capital, but the name of a command or an option stays as one types it. */
export const capital = (text: string): string =>
  text.startsWith('revenue-') ? text : text.charAt(0).toUpperCase() + text.slice(1);

/** 02ab…9f01: so short that the narrowest column of names need not cut it again, with dots of its own. */
export const brief = (id: string): string => (id.length > 20 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id);
