// How was a measurement made?
import type { ScenarioResult } from './results.ts';

/** Of fewer the percentile bootstrap covers far less than it says (Efron and Tibshirani 1993, 14). */
export const LEAST_SEEDS = 10;

export interface Making {
  /** What to type to make the same page. */
  readonly command: string;
  readonly seeds: number;
  readonly first: number;
  /** Of the repository; null where it cannot be told. */
  readonly commit: string | null;
}

/** Each length of a run once. */
export const daysOf = (results: readonly ScenarioResult[]): string =>
  [...new Set(results.map(({ days }) => days))].join(', ');
