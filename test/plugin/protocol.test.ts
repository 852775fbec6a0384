// Does the program that lightningd starts keep to the protocol, refuse what it must, and end when it should?
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/app/commands/all.ts';
import { LEGACY_OPTIONS, OPTIONS } from '../../src/core/config/options.ts';
import { ERRORS } from '../../src/core/errors.ts';
import { Child } from '../cln/child.ts';
import type { Json } from '../node/recorded-node.ts';
import { FakeLightningd, isReady, PLUGIN, rowOf } from './fake-lightningd.ts';

const NOW = Math.floor(Date.now() / 1000);

let lightningd: FakeLightningd;
const children = new Set<Child>();
beforeEach(async () => {
  lightningd = await FakeLightningd.listen(3);
});
afterEach(async () => {
  for (const { process: running } of children) running.kill('SIGKILL');
  await Promise.all([...children].map(({ exit }) => exit));
  children.clear();
  await lightningd.close();
});
const start = async (options: Json = {}) => {
  const started = await lightningd.start(options);
  children.add(started.child);
  return started;
};
const ready = async (options: Json = {}): Promise<Child> => {
  const { child, init } = await start(options);
  expect(init).toEqual({});
  await child.until(() => isReady(child));
  return child;
};
const settle = (from: number, to: number, sats: number, at: number): void => {
  lightningd.node.end(lightningd.node.offer({ from, to, outMsat: sats * 1000, feeMsat: 1000 }, at), 'settled', at);
};
const disabled = async (options: Json = {}): Promise<string> => String((await start(options)).init['disable']);

describe('the manifest', () => {
  const manifest = async (): Promise<Json> => {
    const child = new Child(PLUGIN);
    children.add(child);
    const { result } = await child.ask('getmanifest', { 'allow-deprecated-apis': false, unheard_of: 1 });
    child.process.stdin.end();
    expect(await child.exit).toBe(0);
    return result as Json;
  };

  it('declares all options and commands, may be started and stopped, and hooks into nothing', async () => {
    const { options, rpcmethods, dynamic, nonnumericids, cancheck, subscriptions, hooks } = await manifest();
    expect({ dynamic, nonnumericids, cancheck }).toEqual({ dynamic: true, nonnumericids: true, cancheck: true });
    expect((rpcmethods as Json[]).map(({ name }) => name).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
    expect((options as Json[]).map(({ name }) => name)).toEqual(
      [...Object.values(OPTIONS), ...LEGACY_OPTIONS].map(({ name }) => name),
    );
    expect((subscriptions as string[]).sort()).toEqual(['channel_state_changed', 'forward_event', 'shutdown']);
    // A hook would hold up every payment of the node behind us.
    expect(hooks ?? []).toEqual([]);
  });

  it('gives legacy options no default, or a strict node would kill us', async () => {
    const { options } = await manifest();
    for (const { name } of LEGACY_OPTIONS) {
      const declared = (options as Json[]).find((option) => option['name'] === name);
      expect(declared).not.toHaveProperty('default');
      expect(declared).not.toHaveProperty('deprecated');
    }
  });
});

describe('init', () => {
  it('is answered at once, even by a node that answers nothing', async () => {
    for (const method of ['getinfo', 'listpeerchannels'])
      lightningd.answers.set(method, () => new Promise(() => undefined));
    const { child, init } = await start();
    expect(init).toEqual({});
    expect(await child.ask('revenue-analyze')).toMatchObject({
      error: {
        code: -1,
        message: expect.stringContaining('waiting for lightningd') as string,
        data: { error: 'not-ready' },
      },
    });
    expect((await child.ask('revenue-status')).result).toMatchObject({ ready: false, node_id: null });
    // And it ends at once, though calls are under way.
    child.notify('shutdown', {});
    expect(await child.exit).toBe(0);
  });

  it.each([
    [{ 'revenue-ops-flow-interval': 0 }, 'revenue-ops-flow-interval: expected an integer 1..604800 (seconds), got 0'],
    [
      { 'revenue-ops-min-fee-ppm': 9000 },
      'revenue-ops-min-fee-ppm: expected at most revenue-ops-max-fee-ppm (5000), got 9000',
    ],
    [{ 'revenue-ops-rebalancer': 'magic' }, 'revenue-ops-rebalancer: expected one of auto, circular'],
  ])('refuses %j with a sentence, and touches nothing', async (options, sentence) => {
    expect(await disabled(options)).toContain(sentence);
    expect(readdirSync(lightningd.folder)).toEqual(['lightning-rpc']);
  });

  it.each([
    ['a folder that is not there', 'missing/x.db', () => undefined],
    [
      'a folder',
      'x.db',
      (path: string) => {
        mkdirSync(path);
      },
    ],
    [
      'a file of something else',
      'x.db',
      (path: string) => {
        writeFileSync(path, 'precious, and no database'.repeat(100));
      },
    ],
  ])('refuses %s as database, by name', async (_, name, make) => {
    const path = join(lightningd.folder, name);
    make(path);
    const before = existsSync(path) ? statSync(path).size : null;
    expect(await disabled({ 'revenue-ops-db-path': name })).toContain(path);
    expect(existsSync(path) ? statSync(path).size : null).toBe(before);
  });

  it('refuses a database that another instance has open', async () => {
    await ready();
    expect(await disabled()).toContain('another instance');
  });

  it('takes legacy options, and warns', async () => {
    const child = await ready({ 'revenue-ops-pid-kp': '0.5', 'revenue-ops-pid-ki': '' });
    expect(child.logs).toContainEqual({
      level: 'warn',
      message: 'revenue-ops-pid-kp is no longer used; remove it from the configuration',
    });
    expect((await child.ask('revenue-status')).result).toMatchObject({
      alerts: expect.arrayContaining([
        'no longer used, remove from the configuration: revenue-ops-pid-kp, revenue-ops-pid-ki',
      ]) as unknown,
    });
  });
});

describe('at work', () => {
  it('reads in pages and by name, never a whole table', async () => {
    for (let i = 0; i < 2500; i++) settle(0, 1, 10, NOW - 5000 + i);
    const child = await ready();
    const { result } = await child.ask('revenue-analyze');
    expect((result as { channels: Json[] }).channels.map(({ forwards_out }) => forwards_out)).toEqual([0, 2500, 0]);
    const of = (method: string) => lightningd.requests.filter((request) => request.method === method);
    expect(of('listforwards').length).toBeGreaterThan(2);
    expect(
      of('listforwards').every(({ params }) => params['index'] !== undefined && Number(params['limit']) <= 1000),
    ).toBe(true);
    expect(of('listnodes').every(({ params }) => params['id'] !== undefined)).toBe(true);
    expect(of('listpeerchannels').every(({ filter }) => filter !== undefined)).toBe(true);
    expect(of('listchannels')).toEqual([]);
    expect(lightningd.requests.every(({ id }) => id.startsWith('cl-revenue-ops:'))).toBe(true);
  });

  it.each([
    ['nested under the topic', (row: Json) => ({ forward_event: row })],
    ['flat, as older nodes send it', (row: Json) => row],
  ])('counts a forward it is told of, %s', async (_, wrap) => {
    const child = await ready();
    settle(0, 1, 777, NOW);
    // Not by asking: the node will not answer about forwards any more.
    lightningd.answers.set('wait', () => new Promise(() => undefined));
    for (const event of lightningd.node.events) child.notify('forward_event', wrap(rowOf(event)));
    const { result } = await child.ask('revenue-status');
    expect(result).toMatchObject({ database: { forwards: 1 }, channels: { total: 3, source: 0 } });
  });

  it('takes a change of options between two cycles, and refuses nonsense without harm', async () => {
    const child = await ready();
    const set = (config: string, val: string) => child.ask('setconfig', { config, val });
    expect((await set('revenue-ops-flow-window-days', '30')).result).toEqual({});
    expect((await child.ask('revenue-analyze')).result).toMatchObject({ window_days: 30 });
    for (const val of ['', 'abc', '0', '91', '7.5', ' 7', '+7', '7\n', '0x7', '9'.repeat(40)]) {
      const { error } = await set('revenue-ops-flow-window-days', val);
      expect(error?.code, val).toBe(-32602);
      expect(error?.message).toContain('revenue-ops-flow-window-days: expected an integer 1..90 (days), got ');
    }
    const check = await child.ask('check', {
      command_to_check: 'setconfig',
      config: 'revenue-ops-flow-window-days',
      val: '5',
    });
    expect(check.error).toBeUndefined();
    expect((await child.ask('revenue-analyze')).result).toMatchObject({ window_days: 30 });
  });

  it('checks commands without running them', async () => {
    const child = await ready();
    const check = (name: string, params: Json = {}) => child.ask('check', { command_to_check: name, ...params });
    const needed: Readonly<Record<string, Json>> = {
      'revenue-explain': { channel_id: '1x1x1' },
      'revenue-set-fee': { channel_id: '1x1x1', fee_ppm: 1 },
      'revenue-policy': { action: 'set', subject: '1x1x1', strategy: 'passive' },
      'revenue-remanage': { peer_id: `02${'1'.repeat(64)}` },
      'revenue-rebalance': { from_channel: '1x1x1', to_channel: '2x1x1', amount_sats: 1000 },
    };
    for (const { name } of COMMANDS)
      expect((await check(name, needed[name])).result).toEqual({ command_to_check: name });
    expect((await child.ask('revenue-status')).result).toMatchObject({ mode: 'live' });
    const { error } = await check('revenue-analyze', { channel_id: 'nonsense' });
    expect(error).toMatchObject({ code: -32602, data: { error: 'invalid-parameter' } });
    const direct = await child.ask('revenue-analyze', { channel_id: 'nonsense' });
    expect(direct.error).toEqual(error);
  });

  it('names every error it replies with', async () => {
    const child = await ready();
    for (const params of [['nope'], ['1x1x1'], { no: 1 }, [1, 2]]) {
      const { error } = await child.ask('revenue-analyze', params);
      const name = (error?.data as { error: keyof typeof ERRORS }).error;
      expect(error?.code).toBe(ERRORS[name].code);
    }
  });
});

describe('the end', () => {
  it.each([
    [
      'lightningd says so',
      (child: Child) => {
        child.notify('shutdown', { shutdown: {} });
      },
    ],
    [
      'lightningd is gone',
      (child: Child) => {
        child.process.stdin.end();
      },
    ],
    [
      'it is asked to by signal',
      (child: Child) => {
        child.process.kill('SIGTERM');
      },
    ],
  ])('comes cleanly when %s', async (_, end) => {
    const child = await ready();
    settle(0, 1, 10, NOW);
    end(child);
    expect(await child.exit).toBe(0);
    // Node 22 warns that its SQLite is experimental; nothing else has a place there.
    expect(child.stderr.split('\n').filter((line) => line !== '' && !/Warning|trace-warnings/.test(line))).toEqual([]);
    // Closed as it should be, the file alone is the whole database: SQLite's log is empty, or gone.
    const log = join(lightningd.folder, 'revenue_ops.db-wal');
    expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
  });

  it('comes after a pause, which is still on at the next start', async () => {
    const first = await ready();
    expect((await first.ask('revenue-pause')).result).toMatchObject({ mode: 'paused' });
    first.process.kill('SIGKILL');
    await first.exit;
    const second = await ready();
    expect((await second.ask('revenue-status')).result).toMatchObject({ mode: 'paused' });
    expect((await second.ask('revenue-resume')).result).toMatchObject({ mode: 'live' });
  });
});
