// Killed at any moment of pricing, is every fee that was to be set either still open or in fee_changes, and only there?
import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unixSec } from '../../src/core/units.ts';
import { openStore } from '../../src/store/open.ts';
import { cyclesOf, intentsOf } from './fee-child.ts';

const KILLS = 20;
/** Longest time after its first cycle at which a process is killed: some dozens of cycles. */
const LONGEST_LIFE_MS = 40;

const REPOSITORY = join(import.meta.dirname, '../..');
let folder = '';

beforeAll(async () => {
  // Within the repository, so that the child finds the SQLite package where Node has none of its own.
  mkdirSync(join(REPOSITORY, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(REPOSITORY, '.tmp', 'fee-kill-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'fee-child.ts')],
    outfile: join(folder, 'fee-child.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@photostructure/sqlite'],
    logLevel: 'warning',
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function liveAndDie(path: string): Promise<void> {
  const child = fork(join(folder, 'fee-child.mjs'), [path], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const exited = new Promise<unknown>((resolve) =>
    child.once('exit', (code, signal) => {
      resolve(signal ?? code);
    }),
  );
  const begun = new Promise((resolve) => child.once('message', resolve));
  await Promise.race([begun, exited]);
  await pause(Math.random() * LONGEST_LIFE_MS);
  child.kill('SIGKILL');
  expect(await exited).toBe('SIGKILL');
}

it(`${String(KILLS)} kills lose and double nothing`, async () => {
  const path = join(folder, 'killed.db');
  let midway = 0;
  // Kills that all came between two cycles would prove little.
  for (let life = 0; life < KILLS || midway <= KILLS / 5; life++) {
    await liveAndDie(path);
    const store = openStore(path);
    const { fees } = store;
    const cycles = cyclesOf(fees);
    const key = (intent: { channelId: string; at: number }) => `${intent.channelId} ${intent.at}`;
    const open = fees.intents().map(key);
    const found = [...open, ...fees.changesSince(unixSec(0)).map(key)].sort();
    const made = Array.from({ length: cycles }, (_, i) => intentsOf(i + 1).map(key)).flat();
    expect(found).toEqual(made.sort());
    if (open.length > 0) midway++;
    store.close();
  }
}, 300_000);
