// Do commands refuse what they cannot do, naming parameter, expectation and value; and do the documents describe them?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { CHANNELS, ROOT, type TestNode } from '../harness.ts';
import { refusal, type Json, type Params } from '../rpc.ts';
import type { Node } from './plugin-view.ts';

const INVALID_PARAMS = -32602;

interface Documented {
  readonly name: string;
  readonly usage: string;
  /** Top-level fields of the reply. */
  readonly fields: readonly string[];
}

/** What stands in backquotes in the first column. */
const fieldsOf = (table: string): string[] =>
  table
    .split('\n')
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''));

/** The node's commands of docs/commands.md (its other sections are the terminal's): a heading of name and parameters, and the first table under it. */
const documented: readonly Documented[] = readFileSync(resolve(ROOT, 'docs/commands.md'), 'utf8')
  .split(/^## /m)
  .filter((section) => section.startsWith('revenue-'))
  .map((section) => {
    const [heading = '', ...lines] = section.split('\n');
    const [name = '', ...usage] = heading.split(' ');
    const table = lines.join('\n').split('| field | meaning |\n| --- | --- |\n')[1]?.split('\n\n')[0] ?? '';
    return { name, usage: usage.join(' '), fields: fieldsOf(table) };
  })
  .filter(({ name }) => name.startsWith('revenue-'));

/** Calls whose replies have all the fields of a command between them; one without parameters where nothing is named. */
const callsOf = ({ scids }: TestNode): Readonly<Record<string, readonly Params[]>> => ({
  'revenue-explain': [{ channel_id: scids.A }],
  'revenue-set-fee': [{ channel_id: scids.A, fee_ppm: CHANNELS.A.feePpm, hold_hours: 0 }],
  'revenue-policy': [
    ['set', scids.A, 'passive'],
    ['list', scids.A],
    ['delete', scids.A],
  ],
  // No other way leads from A to B: it fails before anything is sent.
  'revenue-rebalance': [{ from_channel: scids.A, to_channel: scids.B, amount_sats: 10_000, max_fee_sats: 100 }],
  // Such a node is too young for it; test/app/commands/backtest.test.ts has its fields.
  'revenue-backtest': [],
  // There is no clboss yet; suite/clboss.ts gives back what there is.
  'revenue-remanage': [],
});

const BAD: readonly (readonly [method: string, params: Params, named: string])[] = [
  ...documented.map(({ name }) => [name, { nonsense: 42 }, 'nonsense'] as const),
  ['revenue-status', ['extra'], 'extra'],
  ['revenue-pause', [1], '1'],
  ['revenue-resume', [true], 'true'],
  ['revenue-analyze', { channel_id: 'nonsense' }, 'channel_id'],
  ['revenue-analyze', ['nonsense'], 'channel_id'],
  ['revenue-analyze', { channel_id: 5 }, 'channel_id'],
  ['revenue-analyze', { channel_id: ['1x1x1'] }, 'channel_id'],
  ['revenue-analyze', { channel_id: '' }, 'channel_id'],
  ['revenue-analyze', { channel_id: '1x1' }, 'channel_id'],
  ['revenue-analyze', ['1x1x1', '2x2x2'], '2x2x2'],
];

export function testCommands(theNode: Node): void {
  it('documents every command, its parameters and the fields of its reply, and no others', async () => {
    const { help } = (await theNode().call('help')) as { help: { command: string }[] };
    const ours = help.map(({ command }) => command.trim()).filter((line) => line.startsWith('revenue-'));
    expect(ours.sort()).toEqual(documented.map(({ name, usage }) => `${name} ${usage}`.trim()).sort());
    for (const { name, fields } of documented) {
      const got = new Set<string>();
      const calls = callsOf(theNode())[name] ?? [{}];
      for (const params of calls) for (const field of Object.keys(await theNode().call(name, params))) got.add(field);
      if (calls.length > 0) expect([...got].sort(), name).toEqual([...fields].sort());
    }
  });

  it.each(BAD)('%s %j is refused', async (method, params, named) => {
    const { code, message } = await refusal(theNode().call(method, params));
    expect(code).toBe(INVALID_PARAMS);
    expect(message).toContain(named);
    expect(message).toMatch(/expected .+, got .+/);
    const asked: Params = Array.isArray(params)
      ? [method, ...(params as unknown[])]
      : { command_to_check: method, ...(params as Json) };
    expect(await refusal(theNode().call('check', asked))).toMatchObject({
      code,
      message: expect.stringContaining(named) as string,
    });
  });

  it('refuses a channel that is not there', async () => {
    const { code, message } = await refusal(theNode().call('revenue-analyze', { channel_id: '1x1x1' }));
    expect(code).toBe(INVALID_PARAMS);
    expect(message).toContain('1x1x1');
  });

  it('checks without doing', async () => {
    const node = theNode();
    expect(await node.call('check', { command_to_check: 'revenue-pause' })).toEqual({
      command_to_check: 'revenue-pause',
    });
    expect(await node.call('revenue-status')).toMatchObject({ mode: 'live' });
  });
}
