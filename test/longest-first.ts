// In which order do test files begin? The longest first, or the last minutes of a run belong to one of them alone.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take more than twenty seconds beside the others, longest first. vitest goes by what it has measured, but in
 * a clean clone by the size of files, and some of these are a few lines that run a suite.
 */
const LONG = [
  'test/kill/simulated.test.ts',
  'test/plugin/kill.test.ts',
  'test/app/fees/simulated.test.ts',
  'test/node-tests/rebalance.test.ts',
  'test/plugin/protocol.test.ts',
  'test/node-tests/native.test.ts',
  'test/sim/backtest/backtest.test.ts',
  'test/store/kill.test.ts',
  'test/browser/reading.test.ts',
  'test/node/drivers/sling.test.ts',
  'test/sim/market/benchmark.test.ts',
  'test/packaging/install.test.ts',
  'test/node/drivers/circular.test.ts',
  'test/node/drivers/rebalance.test.ts',
  'test/node-tests/simulated.test.ts',
  'test/sim/market/every-bound.test.ts',
  'test/sim/market/rivals/field.test.ts',
  'test/core/fee/decide.prop.test.ts',
  'test/store/interleavings.test.ts',
  'test/sim/market/mechanisms.test.ts',
];

export class LongestFirst extends BaseSequencer {
  /** Projects and groups stay together: a thread is reused for files of its own project alone. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const gone = LONG.find((file) => !existsSync(join(root, file)));
    if (gone !== undefined)
      throw new Error(`test/longest-first.ts: expected test files, got ${gone}, which is not there`);
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONG.indexOf(relative(root, moduleId));
      return at < 0 ? LONG.length : at;
    };
    return sorted.sort((a, b) => projects.indexOf(a.project) - projects.indexOf(b.project) || place(a) - place(b));
  }
}
