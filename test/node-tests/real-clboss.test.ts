// Is the clboss we test against like the real one? Asked the same things in the same order, both answer the same.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hear } from './clboss-heard.ts';
import { CLBOSS } from './harness.ts';
import { canIsolate, startOffline, type OfflineNode } from './real/offline-node.ts';
import { missingPrograms } from './real/programs.ts';
import { startSimulated } from './simulated.ts';

/** `CLBOSS` names the real one where it is not on PATH. */
const REAL =
  process.env['CLBOSS'] ??
  (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'clboss'))
    .find((path) => existsSync(path));

function whyNotReal(): string | null {
  if (REAL === undefined) return 'clboss is neither on PATH nor named by the environment variable CLBOSS';
  const missing = missingPrograms();
  if (missing.length > 0) return `${missing.join(', ')} not on PATH`;
  return canIsolate() ? null : 'this system gives us no network of our own (unshare --net)';
}
const why = whyNotReal();
if (why !== null) console.warn(`\n!!! NO REAL CLBOSS: ${why}, so ours is not compared with it.\n`);

describe.skipIf(why !== null)('a clboss to test against', () => {
  let simulated: Awaited<ReturnType<typeof startSimulated>> | undefined;
  let offline: OfflineNode | undefined;
  beforeAll(async () => {
    simulated = await startSimulated();
    offline = await startOffline();
  });
  afterAll(async () => {
    await simulated?.stop();
    await offline?.stop();
  });

  it('answers as the real one does, to the word, under lightningd and in simulation', async () => {
    if (!simulated || !offline || REAL === undefined) throw new Error('no node');
    const real = await hear(offline, REAL);
    await offline.call('plugin', { subcommand: 'stop', plugin: basename(REAL) });
    expect(await hear(offline, CLBOSS)).toEqual(real);
    expect(await hear(simulated, CLBOSS)).toEqual(real);
  });
});
