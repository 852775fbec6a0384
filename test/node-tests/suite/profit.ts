// Do the returns agree with the node's own books, to the msat?
import { expect, it } from 'vitest';
import { OPTIONS } from '../../../src/core/config/options.ts';
import { listForwards } from '../by-hand.ts';
import type { TestNode } from '../harness.ts';
import type { Json } from '../rpc.ts';
import { refusal, until } from '../rpc.ts';
import { OPEN_ROLES, smallPayments } from '../traffic.ts';
import { caughtUp, type Node } from './plugin-view.ts';

interface Income extends Json {
  readonly account: string;
  readonly tag: string;
  readonly credit_msat: number;
  readonly debit_msat: number;
}

/** Bookkeeper's net debits of a tag on channels; the wallet's own fees are no channel's. */
async function booked(node: TestNode, tag: string): Promise<number> {
  const { income_events } = (await node.call('bkpr-listincome')) as { income_events: Income[] };
  return income_events
    .filter((event) => event.tag === tag && event.account !== 'wallet')
    .reduce((sum, { credit_msat, debit_msat }) => sum + debit_msat - credit_msat, 0);
}

/** Sats with three decimals are msats; multiplied in floats they need rounding. */
const msats = (figure: unknown): number => Math.round(Number(figure) * 1000);

const COSTS = ['open_cost_sats', 'close_cost_sats', 'splice_cost_sats', 'rebalance_cost_sats'] as const;

/** Compares what the plugin says of the node's whole life with what bookkeeper and getinfo say. */
export async function expectSameReturns(node: TestNode): Promise<void> {
  const { lifetime, closed_channels } = (await node.call('revenue-history')) as {
    lifetime: Json;
    closed_channels: Json[];
  };
  const { summary, channels_by_class } = (await node.call('revenue-profitability')) as {
    summary: Json;
    channels_by_class: Record<string, Json[]>;
  };
  expect(msats(lifetime['revenue_sats'])).toBe((await node.call('getinfo'))['fees_collected_msat']);
  expect(lifetime['untold_revenue_sats']).toBe(0);
  expect(msats(lifetime['rebalance_cost_sats'])).toBe(await booked(node, 'rebalance_fee'));
  const onchain = COSTS.slice(0, 3).reduce((sum, cost) => sum + msats(lifetime[cost]), 0);
  expect(onchain).toBe(await booked(node, 'onchain_fee'));

  const open = Object.values(channels_by_class).flat();
  const sum = (rows: Json[], field: string): number => rows.reduce((total, row) => total + msats(row[field]), 0);
  for (const field of ['revenue_sats', 'net_profit_sats', 'total_cost_sats', ...COSTS])
    expect(sum(open, field) + sum(closed_channels, field), field).toBe(msats(lifetime[field]));
  expect(sum(open, 'net_profit_sats')).toBe(msats(summary['net_profit_sats']));
}

/** After traffic and two closes. */
export function testProfit(theNode: Node): void {
  it("agrees with getinfo's fees and with bookkeeper's costs over 200 payments, closed channels included", async () => {
    const node = theNode();
    await node.forward(smallPayments(130, OPEN_ROLES, 21));
    await caughtUp(node);
    const settled = (await listForwards(node)).filter(({ status }) => status === 'settled');
    expect(settled.length).toBeGreaterThanOrEqual(200);
    await expectSameReturns(node);
  });

  it('charges a circular payment to the channel it filled, once', async () => {
    const node = theNode();
    const before = await booked(node, 'rebalance_fee');
    await node.circle('A', 'A-private', 20_000);
    await until('bookkeeper to book it', async () => (await booked(node, 'rebalance_fee')) > before);
    await expectSameReturns(node);
    const { channels_by_class } = (await node.call('revenue-profitability')) as {
      channels_by_class: Record<string, Json[]>;
    };
    const filled = Object.values(channels_by_class)
      .flat()
      .filter((channel) => Number(channel['rebalance_cost_sats']) > 0);
    expect(filled).toHaveLength(1);
    expect(filled[0]?.['marginal_roi_pct']).toBe(-100);
  });

  it('tells the same of one channel as of all', async () => {
    const node = theNode();
    const all = (await node.call('revenue-profitability')) as { channels_by_class: Record<string, Json[]> };
    for (const listed of Object.values(all.channels_by_class).flat()) {
      const one = await node.call('revenue-profitability', { channel_id: listed['channel_id'] });
      const [alone] = Object.values(one['channels_by_class'] as Record<string, Json[]>).flat();
      expect({ ...alone, ...CHANGING }).toEqual({ ...listed, ...CHANGING });
      expect(Array.isArray(one['cash_flows'])).toBe(true);
    }
  });

  it('tells the same to the msat where bookkeeper is disabled and nothing is known from before', async () => {
    const node = theNode();
    await caughtUp(node);
    const told = await returnsOf(node);
    await node.restartNode(['bookkeeper']);
    await node.stopPlugin();
    await node.startPlugin({ [OPTIONS.dbPath.name]: 'bookless.db' });
    expect((await refusal(node.call('bkpr-listincome'))).code).toBe(UNKNOWN_COMMAND);
    await caughtUp(node);
    expect(await returnsOf(node)).toEqual(told);
    await node.restartNode();
    await caughtUp(node);
    await expectSameReturns(node);
  }, 900_000);
}

/** JSON-RPC's own. */
const UNKNOWN_COMMAND = -32601;

/** What is known of every channel and of the node's life, but for what passing time changes. */
export async function returnsOf(node: TestNode): Promise<Json> {
  const { channels_by_class } = (await node.call('revenue-profitability')) as {
    channels_by_class: Record<string, Json[]>;
  };
  const { lifetime, closed_channels } = (await node.call('revenue-history')) as {
    lifetime: Json;
    closed_channels: Json[];
  };
  const lasting = (row: Json): Json =>
    Object.fromEntries(LASTING.flatMap((name) => (name in row ? [[name, row[name]]] : [])));
  return {
    open: Object.values(channels_by_class).flat().map(lasting),
    closed: closed_channels.map(lasting),
    lifetime: lasting(lifetime),
  };
}
const LASTING = [
  ...['channel_id', 'peer_id', 'opener', 'opened_at', 'closed_at', 'capital_sats', 'forwards', 'data_source'],
  ...['revenue_sats', 'sourced_revenue_sats', 'total_cost_sats', 'net_profit_sats', 'pushed_sats', 'roi_pct'],
  ...[
    'lease_cost_sats',
    'lease_income_sats',
    'untold_revenue_sats',
    'unattributed_rebalance_cost_sats',
    'fees_collected_sats',
    'estimated',
    'final',
  ],
  ...COSTS,
];

/** What differs between two calls because time has passed. */
const CHANGING = { days_active: 0, employed_sats: 0 };
