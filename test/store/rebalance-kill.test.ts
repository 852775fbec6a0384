// Killed at any moment of a rebalance, is every msat that the node sent held or counted once, and never too much spent?
import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { heldBy, type Intent } from '../../src/core/rebalance/intent.ts';
import { unixSec, type UnixSec } from '../../src/core/units.ts';
import type { Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { BUDGET, readPayments } from './rebalance-child.ts';
import { DAY } from './rebalance-examples.ts';

const KILLS = 25;
/** Longest time after its first rebalance at which a process is killed: some rebalances. */
const LONGEST_LIFE_MS = 60;

const REPOSITORY = join(import.meta.dirname, '../..');
let folder = '';

beforeAll(async () => {
  // Within the repository, so that the child finds the SQLite package where Node has none of its own.
  mkdirSync(join(REPOSITORY, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(REPOSITORY, '.tmp', 'rebalance-kill-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'rebalance-child.ts')],
    outfile: join(folder, 'rebalance-child.mjs'),
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

async function liveAndDie(...paths: readonly string[]): Promise<void> {
  const child = fork(join(folder, 'rebalance-child.mjs'), paths, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
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

const STATUS = { planned: 'pending', dispatched: 'pending', unknown: 'unknown', settled: 'success', failed: 'failed' };

/** All that was promised of the ledger, against what the node says it has sent; budgets of the times not checked yet. */
function check(store: Store, sent: ReadonlyMap<string, bigint>, checked: Set<UnixSec>): readonly Intent[] {
  const { rebalances } = store;
  const open = rebalances.openIntents();
  const ended = rebalances.endedIntents(unixSec(0));
  const byHash = new Map([...ended, ...open].flatMap((one) => one.paymentHashes.map((hash) => [hash, one] as const)));
  for (const [hash, fee] of sent) {
    const { state, feeMsat, maxFeeMsat } = byHash.get(hash) ?? {};
    if (state === 'settled') expect(feeMsat).toBe(fee);
    else {
      expect(['dispatched', 'unknown']).toContain(state);
      expect(maxFeeMsat).toBeGreaterThanOrEqual(fee);
    }
  }
  const settled = ended.filter(({ state }) => state === 'settled');
  for (const { paymentHashes, feeMsat } of settled)
    expect(paymentHashes.map((hash) => sent.get(hash))).toEqual([feeMsat]);
  for (const { feeMsat, state } of ended) if (state === 'failed') expect(feeMsat).toBe(0n);

  const held = open.reduce((total, one) => total + heldBy(one), 0n);
  const times = [...new Set([...ended, ...open].map(({ endedAt, plannedAt }) => endedAt ?? plannedAt))];
  const latest = Math.max(...times);
  for (const now of times) {
    if (checked.has(now)) continue;
    const { spentMsat, reservedMsat } = rebalances.spending(unixSec(now - DAY));
    const within = ended.filter(({ endedAt }) => endedAt !== null && endedAt > now - DAY && endedAt <= now);
    expect(within.reduce((total, { feeMsat }) => total + feeMsat, 0n)).toBeLessThanOrEqual(BUDGET);
    if (now === latest) expect(spentMsat + reservedMsat).toBeLessThanOrEqual(BUDGET);
    expect(reservedMsat).toBe(held);
    // The latest may go on in the next life.
    if (now < latest) checked.add(now);
  }
  const all = [...ended, ...open];
  const statuses = (found: readonly string[]) => [...found].sort();
  expect(statuses(store.recentRebalances(all.length + 1).map(({ status }) => status))).toEqual(
    statuses(all.map(({ state }) => STATUS[state])),
  );
  return open;
}

it(`${String(KILLS)} kills overspend nothing, and leave no msat uncounted and no reservation behind`, async () => {
  const path = join(folder, 'killed.db');
  const payments = join(folder, 'payments');
  const checked = new Set<UnixSec>();
  let midway = 0;
  // Kills that all came between two rebalances would prove little.
  for (let life = 0; life < KILLS || midway <= KILLS / 5; life++) {
    await liveAndDie(path, payments);
    const store = openStore(path);
    const open = check(store, readPayments(payments), checked);
    expect(open.length).toBeLessThanOrEqual(1);
    midway += open.length;
    store.close();
  }
  expect(readPayments(payments).size).toBeGreaterThan(KILLS / 3);
}, 300_000);
