// Are options taken when they make sense, and refused without harm when they do not?
import { expect, it } from 'vitest';
import { OPTIONS, type Option } from '../../../src/core/config/options.ts';
import { expectation } from '../../../src/core/config/validate.ts';
import type { TestNode } from '../harness.ts';
import { refusal } from '../rpc.ts';
import { statusOf, type Node } from './plugin-view.ts';

const INVALID_PARAMS = -32602;
/** lightningd's code for a plugin that does not start. */
const PLUGIN_ERROR = -3;

const dynamic: readonly Option[] = Object.values(OPTIONS).filter((option: Option) => option.dynamic);

function nonsense(option: Option): string[] {
  switch (option.type) {
    case 'int':
      return ['abc', '', ' ', '-1', '1.5', '1e3', '0x10', '+5', '5 ', 'true', String(option.max + 1), '9'.repeat(30)];
    case 'bool':
      return ['maybe', '', '2', '-1', 'TRUE!', 'null'];
    case 'string':
      // What may be any text, such as a file's name, must only be there.
      return option.choices ? ['', 'nonsense', 'null'] : option.form ? ['', '?!', '127.0.0.1:99999'] : [''];
  }
}

const valueInForce = async (node: TestNode, name: string): Promise<unknown> => {
  const { configs } = (await node.call('listconfigs', { config: name })) as { configs: Record<string, object> };
  return Object.entries(configs[name] ?? {}).find(([key]) => key.startsWith('value_'))?.[1];
};

export function testOptions(theNode: Node): void {
  it.each(dynamic)('setconfig refuses nonsense for $name', async (option) => {
    const node = theNode();
    for (const val of nonsense(option)) {
      const set = await refusal(node.call('setconfig', { config: option.name, val }));
      expect(set.code, val).toBe(INVALID_PARAMS);
      expect(set.message).toContain(option.name);
      expect(set.message).toContain(`expected ${expectation(option)}, got `);
      expect(set.message).toContain(val);
      const check = await refusal(node.call('check', { command_to_check: 'setconfig', config: option.name, val }));
      expect(check.code, val).toBe(INVALID_PARAMS);
    }
    expect(await valueInForce(node, option.name)).toBe(option.default);
  });

  it('setconfig refuses what contradicts another option', async () => {
    const node = theNode();
    const { code, message } = await refusal(node.call('setconfig', { config: OPTIONS.minFeePpm.name, val: 5001 }));
    expect(code).toBe(INVALID_PARAMS);
    expect(message).toContain(OPTIONS.maxFeePpm.name);
  });

  it('setconfig refuses what cannot change while it runs', async () => {
    const { code } = await refusal(theNode().call('setconfig', { config: OPTIONS.dbPath.name, val: 'other.db' }));
    expect(code).toBe(INVALID_PARAMS);
  });

  it('setconfig changes what makes sense, at once and over a restart of the node', async () => {
    const node = theNode();
    await node.call('setconfig', { config: OPTIONS.flowWindowDays.name, val: 14 });
    await node.call('setconfig', { config: OPTIONS.dryRun.name, val: true, transient: true });
    expect(await statusOf(node)).toMatchObject({ mode: 'dry-run' });
    expect(await node.call('revenue-analyze')).toMatchObject({ window_days: 14 });
    await node.restartNode();
    expect(await node.call('revenue-analyze')).toMatchObject({ window_days: 14 });
    expect(await statusOf(node)).toMatchObject({ mode: 'live' });
    await node.call('setconfig', { config: OPTIONS.flowWindowDays.name, val: 7 });
  }, 900_000);

  it('takes options at plugin start', async () => {
    const node = theNode();
    await node.stopPlugin();
    await node.startPlugin({ [OPTIONS.dryRun.name]: true, [OPTIONS.flowInterval.name]: 60 });
    expect(await statusOf(node)).toMatchObject({ mode: 'dry-run', loops: { flow: { interval_seconds: 60 } } });
    await node.stopPlugin();
    await node.startPlugin();
    expect(await statusOf(node)).toMatchObject({ mode: 'live', loops: { flow: { interval_seconds: 3600 } } });
  });

  it('does not start with nonsense, says why, and starts once it is mended', async () => {
    const node = theNode();
    await node.stopPlugin();
    for (const [given, word] of [
      [{ [OPTIONS.minFeePpm.name]: 100, [OPTIONS.maxFeePpm.name]: 50 }, OPTIONS.minFeePpm.name],
      [{ [OPTIONS.flowInterval.name]: 0 }, OPTIONS.flowInterval.name],
      [{ [OPTIONS.rebalancer.name]: 'magic' }, OPTIONS.rebalancer.name],
      [{ [OPTIONS.dbPath.name]: '/nowhere/at/all.db' }, '/nowhere/at/all.db'],
    ] as const) {
      const { code, message } = await refusal(node.startPlugin(given));
      expect(code).toBe(PLUGIN_ERROR);
      expect(message).toContain(word);
    }
    await node.startPlugin();
    expect(await statusOf(node)).toMatchObject({ mode: 'live' });
  });
}
