// Does the simulated node treat plugins as lightningd does? Each outcome recorded of the real node, and each trap.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { badPlugin, makeFolder, removeFolder, startNode, until, type Json, type RunningNode } from './harness.ts';

interface Outcome {
  readonly start: 'ok' | { readonly code: number; readonly message: string };
  readonly stop?: Json;
  readonly echo?: { readonly result?: unknown; readonly error?: unknown };
}
const EXPERIMENTS = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../fixtures/recordings/plugin-protocol-experiments.json'), 'utf8'),
) as Readonly<Record<string, Outcome>>;

/** What each experiment with options gave to `plugin start`. */
const GIVEN: Readonly<Record<string, Json>> = {
  'opts-ok': { 'bad-int': '17', 'bad-bool': 'true', 'bad-str': 'x' },
  'opts-num': { 'bad-int': 17, 'bad-bool': true },
  'opts-bad': { 'bad-int': 'abc' },
  'opts-unknown': { nope: 1 },
};

let folder: string;
let node: RunningNode;
beforeAll(async () => {
  folder = makeFolder();
  node = await startNode(folder);
});
afterAll(async () => {
  await node.stop();
  removeFolder(folder);
});

const isListed = async (path: string): Promise<boolean> => {
  const { plugins } = (await node.result('plugin', { subcommand: 'list' })) as unknown as {
    plugins: { name: string }[];
  };
  return plugins.some(({ name }) => name === path);
};
const begin = (path: string, given: Json = {}) => node.call('plugin', { subcommand: 'start', plugin: path, ...given });

describe('outcomes recorded of lightningd v26.06.6', () => {
  afterEach(async () => {
    await node.call('plugin', { subcommand: 'stop', plugin: `${folder}/bad.mjs` });
  });

  it.each(Object.entries(EXPERIMENTS))('%s', async (mode, recorded) => {
    const path = badPlugin(folder, mode);
    /** The recording's words for the file we have in its place. */
    const ours = (text: string): string =>
      text.replaceAll('/srv/lightning/plugins/bad.py', path).replaceAll('bad.py', 'bad.mjs');

    const { error } = await begin(path, GIVEN[mode]);
    if (recorded.start === 'ok') expect(error, error?.message).toBeUndefined();
    else if (mode === 'stdout-first') {
      // The message quotes everything read so far, which holds our manifest, and how much is a matter of timing.
      expect(error?.code).toBe(recorded.start.code);
      expect(error?.message).toMatch(/bad\.mjs: Failed to parse RPC JSON response 'hello world\n/);
    } else expect(error).toEqual({ code: recorded.start.code, message: ours(recorded.start.message) });

    if (recorded.echo) {
      const echo = await node.call('bad-echo');
      expect(echo.result ?? echo.error).toEqual(recorded.echo.result ?? recorded.echo.error);
    }
    if (recorded.stop) {
      // Where the plugin dies of what it says after init, the recording looked when it was gone.
      if ('code' in recorded.stop) await until(async () => !(await isListed(path)));
      const stopped = await node.call('plugin', { subcommand: 'stop', plugin: path });
      expect(stopped.result ?? stopped.error).toEqual(JSON.parse(ours(JSON.stringify(recorded.stop))));
    }
    // A plugin that has been turned off is listed until its process has ended.
    await until(async () => !(await isListed(path)));
  });
});

describe('manifests lightningd refuses', () => {
  it.each([
    ['no-options', '"result.options" was not found in the manifest'],
    ['no-methods', '"result.rpcmethods" missing'],
    ['no-description', 'An option is missing either "name", "description" or "type"'],
    ['duplicate-option', 'Option "bad-int" already registered'],
    ['native-option', 'Option "alias" already registered'],
    [
      'native-topic',
      'plugin attempted to register a native notification topic "forward_event", these may however only be sent by lightningd',
    ],
    ['deprecated-default', "Invalid default '5': deprecated option (will be removed!)"],
    ['flag-true', "--bad-flag type flag default must be 'false' not true"],
    ['multi-bool', 'bool type cannot be multi'],
    ['numeric-ids', 'Plugin does not allow nonnumericids'],
  ])('%s', async (mode, reason) => {
    const path = badPlugin(folder, mode);
    expect((await begin(path)).error).toEqual({ code: -3, message: `${path}: ${reason}` });
    expect(node.log()).toContain(`plugin-bad.mjs: Killing plugin: ${reason}`);
  });
});

describe('plugins lightningd kills while they run', () => {
  it.each([
    ['bad-level', 'Unknown log-level "warning", valid values are "trace", "debug", "info", "warn", or "error".'],
    ['io-level', 'Unknown log-level "io", valid values are'],
    ['no-jsonrpc', 'JSON-RPC message does not contain "jsonrpc" field: \'{"method":"log"'],
    ['json-garbage-after-init', 'Failed to parse RPC JSON response \'{"jsonrpc": oops}'],
    ['log-no-message', 'Log notification from plugin doesn\'t have a string "message" field'],
    ['no-params', 'Malformed JSON-RPC notification missing "method" or "params": {"jsonrpc":"2.0","method":"log"}'],
  ])('%s', async (mode, reason) => {
    const path = badPlugin(folder, mode);
    await begin(path);
    await until(async () => !(await isListed(path)));
    const { log } = (await node.result('dev-sim-log', { level: 'unusual' })) as unknown as { log: { log: string }[] };
    expect(log.at(-1)?.log).toContain(`Killing plugin: ${reason}`);
  });
});

it('lets a plugin start that misbehaves in the same breath as it answers init', async () => {
  const path = badPlugin(folder, 'bad-level-at-once');
  expect((await begin(path)).error).toBeUndefined();
  await until(async () => !(await isListed(path)));
});

describe('a plugin that behaves', () => {
  let path: string;
  beforeAll(async () => {
    path = badPlugin(folder, 'split-lines', 'good.mjs');
    await begin(path, { 'bad-int': 17, 'bad-flag': true, 'bad-multi': 'a' });
  });
  afterAll(() => node.call('plugin', { subcommand: 'stop', plugin: 'good.mjs' }));

  it('gets typed options, the right place, and nothing for what is neither set nor defaulted', async () => {
    const { init, argv, cwd, env } = await node.result('bad-echo');
    expect((init as Json)['options']).toEqual({
      'bad-int': 17,
      'bad-bool': false,
      'bad-flag': true,
      'bad-multi': ['a'],
    });
    expect((init as Json)['configuration']).toMatchObject({
      'lightning-dir': `${folder}/regtest`,
      'rpc-file': 'lightning-rpc',
      startup: false,
      network: 'regtest',
    });
    expect(argv).toEqual(['--developer']);
    expect(cwd).toBe(`${folder}/regtest`);
    expect(env).toMatchObject({ LIGHTNINGD_PLUGIN: '1', LIGHTNINGD_VERSION: 'v26.06.6' });
    expect((env as Json)['REVENUE_OPS_CLOCK']).toMatch(/^[\d.]+,[\d.]+,1$/);
  });

  it('has its log lines split, and named after its file', () => {
    expect(node.log()).toMatch(/UNUSUAL plugin-good\.mjs: first line\n.*UNUSUAL plugin-good\.mjs: second line/);
  });

  it('hears its subscriptions with the payload under the topic, and those of plugins bare, with their origin', async () => {
    await node.result('bad-notify');
    await until(async () => (await node.result('bad-slow'))['heard'] !== null);
    expect((await node.result('bad-slow'))['heard']).toEqual({
      jsonrpc: '2.0',
      method: 'bad_custom',
      origin: 'good.mjs',
      params: { a: 1, b: 'two' },
    });
  });

  it('cannot be started twice', async () => {
    expect((await begin(path)).error).toEqual({ code: -32602, message: `${path}: Invalid argument` });
  });

  it('is listed among the others, and in help', async () => {
    const { plugins } = await node.result('plugin', ['list']);
    expect(plugins).toContainEqual({ name: path, active: true, dynamic: true });
    expect(plugins).toContainEqual(expect.objectContaining({ dynamic: false, active: true }));
    expect(await node.result('help', { command: 'bad-echo' })).toEqual({
      help: [{ command: 'bad-echo [a]' }],
      'format-hint': 'simple',
    });
  });
});

describe('the plugin command', () => {
  it.each([
    [{ subcommand: 'start', plugin: '/nope' }, '/nope is not executable: No such file or directory'],
    [{ subcommand: 'stop', plugin: 'nope' }, 'Could not find plugin nope'],
    [{ subcommand: 'stop', plugin: 'bookkeeper' }, 'bookkeeper cannot be managed when lightningd is up'],
    [['start', '/x', 'a=1'], 'Extra parameters must be in object'],
    [{}, 'missing required parameter: subcommand'],
    [{ subcommand: 'dance' }, "Unknown subcommand 'dance'"],
  ])('refuses %j', async (params, message) => {
    expect((await node.call('plugin', params)).error).toEqual({ code: -32602, message });
  });

  it('stops a plugin that did not ask to be told without telling it', async () => {
    const path = badPlugin(folder, 'no-shutdown');
    await begin(path);
    expect(await node.result('plugin', { subcommand: 'stop', plugin: 'bad.mjs' })).toEqual({
      command: 'stop',
      result: 'Successfully stopped bad.mjs.',
    });
  });

  it('starts a changed file anew', async () => {
    const path = badPlugin(folder, 'normal');
    await begin(path);
    const { appendFileSync } = await import('node:fs');
    appendFileSync(path, '\n// changed\n');
    expect((await begin(path)).error).toBeUndefined();
    expect(node.log()).toContain('Killing plugin: Plugin changed, needs restart.');
    await node.result('plugin', { subcommand: 'stop', plugin: path });
  });
});
