// Are options taken, shown, changed, kept and refused as lightningd does, down to what takes it down?
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseVar } from '../../../src/sim/process/config-vars.ts';
import { EXIT } from '../../../src/sim/process/fatal.ts';
import { badPlugin, makeFolder, removeFolder, startNode, type Json, type RunningNode } from './harness.ts';

let folder: string;
let plugin: string;
let node: RunningNode | null;
beforeEach(() => {
  folder = makeFolder();
  plugin = badPlugin(folder, 'normal');
  node = null;
});
afterEach(async () => {
  await node?.stop();
  removeFolder(folder);
});

const started = async (options: Parameters<typeof startNode>[1] = {}): Promise<RunningNode> =>
  (node = await startNode(folder, { plugins: [plugin], ...options }));
const stopped = async (): Promise<void> => {
  await node?.stop();
  node = null;
};
const given = (...texts: readonly string[]) => texts.map((text) => parseVar(text, { kind: 'cmdline' }));
const shown = async (running: RunningNode, config: string): Promise<unknown> =>
  ((await running.result('listconfigs', { config }))['configs'] as Json)[config];
const initOptions = async (running: RunningNode): Promise<unknown> =>
  ((await running.result('bad-echo'))['init'] as Json)['options'];

describe('options at start', () => {
  it('come from the command line and the config files; the later one wins', async () => {
    mkdirSync(join(folder, 'regtest'));
    writeFileSync(join(folder, 'config'), 'alias=x\nbad-int=1\n# bad-int=2\nbad-bool=YES\n');
    writeFileSync(join(folder, 'regtest', 'config'), 'bad-int=3\nbad-str=from file\nbad-multi=a\nbad-multi=b\n');
    const running = await started({ vars: given('bad-int=4', 'bad-flag') });
    expect(await initOptions(running)).toEqual({
      'bad-int': 4,
      'bad-flag': true,
      'bad-bool': true,
      'bad-str': 'from file',
      'bad-multi': ['a', 'b'],
    });
    expect(await shown(running, 'bad-int')).toEqual({ value_int: 4, source: 'cmdline', plugin, dynamic: true });
    expect(await shown(running, 'bad-bool')).toEqual({
      value_bool: true,
      source: `${folder}/config:4`,
      plugin,
      dynamic: true,
    });
    expect(await shown(running, 'bad-multi')).toMatchObject({ values_str: ['a', 'b'] });
    expect(await shown(running, 'bad-flag')).toEqual({ set: true, source: 'cmdline', plugin });
  });

  it.each([
    ['bad-int=abc', "--bad-int=abc: 'abc' is not a number"],
    ['bad-int=9223372036854775808', "--bad-int=9223372036854775808: '9223372036854775808' is out of range"],
    ['bad-bool=1', "--bad-bool=1: Invalid argument '1'"],
    ['bad-flag=true', "--bad-flag=true: doesn't allow an argument"],
    ['bad-str', '--bad-str: requires an argument'],
    ['nope=1', '--nope=1: unknown option'],
  ])('%s keeps the node from starting', async (text, message) => {
    await expect(started({ vars: given(text) })).rejects.toMatchObject({ exitCode: EXIT.fatal, message });
  });

  it('of a plugin that is not there keep the node from starting', async () => {
    mkdirSync(join(folder, 'regtest'));
    const file = join(folder, 'regtest', 'config');
    writeFileSync(file, 'bad-int=42\n');
    await expect(started({ plugins: [] })).rejects.toThrow(`Config file ${file} line 1: bad-int=42: unknown option`);
  });
});

describe('setconfig', () => {
  it('hands the plugin any value as text, keeps it in config.setconfig, and starts with it again', async () => {
    const running = await started();
    const file = join(folder, 'regtest', 'config.setconfig');
    expect(await running.result('setconfig', { config: 'bad-int', val: 42 })).toEqual({
      config: { config: 'bad-int', value_int: 42, source: `${file}:2`, plugin, dynamic: true },
    });
    await running.result('setconfig', ['bad-int', '43']);
    await running.result('setconfig', { config: 'bad-multi', val: ['x', 'y'] });
    await running.result('setconfig', { config: 'bad-multi', val: ['z'] });
    expect(readFileSync(file, 'utf8').split('\n').slice(1)).toEqual([
      'bad-int=43',
      '# setconfig commented out (see config.setconfig): bad-multi=x',
      '# setconfig commented out (see config.setconfig): bad-multi=y',
      'bad-multi=z',
      '',
    ]);
    await stopped();
    expect(await initOptions(await started())).toEqual({ 'bad-int': 43, 'bad-bool': false, 'bad-multi': ['z'] });
  });

  it('comments out what a config file said before', async () => {
    mkdirSync(join(folder, 'regtest'));
    const file = join(folder, 'regtest', 'config');
    writeFileSync(file, 'bad-int=7');
    await (await started()).result('setconfig', { config: 'bad-int', val: 8 });
    expect(readFileSync(file, 'utf8')).toBe(
      '# setconfig commented out (see config.setconfig): bad-int=7\n# Inserted by setconfig\ninclude config.setconfig\n',
    );
    await stopped();
    expect(await initOptions(await started())).toMatchObject({ 'bad-int': 8 });
  });

  it('transient: holds until the end only', async () => {
    const running = await started();
    expect(await running.result('setconfig', { config: 'bad-bool', val: true, transient: true })).toEqual({
      config: { config: 'bad-bool', value_bool: true, source: 'setconfig transient', plugin, dynamic: true },
    });
    await stopped();
    expect(await initOptions(await started())).toMatchObject({ 'bad-bool': false });
  });

  it.each([
    [{ config: 'bad-int', val: 'evil' }, 'evil is refused'],
    [{ config: 'bad-str', val: 'x' }, 'config: Not a dynamic config option: invalid token \'"bad-str"\''],
    [{ config: 'nope', val: 1 }, 'config: Unknown config option: invalid token \'"nope"\''],
    [{ config: 'bad-int' }, 'bad-int requires a value'],
    [{ config: 'bad-int', val: [1] }, 'bad-int is not a multi option: val must not be an array'],
    [{ config: 'bad-multi', val: 'x' }, 'bad-multi is a multi option: val must be an array'],
  ])('%j is refused, and nothing kept', async (params, message) => {
    const running = await started();
    expect((await running.call('setconfig', params)).error).toEqual({ code: -32602, message });
    expect(await shown(running, 'bad-int')).toMatchObject({ value_int: 5, source: 'default' });
  });

  it('is checked with the plugin, without effect', async () => {
    const running = await started();
    const check = (val: unknown) => running.call('check', { command_to_check: 'setconfig', config: 'bad-int', val });
    expect((await check(12)).result).toEqual({ command_to_check: 'setconfig' });
    expect((await check('evil')).error).toEqual({ code: -32602, message: 'evil is refused' });
    expect(await shown(running, 'bad-int')).toMatchObject({ value_int: 5 });
  });

  it('takes the node down when the plugin lets in what is no number, and for good', async () => {
    const running = await started();
    void running.call('setconfig', { config: 'bad-int', val: 'abc' }).catch(() => undefined);
    expect(await running.died).toMatchObject({ exitCode: EXIT.abort, message: 'Bad literal for --bad-int: abc' });
    await stopped();
    await expect(started()).rejects.toThrow(/config\.setconfig line 2: bad-int=abc: 'abc' is not a number/);
  });

  it('lets a bool that is none pass, and then the node cannot start again', async () => {
    const running = await started();
    await running.result('setconfig', { config: 'bad-bool', val: 'maybe' });
    await stopped();
    await expect(started()).rejects.toThrow(/bad-bool=maybe: Invalid argument 'maybe'/);
  });

  it('quotes wrong tokens to developers only', async () => {
    const running = await started({ developer: false });
    expect((await running.call('setconfig', { config: 'secret', val: 1 })).error?.message).toBe(
      'config: Unknown config option: invalid token (see logs for details)',
    );
  });
});
