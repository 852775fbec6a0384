// Killed at any moment of reading the node's books, is every table in the end what it is without a kill?
import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/engine.ts';
import { openStore } from '../../src/store/open.ts';
import { readBooks } from './ledger-child.ts';

const KILLS = 25;
/** Longest time after the beginning at which a process is killed: a share of what the whole takes. */
const LONGEST_LIFE_MS = 30;
const TABLES = [
  'books_intake',
  'chain_moves',
  'gift_moves',
  'payment_moves',
  'self_payments',
  'channel_books',
  'channel_splices',
];

const REPOSITORY = join(import.meta.dirname, '../..');
let folder = '';

beforeAll(async () => {
  // Within the repository, so that the child finds the SQLite package where Node has none of its own.
  mkdirSync(join(REPOSITORY, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(REPOSITORY, '.tmp', 'ledger-kill-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'ledger-child.ts')],
    outfile: join(folder, 'ledger-child.mjs'),
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

function contents(path: string): Record<string, unknown[]> {
  const database = openDatabase(path, { readOnly: true, busyMs: 0 });
  try {
    return Object.fromEntries(TABLES.map((table) => [table, database.prepare(`SELECT * FROM ${table}`).all()]));
  } finally {
    database.close();
  }
}

/** Runs a process until it is killed. Returns how far it got. */
async function liveAndDie(path: string): Promise<string> {
  const child = fork(join(folder, 'ledger-child.mjs'), [path], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  let stage = 'starts';
  const exited = new Promise<unknown>((resolve) =>
    child.once('exit', (code, signal) => {
      resolve(signal ?? code);
    }),
  );
  const begun = new Promise((resolve) => child.once('message', resolve));
  child.on('message', (message) => {
    if (typeof message === 'string') stage = message;
  });
  await Promise.race([begun, exited]);
  await pause(Math.random() * LONGEST_LIFE_MS);
  child.kill('SIGKILL');
  expect(await exited).toBe('SIGKILL');
  return stage;
}

it(`${String(KILLS)} kills change nothing`, async () => {
  const killed = [join(folder, 'killed-0.db')];
  let midway = 0;
  // Kills that all came after the work, as on a busy machine they may, would prove little.
  for (let life = 0; life < KILLS || midway <= KILLS / 5; life++) {
    const stage = await liveAndDie(killed.at(-1) ?? '');
    if (stage === 'begins') midway++;
    // There is nothing left to be read here.
    else if (stage === 'done') killed.push(join(folder, `killed-${String(life + 1)}.db`));
  }
  for (const file of [...killed, join(folder, 'whole.db')]) {
    const store = openStore(file);
    await readBooks(store);
    store.close();
  }
  const whole = contents(join(folder, 'whole.db'));
  expect(whole['self_payments']).toHaveLength(600);
  expect(whole['channel_books']).toHaveLength(40);
  for (const file of killed) expect(contents(file)).toEqual(whole);
}, 300_000);
