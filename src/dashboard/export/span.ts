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
  if (strange !== undefined) throw new Refusal('invalid-request', `${strange}: expected from or until`);
  const read = (name: 'from' | 'until', absent: number, ofDay: number): UnixSec => {
    const text = query[name];
    if (text === undefined || text === '') return unixSec(absent);
    if (/^\d{1,10}$/.test(text)) return unixSec(Math.min(Number(text), END_OF_TIME));
    const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 1000 : NaN;
    if (Number.isNaN(day) || day < 0 || day > END_OF_TIME || isoOf(day).slice(0, 10) !== text)
      throw new Refusal(
        'invalid-request',
        `${name}: expected Unix seconds or a day like 2026-11-21, got ${JSON.stringify(text.slice(0, 40))}`,
      );
    return unixSec(day + ofDay);
  };
  return { from: read('from', 0, 0), until: read('until', END_OF_TIME, SECONDS_PER_DAY) };
}
