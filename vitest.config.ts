import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** Files that bring up a regtest network of real nodes. */
const REAL = 'test/node-tests/real*.test.ts';
/** What npm does with us. */
const PACKAGING = 'test/packaging/**/*.test.ts';
/** The plugin, and what it writes with, killed a hundred times and more: minutes that need not be spent on each Node.js. */
const KILL = ['test/kill/**/*.test.ts', 'test/plugin/kill.test.ts', 'test/store/*kill.test.ts'];

/** Properties tried on hundreds of nodes, and markets in closed loop: long, and the same on any version of Node.js. */
const ARITHMETIC = ['test/core/**/*.prop.test.ts', 'test/core/fee/closed-loop.test.ts'];

/** One process for all files: isolation costs eight times the wall time, and our modules keep no state. */
const inOneProcess = { pool: 'threads', isolate: false } as const;

/** The page in a real browser. */
const BROWSER = 'test/browser/**/*.test.ts';

/** Time limits are there to end what hangs, not to test how fast a machine is. */
const parallel = {
  ...inOneProcess,
  // Many tests wait for processes they have spawned: with four, two processors were busy two thirds of the time.
  maxWorkers: 7,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  sequence: { groupOrder: 0 },
};

export default defineConfig({
  test: {
    globalSetup: './test/build.ts',
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/closing-line-reporter.ts'],
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
    projects: [
      {
        test: {
          ...parallel,
          name: 'simulated',
          include: ['test/**/*.test.ts'],
          exclude: [REAL, PACKAGING, BROWSER, ...KILL, ...ARITHMETIC],
        },
      },
      { test: { ...parallel, name: 'packaging', include: [PACKAGING] } },
      { test: { ...parallel, name: 'kill', include: KILL } },
      { test: { ...parallel, name: 'arithmetic', include: ARITHMETIC } },
      // Once is enough: the page does not run on Node.js.
      { test: { ...parallel, name: 'browser', include: [BROWSER] } },
      {
        // Nothing beside them but each other: lightningd has time limits of its own. A network alone keeps two processors
        // busy a fifth of the time.
        test: {
          ...inOneProcess,
          name: 'real',
          include: [REAL],
          maxWorkers: 3,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
