// Is it clear what is true when answers break off, come late or never, and when an address or a rune is not whole?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page, Route } from 'playwright-core';
import type { ActionRequest, Decisions, FeeEntry, Overview } from '../../src/dashboard/api.ts';
import { until } from '../node-tests/rpc.ts';
import { CHROMIUM, launch } from './chromium.ts';
import { EVERYTHING, startNode, type Node } from './node.ts';
import { visit, type Visit } from './visit.ts';

const NOW = 1_794_000_000;
const change = (id: number): FeeEntry => ({
  ...{ kind: 'fee', id, channel_id: '111x1x0', peer_id: '02', alias: null, timestamp: NOW + id },
  ...{ old_fee_ppm: 100, new_fee_ppm: 100 + id, reason: 'bid-price', sentence: 'it moved', by: 'us' },
});
const ids = (from: number, to: number): FeeEntry[] => Array.from({ length: from - to + 1 }, (_, i) => change(from - i));

/** As when somebody comes back to the page: all that is shown is asked for again. */
const comeBack = (page: Page): Promise<void> => page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);

describe.skipIf(CHROMIUM === null)('the page', () => {
  let node: Node;
  let browser: Browser;
  let rune: string;
  let channel: string;
  const opened = async (view: string): Promise<Visit> => {
    const visited = await visit(browser, node.address, rune);
    await visited.open(view);
    return visited;
  };
  /** Carries the order out where it is one, and answers as told; previews are answered as ever. */
  const answering = (page: Page, answer: (route: Route) => Promise<void>): Promise<unknown> =>
    page.route('**/api/actions/*', async (route) => {
      const { dry_run: isPreview } = route.request().postDataJSON() as ActionRequest;
      if (isPreview) return route.continue();
      return answer(route);
    });
  const previewFee = async ({ page }: Visit, ppm: string): Promise<void> => {
    await page.getByRole('button', { name: 'Set fee…' }).click();
    await page.getByLabel('Fee, ppm').fill(ppm);
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await page.locator('[data-preview="dry-run"]').waitFor();
  };
  const dialogButtons = (page: Page): Promise<string[]> =>
    page.locator('.dialog-foot').getByRole('button').allTextContents();

  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode(), launch()]);
    await until('the history', async () => (await node.call<{ ready: boolean }>('revenue-status')).ready);
    rune = await node.rune(EVERYTHING);
    const { channels } = await node.call<{ channels: { short_channel_id: string }[] }>('listpeerchannels');
    channel = channels[0]?.short_channel_id ?? '';
  });
  afterAll(async () => {
    await browser.close();
    await node.end();
  });

  it.each([
    ['is cut off', (route: Route) => route.fulfill({ contentType: 'application/json', body: '{"action":' })],
    ['never comes', (route: Route) => route.abort('connectionreset')],
    ['is a proxy’s', (route: Route) => route.fulfill({ status: 504, body: '<h1>Gateway timeout</h1>' })],
  ])(
    'says that nobody knows whether it was done when the answer %s, and does not offer it again',
    async (_, answer) => {
      const visited = await opened(`channels/${channel}`);
      const { page, leave } = visited;
      await answering(page, answer);
      await previewFee(visited, '444');
      await page.getByRole('button', { name: 'Set fee', exact: true }).click();
      await page.getByRole('alert').getByText('It is not known whether it was done').waitFor();
      expect(await dialogButtons(page)).toEqual(['Close']);
      await leave();
    },
  );

  it('offers an order again that the plugin has refused', async () => {
    const visited = await opened(`channels/${channel}`);
    const { page, leave } = visited;
    const error = { name: 'node-unavailable', message: 'lightningd is busy' };
    await answering(page, (route) => route.fulfill({ status: 503, json: { error } }));
    await previewFee(visited, '444');
    await page.getByRole('button', { name: 'Set fee', exact: true }).click();
    await page.getByRole('alert').getByText('lightningd is busy').waitFor();
    expect(await dialogButtons(page)).toEqual(['Back', 'Cancel', 'Set fee']);
    await leave();
  });

  it('does not take the second half of a double click for a confirmation', async () => {
    const visited = await opened(`channels/${channel}`);
    const { page, leave } = visited;
    let orders = 0;
    await answering(page, (route) => {
      orders++;
      return route.abort();
    });
    await previewFee(visited, '444');
    await page.getByRole('button', { name: 'Set fee', exact: true }).click({ clickCount: 2, delay: 5 });
    await page.getByRole('alert').getByText('It is not known').waitFor();
    // The first click is one; only what comes as a second is none.
    expect(orders).toBe(1);
    await page.getByRole('button', { name: 'Close' }).last().click();
    await previewFee(visited, '445');
    await page
      .getByRole('button', { name: 'Set fee', exact: true })
      .dispatchEvent('click', { detail: 2, bubbles: true, cancelable: true });
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(orders).toBe(1);
    await leave();
  });

  it('says that closing does not stop what is being done', async () => {
    const visited = await opened(`channels/${channel}`);
    const { page, leave } = visited;
    let finish = (): void => undefined;
    const finished = new Promise<void>((done) => (finish = done));
    await answering(page, async (route) => {
      await finished;
      await route.abort();
    });
    await previewFee(visited, '444');
    await page.getByRole('button', { name: 'Set fee', exact: true }).click();
    await page.getByText('closing this does not stop it').waitFor();
    expect(await dialogButtons(page)).toEqual(['Back', 'Close', 'Set fee']);
    finish();
    await leave();
  });

  it('says so when an answer breaks off, and goes on asking', async () => {
    const { page, faults, leave } = await opened('channels');
    let asked = 0;
    await page.route('**/api/channels', (route) =>
      ++asked === 1 ? route.fulfill({ contentType: 'application/json', body: '{"as_of":17' }) : route.continue(),
    );
    await comeBack(page);
    await page.getByRole('alert').getByText('No answer').waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(asked).toBeGreaterThan(1);
    expect(faults).toEqual([]);
    await leave();
  });

  it('does not wait for good for an answer that never comes', async () => {
    const { page, leave } = await opened('channels');
    await page.clock.install();
    const asked = page.waitForRequest('**/api/channels');
    await page.route('**/api/channels', () => undefined);
    await comeBack(page);
    await asked;
    await page.clock.fastForward('01:05');
    await page.getByRole('alert').getByText('No answer').waitFor();
    await leave();
  });

  it('refuses a rune with characters that are not seen, instead of asking for nothing for ever', async () => {
    const { page, faults, leave } = await visit(browser, node.address, `${rune.slice(0, 9)}\u200b${rune.slice(9)}`);
    await page.getByRole('alert').getByText('copy it anew').waitFor();
    expect(faults).toEqual([]);
    await leave();
  });

  it.each(['channels/%', 'channels/%E0%A4%A'])('opens the address #/%s, which was cut short', async (address) => {
    const { page, faults, leave } = await visit(browser, node.address, rune);
    await page.goto(`${node.address}/#/${address}`);
    await page.getByText('There is no channel').waitFor();
    expect(faults.filter((fault) => fault.startsWith('error'))).toEqual([]);
    await leave();
  });

  it('says on the page of rebalances why none is sent', async () => {
    const { page, leave } = await opened('rebalances');
    await node.call('revenue-pause');
    await comeBack(page);
    await page.getByRole('region', { name: 'Alerts' }).getByText('Paused').waitFor();
    await node.call('revenue-resume');
    await leave();
  });

  it('begins the form of a policy with the one in force, which it replaces', async () => {
    const policy = { subject: channel, strategy: 'dynamic', min_ppm: 50, max_ppm: 900, expires_hours: 48 };
    await node.call('revenue-policy', { action: 'set', ...policy });
    const { page, leave } = await opened(`channels/${channel}`);
    await page.getByRole('button', { name: 'Policy…' }).click();
    const typed = (label: string): Promise<string> => page.getByRole('dialog').getByLabel(label).inputValue();
    expect(await Promise.all(['No less than, ppm', 'No more than, ppm', 'Expires in, hours'].map(typed))).toEqual([
      ...['50', '900', '48'],
    ]);
    await node.call('revenue-policy', { action: 'delete', subject: channel });
    await leave();
  });

  it('tells from which day on a period is added up', async () => {
    const { page, leave } = await opened('?period=1d');
    const from = new Date(((await node.call<{ virtual_now: number }>('dev-sim-time')).virtual_now - 86_400) * 1000);
    const day = from.toLocaleDateString('en-US', { month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' });
    await page.getByText(`since ${day}, by day`).waitFor();
    await leave();
  });

  it('breaks an alias that has no place to break', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune, { viewport: { width: 360, height: 740 } });
    await page.route(`**/api/channels/*`, async (route) => {
      const response = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
      await route.fulfill({ response, json: { ...((await response.json()) as object), alias: 'W'.repeat(32) } });
    });
    await open(`channels/${channel}`);
    await page.getByRole('heading', { name: 'WWWW' }).waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
    await leave();
  });

  it('goes on showing the stretch of time that somebody has chosen in a chart when newer figures come', async () => {
    const { page, open, leave } = await visit(browser, node.address, rune);
    const day = 86_400;
    const first = Math.floor(NOW / day) * day;
    let dearest = 100;
    await page.route('**/api/overview?*', async (route) => {
      const response = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
      const reply = (await response.json()) as Overview;
      const rows = Array.from({ length: 31 }, (_, i) => [first + i * day, i === 30 ? dearest : 10, 0, 0, 10]);
      const days = { columns: reply.days.columns, rows };
      const lifetime = { ...reply.lifetime, first_opened_at: first };
      await route.fulfill({ response, json: { ...reply, days, lifetime } });
    });
    await open('');
    const chart = page.getByRole('img', { name: /^Revenue, costs and net profit/ }).locator('.u-over');
    const tip = chart.locator('.tip');
    const pointed = async (share: number): Promise<string> => {
      const { x = 0, y = 0, width = 0, height = 0 } = (await chart.boundingBox()) ?? {};
      await page.mouse.move(x + width * share, y + height / 2);
      return (await tip.locator('b').textContent()) ?? '';
    };
    await comeBack(page);
    const all = ['Nov 6, 2026', 'Dec 6, 2026'];
    await expect.poll(async () => [await pointed(0.02), await pointed(0.98)]).toEqual(all);
    await pointed(0.5);
    await page.mouse.down();
    await pointed(0.6);
    await pointed(0.8);
    await page.mouse.up();
    const chosen = [await pointed(0.02), await pointed(0.98)];
    expect(chosen).not.toEqual(all);
    for (dearest of [200, 300]) {
      const fresh = page.waitForResponse('**/api/overview?*');
      await comeBack(page);
      await (await fresh).finished();
      await expect.poll(async () => [await pointed(0.02), await pointed(0.98)]).toEqual(chosen);
    }
    await chart.dblclick();
    await expect.poll(async () => [await pointed(0.02), await pointed(0.98)]).toEqual(all);
    await leave();
  });

  it('loses no decision between those it shows and older ones, whatever has come since', async () => {
    const { page, leave } = await visit(browser, node.address, rune);
    let newest = 150;
    await page.route('**/api/decisions?*', (route) => {
      const isOlder = route.request().url().includes('after=');
      const json: Decisions = isOlder
        ? { entries: ids(50, 1), next: null }
        : { entries: ids(newest, newest - 99), next: 'mark' };
      return route.fulfill({ json });
    });
    const shown = (): Promise<number> => page.locator('[data-decision]').count();
    await page.goto(`${node.address}/#/decisions`);
    await expect.poll(shown).toBe(100);
    await page.getByRole('button', { name: 'Older' }).click();
    await expect.poll(shown).toBe(150);
    newest = 153;
    await comeBack(page);
    await expect.poll(shown).toBe(153);
    // A night later: what lies between was never asked for, and is to be.
    newest = 400;
    await comeBack(page);
    await expect.poll(shown).toBe(100);
    await page.getByRole('button', { name: 'Older' }).waitFor();
    await leave();
  });
});
