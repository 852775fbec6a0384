// Killed at any moment during intake, does the plugin go on to the same totals?
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unixSec } from '../../src/core/units.ts';
import { openStore } from '../../src/store/open.ts';
import type { FakeNode } from '../store/fake-node.ts';
import { fold, plain } from '../store/plain-fold.ts';
import { FakeLightningd, isReady, rowOf } from './fake-lightningd.ts';

const KILLS = 100;
const CHANNELS = 6;
/** The plugin's own clock is real: the history ends now, or forwards would be too old to be kept one by one. */
const NOW = Math.floor(Date.now() / 1000);
const BEGIN = NOW - 5 * 86_400;

/** mulberry32: the same history, and the same moments, in every run. */
const dice = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

let lightningd: FakeLightningd;
beforeAll(async () => {
  lightningd = await FakeLightningd.listen(CHANNELS);
});
afterAll(async () => {
  await lightningd.close();
});

/** Some more history: new forwards, of which some stay in flight for now, and ends of those in flight before. */
function live(node: FakeNode, roll: () => number, count: number, clock: () => number): void {
  for (const created of node.inFlight())
    if (roll() < 0.5) node.end(created, roll() < 0.8 ? 'settled' : 'failed', clock());
  for (let i = 0; i < count; i++) {
    const from = Math.floor(roll() * CHANNELS);
    const payment = {
      from,
      to: (from + 1) % CHANNELS,
      outMsat: 1 + Math.floor(roll() * 1e9),
      feeMsat: Math.floor(roll() * 1e5),
    };
    const kind = roll();
    if (kind < 0.1) node.refuse(payment, clock(), 0x1007);
    else {
      const created = node.offer(payment, clock());
      if (kind < 0.95) node.end(created, kind < 0.8 ? 'settled' : 'failed', clock());
    }
  }
}

it(`${KILLS} kills lose and double nothing`, async () => {
  const roll = dice(20_261_121);
  let time = BEGIN;
  const clock = (): number => (time += 1);
  const { node } = lightningd;
  live(node, roll, 30_000, clock);
  let midway = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    node.events = [];
    const { child } = await lightningd.start();
    // A moment in terms of what it does, not of time: at one of its calls or at the end of intake, and some after that.
    const call = Math.floor(roll() * 24);
    await new Promise<void>((resolve) => {
      let calls = 0;
      // Traffic goes on meanwhile, and is told of.
      lightningd.onRequest = () => {
        live(node, roll, Math.floor(roll() * 150), clock);
        for (const event of node.events.splice(0)) child.notify('forward_event', { forward_event: rowOf(event) });
        if (calls++ === call) resolve();
      };
      void child.until(() => isReady(child)).then(resolve, () => undefined);
    });
    await pause(roll() * 30);
    child.process.kill('SIGKILL');
    expect(await child.exit).toBe('SIGKILL');
    if (!isReady(child)) midway++;
  }
  // Were every kill after the end of intake it would prove little.
  expect(midway).toBeGreaterThan(KILLS / 10);
  expect(time).toBeLessThan(NOW);

  lightningd.onRequest = () => undefined;
  const { child } = await lightningd.start();
  await child.until(() => isReady(child));
  // Learns whose names the forwards have.
  expect((await child.ask('revenue-analyze')).error).toBeUndefined();
  child.process.stdin.end();
  expect(await child.exit).toBe(0);
  expect(child.stdout).not.toContain('defect');

  const store = openStore(join(lightningd.folder, 'revenue_ops.db'));
  try {
    const flows = store.flows({ start: unixSec(BEGIN - 3600), end: unixSec(NOW + 3600), days: 6 });
    expect(plain(flows)).toEqual(plain(fold(node.history)));
    expect(store.facts().forwards).toBe(node.history.length);
    expect(store.historyGap().rowsMissing).toBe(false);
  } finally {
    store.close();
  }
}, 600_000);
