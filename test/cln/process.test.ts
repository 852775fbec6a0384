// Does a plugin in a real process, on real pipes and a real socket, bear what a plugin meets?
import { once } from 'node:events';
import { build } from 'esbuild';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Child } from './child.ts';
import { reply, SocketServer } from './socket-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'cln-plugin-'));
const bundle = join(directory, 'fixture.mjs');
const diary = join(directory, 'diary');
let server: SocketServer;
const children: Child[] = [];

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'fixture-plugin.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  server = await SocketServer.listen((request, socket) => {
    reply(socket, request.id, { id: '02ff', alias: '⚡', asked: request.params });
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.process.kill('SIGKILL');
  rmSync(diary, { force: true });
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const spawned = (): Child => {
  const child = new Child(bundle);
  children.push(child);
  return child;
};
const started = async (): Promise<Child> => {
  const child = spawned();
  await child.ask('getmanifest', { 'allow-deprecated-apis': false });
  const init = await child.ask('init', {
    options: { 'fixture-diary': diary },
    configuration: {
      'lightning-dir': dirname(server.path),
      'rpc-file': 'lightning-rpc',
      startup: true,
      network: 'regtest',
    },
  });
  expect(init.result).toEqual({});
  return child;
};
const diaryLines = (): string[] => readFileSync(diary, 'utf8').trimEnd().split('\n');

describe('a plugin process', () => {
  it('answers, asks the node through its socket, and tells progress', async () => {
    const child = await started();
    const text = '⚡'.repeat(700_000);
    expect((await child.ask('fixture-echo', [text])).result).toEqual([text]);
    expect((await child.ask('fixture-node', { a: 1 })).result).toEqual({ id: '02ff', alias: '⚡', asked: { a: 1 } });
    expect((await child.ask('fixture-throw')).error).toEqual({ code: -32602, message: 'asked to' });
    expect((await child.ask('fixture-slow')).result).toBe('done');
    expect(child.messages.filter((message) => message.method === 'progress')).toHaveLength(3);
    child.process.stdin.end();
    expect(await child.exit).toBe(0);
  });

  it('trap: touches no file before init, for lightningd --help asks for the manifest only', async () => {
    const child = spawned();
    await child.ask('getmanifest');
    child.process.stdin.end();
    expect(await child.exit).toBe(0);
    expect([existsSync(diary), child.stderr]).toEqual([false, '']);
  });

  it('trap: whatever is printed goes to stderr, never between the messages', async () => {
    const child = await started();
    expect((await child.ask('fixture-print')).result).toBe('printed');
    expect(child.stdout).not.toContain('printed by');
    await child.until(() => child.stderr.includes('written to stdout'));
    expect(child.stderr).toContain('printed by console.log');
    expect((await child.ask('fixture-echo', [1])).result).toEqual([1]);
  });

  it('trap: logs at levels that do not kill the plugin, and lines that do not kill lightningd', async () => {
    const child = await started();
    await child.ask('fixture-log');
    expect(child.logs).toEqual([
      { level: 'warn', message: '[level warning] at a level that kills' },
      { level: 'info', message: 'two\nlines' },
      { level: 'info', message: `${'x'.repeat(10_000)}... and 990000 characters more` },
    ]);
  });

  it('trap: setconfig with nonsense for an int is refused and not heard of', async () => {
    const child = await started();
    const refused = await child.ask('setconfig', { config: 'fixture-int', val: 'abc' });
    expect(refused.error).toEqual({
      code: -32602,
      message: "fixture-int: expected an integer within 2^53, got 'abc'",
    });
    expect((await child.ask('setconfig', { config: 'fixture-int', val: '7' })).result).toEqual({});
    expect(diaryLines()).toEqual(['init', 'fixture-int=7']);
  });

  it('survives what nobody catches, says so at error, and tells the plugin', async () => {
    const child = await started();
    await child.ask('fixture-fault');
    child.notify('connect', { connect: { id: '02ff' } });
    await child.until(() => child.logs.length >= 3);
    expect(child.logs).toHaveLength(3);
    for (const what of ['thrown by a timer', 'rejected unheard', 'cannot bear visitors'])
      expect(child.logs).toContainEqual({ level: 'error', message: expect.stringContaining(what) as string });
    expect((await child.ask('fixture-echo', [1])).result).toEqual([1]);
    expect(diaryLines().sort()).toEqual(['fault: rejected unheard', 'fault: thrown by a timer', 'init']);
  });

  it.each<[string, (child: Child) => void]>([
    [
      'lightningd says shutdown',
      (child) => {
        child.notify('shutdown', { shutdown: {} });
      },
    ],
    [
      'stdin ends, because lightningd died',
      (child) => {
        child.process.stdin.end();
      },
    ],
    [
      'it gets SIGTERM',
      (child) => {
        child.process.kill('SIGTERM');
      },
    ],
    [
      'it gets SIGINT',
      (child) => {
        child.process.kill('SIGINT');
      },
    ],
  ])('closes, says the last word whole and exits 0 when %s', async (_what, end) => {
    const child = await started();
    end(child);
    expect(await child.exit).toBe(0);
    expect(diaryLines()).toEqual(['init', 'shutdown']);
    expect(child.logs).toEqual([{ level: 'info', message: `${'x'.repeat(4999)}\n`.repeat(200).trimEnd() }]);
    expect(child.stderr).toBe('');
  });

  it('closes and exits 0 when nobody reads its stdout any more (EPIPE)', async () => {
    const child = await started();
    child.process.stdout.destroy();
    // What is written before the pipe is gone arrives nowhere, but without an error.
    await once(child.process.stdout, 'close');
    // Told until it has heard: a process that another test is spawning has our end of the pipe too until it runs its own
    // program, and what is written meanwhile arrives nowhere, without an error.
    const telling = setInterval(() => {
      child.notify('connect', {});
    }, 50);
    void child.exit.finally(() => {
      clearInterval(telling);
    });
    expect(await child.exit).toBe(0);
    expect(diaryLines()).toEqual(['init', 'shutdown']);
    expect(child.stderr).toBe('');
  });

  it('trap: passes the test of reckless, which pipes "Y" lines and then nothing', async () => {
    const child = spawned();
    child.process.stdin.end('Y\nY\n');
    expect(await child.exit).toBe(0);
    expect([child.stdout, child.stderr]).toEqual(['', '']);
  });
});
