// Of which time is a file wanted?
import { SECONDS_PER_DAY, unixSec, type UnixSec } from '../../core/units.ts';
import { Refusal } from '../failure.ts';
import { isoOf } from './values.ts';

/** Unix seconds of the year 2255, later than all that is kept: in nanoseconds the largest round one of 63 bits. */
const END_OF_TIME = 9_000_000_000;

export interface Span {
  readonly from: UnixSec;
  /** Exclusive. */
  readonly until: UnixSec;
}

/** Unix seconds, or a day (UTC); `until` a day is until its end. @throws Refusal */
export function spanIn(query: Readonly<Record<string, string>>): Span {
  const strange = Object.keys(query).find((name) => name !== 'from' && name !== 'until');
  if (strange !== undefined) refuse(strange, 'from or until');
  const [from, until] = [timeIn(query, 'from', 0), timeIn(query, 'until', SECONDS_PER_DAY)];
  // A file without rows would say that nothing happened.
  if (from !== null && until !== null && until <= from)
    refuse('until', `a time after from (${quoted(query['from'])})`, query['until']);
  const kept = (time: number): UnixSec => unixSec(Math.min(time, END_OF_TIME));
  return { from: kept(from ?? 0), until: kept(until ?? END_OF_TIME) };
}

const quoted = (text: string | undefined): string => JSON.stringify(text?.slice(0, 40));

function refuse(name: string, expected: string, got?: string): never {
  throw new Refusal(
    'invalid-request',
    `${name}: expected ${expected}${got === undefined ? '' : `, got ${quoted(got)}`}`,
  );
}

/** Unix seconds; null where it was not given. @param ofDay what is added to a day's beginning */
function timeIn(query: Readonly<Record<string, string>>, name: 'from' | 'until', ofDay: number): number | null {
  const text = query[name];
  if (text === undefined || text === '') return null;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 1000 : NaN;
  if (Number.isNaN(day) || day < 0 || day > END_OF_TIME || isoOf(day).slice(0, 10) !== text)
    refuse(name, 'Unix seconds or a day like 2026-11-21', text);
  return day + ofDay;
}
