// Which second does a date or a number of seconds name?

/** 9999-12-31T23:59:59Z, the last second of ISO 8601's four-digit years; milliseconds of today are far beyond. */
const LAST_SECOND = 253_402_300_799;
const UNIX = /^([+-]?\d{1,15})(?:\.\d*)?$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

export type Moment =
  | { readonly ok: true; readonly seconds: number }
  | { readonly ok: false; readonly problem: 'milliseconds' | 'unknown' };

/**
 * Unix seconds, or an ISO date with or without time and offset; without an offset in UTC, so that a file means the same
 * everywhere. Fractions of a second are dropped.
 */
export function parseMoment(text: string): Moment {
  const unix = UNIX.exec(text);
  if (unix !== null) {
    const seconds = Number(unix[1]);
    if (Math.abs(seconds) <= LAST_SECOND) return { ok: true, seconds: seconds + 0 };
    return { ok: false, problem: 'milliseconds' };
  }
  const seconds = isoSeconds(text);
  return seconds === null ? { ok: false, problem: 'unknown' } : { ok: true, seconds };
}

function isoSeconds(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // Date would read the 30th of February as the 2nd of March.
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return exists ? date.getTime() / 1000 - offsetSeconds(match[7] ?? 'Z') : null;
}

/** +02:00, +0200 or +02 as seconds east of UTC; Z is none. */
function offsetSeconds(offset: string): number {
  const digits = offset.replaceAll(/\D/g, '');
  if (digits === '') return 0;
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60;
  return offset.startsWith('-') ? -seconds : seconds;
}

/** Unix seconds as 2021-02-01 00:00:00 UTC. */
export const formatMoment = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
