// Does every view show what the commands say, to everybody, on every screen, and ask nobody else?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { settle } from '../../src/demo/settle.ts';
import { BENCHMARK } from '../../src/dashboard/benchmark.ts';
import { CHROMIUM, launch } from './chromium.ts';
import { LOOK, startNode, type Node } from './node.ts';
import { accessibilityFaults, cutOff, expectFigure, figure, numberIn, visit, VIEWS, type Visit } from './visit.ts';

/** Days of the market, so that there are fees, rebalances and lots to show; then time stands still for all who look. */
const DAYS = 12;
/** Slow enough that the plugin keeps up and rebalances. */
const SPEED = 172_800;

interface Account {
  readonly channel_id: string;
  readonly revenue_sats: number;
  readonly sourced_revenue_sats: number;
  readonly total_cost_sats: number;
  readonly net_profit_sats: number;
  readonly roi_pct: number | null;
  readonly marginal_roi_pct: number | null;
  readonly carr_pct: number | null;
  readonly class: string;
}
interface Profitability {
  readonly summary: Readonly<Record<string, number | null>>;
  readonly channels_by_class: Readonly<Record<string, readonly Account[]>>;
  readonly statement: { readonly result_sats: number };
  readonly cash_flows: readonly unknown[];
}

describe.skipIf(CHROMIUM === null)('the page', () => {
  let node: Node;
  let browser: Browser;
  let rune: string;
  let visited: Visit;
  let channels: readonly Account[];
  const open = async (view: string): Promise<Visit['page']> => {
    await visited.open(view);
    return visited.page;
  };

  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode({ days: DAYS, speed: SPEED }), launch()]);
    await settle(node.session);
    rune = await node.rune(LOOK);
    visited = await visit(browser, node.address, rune);
    const { channels_by_class: by } = await node.call<Profitability>('revenue-profitability');
    channels = Object.values(by).flat();
  });
  afterAll(async () => {
    await browser.close();
    await node.end();
  });

  it('takes the rune out of the address', async () => {
    const page = await open('');
    expect(page.url()).toBe(`${node.address}/#/`);
  });

  it('shows the figures of revenue-status and revenue-profitability on the overview', async () => {
    const page = await open('');
    const { summary } = await node.call<Profitability>('revenue-profitability');
    const { lifetime } = await node.call<{ lifetime: { net_profit_sats: number } }>('revenue-history');
    const { budget } = await node.call<{ budget: { spent_24h_sats: number } }>('revenue-status');
    await expectFigure(figure(page, 'lifetime_net_profit_sats'), lifetime.net_profit_sats, 'net profit');
    await expectFigure(figure(page, 'open_net_profit_sats'), summary['net_profit_sats'] ?? null, 'open net profit');
    await expectFigure(figure(page, 'spent_24h_sats'), budget.spent_24h_sats, 'spent');
    for (const name of ['profitable_count', 'break_even_count', 'underwater_count', 'zombie_count'])
      await expectFigure(figure(page, name), summary[name] ?? null, name);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.locator('.ghost').first().waitFor({ state: 'detached' });
    // All that ever was: the period's sums are the lifetime's.
    await expectFigure(figure(page, 'net_profit_sats'), lifetime.net_profit_sats, 'net profit of all');
    await page.getByRole('button', { name: '30 days' }).click();
  });

  it('shows the loops and the last decisions with their reasons', async () => {
    const page = await open('');
    const status = await node.call<{
      loops: object;
      recent_fee_changes: { channel_id: string; new_fee_ppm: number }[];
    }>('revenue-status');
    expect(await page.locator('[data-loop]').count()).toBe(Object.keys(status.loops).length);
    const events = await page.locator('.events li').allTextContents();
    const [change] = status.recent_fee_changes;
    expect(change && events.some((text) => text.includes(change.channel_id))).toBe(true);
  });

  it('shows every channel with the figures of revenue-profitability', async () => {
    const page = await open('channels');
    const cells = {
      revenue: 'revenue_sats',
      sourced: 'sourced_revenue_sats',
      costs: 'total_cost_sats',
      net: 'net_profit_sats',
      roi: 'roi_pct',
      marginal: 'marginal_roi_pct',
      carr: 'carr_pct',
    } as const;
    expect(await page.locator('tr[data-row]').count()).toBe(channels.length);
    for (const account of channels) {
      const row = page.locator('tr[data-row]', { has: page.getByText(account.channel_id, { exact: true }) });
      for (const [cell, field] of Object.entries(cells))
        await expectFigure(row.locator(`[data-cell="${cell}"]`), account[field], `${account.channel_id} ${cell}`);
      const shown = (await row.locator('[data-cell="class"]').textContent()) ?? '';
      expect(shown.toLowerCase().replace('-', '_')).toBe(account.class);
    }
  });

  it('sorts, filters and searches channels', async () => {
    const page = await open('channels');
    const column = async (name: string): Promise<number[]> =>
      (await page.locator(`[data-cell="${name}"]`).allTextContents()).map(numberIn);
    await page.getByRole('button', { name: 'Fee' }).click();
    const down = await column('fee');
    expect(down).toEqual([...down].sort((a, b) => b - a));
    await page.getByRole('button', { name: 'Fee' }).click();
    expect(await column('fee')).toEqual([...down].reverse());
    const [first] = channels;
    await page.getByRole('searchbox').fill(first?.channel_id ?? '');
    await expect.poll(() => page.locator('tr[data-row]').count()).toBe(1);
    await page.getByRole('searchbox').fill('nobody has this name');
    await page.getByText('No channel fits').waitFor();
  });

  it('shows a channel with its accounts, the reason of its fee and that of its rebalances', async () => {
    const { recent_rebalances: rebalances } = await node.call<{ recent_rebalances: { to_channel: string }[] }>(
      'revenue-status',
    );
    const name = rebalances[0]?.to_channel ?? channels[0]?.channel_id ?? '';
    const account = await node.call<Profitability>('revenue-profitability', { channel_id: name });
    const explain = await node.call<{ fee_ppm: number; fee: { sentence: string } | null }>('revenue-explain', {
      channel_id: name,
    });
    const page = await open(`channels/${name}`);
    await expectFigure(figure(page, 'fee_ppm'), explain.fee_ppm, 'fee');
    const [row] = Object.values(account.channels_by_class).flat();
    await expectFigure(figure(page, 'net_profit_sats'), row?.net_profit_sats ?? null, 'net profit');
    await expectFigure(figure(page, 'carr_pct'), row?.carr_pct ?? null, 'CARR');
    await expectFigure(figure(page, 'statement_result'), account.statement.result_sats, 'result');
    if (row?.carr_pct != null) await expectFigure(figure(page, 'npv'), 0, 'net present value at the CARR');
    const why = page.getByRole('region', { name: 'Why this fee' });
    expect((await why.textContent())?.toLowerCase()).toContain(explain.fee?.sentence.toLowerCase());
    for (const chart of ['Revenue of each day', 'Our balance', 'Earned less spent'])
      expect(await page.getByRole('img', { name: chart }).locator('canvas').count()).toBe(1);
    expect(await page.locator('.drawing rect').count()).toBeGreaterThan(3);
  });

  it('has the figures of every chart as a table too', async () => {
    const page = await open('');
    await page.getByRole('button', { name: /^Table of: Revenue, costs/ }).click();
    const rows = page.getByRole('region', { name: /^Revenue, costs/ }).locator('tbody tr');
    expect(await rows.count()).toBeGreaterThan(DAYS);
  });

  it('shows what was rebalanced, what was not and why, and who does it', async () => {
    const page = await open('rebalances');
    const status = await node.call<{ budget: { spent_24h_sats: number }; rebalancer: { active: string } }>(
      'revenue-status',
    );
    await expectFigure(figure(page, 'spent_24h_sats'), status.budget.spent_24h_sats, 'spent');
    await page.locator(`[data-driver="${status.rebalancer.active}"]`).getByText('in use').waitFor();
    const name = (await page.locator('[data-candidate]').first().getAttribute('data-candidate')) ?? '';
    const { rebalance } = await node.call<{ rebalance: { destination: { reason: string } } }>('revenue-explain', {
      channel_id: name,
    });
    expect(await page.locator(`[data-candidate="${name}"] .badge`).textContent()).toBe(rebalance.destination.reason);
  });

  it('shows the audit trail, and of it what is asked for', async () => {
    const page = await open('decisions');
    expect(await page.locator('[data-decision^="fee"]').count()).toBeGreaterThan(0);
    await page.getByLabel('Kind').selectOption('rebalance');
    await expect.poll(() => page.locator('[data-decision^="fee"]').count()).toBe(0);
    expect(page.url()).toContain('kind=rebalance');
    await page.getByRole('button', { name: 'Clear' }).click();
    const { recent_fee_changes: changes } = await node.call<{ recent_fee_changes: { channel_id: string }[] }>(
      'revenue-status',
    );
    const name = changes[0]?.channel_id ?? '';
    await page.getByRole('searchbox').fill(name);
    await expect.poll(() => page.url()).toContain(`channel=${name}`);
    await expect
      .poll(async () => {
        const rows = await page.locator('[data-decision]').allTextContents();
        return rows.length > 0 && rows.every((text) => text.includes(name));
      })
      .toBe(true);
  });

  it('shows the benchmark of the release, with the command, the seeds and the commit that made it', async () => {
    const page = await open('what-if');
    const card = page.getByText(BENCHMARK.made);
    await card.waitFor();
    for (const { name, about, rows } of BENCHMARK.scenarios) {
      await page.getByLabel('Scenario').selectOption(name);
      await page.getByText(about).waitFor();
      for (const { tool, of_bound: share } of rows) {
        const row = page
          .getByRole('row')
          .filter({ hasText: tool })
          .filter({ hasText: Math.abs(share * 100).toFixed(0) });
        expect(await row.count(), `${name}: ${tool}`).toBeGreaterThan(0);
      }
    }
  });

  it('says so when there is no such channel', async () => {
    const page = await open('channels/1x1x1');
    await page.getByText('There is no channel 1x1x1').waitFor();
    // The browser itself reports that the server replied 404.
    visited.faults.length = 0;
  });

  it('offers nothing that the rune does not allow', async () => {
    const page = await open(`channels/${channels[0]?.channel_id ?? ''}`);
    expect(await page.getByRole('button', { name: /Set fee|Hold|Policy|Rebalance|Pause/ }).count()).toBe(0);
  });

  for (const colorScheme of ['light', 'dark'] as const)
    it(`keeps nobody out, in ${colorScheme} colours`, async () => {
      const { page, open, leave } = await visit(browser, node.address, rune, { colorScheme, reducedMotion: 'reduce' });
      const faults: string[] = [];
      for (const view of [...VIEWS, `channels/${channels[0]?.channel_id ?? ''}`]) {
        await open(view);
        // What is there and how it is named does not depend on the colours.
        const rules = colorScheme === 'light' ? null : ['color-contrast'];
        faults.push(...(await accessibilityFaults(page, rules)).map((fault) => `${view}: ${fault}`));
      }
      await leave();
      expect(faults).toEqual([]);
    });

  it('fits a phone: nothing is wider than the screen', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
    });
    const widths: [string, number][] = [];
    for (const view of [...VIEWS, `channels/${channels[0]?.channel_id ?? ''}`]) {
      await open(view);
      widths.push([view, await page.evaluate<number>('document.documentElement.scrollWidth')]);
    }
    await leave();
    expect(widths.filter(([, width]) => width > 360)).toEqual([]);
  });

  it.each([320, 390, 768])('cuts nothing off at a width of %d pixels, and keeps nobody out', async (width) => {
    const { page, open, leave } = await visit(browser, node.address, rune, { viewport: { width, height: 844 } });
    const faults: string[] = [];
    for (const view of ['channels', 'rebalances', 'decisions']) {
      await open(view);
      const found = [...(await cutOff(page)), ...(await accessibilityFaults(page))];
      faults.push(...found.map((fault) => `${view}: ${fault}`));
    }
    await leave();
    expect(faults).toEqual([]);
  });

  it('tells on a phone why each decision was made and by whom', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    const told = async (width: number): Promise<string[]> => {
      await page.setViewportSize({ width, height: 844 });
      await expect.poll(() => page.locator('.cards').count()).toBe(width < 500 ? 1 : 0);
      return page.locator('[data-decision] .why, [data-decision] .by').allTextContents();
    };
    await open('decisions');
    const onDesk = await told(1440);
    // However few cycles a slow machine has had time for: why and by whom of three decisions at least.
    expect(onDesk.length).toBeGreaterThan(5);
    expect(await told(390)).toEqual(onDesk);
    // And back, where there is room again.
    expect(await told(1440)).toEqual(onDesk);
    await leave();
  });

  it('always shows the column by which channels are sorted', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune, { viewport: { width: 768, height: 900 } });
    await open('channels');
    await page.locator('th[aria-sort="descending"]').getByText('Net profit').waitFor();
    await page.getByLabel('Sort by').selectOption('carr');
    await page.locator('th[aria-sort="descending"]').getByText('CARR').waitFor();
    expect(await cutOff(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 844 });
    await page.locator('tr[data-row] [data-cell="carr"]').first().waitFor();
    await expect.poll(() => cutOff(page)).toEqual([]);
    await leave();
  });

  it('has all columns of the channels in sight on a small notebook', async () => {
    const small = await visit(browser, node.address, rune, { viewport: { width: 1280, height: 800 } });
    await small.open('channels');
    const wide = await small.page.evaluate<number>(
      '(() => { const table = document.querySelector(".grid table"); return table.scrollWidth - table.parentElement.clientWidth; })()',
    );
    expect(wide).toBeLessThanOrEqual(0);
    expect(await small.page.locator('.grid thead th').count()).toBe(13);
    // A peer without a name is told by its id, which ends in no dots beside its own.
    const names = (await cutOff(small.page)).filter((each) => each.includes('…'));
    expect(await small.page.locator('.name strong').getByText('…').count()).toBeGreaterThan(0);
    expect(names).toEqual([]);
    await small.leave();
  });

  it('can be used without a mouse', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    const focused = (property: string): Promise<unknown> => page.evaluate(`document.activeElement.${property}`);
    await open('');
    await page.keyboard.press('Tab');
    expect(await focused('textContent')).toBe('Skip to the figures');
    await page.keyboard.press('Enter');
    expect(await focused('id')).toBe('main');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Channels' }).waitFor();
    await page.locator('tr[data-row]').first().waitFor();
    await page.keyboard.press('/');
    expect(await focused('type')).toBe('search');
    await page.locator('tr[data-row="0"] a').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused('closest("tr").dataset.row')).toBe('1');
    await page.keyboard.press('End');
    await expect.poll(() => focused('closest("tr").dataset.row')).toBe(String(channels.length - 1));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Why this fee' }).waitFor();
    await leave();
  });

  it('keeps the colours one has chosen', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune, { colorScheme: 'light' });
    await open('');
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: /^Colours: system/ }).click();
    expect(await ground()).toBe(light);
    await page.getByRole('button', { name: /^Colours: light/ }).click();
    expect(await ground()).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor();
    expect(await ground()).not.toBe(light);
    await leave();
  });

  it('asks nobody else, breaks no policy and reports no error', () => {
    expect(visited.faults).toEqual([]);
  });
});
