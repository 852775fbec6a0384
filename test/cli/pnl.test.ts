// Does `pnl` tell of a real database what the plugin itself would, in words, in JSON and in pictures?
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { readLedger } from '../../src/store/read-only.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { terminalWith } from './terminal.ts';
import { ARTICLE_NAME, fillArticle, NOW, OPEN_NAME, profitsOf, REMOTE_NAME } from './article-database.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/cl-revenue-ops.js');

describe('pnl', () => {
  const database = temporaryDatabase();
  const ask = (...args: string[]) => askFor('pnl', ...args);
  /** On the article's database. */
  async function askFor(command: string, ...args: string[]) {
    if (!existsSync(database.path)) {
      const store = database.open();
      fillArticle(store);
      store.close();
    }
    const said = { out: '', error: '' };
    const terminal = terminalWith({
      write: (file, text) => {
        writeFileSync(file, text);
        return Promise.resolve();
      },
      readLedger,
      now: () => NOW,
      out: (text) => (said.out += text),
      error: (text) => (said.error += text),
      version: '1.2.3',
    });
    const code = await run([command, '--db', database.path, ...args], terminal);
    return { code, ...said };
  }
  const json = async (...args: string[]) =>
    JSON.parse((await ask('--json', ...args)).out) as Record<string, number | null> & {
      readonly statement: { readonly result_sats: number; readonly estimated: boolean };
      readonly waterfall: readonly { readonly label: string; readonly to_sats: number }[];
      readonly cash_flows: readonly { readonly flow_sats: number; readonly present_value_sats: number }[];
    };

  it("tells the article's channel as the article does", async () => {
    const told = await json('--channel', ARTICLE_NAME);
    expect(told).toMatchObject({
      title: `Channel ${ARTICLE_NAME}, closed`,
      return_on_capital_pct: 7.205,
      statement: { capital_sats: 1_000_000, result_sats: 72_050, amount_at_closing_sats: 1_072_050, estimated: false },
    });
    expect(told['carr_pct']).toBeCloseTo(6.3, 1);
    expect(told['cash_flows_rate_pct']).toBe(told['carr_pct']);
    expect(told.cash_flows).toHaveLength(15);
    expect(told.cash_flows.reduce((sum, { present_value_sats }) => sum + present_value_sats, 0)).toBeCloseTo(0, 2);
  });

  it('tells the same in words', async () => {
    const { code, out } = await ask('--channel', ARTICLE_NAME);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 9)).toEqual([
      `Channel ${ARTICLE_NAME}, closed`,
      '',
      'As of                2022-05-01 00:00:00 UTC',
      'Net profit so far    +72,050',
      'CARR, a year         6.305 %',
      'Return on capital    7.205 %',
      'ROI on cost          906.289 %',
      'On employed, a year  none: no local balance was there to earn on',
      'Paid back            2021-04-01 00:00:00 UTC',
    ]);
    expect(out).toMatch(/Amount at closing +1,072,050 +1,072,050\nResult +\+72,050\n/);
    expect(out).toMatch(/1646092800 +2022-03-01 00:00:00 +\+1,008,050/);
  });

  it('tells of an open channel what closing it now would bring, marked as an estimate', async () => {
    const told = await json('--channel', OPEN_NAME);
    expect(told.statement.estimated).toBe(true);
    expect(told.waterfall.at(-1)?.label).toBe('amount_at_closing');
    const profit = readLedger(database.path, profitsOf).get(OPEN_NAME);
    // The push and the closing fee are in the statement, and not in the net profit.
    expect(told['net_profit_sats']).toBe(Number(profit?.metrics.totals.netProfit) / 1000);
    expect(told.statement.result_sats).toBe(Number(profit?.metrics.totals.netProfit) / 1000 - 20_000 - 170);
    expect((await ask('--channel', OPEN_NAME)).out).toMatch(/Closing fee +-170 +[\d,.]+ +estimate/);
  });

  it('tells why there is no return, and discounts at the rate asked for', async () => {
    expect(await json('--channel', REMOTE_NAME)).toMatchObject({ carr_pct: null, carr_reason: 'no_capital' });
    expect(await json('--channel', REMOTE_NAME, '--rate', '5%')).toMatchObject({ cash_flows_rate_pct: 5 });
    expect(await json('--channel', ARTICLE_NAME, '--rate', '0.02')).toMatchObject({ cash_flows_rate_pct: 2 });
  });

  it('makes a report of it all, of which months and channels add up to the node', async () => {
    const file = join(database.folder, 'report.html');
    const { code, out } = await askFor('report', '--out', file);
    expect([code, out]).toEqual([0, `Node, 3 channels, 1 of them closed: written to ${file}\n`]);
    const html = readFileSync(file, 'utf8');
    expect(html).not.toMatch(/(src|href)="?http|<script/);
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(4);
    const [, , months = '', channels = ''] = html.split('<section>').slice(1);
    const rowsOf = (table: string) =>
      [...table.matchAll(/<tr>(.*?)<\/tr>/g)].slice(1).map(([, row = '']) => row.split(/<[^>]+>/).filter(Boolean));
    const sum = (rows: readonly (readonly string[])[], column: number): number =>
      rows.reduce((total, row) => total + Number(row[column]?.replaceAll(/[,+]/g, '')), 0);
    const all = await json();
    expect(rowsOf(channels).map(([name]) => name)).toContain(`${ARTICLE_NAME}, closed`);
    expect(sum(rowsOf(channels), 5)).toBeCloseTo(Number(all['net_profit_sats']), 3);
    // What closing what is open would cost is of no month yet; the push is a gift, of the month it was made in.
    expect(sum(rowsOf(months), 4)).toBeCloseTo(Number(all['net_profit_sats']) - 20_000, 3);
  });

  it('makes a picture of it, and nothing of another name', async () => {
    const file = join(database.folder, 'report.svg');
    expect((await askFor('report', '--out', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg /);
    expect(await askFor('report', '--out', database.path)).toMatchObject({ code: 2 });
    expect(await askFor('report')).toMatchObject({ code: 2 });
  });

  it('adds all channels up to the node', async () => {
    const all = await json();
    const each = await Promise.all([ARTICLE_NAME, OPEN_NAME, REMOTE_NAME].map((name) => json('--channel', name)));
    expect(all['title']).toBe('Node, 3 channels, 1 of them closed');
    expect(all.statement.result_sats).toBeCloseTo(
      each.reduce((sum, { statement }) => sum + statement.result_sats, 0),
      3,
    );
  });

  it('knows a channel by its channel id too, and names those it has to one it does not know', async () => {
    const { channelId } = readLedgerOnce().get(ARTICLE_NAME)?.account ?? {};
    expect((await json('--channel', String(channelId))).statement.result_sats).toBe(72_050);
    const { code, out, error } = await ask('--channel', '1x1x1');
    expect([code, out]).toEqual([1, '']);
    expect(error).toBe(
      `cl-revenue-ops: --channel: expected one of ${ARTICLE_NAME}, ${OPEN_NAME}, ${REMOTE_NAME}, got 1x1x1\n`,
    );
  });
  const readLedgerOnce = () => {
    const store = database.open();
    fillArticle(store);
    store.close();
    return readLedger(database.path, profitsOf);
  };

  it('draws statement, waterfall, profit over time and cash flows into a picture and a page', async () => {
    const [svg, html] = [join(database.folder, 'a.svg'), join(database.folder, 'a.html')];
    const { code, out } = await ask('--channel', ARTICLE_NAME, '--svg', svg, '--html', html);
    expect(code).toBe(0);
    expect(out).toMatch(/6\.305 %/);
    for (const drawn of [readFileSync(svg, 'utf8'), readFileSync(html, 'utf8')]) {
      for (const what of ['profit and loss', 'from capital to closing', 'profit and cash over time', 'discounted cash'])
        expect(drawn).toContain(`Channel ${ARTICLE_NAME}, closed: ${what}`);
      expect(drawn.match(/<svg/g)?.length).toBeGreaterThanOrEqual(4);
      expect(drawn).not.toMatch(/NaN|Infinity|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    }
    // Below each other, each as high as it is.
    const tops = [...readFileSync(svg, 'utf8').matchAll(/translate\(0 (\d+)\)/g)].map(([, top]) => Number(top));
    const heights = [...readFileSync(svg, 'utf8').matchAll(/viewBox="0 0 880 (\d+)"/g)].map(([, h]) => Number(h));
    expect(tops).toEqual([0, 1, 2, 3].map((n) => heights.slice(1, n + 1).reduce((a, b) => a + b, 0)));
    expect(heights[0]).toBe(heights.slice(1).reduce((a, b) => a + b, 0));
  });

  it('says why a picture cannot be written', async () => {
    const { code, out, error } = await ask('--svg', join(database.folder, 'none', 'a.svg'));
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(/--svg .*a\.svg: cannot be written: ENOENT/);
  });

  it('says so when there is no database, or nothing in it', async () => {
    database.open().close();
    expect(await ask()).toMatchObject({ code: 1, out: '' });
    expect((await ask()).error).toMatch(/the database holds no channel yet; the plugin reads them soon/);
    const missing = spawnSync(process.execPath, [PROGRAM, 'pnl', '--db', join(database.folder, 'none.db')], {
      encoding: 'utf8',
    });
    expect(missing).toMatchObject({ status: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^cl-revenue-ops: database .*none\.db: expected a file, it is absent/);
    expect(existsSync(join(database.folder, 'none.db'))).toBe(false);
  });

  it('answers as a process while another holds the database', () => {
    const store = database.open();
    fillArticle(store);
    const said = spawnSync(process.execPath, [PROGRAM, 'pnl', '--db', database.path, '--channel', ARTICLE_NAME], {
      encoding: 'utf8',
    });
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toMatch(/CARR, a year +6\.305 %/);
    store.ledger.saveBooks([]);
  });
});
