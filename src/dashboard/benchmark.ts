// How do our fees and rebalances do beside other tools? What the benchmark of this release found, built in.
//
// benchmark.json is written by `npm run bench:market -- --release src/dashboard/benchmark.json`, never by hand.
import type { Benchmark, BenchmarkRow } from './api/what-if.ts';
import made from './benchmark.json' with { type: 'json' };

const KINDS: readonly BenchmarkRow['kind'][] = ['ours', 'rival', 'control', 'oracle'];

/** @throws RangeError for one of no such kind */
function kindOf(text: string): BenchmarkRow['kind'] {
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined) throw new RangeError(`benchmark: expected one of ${KINDS.join(', ')}, got ${text}`);
  return kind;
}

export const BENCHMARK: Benchmark = {
  ...made,
  scenarios: made.scenarios.map((scenario) => ({
    ...scenario,
    rows: scenario.rows.map((row) => ({ ...row, kind: kindOf(row.kind) })),
  })),
};
