// What does the page get to know of other settings?
import type { BacktestFigures } from '../../core/backtest/figures.ts';

/** GET /api/whatif. Needs revenue-status. */
export interface WhatIf {
  /** The last reply of revenue-backtest since the plugin started; null where there was none. */
  readonly backtest: { readonly ran_at: number; readonly report: BacktestFigures } | null;
  /** Of the release, by npm run bench:market. */
  readonly benchmark: Benchmark;
}

export interface Benchmark {
  /** By which command, with how many seeds and days, of which commit. */
  readonly made: string;
  readonly scenarios: readonly BenchmarkScenario[];
}
export interface BenchmarkScenario {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly BenchmarkRow[];
}
/** Net profit over the most that any fees and rebalances could earn, with its 95 % interval; best first. */
export interface BenchmarkRow {
  readonly tool: string;
  readonly kind: 'ours' | 'rival' | 'control' | 'oracle';
  readonly of_bound: number;
  readonly low: number | null;
  readonly high: number | null;
}
