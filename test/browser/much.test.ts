// Does the page stay usable with much to show, and when the plugin is gone for a while?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Locator } from 'playwright-core';
import {
  REBALANCE_COLUMNS,
  tableOf,
  type ChannelPage,
  type Channels,
  type Overview,
  type RebalanceRow,
  type Rebalances,
  type WhatIf,
} from '../../src/dashboard/api.ts';
import { until } from '../node-tests/rpc.ts';
import { CHROMIUM, launch } from './chromium.ts';
import { LOOK, startNode, type Node } from './node.ts';
import { accessibilityFaults, expectFigure, figure, visit } from './visit.ts';

const MANY = 1000;

/** As revenue-backtest replies; one takes minutes. */
const interval = (mean: number, reach: number) => ({ mean, low: mean - reach, high: mean + reach });
const money = (mean: number, reach: number) => ({
  fees_sats: interval(mean, reach),
  rebalance_cost_sats: interval(0, 0),
  net_sats: interval(mean, reach),
});
const WHAT_IF: WhatIf = {
  backtest: {
    ran_at: 1_794_000_000,
    report: {
      ...{ from: 1_792_000_000, until: 1_794_000_000, days: 23.1, forwards: 4000, rebalances: 12, draws: 20 },
      configuration: { 'revenue-ops-fee-algorithm': 'bayes' },
      ...{ answer: 'more', why_not: [] },
      actual: { fees_sats: 50_000, rebalance_cost_sats: 0, net_sats: 50_000 },
      self_check: { reproduced: true, ...money(49_000, 3000) },
      other: money(57_000, 4000),
      difference: money(7000, 4000),
      ...{ told_pct: 81, untried_pct: 4, dispersion: 1 },
      channels: [
        {
          ...{ channel: '111x1x0', price_told: 'enough', elasticity_sd: 0.2, actual_net_sats: 50_000 },
          other_net_sats: interval(57_000, 4000),
          difference_sats: interval(7000, 4000),
        },
      ],
      warnings: [],
    },
  },
  benchmark: {
    made: '8 seeds',
    scenarios: [
      { name: 'S1', about: 'a market', rows: [{ tool: 'bayes', kind: 'ours', of_bound: 0.8, low: 0.7, high: 0.9 }] },
    ],
  },
};

/** What rebalance_history has in whole sats, and what really happened. */
const DONE: RebalanceRow = {
  ...{ id: 7, timestamp: 1_794_000_000, from_channel: '1x1x1', to_channel: '2x2x2', amount_sats: 318_382 },
  ...{ max_fee_sats: 300, actual_fee_sats: 185, expected_profit_sats: 20, actual_profit_sats: 19 },
  ...{ moved_sats: 318_381.5, fee_sats: 184.026, status: 'success', error_message: null, driver: 'native', by: 'us' },
};
const LOT = {
  ...{ payment_hash: '00', time: DONE.timestamp, amount_sats: 318_381.5, cost_sats: 184.026, sold_sats: 0 },
  ...{ lost_sats: 0, realised_profit_sats: 0 },
};

describe.skipIf(CHROMIUM === null)('the page', () => {
  let node: Node;
  let browser: Browser;
  let rune: string;

  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode(), launch()]);
    await until('the history', async () => (await node.call<{ ready: boolean }>('revenue-status')).ready);
    rune = await node.rune(LOOK);
  });
  afterAll(async () => {
    await browser.close();
    await node.end();
  });

  it('shows a thousand channels with the rows in sight alone', async () => {
    const { page, open, faults, leave } = await visit(browser, node.address, rune);
    await page.route('**/api/channels', async (route) => {
      const response = await route.fetch();
      const reply = (await response.json()) as Channels;
      const { columns, rows } = reply.channels;
      const [name, fee] = [columns.indexOf('channel_id'), columns.indexOf('fee_ppm')];
      const many = Array.from({ length: MANY }, (_, i) => {
        const row = [...(rows[i % rows.length] ?? [])];
        row[name] = `${String(700_000 + i)}x1x0`;
        row[fee] = (i * 7919) % 4999;
        return row;
      });
      await route.fulfill({ response, json: { ...reply, channels: { columns, rows: many } } });
    });
    await open('channels?sort=-fee');
    const rows = page.locator('tr[data-row]');
    await rows.first().waitFor();
    expect(await figure(page, 'shown').textContent()).toBe('1,000 open');
    expect(await rows.count()).toBeLessThan(60);
    await rows.first().locator('a').focus();
    await page.keyboard.press('End');
    await page.locator(`tr[data-row="${String(MANY - 1)}"] a:focus`).waitFor();
    expect(await rows.count()).toBeLessThan(60);
    const fees = (await page.locator('[data-cell="fee"]').allTextContents()).map((text) =>
      Number(text.replace(',', '')),
    );
    expect(fees).toEqual([...fees].sort((a, b) => b - a));
    expect(fees.at(-1)).toBe(0);
    await page.getByRole('searchbox').fill('700123');
    await expect.poll(() => rows.count()).toBe(1);
    expect(faults).toEqual([]);
    await leave();
  });

  it('tells the same cost and the same rate of a rebalance wherever it stands', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    const answer = (path: string, change: (reply: never) => object) =>
      page.route(path, async (route) => {
        // Also where the page has had it already and would be told that it is the same.
        const response = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
        await route.fulfill({ response, json: change((await response.json()) as never) });
      });
    const table = tableOf<RebalanceRow>(REBALANCE_COLUMNS, [DONE]);
    await answer('**/api/rebalances', (reply: Rebalances) => ({ ...reply, history: table }));
    await answer('**/api/decisions?*', () => ({ entries: [{ kind: 'rebalance', ...DONE }], next: null }));
    await answer('**/api/overview?*', (reply: Overview) => ({
      ...{ ...reply, rebalances: table },
      status: { ...reply.status, recent_fee_changes: [] },
    }));
    await answer('**/api/channels/*', (reply: ChannelPage) => ({
      ...{ ...reply, rebalances: table },
      profitability: { ...reply.profitability, lots: [LOT] },
    }));
    /** Cost and rate, which stand side by side. */
    const told = async (row: Locator, from: number): Promise<readonly string[]> =>
      (await row.locator('th, td').allTextContents()).slice(from, from + 2);
    const row = page.locator('[data-rebalance]');
    await open('rebalances');
    expect(await told(row, 4)).toEqual(['184', '578']);
    const { channels } = await node.call<{ channels: { short_channel_id: string }[] }>('listpeerchannels');
    await open(`channels/${channels[0]?.short_channel_id ?? ''}`);
    expect(await told(row, 4)).toEqual(['184', '578']);
    expect(await told(page.getByRole('region', { name: 'Lots' }).locator('tbody tr'), 2)).toEqual(['184', '578']);
    await open('decisions');
    expect(await page.locator('[data-decision]').textContent()).toContain('Cost 184 of at most 300 sats');
    await open('');
    await page.locator('.events').getByText('Cost 184 sats (578 ppm)').waitFor();
    await leave();
  });

  it('says what other settings would have earned, and how sure that is', async () => {
    const { page, open, faults, leave } = await visit(browser, node.address, rune);
    await open('what-if');
    await page.getByText('No backtest since the plugin started').waitFor();
    await page.route('**/api/whatif', (route) => route.fulfill({ json: WHAT_IF }));
    await page.reload();
    await page.locator('[data-answer="more"]').waitFor();
    await expectFigure(figure(page, 'backtest_difference'), 7000, 'difference');
    await page.getByRole('img', { name: '95 %: 3,000 to 11,000' }).waitFor();
    await page.getByRole('img', { name: '70 % to 90 %' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
    await leave();
  });

  it('saves what is exported', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    await open('decisions');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Forwards as CSV' }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe('forwards.csv');
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString().trim().split('\r\n');
    const { database } = await node.call<{ database: { forwards: number } }>('revenue-status');
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThanOrEqual(database.forwards + 1);
    await leave();
  });

  it('keeps what it has shown while nobody answers, says so, and goes on when somebody does', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    await open('');
    const shown = await figure(page, 'revenue_sats').textContent();
    await page.context().setOffline(true);
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await page.getByRole('alert').getByText('No answer').waitFor();
    expect(await figure(page, 'revenue_sats').textContent()).toBe(shown);
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await leave();
  });
});
