// Killed at any moment of intake, backfill or pruning, is every table in the end what it is without a kill?
import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unixSec } from '../../src/core/units.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { openStore } from '../../src/store/open.ts';
import { takeIn } from './intake-child.ts';
import { fold, plain } from './plain-fold.ts';
import { BEGIN, CHANNEL_LIST, ScriptedLife } from './scripted-life.ts';

const KILLS = 100;
const FIRST_STEP = 1200;
const STEPS_PER_LIFE = 25;
const LAST_STEP = FIRST_STEP + KILLS * STEPS_PER_LIFE;
/** Longest time after the beginning of intake at which a process is killed: about what a life takes. */
const LONGEST_LIFE_MS = 40;

const REPOSITORY = join(import.meta.dirname, '../..');
let folder = '';

beforeAll(async () => {
  // Within the repository, so that the child finds the SQLite package where Node has none of its own.
  mkdirSync(join(REPOSITORY, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(REPOSITORY, '.tmp', 'kill-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'intake-child.ts')],
    outfile: join(folder, 'intake-child.mjs'),
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

/** Every row of every table; names and backfills by what they are, because their numbers depend on what came first. */
const TABLES = {
  // Not known_until: each notification moves it on to its own second, and whether one came after the last catch-up
  // depends on when the process was killed.
  intake: `SELECT id, node_id, created_cursor, updated_cursor, forwards, horizon, gap_until, gap_rows_missing
    FROM intake`,
  channels: 'SELECT channel_id, peer_id, capacity_msat, closed FROM channels ORDER BY 1',
  channel_names: 'SELECT name, channel_id FROM channel_names ORDER BY 1',
  forwards: `SELECT f.*, i.name AS in_name, o.name AS out_name FROM forwards f
    JOIN channel_names i ON i.id = f.in_name LEFT JOIN channel_names o ON o.id = f.out_name ORDER BY i.name, f.in_htlc_id`,
  backfills: 'SELECT from_time, until_time, complete FROM backfills',
  flow_hours: `SELECT r.*, n.name AS name, r.source > 0 AS source FROM flow_hours r
    JOIN channel_names n ON n.id = r.name ORDER BY r.hour, n.name, r.direction, r.source`,
  flow_days: `SELECT r.*, n.name AS name, r.source > 0 AS source FROM flow_days r
    JOIN channel_names n ON n.id = r.name ORDER BY r.day, n.name, r.direction, r.source`,
};

function contents(path: string): Record<string, unknown[]> {
  const database = openDatabase(path, { readOnly: true, busyMs: 0 });
  try {
    return Object.fromEntries(
      Object.entries(TABLES).map(([table, sql]) => {
        const statement = database.prepare(sql);
        statement.setReadBigInts(true);
        return [table, statement.all()];
      }),
    );
  } finally {
    database.close();
  }
}

/** Runs a process until it is killed. Returns how far it got. */
async function liveAndDie(path: string, life: number, longestMs: number): Promise<string> {
  const first = FIRST_STEP + life * STEPS_PER_LIFE;
  const child = fork(join(folder, 'intake-child.mjs'), [path, String(first), String(first + STEPS_PER_LIFE)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
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
  await pause(Math.random() * longestMs);
  child.kill('SIGKILL');
  expect(await exited).toBe('SIGKILL');
  return stage;
}

it(`${KILLS} kills change nothing`, async () => {
  const path = join(folder, 'killed.db');
  const stages: Record<string, number> = {};
  for (let life = 0; life < KILLS; life++) {
    const stage = await liveAndDie(path, life, LONGEST_LIFE_MS);
    stages[stage] = (stages[stage] ?? 0) + 1;
  }
  // Kills that all came after the work would prove little.
  expect((stages['begins'] ?? 0) + (stages['caught up'] ?? 0)).toBeGreaterThan(KILLS / 10);

  const life = new ScriptedLife().advanceTo(LAST_STEP);
  const finish = async (file: string): Promise<void> => {
    const store = openStore(file);
    store.rememberChannels(CHANNEL_LIST, unixSec(life.now));
    await takeIn(life, store);
    const window = { start: unixSec(BEGIN), end: unixSec(life.now), days: 1 };
    expect(plain(store.flows(window))).toEqual(plain(fold(life.node.history)));
    store.close();
  };
  await finish(path);
  await finish(join(folder, 'whole.db'));
  const killed = contents(path);
  const whole = contents(join(folder, 'whole.db'));
  expect(whole['forwards']?.length).toBeGreaterThan(100);
  expect(whole['backfills']?.length).toBe(1);
  for (const [table, rows] of Object.entries(whole)) expect(killed[table], table).toEqual(rows);
  expect(Object.keys(killed)).toEqual(Object.keys(whole));
}, 600_000);
