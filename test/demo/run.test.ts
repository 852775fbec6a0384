// Does `npm start` do what it says, with the real plugin in its own process?
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/core/rebalance/intent.ts';
import { readFigures, type ChannelFigures } from '../../src/demo/figures.ts';
import { makeFolder } from '../../src/demo/folder.ts';
import { UsageError } from '../../src/demo/options.ts';
import { Session } from '../../src/demo/session.ts';
import { settle } from '../../src/demo/settle.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAMS = { node: join(ROOT, 'dist/simulated-node.js'), plugin: join(ROOT, 'cl-revenue-ops.js') };

/** Of lightningd's: resolves with the millionth of them. */
const WAIT_FOR_A_FORWARD = { subsystem: 'forwards', indexname: 'created', nextvalue: 1_000_000 };

interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}
/** Its temporary folders are made in ours. */
const demo = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    // What hangs in native code hears no SIGTERM, and would outlive the test.
    const how = { env: { ...process.env, TMPDIR: folder }, timeout: 280_000, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [join(ROOT, 'dist/demo.js'), ...args], how, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? null) : 0, stdout, stderr });
    });
  });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('runs the days ordered, not a minute more, and finds money and fees of plugin and node equal', async () => {
    const { code, stdout } = await demo('--days', '3', '--speed', '864000', '--seed', '7', '--keep', folder);
    expect(stdout).toContain(
      'The plugin agrees with the node to the millisatoshi, on what was earned and what was spent.',
    );
    expect(stdout).toContain('Every live fee in fee_changes is what the node announces');
    expect(stdout).toContain('3 simulated days, up to 2026-11-04 00:00, ');
    expect(stdout).toMatch(/net revenue a day .* sat before the plugin/);
    expect(code).toBe(0);
    const database = /Database: (.*)\n/.exec(stdout)?.[1] ?? '';
    expect(database.startsWith(folder)).toBe(true);
    expect(existsSync(database)).toBe(true);
  });

  it('leaves nothing behind where nothing is to be kept, and says how to', async () => {
    const { code, stdout, stderr } = await demo('--days', '1', '--speed', '864000', '--channels', '4');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('which is gone; --keep DIR keeps them.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends with npm, whose shell hands a SIGTERM on to nobody', async () => {
    const npm = spawn('npm', ['start', '--', '--channels', '4'], {
      cwd: ROOT,
      // Where npm itself would leave its compiled modules, from Node.js 22 on.
      env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let told = '';
    npm.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
    // Held open by the demonstration, which goes after node and plugin.
    const closed = once(npm.stdout, 'close');
    while (!/forwards/.test(told)) await sleep(50);
    npm.kill('SIGTERM');
    await closed;
    expect(told).toContain('which is gone; --keep DIR keeps them.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('moves liquidity by the network between the peers of the node, for what that costs', async () => {
    const options = { days: null, speed: 43_200, channels: 6, forwardsPerDay: 300, seed: 1, market: 'S8b' };
    const session = await Session.start({ ...options, algorithm: null, keep: join(folder, 'node') }, PROGRAMS);
    try {
      const { from, to, movedMsat, feeMsat } = await firstArrived(session);
      expect(movedMsat).toBeGreaterThan(0n);
      expect(feeMsat).toBeGreaterThan(0n);
      expect(from.channelId).not.toBe(to.channelId);
      const reply = await session.call('revenue-explain', { channel_id: to.scid, text: true });
      expect(reply).toMatchObject({ text: expect.stringContaining(`Rebalancing into it`) as string });
    } finally {
      await session.end();
    }
  });

  it('reads the fees that the plugin sets by the algorithm asked for', async () => {
    const options = { days: null, speed: 86_400, channels: 4, forwardsPerDay: 300, seed: 1, market: 'S1' };
    const session = await Session.start({ ...options, algorithm: 'bayes', keep: join(folder, 'node') }, PROGRAMS);
    try {
      const changed = await firstChange(session);
      expect(changed).toMatchObject({ found_ppm: expect.any(Number) as number, fee_ppm: expect.any(Number) as number });
      const reply = await session.call('revenue-explain', { channel_id: changed.channel_id, text: true });
      expect(reply).toMatchObject({ text: expect.stringContaining('bayes asks') as string });
    } finally {
      await session.end();
    }
  });

  it('refuses a folder in use, and nonsense', async () => {
    writeFileSync(join(folder, 'x'), '');
    const inUse = await demo('--keep', folder);
    expect(inUse).toMatchObject({ code: 2, stdout: '' });
    expect(inUse.stderr).toContain('--keep: expected a new or empty folder');
    expect((await demo('--days', 'many')).code).toBe(2);
  });

  it.each(['/proc/x', '/proc/x/y', '/dev/null/x', '/dev/null'])(
    'refuses %s at once, which is no folder that can be written',
    async (keep) => {
      const { code, stdout, stderr } = await demo('--days', '5', '--keep', keep);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^--keep: expected a folder that can be written, got \/.*; name another one$/m);
      expect(stderr).toContain(`got ${keep}: `);
    },
  );

  it('says what to do where no temporary folder can be made', () => {
    const gone = join(folder, 'gone');
    expect(() => makeFolder(null, gone)).toThrow(UsageError);
    expect(() => makeFolder(null, gone)).toThrow(
      `expected a temporary folder that can be written, got ${gone}: ENOENT`,
    );
    expect(() => makeFolder(null, gone)).toThrow(/; name one with --keep DIR, or set TMPDIR$/);
  });

  it('helps', async () => {
    const { code, stdout } = await demo('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--forwards-per-day');
  });

  it('says where to look when the plugin does not start', async () => {
    const plugin = join(folder, 'stillborn.mjs');
    writeFileSync(plugin, '#!/bin/sh\nexit 3\n');
    chmodSync(plugin, 0o755);
    const keep = join(folder, 'node');
    const options = {
      days: null,
      speed: 1,
      channels: 2,
      forwardsPerDay: 1,
      seed: 1,
      market: 'S1',
      algorithm: null,
      keep,
    };
    await expect(Session.start(options, { ...PROGRAMS, plugin })).rejects.toThrow(`their files: ${keep}`);
  });

  it('ends when it is told to, though the plugin never answers', async () => {
    const plugin = join(folder, 'mute.mjs');
    writeFileSync(plugin, '#!/usr/bin/env node\nprocess.stdin.resume();\n');
    chmodSync(plugin, 0o755);
    const keep = join(folder, 'node');
    const options = {
      days: null,
      speed: 1,
      channels: 2,
      forwardsPerDay: 1,
      seed: 1,
      market: 'S1',
      algorithm: null,
      keep,
    };
    const stop = new AbortController();
    const told = new Error('told to end');
    const starting = expect(Session.start(options, { ...PROGRAMS, plugin }, stop.signal)).rejects.toBe(told);
    while (!existsSync(join(keep, 'regtest', 'log'))) await sleep(20);
    stop.abort(told);
    await starting;
  });

  it('asks nothing any more once it is told to end', async () => {
    const options = { days: null, speed: 1, channels: 2, forwardsPerDay: 1, seed: 1, market: 'S1', algorithm: null };
    const stop = new AbortController();
    const session = await Session.start({ ...options, keep: join(folder, 'node') }, PROGRAMS, stop.signal);
    try {
      const waiting = expect(session.call('wait', WAIT_FOR_A_FORWARD)).rejects.toThrow('told to end');
      stop.abort(new Error('told to end'));
      await waiting;
      await expect(settle(session)).rejects.toThrow('told to end');
    } finally {
      await session.end();
    }
  });

  it('says why when the plugin dies under it', async () => {
    const plugin = join(folder, 'dying.mjs');
    writeFileSync(plugin, DYING);
    chmodSync(plugin, 0o755);
    const options = {
      days: null,
      speed: 1,
      channels: 2,
      forwardsPerDay: 1,
      seed: 1,
      market: 'S1',
      algorithm: null,
      keep: join(folder, 'node'),
    };
    const session = await Session.start(options, { ...PROGRAMS, plugin });
    try {
      await expect(readFigures(session)).rejects.toThrow(
        'the plugin has ended: Killing plugin: exited during normal operation',
      );
    } finally {
      await session.end();
    }
  });
});

/** Waits for as long as the machine needs for a fee cycle; the test's time limit ends it. */
async function firstChange(session: Session): Promise<ChannelFigures> {
  for (;;) {
    const { market } = await readFigures(session);
    const changed = market?.channels.find(({ changes }) => changes > 0);
    if (changed) return changed;
    await sleep(50);
  }
}

/** Waits likewise. */
async function firstArrived(session: Session): Promise<Intent> {
  for (;;) {
    const { market } = await readFigures(session);
    const arrived = market?.written.rebalances.find(({ state }) => state === 'settled');
    if (arrived) return arrived;
    await sleep(50);
  }
}

/** Answers revenue-status once. */
const DYING = `#!/usr/bin/env node
let text = '';
let answered = false;
// The one that the demo sets.
const options = [{ name: 'revenue-ops-rebalance-timeout', type: 'int', default: 1, description: 'seconds' }];
const reply = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }));
process.stdin.on('data', (chunk) => {
  text += chunk;
  const messages = text.split('\\n\\n');
  text = messages.pop();
  for (const { id, method } of messages.map((message) => JSON.parse(message))) {
    if (method === 'getmanifest') reply(id, { options, rpcmethods: [{ name: 'revenue-status', usage: '' }] });
    else if (method === 'init') reply(id, {});
    else if (answered) process.exit(1);
    else {
      answered = true;
      reply(id, { ready: false });
    }
  }
});
process.stdin.on('end', () => process.exit(0));
`;
