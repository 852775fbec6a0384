import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: './test/build.ts',
    // One process for all files: isolation costs eight times the wall time, and our modules keep no state.
    pool: 'threads',
    isolate: false,
    // Many tests wait for processes they have spawned, so that there is room for more files at once than processors.
    maxWorkers: 4,
    reporters: ['default', './test/closing-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
  },
});
