// Does the page do what it says, only after it has shown what that is, and only with a rune that allows it?
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { until } from '../node-tests/rpc.ts';
import { CHROMIUM, launch } from './chromium.ts';
import { EVERYTHING, LOOK, startNode, type Node } from './node.ts';
import { accessibilityFaults, figure, visit, type Visit } from './visit.ts';

interface PeerChannel {
  readonly short_channel_id: string;
  readonly peer_id: string;
  readonly updates: { readonly local: { readonly fee_proportional_millionths: number } };
}
interface Policies {
  readonly policies: readonly { readonly strategy: string; readonly fee_ppm: number | null }[];
}

describe.skipIf(CHROMIUM === null)('an action', () => {
  let node: Node;
  let browser: Browser;
  let visited: Visit;
  let page: Page;
  let channel: PeerChannel;

  const channels = async (): Promise<readonly PeerChannel[]> =>
    (await node.call<{ channels: PeerChannel[] }>('listpeerchannels')).channels;
  const feeOf = async (name: string): Promise<number | undefined> =>
    (await channels()).find(({ short_channel_id: one }) => one === name)?.updates.local.fee_proportional_millionths;
  const mode = async (): Promise<string> => (await node.call<{ mode: string }>('revenue-status')).mode;
  const dialog = (): Locator => page.getByRole('dialog');
  const ask = (button: string): Promise<void> => dialog().getByRole('button', { name: button, exact: true }).click();
  const preview = async (): Promise<string> => {
    await ask('Preview');
    return (await dialog().locator('[data-preview="dry-run"]').textContent()) ?? '';
  };
  const confirm = async (button: string): Promise<string> => {
    await ask(button);
    const done = (await dialog().locator('[data-preview="done"]').textContent()) ?? '';
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    return done;
  };

  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode({ forwardsPerDay: 100 }), launch()]);
    await until('the history', async () => (await node.call<{ ready: boolean }>('revenue-status')).ready);
    const [first] = await channels();
    if (first === undefined) throw new Error('the node has no channel');
    channel = first;
    visited = await visit(browser, node.address, await node.rune(EVERYTHING));
    ({ page } = visited);
  });
  afterAll(async () => {
    await browser.close();
    await node.end();
  });
  beforeEach(() => visited.open(`channels/${channel.short_channel_id}`));

  it('sets a fee, once it has been previewed and confirmed', async () => {
    const before = await feeOf(channel.short_channel_id);
    await page.getByRole('button', { name: 'Set fee…' }).click();
    await dialog().getByLabel('Fee, ppm').fill('777');
    expect(await preview()).toContain('777 ppm');
    expect(await feeOf(channel.short_channel_id)).toBe(before);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await confirm('Set fee')).toContain('777 ppm');
    expect(await feeOf(channel.short_channel_id)).toBe(777);
    await expect.poll(() => figure(page, 'fee_ppm').textContent()).toBe('777');
  });

  it('is refused with the plugin’s own words where it cannot be', async () => {
    await page.getByRole('button', { name: 'Set fee…' }).click();
    await dialog().getByLabel('Fee, ppm').fill('999999');
    await ask('Preview');
    expect(await dialog().getByRole('alert').textContent()).toContain('fee_ppm');
    await page.keyboard.press('Escape');
    expect(await dialog().count()).toBe(0);
    expect(await feeOf(channel.short_channel_id)).not.toBe(999_999);
    // The browser itself reports that the server refused.
    visited.faults.length = 0;
  });

  it('changes nothing when it is cancelled after the preview', async () => {
    const before = await feeOf(channel.short_channel_id);
    await page.getByRole('button', { name: 'Set fee…' }).click();
    await dialog().getByLabel('Fee, ppm').fill('55');
    await preview();
    await ask('Cancel');
    expect(await dialog().count()).toBe(0);
    expect(await feeOf(channel.short_channel_id)).toBe(before);
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Set fee…');
  });

  it('holds a fee and lets it go', async () => {
    const held = async (): Promise<unknown> =>
      (await node.call<{ hold: unknown }>('revenue-explain', { channel_id: channel.short_channel_id })).hold;
    await page.getByRole('button', { name: /^Hold/ }).click();
    await dialog().getByLabel('Hours').fill('0');
    await preview();
    await confirm('Hold');
    expect(await held()).toBeNull();
    await page.getByRole('button', { name: /^Hold/ }).click();
    await dialog().getByLabel('Hours').fill('12');
    await preview();
    await confirm('Hold');
    expect(await held()).not.toBeNull();
  });

  it('sets a policy and takes it back', async () => {
    const policies = async (): Promise<Policies['policies']> => (await node.call<Policies>('revenue-policy')).policies;
    await page.getByRole('button', { name: 'Policy…' }).click();
    await dialog().getByLabel('Fees').selectOption('static');
    await dialog().getByLabel('Fee, ppm').fill('321');
    await preview();
    expect(await policies()).toEqual([]);
    await confirm('Apply policy');
    expect((await policies()).map(({ strategy, fee_ppm: fee }) => [strategy, fee])).toEqual([['static', 321]]);
    await page.getByRole('button', { name: 'Policy…' }).click();
    await dialog().getByLabel('Do').selectOption('delete');
    await preview();
    await confirm('Apply policy');
    expect(await policies()).toEqual([]);
  });

  it('previews a rebalance, which is recorded only when it is sent', async () => {
    interface Status {
      readonly recent_rebalances: readonly {
        readonly from_channel: string;
        readonly to_channel: string;
        readonly manual: boolean;
      }[];
    }
    const rows = async (): Promise<Status['recent_rebalances']> =>
      (await node.call<Status>('revenue-status')).recent_rebalances;
    const other = (await channels()).find(({ peer_id: peer }) => peer !== channel.peer_id)?.short_channel_id ?? '';
    const before = (await rows()).filter(({ manual }) => manual).length;
    await visited.open('rebalances');
    await page.getByRole('button', { name: 'Rebalance…' }).click();
    await dialog().getByLabel('From').fill(channel.short_channel_id);
    await dialog().getByLabel('To').fill(other);
    await dialog().getByLabel('Amount, sats').fill('50000');
    await dialog().getByLabel('At most, sats').fill('500');
    await preview();
    expect((await rows()).filter(({ manual }) => manual).length).toBe(before);
    expect(await confirm('Send it')).toMatch(/success|failed/);
    const after = (await rows()).filter(({ manual }) => manual);
    expect(after.length).toBe(before + 1);
    expect(after[0]).toMatchObject({ from_channel: channel.short_channel_id, to_channel: other });
    const row = page.locator('[data-rebalance]').first();
    await row.getByText('by hand').waitFor();
    expect(await row.textContent()).toContain(`${channel.short_channel_id} → ${other}`);
  });

  it('pauses and resumes', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    await dialog().locator('[data-preview="dry-run"]').waitFor();
    expect(await mode()).toBe('live');
    await confirm('Pause');
    expect(await mode()).toBe('paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await confirm('Resume');
    expect(await mode()).toBe('live');
  });

  it('is neither offered nor done with a rune that only looks', async () => {
    const looking = await visit(browser, node.address, await node.rune(LOOK));
    await looking.open(`channels/${channel.short_channel_id}`);
    expect(await looking.page.getByRole('button', { name: /Set fee|Hold|Policy|Rebalance|Pause/ }).count()).toBe(0);
    const status = await looking.page.evaluate<number>(`fetch('/api/actions/pause', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Rune: sessionStorage.getItem('revenue-ops-rune') },
      body: JSON.stringify({ params: {}, dry_run: false }),
    }).then((response) => response.status)`);
    expect(status).toBe(403);
    expect(await mode()).toBe('live');
    await looking.leave();
  });

  it('asks nobody else, breaks no policy and reports no error', () => {
    expect(visited.faults).toEqual([]);
  });

  describe('without a rune', () => {
    it('explains how to make one, and opens with it', async () => {
      const { page, faults, leave } = await visit(browser, node.address, null);
      await page.getByText(`createrune restrictions='[["method^revenue-"]]'`).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.locator('#rune').fill(await node.rune(EVERYTHING));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await figure(page, 'net_profit_sats').waitFor();
      expect(faults).toEqual([]);
      await leave();
    });

    it('shows nothing to a forged one, and says so', async () => {
      const rune = await node.rune(EVERYTHING);
      const forged = `${rune.slice(0, 8)}${rune[8] === 'A' ? 'B' : 'A'}${rune.slice(9)}`;
      const { page, leave } = await visit(browser, node.address, forged);
      await page.getByText('The rune was not accepted').waitFor();
      expect(await page.locator('[data-figure]').count()).toBe(0);
      expect(await page.evaluate<string | null>(`sessionStorage.getItem('revenue-ops-rune')`)).toBeNull();
      await leave();
    });

    it('forgets it on signing out', async () => {
      const { page, open, leave } = await visit(browser, node.address, await node.rune(LOOK));
      await open('');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.locator('#rune').waitFor();
      expect(await page.evaluate<number>('sessionStorage.length')).toBe(0);
      await leave();
    });
  });
});
