// Does `cl-revenue-ops market` say what a node is offered, and what is wrong with what it was given?
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { market } from '../../src/cli/commands/market.ts';
import type { Given } from '../../src/cli/command.ts';
import { parseBank } from '../../src/sim/graph/bank.ts';
import { CSV_HEADER } from '../../src/sim/graph/csv-file.ts';
import { terminalWith } from './terminal.ts';

/** Twelve nodes in a ring with a hub in the middle, as listchannels tells of it: the hub is dearer than two hops. */
const key = (i: number): string => `02${String(i).padStart(2, '0')}${'ab'.repeat(31)}`;
const HUB = key(99);
function direction(scid: string, source: string, destination: string, ppm: number) {
  return {
    ...{
      source,
      destination,
      short_channel_id: scid,
      direction: source < destination ? 0 : 1,
      public: true,
      active: true,
    },
    ...{ amount_msat: 50_000_000_000, last_update: 1_770_076_800, base_fee_millisatoshi: 0, fee_per_millionth: ppm },
    ...{ delay: 40, htlc_minimum_msat: 1, htlc_maximum_msat: 49_000_000_000 },
  };
}
const both = (scid: string, a: string, b: string, ppm: number) => [
  direction(scid, a, b, ppm),
  direction(scid, b, a, ppm),
];
const LISTCHANNELS = JSON.stringify({
  channels: Array.from({ length: 12 }, (_, i) => [
    ...both(`1x${i}x0`, key(i), key((i + 1) % 12), 50),
    ...both(`2x${i}x0`, key(i), HUB, 20),
  ]).flat(),
});
const SNAPSHOT = [
  CSV_HEADER,
  ...Array.from({ length: 8 }, (_, i) => [i, (i + 1) % 8].join(',')).map(
    (ends, i) => `${i},${ends},5000000,0,1,4900000000,0,10,34,0,1,4900000000,0,30,34`,
  ),
  ...[2, 3, 4].map((other, i) => `${8 + i},0,${other},5000000,0,1,4900000000,0,10,34,0,1,4900000000,0,30,34`),
].join('\n');

async function ask(values: Given['values'], content: string | Uint8Array = LISTCHANNELS) {
  const said: string[] = [];
  const files = new Map<string, string>();
  const terminal = terminalWith({
    read: () => Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content),
    write: (file, text) => {
      files.set(file, text);
      return Promise.resolve();
    },
    error: (text) => said.push(text),
  });
  const out = await market.answer({ words: [], values: { payments: '2000', ...values } }, terminal);
  return { out, said, files };
}

describe('market', () => {
  it('says what a node is offered, and its progress beside it', async () => {
    const { out, said } = await ask({ graph: 'channels.json', node: HUB });
    expect(out.split('\n').map((line) => line.slice(0, 9).trim())).toEqual([
      'Node',
      'Network',
      'Demand',
      'Worth',
      'Best',
      'Steady',
      'Refill',
      '',
    ]);
    expect(out).toContain('12 channels that work both ways, 600,000,000 sats');
    expect(out).toContain('13 nodes that can pay each other, 2,000 payments');
    expect(said.length).toBeGreaterThan(0);
    expect(said[0]).toBe('0 of 2000 payments\n');
  });

  it('writes a bank that reads back, from which the figures come, without the key of the node', async () => {
    const { out, files } = await ask({ graph: '/home/me/channels.json', node: HUB, out: 'bank.json', json: true });
    const text = files.get('bank.json') ?? '';
    const bank = parseBank(text);
    expect(text).not.toContain(HUB);
    expect(text).not.toContain('/home/me');
    expect(bank.provenance).toMatchObject({ snapshot: 'channels.json', date: '2026-02-03', seed: 1, payments: 2000 });
    expect(out.trim().split('\n')).toHaveLength(1);
    const figures = JSON.parse(out) as Record<string, unknown>;
    expect(figures['payments_per_day']).toBe(bank.perDay);
    expect(figures['channels']).toBe(12);
    expect(bank.channels[0]).toEqual({ capacitySats: 50_000_000, inboundPpm: 20, outPpm: 20 });
  });

  it('takes a key in capitals for the same key', async () => {
    expect((await ask({ graph: 'x', node: HUB.toUpperCase() })).out).toBe((await ask({ graph: 'x', node: HUB })).out);
  });

  it('answers the same for the same seed', async () => {
    const first = await ask({ graph: 'channels.json', node: HUB, seed: '7', json: true });
    expect((await ask({ graph: 'channels.json', node: HUB, seed: '7', json: true })).out).toBe(first.out);
    expect((await ask({ graph: 'channels.json', node: HUB, seed: '8', json: true })).out).not.toBe(first.out);
  });

  it('takes a snapshot, compressed too, by the number of the node', async () => {
    const { out, files } = await ask({ graph: 'ln-2026-02-03.csv.gz', node: '0', out: 'b.json' }, gzipSync(SNAPSHOT));
    expect(out).toContain('#0: 5 channels');
    expect(parseBank(files.get('b.json') ?? '').provenance).toMatchObject({ date: '2026-02-03', node: '#0' });
  });

  it.each<[Given['values'], string | undefined, string]>([
    [{ node: HUB }, undefined, 'market: expected --graph FILE'],
    [{ graph: 'x' }, undefined, 'market: expected --node ID'],
    [{ graph: 'x', node: HUB, payments: '10' }, undefined, '--payments: expected an integer of at least 1000, got 10'],
    [{ graph: 'x', node: HUB, seed: '-1' }, undefined, '--seed: expected an integer of at least 0, got -1'],
    [{ graph: 'x', node: HUB, out: 'bank.csv' }, undefined, '--out: expected a file name that ends in .json'],
    [{ graph: 'x', node: '03' }, undefined, 'nearest: 0'],
    [{ graph: 'x', node: '02' }, undefined, 'with which 13 begin'],
    [{ graph: 'x', node: '6' }, SNAPSHOT, 'node 6: expected at least 3 channels that are enabled both ways, got 2'],
    [{ graph: 'x', node: '77' }, SNAPSHOT, 'nearest: 7, 6, 5'],
    [{ graph: 'x.csv', node: '1' }, 'chan;node', 'x.csv: line 1: expected the header'],
    [{ graph: 'x.json', node: '1' }, '{}', 'x.json: expected an object with the list "channels"'],
  ])('refuses %j', async (values, content, message) => {
    await expect(ask(values, content)).rejects.toThrow(message);
  });
});
