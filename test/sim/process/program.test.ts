// Does the program start, end and fail with the codes and words it promises, for real clients too?
import { execFile, execFileSync, spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join, resolve } from 'node:path';
import { badPlugin, callOnce, makeFolder, removeFolder, until } from './harness.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../dist/simulated-node.js');

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  removeFolder(folder);
});

interface Running {
  readonly socket: string;
  readonly call: (method: string, params?: unknown) => ReturnType<typeof callOnce>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly closeStdin: () => void;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts the program; `ready` resolves when its socket answers or it has ended. */
async function run(...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [PROGRAM, '--lightning-dir', folder, '--developer', ...args]);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  let over = false;
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => {
      over = true;
      resolve({ code, stderr });
    });
  });
  let ready = false;
  child.stdout.once('data', () => (ready = true));
  await until(() => ready || over);
  const socket = join(folder, 'regtest', 'lightning-rpc');
  return {
    socket,
    ended,
    call: (method, params = {}) => callOnce(socket, method, params),
    kill: (signal) => child.kill(signal),
    closeStdin: () => child.stdin.end(),
  };
}

describe('the program', () => {
  it('ends cleanly by stop, by signal, after its days and with its standard input', async () => {
    const stopped = await run();
    expect((await stopped.call('stop')).result).toEqual({ result: 'Shutdown complete' });
    expect(await stopped.ended).toEqual({ code: 0, stderr: '' });
    const signalled = await run('--plugin', badPlugin(folder, 'normal'));
    signalled.kill('SIGTERM');
    expect(await signalled.ended).toEqual({ code: 0, stderr: '' });
    expect((await (await run('--days', '1', '--speed', '864000')).ended).code).toBe(0);
    const fed = await run('--until-stdin-ends');
    fed.closeStdin();
    expect((await fed.ended).code).toBe(0);
  });

  it.each([
    ['builtin-clash', 139, /lightningd would crash: plugin .* registered "getinfo"/],
    ['duplicate-option', 1, /option name 'bad-int' is already taken/],
  ])('says what a plugin does to lightningd: %s', async (mode, code, words) => {
    const { ended } = await run('--plugin', badPlugin(folder, mode));
    const end = await ended;
    expect(end.code).toBe(code);
    expect(end.stderr).toMatch(words);
  });

  it('aborts where lightningd would, and does not start again', async () => {
    const plugin = badPlugin(folder, 'normal');
    const running = await run('--plugin', plugin);
    await expect(running.call('setconfig', { config: 'bad-int', val: 'abc' })).rejects.toThrow(/without a reply/);
    expect(await running.ended).toMatchObject({ code: 134, stderr: expect.stringContaining('Bad literal') as unknown });
    const again = await (await run('--plugin', plugin)).ended;
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("'abc' is not a number") as unknown });
  });

  it('takes options of plugins like lightningd', async () => {
    const running = await run('--plugin', badPlugin(folder, 'normal'), '--bad-int=9', '--plugin-option', 'bad-flag');
    const { result } = await running.call('bad-echo');
    expect(result).toMatchObject({ init: { options: { 'bad-int': 9, 'bad-flag': true } }, argv: ['--developer'] });
    running.kill('SIGTERM');
    await running.ended;
  });

  it.each([
    [['--speed', 'fast'], '--speed: expected a number'],
    [['--network', 'bitcoin'], '--network: only regtest is simulated'],
    [['--start', 'soon'], '--start: expected an ISO date'],
    [['--channels', '1.5'], '--channels: expected a whole number'],
  ])('refuses %j with code 2', async (args, words) => {
    const { code, stderr } = await (await run(...args)).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

const hasCli = ((): boolean => {
  try {
    execFileSync('lightning-cli', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('lightning-cli is not on PATH: not tried against the simulated node');
    return false;
  }
})();

describe.skipIf(!hasCli)('lightning-cli', () => {
  const cli = (...args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile('lightning-cli', [`--lightning-dir=${folder}`, '--network=regtest', ...args], (error, stdout) => {
        // lightning-cli prints what lightningd refuses, and exits 1.
        if (error && stdout === '') reject(new Error(error.message));
        else resolve(stdout);
      });
    });

  it('works, progress and errors included', async () => {
    const running = await run('--plugin', badPlugin(folder, 'normal'));
    expect(JSON.parse(await cli('getinfo'))).toMatchObject({ network: 'regtest', version: 'v26.06.6' });
    expect(await cli('bad-progress')).toMatch(/# step 0[\s\S]*# step 2[\s\S]*"done": true/);
    expect(JSON.parse(await cli('-k', 'bad-echo', 'a=1'))).toMatchObject({ params: { a: 1 } });
    expect(await cli('nope')).toContain("Unknown command 'nope'");
    expect(await cli('help')).toContain('bad-echo [a]');
    expect(await cli('-k', 'setconfig', 'config=bad-int', 'val=7', 'transient=true')).toContain('"value_int": 7');
    running.kill('SIGTERM');
    await running.ended;
  });
});
