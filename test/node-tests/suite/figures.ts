// Does the plugin agree with the node, to the msat?
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyzeByHand, forwardTotals, listChannels, listForwards } from '../by-hand.ts';
import { readTotals } from '../database.ts';
import type { Payment, TestNode } from '../harness.ts';
import type { Json } from '../rpc.ts';
import { FIRST, OPEN_ROLES, smallPayments } from '../traffic.ts';
import { caughtUp, statusOf, type Node } from './plugin-view.ts';

const WINDOW_DAYS = 7;
/** BOLT 4 codes of R's own refusals. */
const FAILCODES: Readonly<Record<string, string>> = {
  '4108': 'fee-insufficient',
  '4103': 'no-liquidity',
  '16394': 'unknown-next-peer',
};

const count = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const hourNow = async (node: TestNode): Promise<number> => Math.floor((await node.now()) / 3600);

interface Reply extends Json {
  readonly window_days: number;
  readonly window_start: number;
  readonly channels: readonly Json[];
}

/** Compares every figure of revenue-analyze, and every sum in the database, with those computed by hand. */
export async function expectSameFigures(node: TestNode): Promise<void> {
  const hour = await hourNow(node);
  const { channels, window_days, window_start } = (await node.call('revenue-analyze')) as Reply;
  const expected = await analyzeByHand(node, WINDOW_DAYS, await node.now());
  // Windows begin at a full hour: when one passed between the two, they are not about the same time.
  if ((await hourNow(node)) !== hour) return expectSameFigures(node);

  expect({ window_days, window_start }).toEqual({
    window_days: WINDOW_DAYS,
    window_start: (hour - 24 * WINDOW_DAYS) * 3600,
  });

  expect(channels.map(({ channel_id }) => channel_id).sort()).toEqual(expected.map((one) => one.channel_id).sort());
  for (const figures of expected) {
    const told = channels.find(({ channel_id }) => channel_id === figures.channel_id) ?? {};
    for (const [name, value] of Object.entries(figures)) {
      const what = `${figures.channel_id} ${name}`;
      // Amounts are exact; ratios and volumes a day may be rounded for reading.
      if (typeof value === 'number' && !/^(sats|forwards|capacity)_/.test(name))
        expect(told[name], what).toBeCloseTo(value, 3);
      else expect(told[name], what).toBe(value);
    }
    const alone = await node.call('revenue-analyze', { channel_id: figures.channel_id });
    expect(alone['channels']).toEqual([told]);
  }

  const sums = forwardTotals(await listForwards(node));
  const { hours, days } = readTotals((await statusOf(node)).database.path);
  expect(hours).toEqual(sums);
  expect(days).toEqual(sums);
  // The node's own count, which survives every deletion.
  const earned = Object.entries(sums).filter(([key]) => key.startsWith('out '));
  const fees = earned.reduce((total, [, { fee_msat }]) => total + fee_msat, 0);
  expect((await node.call('getinfo'))['fees_collected_msat']).toBe(fees);
}

export function testFigures(theNode: Node): void {
  it('keeps its database to itself', async () => {
    const { database } = await statusOf(theNode());
    expect(database.path).toBe(join(theNode().folder, 'revenue_ops.db'));
    expect(statSync(database.path).mode & 0o777).toBe(0o600);
  });

  it('agrees with the node after payments of every outcome', async () => {
    const node = theNode();
    await node.forward(FIRST);
    await caughtUp(node);
    const ended = (await listForwards(node)).map(({ status, failcode }) => FAILCODES[String(failcode)] ?? status);
    expect(count(ended)).toEqual(count(FIRST.map(({ outcome }: Payment) => outcome)));
    await expectSameFigures(node);
    const { channels } = (await node.call('revenue-analyze')) as { channels: Json[] };
    expect(count(channels.map(({ state }) => String(state)))).toMatchObject({ source: 1, sink: 1, balanced: 4 });
  });

  it('tells the truth about itself and the node', async () => {
    const node = theNode();
    const status = await statusOf(node);
    const usable = (await listChannels(node)).filter(({ state }) => state === 'CHANNELD_NORMAL');
    expect(status.node_id).toBe((await node.call('getinfo'))['id']);
    expect(status.mode).toBe('live');
    expect(status.channels).toEqual({ total: usable.length, source: 1, sink: 1, balanced: usable.length - 2 });
    expect(status.database.forwards).toBe((await listForwards(node)).length);
    expect(status.loops['flow']).toMatchObject({ interval_seconds: 3600, last_outcome: 'ok' });
    expect(status.alerts).toEqual([]);
  });

  it('leaves closed channels out, and keeps what they carried', async () => {
    const node = theNode();
    await node.closeTwo();
    await node.forward(smallPayments(20, OPEN_ROLES, 2));
    await caughtUp(node);
    await expectSameFigures(node);
    expect((await statusOf(node)).channels.total).toBe(4);
  });
}
