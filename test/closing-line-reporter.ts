// Ends a run with what any CI can read: the failed tests, one a line, then `N passed, N failed, N skipped`.
import type { Reporter, TestModule } from 'vitest/node';

/** A message of many lines, or a long one, would push the other tests out of sight. */
const MOST_CHARACTERS = 200;

const failure = (what: string, errors: readonly { readonly message: string }[] = []): string => {
  const because = errors[0]?.message.split('\n', 1)[0] ?? '';
  return `FAILED ${what}: ${because.slice(0, MOST_CHARACTERS)}\n`;
};

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const failures: string[] = [];
    for (const module of modules) {
      const file = module.relativeModuleId;
      // A file that does not load has no tests to count, and is a failure all the same.
      if (module.errors().length > 0) {
        counts.failed++;
        failures.push(failure(file, module.errors()));
      }
      // Its tests count as skipped where it did not begin.
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length === 0) continue;
        counts.failed++;
        failures.push(failure(`${file} > ${suite.fullName}`, suite.errors()));
      }
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state !== 'pending') counts[state]++;
        if (state === 'failed') failures.push(failure(`${file} > ${test.fullName}`, errors));
      }
    }
    for (const error of unhandled) failures.push(failure('outside of any test', [error]));
    process.stdout.write(
      `\n${failures.join('')}${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}
