// Is what is rare told as truly as what is usual: years ago, nothing yet, no cookies, policies out of force, strange proxies?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page, Route } from 'playwright-core';
import {
  CANDIDATE_COLUMNS,
  tableOf,
  type CandidateRow,
  type ChannelPage,
  type FeeEntry,
  type Overview,
  type Rebalances,
} from '../../src/dashboard/api.ts';
import { until } from '../node-tests/rpc.ts';
import { CHROMIUM, launch } from './chromium.ts';
import { EVERYTHING, startNode, type Node } from './node.ts';
import { cutOff, figure, visit, type Visit } from './visit.ts';

describe.skipIf(CHROMIUM === null)('the page', () => {
  let node: Node;
  let browser: Browser;
  let rune: string;
  let channel: { readonly short_channel_id: string; readonly peer_id: string };
  let other: typeof channel;
  const opened = async (view: string): Promise<Visit> => {
    const visited = await visit(browser, node.address, rune);
    await visited.open(view);
    return visited;
  };
  /** The plugin's own answer, changed; also where the page has had it already and would be told that it is the same. */
  const changed = (page: Page, path: string, change: (reply: never) => object): Promise<unknown> =>
    page.route(path, async (route: Route) => {
      const response = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
      await route.fulfill({ response, json: change((await response.json()) as never) });
    });

  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode(), launch()]);
    await until('the history', async () => (await node.call<{ ready: boolean }>('revenue-status')).ready);
    rune = await node.rune(EVERYTHING);
    const { channels } = await node.call<{ channels: (typeof channel)[] }>('listpeerchannels');
    const [first, second] = channels;
    if (first === undefined || second === undefined) throw new Error('the node has too few channels');
    [channel, other] = [first, second];
  });
  afterAll(async () => {
    await browser.close();
    await node.end();
  });

  it('tells the year of what was not this year', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune, { viewport: { width: 360, height: 740 } });
    const year = new Date().getUTCFullYear();
    const entry = (id: number, timestamp: number): FeeEntry => ({
      ...{ kind: 'fee', id, channel_id: '111x1x0', peer_id: '02', alias: null, timestamp },
      ...{ old_fee_ppm: 100, new_fee_ppm: 200, reason: 'bid-price', sentence: 'it moved', by: 'us' },
    });
    const times = [Date.UTC(year, 0, 5, 21, 16), Date.UTC(year - 2, 10, 16, 21, 16)].map((ms) => ms / 1000);
    await page.route('**/api/decisions?*', (route) =>
      route.fulfill({ json: { entries: times.map((time, i) => entry(i, time)), next: null } }),
    );
    await open('decisions');
    const [now, then] = await page.locator('[data-decision]').allTextContents();
    expect(now).toContain('5 Jan, 21:16');
    expect(then).toContain(`16 Nov ${year - 2}, 21:16`);
    expect(await cutOff(page)).toEqual([]);
    await leave();
  });

  it('says why the return of the whole period is not that of the whole life', async () => {
    const { page, leave } = await opened('?period=all');
    await figure(page, 'carr_pct').waitFor();
    const figures = page.getByLabel('The node in this period');
    await figures.getByText('closing fees only once they are paid').waitFor();
    await figures.getByText('as if all closed now').waitFor();
    await leave();
  });

  it('tells the bounds and the end of a policy', async () => {
    const policy = { subject: channel.short_channel_id, strategy: 'dynamic', min_ppm: 50, max_ppm: 1900 };
    await node.call('revenue-policy', { action: 'set', ...policy, expires_hours: 48 });
    const { page, leave } = await opened(`channels/${channel.short_channel_id}`);
    await changed(page, '**/api/channels/*', (reply: ChannelPage) => {
      const { explain } = reply;
      if (explain === null) throw new Error('expected an open channel');
      // Whether or not the first cycle has decided by now.
      const fee = {
        ...{ decided_at: explain.as_of, decision: 'keep', reason: 'no-evidence', sentence: 'none', outcome: 'kept' },
        ...{ wanted_ppm: null, bid_price: null, steps: [], rejected: [], would_change: [], decided_by: { term: 'x' } },
      };
      return { ...reply, explain: { ...explain, fee: explain.fee ?? fee } };
    });
    await page.reload();
    const told = page.locator('.pairs dt', { hasText: 'Policy' }).locator('+ dd');
    await expect.poll(() => told.textContent()).toMatch(/^dynamic, from 50 to 1,900 ppm, until .*\d\d:\d\d UTC$/);
    await node.call('revenue-policy', { action: 'delete', subject: channel.short_channel_id });
    await leave();
  });

  it('begins the form of a policy with the one that it replaces, also where that does not set the fee', async () => {
    const { short_channel_id: subject, peer_id: peer } = other;
    await node.call('revenue-policy', { action: 'set', subject: peer, strategy: 'static', fee_ppm: 77 });
    const own = { strategy: 'dynamic', min_ppm: 50, max_ppm: 900, rebalance: 'sink_only', expires_hours: 48 };
    await node.call('revenue-policy', { action: 'set', subject, ...own });
    const { page, leave } = await opened(`channels/${subject}`);
    await page.getByRole('button', { name: 'Policy…' }).click();
    const typed = (label: string): Promise<string> => page.getByRole('dialog').getByLabel(label).inputValue();
    const labels = ['Fees', 'No less than, ppm', 'No more than, ppm', 'Rebalancing', 'Expires in, hours'];
    expect(await Promise.all(labels.map(typed))).toEqual(['dynamic', '50', '900', 'sink_only', '48']);
    for (const each of [peer, subject]) await node.call('revenue-policy', { action: 'delete', subject: each });
    await leave();
  });

  it('works where the browser keeps nothing for any page', async () => {
    const context = await browser.newContext();
    // As Chromium does with all cookies blocked.
    await context.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('Access is denied', 'SecurityError'); } });`);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(node.address);
    await page.locator('#rune').fill(rune);
    await page.keyboard.press('Enter');
    await figure(page, 'net_profit_sats').waitFor();
    await page.getByRole('button', { name: /^Colours/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('#rune').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it('does not come back to an action that the rune was refused for', async () => {
    const { page, leave } = await opened(`channels/${channel.short_channel_id}`);
    const error = { name: 'rune-invalid', message: 'it was taken back' };
    await page.route('**/api/actions/*', (route) => route.fulfill({ status: 401, json: { error } }));
    await page.getByRole('button', { name: 'Set fee…' }).click();
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await page.getByText('it was taken back').waitFor();
    await page.locator('#rune').fill(rune);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Set fee…' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await leave();
  });

  it.each(['', 'channels', 'channels/1x1x1', 'rebalances', 'decisions', 'what-if'])(
    'says that it is not this plugin that has answered: #/%s',
    async (view) => {
      const { page, faults, leave } = await visit(browser, node.address, rune);
      for (const json of [null, [], {}, { status: 'ok' }, 'up']) {
        await page.route('**/api/**', (route) => route.fulfill({ json }));
        await page.goto(`${node.address}/#/${view}`);
        await page.reload();
        await page.getByRole('alert').getByText('it is not this plugin').first().waitFor();
      }
      expect(faults).toEqual([]);
      await leave();
    },
  );

  it('knows nothing of an order that something else has answered', async () => {
    const { page, faults, leave } = await opened(`channels/${channel.short_channel_id}`);
    await page.route('**/api/actions/*', (route) => {
      const { dry_run: isPreview } = route.request().postDataJSON() as { dry_run: boolean };
      return isPreview ? route.continue() : route.fulfill({ json: { status: 'ok' } });
    });
    await page.getByRole('button', { name: 'Set fee…' }).click();
    await page.getByLabel('Fee, ppm').fill('444');
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await page.getByRole('button', { name: 'Set fee', exact: true }).click();
    await page.getByRole('alert').getByText('It is not known whether it was done').waitFor();
    expect(faults).toEqual([]);
    await leave();
  });

  it('names a candidate without a name once', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    await changed(page, '**/api/rebalances', (reply: Rebalances) => {
      const row: CandidateRow = {
        ...{ channel_id: '111x1x0', alias: null, role: 'destination', reason: 'at-target', decided_at: reply.as_of },
        ...{ shortfall_unit: null, shortfall_needed: null, shortfall_available: null, partner: null },
        ...{ partner_reason: null, amount_sats: null, spread_ppm: null, expected_fee_sats: null },
        expected_profit_sats: null,
      };
      return { ...reply, candidates: tableOf<CandidateRow>(CANDIDATE_COLUMNS, [row]) };
    });
    await open('rebalances');
    expect(await page.locator('[data-candidate] .name').textContent()).toBe('111x1x0');
    await leave();
  });

  it('says that there is nothing yet, instead of drawing it', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    await changed(page, '**/api/overview?*', (reply: Overview) => {
      const { columns, rows } = reply.days;
      const nothing = rows.map(([day = null]) => [day, 0, 0, 0, 0]);
      return { ...reply, days: { columns, rows: nothing } };
    });
    await open('');
    await page.getByText('Nothing earned or spent').waitFor();
    expect(await page.locator('.u-over').count()).toBe(0);
    await leave();
  });

  it('refuses a rebalance for at most nothing before it is sent', async () => {
    const { page, leave } = await opened('rebalances');
    let asked = 0;
    await page.route('**/api/actions/*', (route) => {
      asked++;
      return route.abort();
    });
    await page.getByRole('button', { name: 'Rebalance…' }).click();
    await page.getByLabel('From').fill('1x1x1');
    await page.getByLabel('To', { exact: true }).fill('2x2x2');
    await page.getByLabel('Amount, sats').fill('1000');
    await page.getByLabel('At most, sats').fill('0');
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await page.locator('#field-max_fee_sats:invalid').waitFor();
    expect(asked).toBe(0);
    await leave();
  });

  it.each([360, 600, 1200])('says what each cash flow was, %d pixels wide', async (width) => {
    const { page, open, leave } = await visit(browser, node.address, rune, { viewport: { width, height: 900 } });
    await open(`channels/${channel.short_channel_id}`);
    await page.locator('.flows tbody td').first().waitFor();
    const [shown = 0, wide] = await page.evaluate<number[]>(
      `(({ clientWidth, scrollWidth }) => [clientWidth, scrollWidth])(document.querySelector('.flows tbody td:nth-child(2)'))`,
    );
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBe(wide);
    await leave();
  });
});
