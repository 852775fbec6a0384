// Did net revenue rise? Whole days before the plugin came, against as many of the last ones.
import { SECONDS_PER_DAY } from '../core/units.ts';
import { HISTORY_DAYS, START } from './session.ts';

export interface Trend {
  /** Days on either side. */
  readonly days: number;
  /** Millisatoshi a day. */
  readonly before: number;
  readonly last: number;
  /** Whole percent; null where nothing was earned before. */
  readonly changePct: number | null;
  /** Whether the days of each side differ so little among themselves that luck alone would hardly do it. */
  readonly clear: boolean;
}

/** Standard errors that a difference has to be away from none: luck alone does that one time in twenty. */
const CLEAR_ERRORS = 2;

/** @param revenue by UTC day, counted from the epoch @returns null until a whole day has passed */
export function trendOf(revenue: ReadonlyMap<number, bigint>, now: number): Trend | null {
  const first = START / SECONDS_PER_DAY;
  const end = Math.floor(now / SECONDS_PER_DAY);
  const days = Math.min(HISTORY_DAYS, end - first);
  if (days < 1) return null;
  const daily = (from: number): number[] => Array.from({ length: days }, (_, i) => Number(revenue.get(from + i) ?? 0n));
  const before = daily(first - days);
  const last = daily(end - days);
  const difference = mean(last) - mean(before);
  return {
    days,
    before: mean(before),
    last: mean(last),
    changePct: mean(before) > 0 ? Math.round((difference / mean(before)) * 100) : null,
    clear: Math.abs(difference) > CLEAR_ERRORS * Math.sqrt(squaredError(before) + squaredError(last)),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean; unbounded for a single value, which tells nothing of how the next would be. */
function squaredError(values: readonly number[]): number {
  if (values.length < 2) return Infinity;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}
