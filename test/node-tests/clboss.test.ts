// Is the clboss we test against like the real one? Asked the same things in the same order, both answer the same.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shapeOf } from '../sim/recordings.ts';
import { interview, SECOND } from './clboss-calls.ts';
import { CLBOSS } from './harness.ts';
import { canIsolate, startOffline, type OfflineNode } from './real/offline-node.ts';
import { refusal, until } from './rpc.ts';
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
  try {
    for (const program of ['lightningd', 'bitcoind', 'bitcoin-cli']) execFileSync(program, ['--version']);
  } catch {
    return 'lightningd or bitcoind is not on PATH';
  }
  return canIsolate() ? null : 'this system gives us no network of our own (unshare --net)';
}
const why = whyNotReal();
if (why !== null) console.warn(`\n!!! NO REAL CLBOSS: ${why}, so ours is not compared with it.\n`);

type Node = Pick<OfflineNode, 'call' | 'stop'>;

/** Loads it, asks it everything, unloads it and loads it again. */
async function hear({ call }: Node, clboss: string): Promise<{ answers: unknown[]; status: unknown; kept: unknown[] }> {
  const load = (): Promise<unknown> => call('plugin', { subcommand: 'start', plugin: clboss });
  await load();
  // The real one answers at once, but completes its status while it looks around.
  const before = await until('the whole status', async () => {
    const status = await call('clboss-status');
    return 'onchain_feerate' in status && status;
  });
  const answers = await interview(call);
  await call('plugin', { subcommand: 'stop', plugin: basename(clboss) });
  const gone = await refusal(call('clboss-unmanage', { nodeid: SECOND, tags: 'lnfee' }));
  answers.push([gone.code, gone.message]);
  await load();
  return { answers, status: shapeOf(before), kept: Object.entries((await call('clboss-status'))['unmanaged'] ?? {}) };
}

describe('a clboss to test against', () => {
  let simulated: Awaited<ReturnType<typeof startSimulated>> | undefined;
  let offline: Node | undefined;
  let inSimulation: Awaited<ReturnType<typeof hear>> | undefined;
  beforeAll(async () => {
    simulated = await startSimulated();
    inSimulation = await hear(simulated, CLBOSS);
    if (why === null) offline = await startOffline();
  });
  afterAll(async () => {
    await simulated?.stop();
    await offline?.stop();
  });

  it('keeps its tags over a restart, and its commands go with it', () => {
    expect(inSimulation?.answers.at(-1)).toEqual([-32601, expect.stringContaining('Unknown command')]);
    expect(inSimulation?.kept).toContainEqual([SECOND, 'balance, close, lnfee, open']);
  });

  it.skipIf(why !== null)('answers as the real one does, to the word, under lightningd and in simulation', async () => {
    if (!offline || REAL === undefined) throw new Error('no node');
    const real = await hear(offline, REAL);
    await offline.call('plugin', { subcommand: 'stop', plugin: basename(REAL) });
    expect(await hear(offline, CLBOSS)).toEqual(real);
    expect(inSimulation).toEqual(real);
  });
});
