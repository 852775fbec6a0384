// What takes the node down, what does it remember, and how does its time pass?
import { appendFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/sim/process/fatal.ts';
import {
  badPlugin,
  Client,
  defaults,
  makeFolder,
  removeFolder,
  startNode,
  until,
  type Json,
  type RunningNode,
} from './harness.ts';

let folder: string;
let node: RunningNode | null;
beforeEach(() => {
  folder = makeFolder();
  node = null;
});
afterEach(async () => {
  await node?.stop();
  removeFolder(folder);
});
const started = async (options: Parameters<typeof startNode>[1] = {}): Promise<RunningNode> =>
  (node = await startNode(folder, options));

describe('plugins that keep the node from starting', () => {
  it.each([
    ['builtin-clash', EXIT.segfault, /lightningd would crash: plugin .*bad\.mjs registered "getinfo"/],
    ['duplicate-option', EXIT.fatal, /error starting plugin '.*bad\.mjs': option name 'bad-int' is already taken/],
    ['silent-manifest', EXIT.fatal, /Can't recover from plugin failure, terminating\./],
    ['silent-init', EXIT.fatal, /Can't recover from plugin failure, terminating\./],
  ])('%s', async (mode, exitCode, message) => {
    const plugins = [badPlugin(folder, mode)];
    const start = startNode(folder, { plugins, pluginTimeout: mode.startsWith('silent') ? 0.5 : 20 });
    await expect(start).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) as unknown });
  });

  it('one that is not there', async () => {
    await expect(startNode(folder, { plugins: ['/nope'] })).rejects.toThrow(/\/nope is not executable: No such file/);
  });

  it.each(['not-dynamic', 'init-error'])('but not: %s', async (mode) => {
    const plugin = badPlugin(folder, mode);
    const running = await started({ plugins: [plugin] });
    expect((await running.result('bad-echo'))['init']).toMatchObject({ configuration: { startup: true } });
  });

  it.each(['no-usage', 'disable-manifest', 'exit-init'])('nor, though it does not run: %s', async (mode) => {
    const running = await started({ plugins: [badPlugin(folder, mode)] });
    expect((await running.call('bad-echo')).error?.code).toBe(-32601);
  });
});

describe('plugins that take the running node down', () => {
  it('an important one that ends', async () => {
    const running = await started({ importantPlugins: [badPlugin(folder, 'crash')] });
    void running.call('bad-echo').catch(() => undefined);
    expect(await running.died).toMatchObject({ exitCode: EXIT.fatal });
    expect(running.log()).toContain('Plugin marked as important, shutting down lightningd!');
  });

  it("one that takes the name of a command of lightningd's own", async () => {
    const running = await started();
    const plugin = badPlugin(folder, 'builtin-clash');
    void running.call('plugin', { subcommand: 'start', plugin }).catch(() => undefined);
    expect(await running.died).toMatchObject({ exitCode: EXIT.segfault });
  });

  it('one that is started with parameters by name while an option of a stopped one is still set', async () => {
    const plugin = badPlugin(folder, 'normal');
    const running = await started({ plugins: [plugin] });
    await running.result('setconfig', { config: 'bad-int', val: '7' });
    await running.result('plugin', { subcommand: 'stop', plugin });
    const other = resolve(import.meta.dirname, '../../../dist/clboss.js');
    await running.result('plugin', ['start', other]);
    await running.result('plugin', ['stop', other]);
    void running.call('plugin', { subcommand: 'start', plugin: other }).catch(() => undefined);
    expect(await running.died).toMatchObject({ exitCode: EXIT.segfault });
  });
});

describe('the end', () => {
  it('gives plugins that want it time, and no more than that', async () => {
    const polite = badPlugin(folder, 'normal', 'polite.mjs');
    const running = await started({ plugins: [polite], shutdownGrace: 0.2 });
    const stubborn = badPlugin(folder, 'ignores-shutdown', 'stubborn.mjs');
    await running.result('plugin', { subcommand: 'stop', plugin: polite });
    await running.result('plugin', { subcommand: 'start', plugin: stubborn });
    const client = new Client(running.socket);
    client.request('s', 'stop');
    expect(await client.received(1)).toEqual([{ jsonrpc: '2.0', id: 's', result: { result: 'Shutdown complete' } }]);
    await client.closed;
    expect(running.log()).toMatch(/plugin-polite\.mjs: Killing plugin: exited during normal operation/);
    expect(running.log()).toMatch(/plugin-stubborn\.mjs: Timeout on shutdown: killing anyway/);
    node = null;
  });
});

describe('time', () => {
  it('passes at the speed ordered, for the world and for all who ask', async () => {
    const running = await started({ speed: 86_400 });
    const before = await running.result('dev-sim-time');
    expect(before['speed']).toBe(86_400);
    await until(
      async () => Number((await running.result('dev-sim-time'))['virtual_now']) > Number(before['virtual_now']) + 3600,
    );
    const { blockheight } = await running.result('getinfo');
    await until(async () => Number((await running.result('getinfo'))['blockheight']) > Number(blockheight));
  });
});

describe('the state file', () => {
  const busy = (): Parameters<typeof startNode>[1] => ({
    stateFile: join(folder, 'state'),
    speed: 200_000,
    world: { ...defaults(folder).world, channels: 4, forwardsPerDay: 500 },
  });
  const forwards = async (running: RunningNode): Promise<Json[]> =>
    (await running.result('listforwards', { index: 'created' }))['forwards'] as Json[];
  const ended = (all: readonly Json[]): Json[] => all.filter(({ status }) => status !== 'offered');
  const work = async (running: RunningNode): Promise<void> => {
    const { channels } = (await running.result('listpeerchannels')) as unknown as { channels: Json[] };
    const [first, second] = channels.map(({ short_channel_id }) => short_channel_id);
    await running.result('setchannel', { id: first, feeppm: 777 });
    await running.result('dev-sim-forward', {
      in_channel: first,
      out_channel: second,
      amount_msat: 1000,
      outcome: 'settled',
    });
    const { length } = await forwards(running);
    await until(async () => (await forwards(running)).length > length + 100);
  };

  it('brings back the same world after a clean end', async () => {
    const running = await started(busy());
    await work(running);
    const before = await forwards(running);
    const info = await running.result('getinfo');
    await running.stop();
    const again = await started({ ...busy(), speed: 1 });
    const after = await forwards(again);
    // Time went on between the listing and the end: what is there now begins with what was seen.
    expect(after.length).toBeGreaterThanOrEqual(before.length);
    expect(after.slice(0, before.length).filter((_, i) => ended([before[i] ?? {}]).length > 0)).toEqual(ended(before));
    expect((await again.result('getinfo'))['id']).toBe(info['id']);
    const { channels } = (await again.result('listpeerchannels')) as unknown as { channels: { updates: Json }[] };
    expect(channels.some(({ updates }) => JSON.stringify(updates['local']).includes('777'))).toBe(true);
  });

  it('brings back the same world after a crash, even one that cut the file', async () => {
    const running = await started(busy());
    await work(running);
    const before = await forwards(running);
    // What the file holds at this moment is what a SIGKILL would leave; a second node goes on from a copy.
    const { readFileSync } = await import('node:fs');
    const state = readFileSync(join(folder, 'state'));
    await running.stop();
    writeFileSync(join(folder, 'copy'), state);
    appendFileSync(join(folder, 'copy'), '{"at":1,"method":"dev-sim-for');
    const again = await started({ ...busy(), stateFile: join(folder, 'copy'), speed: 1 });
    const after = await forwards(again);
    expect(after.length).toBeGreaterThanOrEqual(before.length);
    expect(after.slice(0, before.length).filter((_, i) => ended([before[i] ?? {}]).length > 0)).toEqual(ended(before));
    // And what is recorded now is not spoiled by the torn line.
    await again.result('setchannel', { id: 'all', feeppm: 5 });
    await again.stop();
    const third = await started({ ...busy(), stateFile: join(folder, 'copy'), speed: 1 });
    const { channels } = (await third.result('listpeerchannels')) as unknown as {
      channels: { state: string; updates: Json }[];
    };
    const open = channels.filter(({ state }) => state === 'CHANNELD_NORMAL');
    expect(open.length).toBeGreaterThan(0);
    expect(open.every(({ updates }) => /millionths":5\b/.test(JSON.stringify(updates['local'])))).toBe(true);
  });
});
