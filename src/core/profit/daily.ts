// What do the fees of many channels come to, day by day? A node's return is reckoned from a few hundred sums then, not from
// those of every channel.
import { toSeries, type Series } from './series.ts';
import { SECONDS_PER_DAY } from '../units.ts';

/**
 * Fees, all of one sign, of several series: each UTC day's sum at its mean second, as a channel's own days are kept. What
 * that changes in a yearly return lies in its ninth digit: within a day, only the spread around the mean counts.
 */
export function joinByDay(parts: readonly Series[]): Series {
  const [first, ...others] = parts.filter(({ values }) => values.length > 0);
  if (first === undefined) return toSeries([]);
  if (others.length === 0) return first;
  const all = [first, ...others];
  const begin = all.reduce((least, { start }) => Math.min(least, dayOf(start)), Infinity);
  const end = all.reduce((most, { start, lifetime }) => Math.max(most, dayOf(start + lifetime)), begin);
  const sums = new Float64Array(end - begin + 1);
  /** Each amount times its second of the day. */
  const moments = new Float64Array(sums.length);
  for (const { start, seconds, values } of all)
    for (let i = 0; i < values.length; i++) {
      const time = start + (seconds[i] as number);
      const day = dayOf(time);
      const value = values[i] as number;
      sums[day - begin] = (sums[day - begin] as number) + value;
      moments[day - begin] = (moments[day - begin] as number) + value * (time - day * SECONDS_PER_DAY);
    }
  const seconds = sums.map((sum, i) => i * SECONDS_PER_DAY + Math.floor((moments[i] as number) / sum));
  // As the first series begins, the day it begins on has a sum.
  const start = begin * SECONDS_PER_DAY + (seconds[0] as number);
  const filled = (_: number, i: number): boolean => sums[i] !== 0;
  const after = seconds.filter(filled).map((second) => second - (seconds[0] as number));
  const total = all.reduce((sum, part) => sum + part.total, 0n);
  return { start, lifetime: after.at(-1) ?? 0, seconds: after, values: sums.filter(filled), total };
}

const dayOf = (time: number): number => Math.floor(time / SECONDS_PER_DAY);
