// What is left to tell on an old node without bookkeeper, which keeps no books at all? Exact where it can be, marked else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type TestNode } from './harness.ts';
import type { Json } from './rpc.ts';
import { startSimulated } from './simulated.ts';
import { returnsOf } from './suite/profit.ts';
import { caughtUp } from './suite/plugin-view.ts';
import { smallPayments } from './traffic.ts';

/** The last before listchainmoves. */
const OLD = ['--version', 'v25.05', '--disable-plugin', 'bookkeeper'];

describe('simulated node without any books', () => {
  let node: TestNode | undefined;
  const theNode = (): TestNode => {
    if (!node) throw new Error('the node did not start');
    return node;
  };
  beforeAll(async () => {
    node = await startSimulated(OLD);
    await node.forward(smallPayments(40, ROLES, 9));
    await node.circle('A', 'A-private', 20_000);
    await node.closeTwo();
    await caughtUp(node);
  });
  afterAll(async () => {
    await node?.stop();
  });

  it('has the revenue and the rebalances to the msat', async () => {
    const { lifetime } = (await returnsOf(theNode())) as { lifetime: Json };
    const { fees_collected_msat } = await theNode().call('getinfo');
    expect(Math.round(Number(lifetime['revenue_sats']) * 1000)).toBe(fees_collected_msat);
    expect(lifetime['untold_revenue_sats']).toBe(0);
    // What circle pays, a thousandth; nobody but books can say by which channel it came in.
    expect(lifetime).toMatchObject({ rebalance_cost_sats: 0, unattributed_rebalance_cost_sats: 20 });
  });

  it('names what is an estimate in each channel, and that there are some in the sums', async () => {
    const { open, closed, lifetime } = (await returnsOf(theNode())) as { open: Json[]; closed: Json[]; lifetime: Json };
    expect(open).toHaveLength(4);
    // Two of the history that the simulated node comes with.
    expect(closed).toHaveLength(4);
    for (const row of [...open, ...closed]) {
      const marks = row['estimated'] as string[];
      expect(row['data_source']).toBe('node');
      expect(marks.includes('open_cost_sats'), String(row['channel_id'])).toBe(row['opener'] === 'local');
      expect(marks).toContain('opened_at');
      expect(marks).not.toContain('revenue_sats');
      expect(marks.includes('close_cost_sats')).toBe(row['closed_at'] !== null);
    }
    expect(lifetime['estimated']).toBe(true);
    const { text } = await theNode().call('revenue-profitability', { text: true });
    expect(String(text)).toMatch(/~\d.*\n[^]*~ holds an estimate/);
  });
});
