// When within the week do payments come? A factor for each hour of it, shrunk to 1 where little was seen.
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../units.ts';
import type { History } from './history.ts';

/** Forwards an hour of the day, or a day of the week, must have had for half of what was seen in it to be believed. */
const SHRINK = 30;

/** Of all hours of the week in UTC, Monday's first; their mean is 1. */
export type Season = readonly number[];

/** The epoch was a Thursday. */
const weekday = (at: number): number => (Math.floor(at / SECONDS_PER_DAY) + 3) % 7;
const hourOfDay = (at: number): number => Math.floor((at % SECONDS_PER_DAY) / SECONDS_PER_HOUR);

export const seasonAt = (season: Season, at: number): number => season[weekday(at) * 24 + hourOfDay(at)] ?? 1;

export function seasonOf({ from, until, forwards }: Pick<History, 'from' | 'until' | 'forwards'>): Season {
  const seen = { hours: new Float64Array(24), days: new Float64Array(7) };
  const time = { hours: new Float64Array(24), days: new Float64Array(7) };
  const add = (sums: typeof seen, at: number, by: number): void => {
    sums.hours[hourOfDay(at)] = (sums.hours[hourOfDay(at)] ?? 0) + by;
    sums.days[weekday(at)] = (sums.days[weekday(at)] ?? 0) + by;
  };
  for (const { at } of forwards) add(seen, at, 1);
  for (let at = from; at < until; at += SECONDS_PER_HOUR) add(time, at, SECONDS_PER_HOUR);
  const factors = (counts: Float64Array, seconds: Float64Array): number[] =>
    Array.from(counts, (count, i) => {
      const expected = (forwards.length * (seconds[i] ?? 0)) / (until - from);
      return (count + SHRINK) / (expected + SHRINK);
    });
  const hours = factors(seen.hours, time.hours);
  const week = factors(seen.days, time.days).flatMap((day) => hours.map((hour) => day * hour));
  const mean = week.reduce((sum, factor) => sum + factor, 0) / week.length;
  return week.map((factor) => factor / mean);
}
