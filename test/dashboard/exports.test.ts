// Does an export hold every row once, add up, and mean to a spreadsheet what it says?
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/cli/csv-rows.ts';
import { csvLine, csvStream } from '../../src/dashboard/export/csv.ts';
import { EXPORT_COLUMNS } from '../../src/dashboard/export/exports.ts';
import type { ExportName } from '../../src/dashboard/api.ts';
import { satsToMsat } from '../../src/core/units.ts';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { dashboardOn } from './dashboard.ts';

const start = simulatedApplications();
const WORLD = { historyDays: 6, forwardsPerDay: 400 };
type Row = Record<string, string>;

async function exported(board: Awaited<ReturnType<typeof dashboardOn>>, name: ExportName, query = ''): Promise<Row[]> {
  const response = await board.ask(`/export/${name}.csv${query}`);
  expect([response.status, response.headers.get('content-disposition')]).toEqual([
    200,
    `attachment; filename="${name}.csv"`,
  ]);
  const text = await response.text();
  expect(text.endsWith('\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const [head, ...rows] = parseCsv(text).rows;
  expect(head?.cells).toEqual(EXPORT_COLUMNS[name]);
  return rows.map(({ cells }) => Object.fromEntries(EXPORT_COLUMNS[name].map((column, i) => [column, cells[i] ?? ''])));
}
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

describe('forwards.csv', () => {
  it('has every forward that has ended once, page after page, and adds up to the revenue', async () => {
    const board = await dashboardOn(start, { world: WORLD });
    const rows = await exported(board, 'forwards');
    const { database } = (await board.run('revenue-status')) as unknown as { database: { forwards: number } };
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.length).toBeLessThanOrEqual(database.forwards);
    expect(rows.length).toBeGreaterThan(database.forwards - 20);
    expect(new Set(rows.map((row) => `${row['in_channel'] ?? ''}/${row['in_htlc_id'] ?? ''}`)).size).toBe(rows.length);
    const fees = rows
      .filter((row) => row['status'] === 'settled')
      .reduce((sum, row) => sum + Number(row['fee_msat']), 0);
    const { lifetime } = (await board.run('revenue-history')) as unknown as { lifetime: { revenue_sats: number } };
    expect(fees / 1000).toBeCloseTo(lifetime.revenue_sats, 3);
    for (const row of rows) expect(row['date']).toMatch(ISO);
    const dates = rows.map((row) => row['date'] ?? '');
    expect(dates).toEqual([...dates].sort());
  });

  it('is cut to a span of days', async () => {
    const board = await dashboardOn(start, { world: WORLD });
    const rows = await exported(board, 'forwards');
    const day = (rows[500]?.['date'] ?? '').slice(0, 10);
    const ofDay = rows.filter((row) => row['date']?.startsWith(day));
    expect(await exported(board, 'forwards', `?from=${day}&until=${day}`)).toEqual(ofDay);
    expect(ofDay.length).toBeGreaterThan(0);
    for (const query of ['from=2026-02-30', 'from=2027-01-01&until=2026-01-01'])
      expect(await board.refusalOf(board.ask(`/export/forwards.csv?${query}`))).toEqual([400, 'invalid-request']);
  });
});

describe('rebalances.csv', () => {
  it('has every rebalance once, over several pages', async () => {
    const board = await dashboardOn(start, { world: { historyDays: 1 } });
    const [a, b] = board.store.ledger.books().map(({ channelId }) => channelId);
    if (a === undefined || b === undefined) throw new Error('expected channels');
    for (let i = 0; i < 1500; i++)
      board.store.rebalances.recordDryRun(
        {
          ...{ from: a, to: b, amountMsat: satsToMsat(1000 + i), maxFeeMsat: satsToMsat(1) },
          expectedProfitMsat: satsToMsat(-1),
          at: board.clock.now(),
        },
        { manual: false },
      );
    const rows = await exported(board, 'rebalances');
    expect(rows).toHaveLength(1500);
    expect(new Set(rows.map((row) => row['amount_sats'])).size).toBe(1500);
    expect(rows[0]).toMatchObject({ status: 'dry-run', by: 'dry-run', expected_profit_sats: '-1', payment_hash: '' });
    expect(rows[0]?.['date']).toMatch(ISO);
  });
});

describe('cashflows.csv', () => {
  it('adds up to the net profit, in sats and in bitcoin', async () => {
    const board = await dashboardOn(start, { world: WORLD });
    const rows = await exported(board, 'cashflows');
    const { lifetime } = (await board.run('revenue-history')) as unknown as {
      lifetime: { net_profit_sats: number; pushed_sats: number };
    };
    const net = rows.reduce((sum, row) => sum + Number(row['amount_msat']), 0) / 1000;
    expect(net).toBeCloseTo(lifetime.net_profit_sats + lifetime.pushed_sats, 3);
    for (const row of rows) {
      const received = Number(row['Received Amount']);
      const sent = Number(row['Sent Amount']);
      expect(Math.round((received - sent) * 1e11)).toBe(Number(row['amount_msat']));
      expect(row['Date']).toMatch(ISO);
      expect([row['Sent Currency'], row['Received Currency']].filter((one) => one !== '')).toEqual(['BTC']);
    }
  });

  it('is cut to a span that holds its first second, and not its last', async () => {
    const board = await dashboardOn(start, { world: WORLD });
    const rows = await exported(board, 'cashflows');
    const date = rows[0]?.['Date'] ?? '';
    const at = Date.parse(date) / 1000;
    const ofThen = rows.filter((row) => row['Date'] === date);
    expect(await exported(board, 'cashflows', `?from=${at}&until=${at + 1}`)).toEqual(ofThen);
    expect((await exported(board, 'cashflows', `?until=${at}`)).filter((row) => row['Date'] === date)).toEqual([]);
  });
});

describe('a cell', () => {
  it('is no formula, whatever is in it, but a number stays one', () => {
    for (const evil of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) expect(csvLine([evil])).toMatch(/^"?'/);
    expect(csvLine([-5, -5n, 1.5, true, null, 'plain'])).toBe('-5,-5,1.5,true,,plain\r\n');
  });

  it('with a comma, a quote or a line end is quoted', () => {
    expect(csvLine(['a,b', 'say "no"', 'two\nlines'])).toBe('"a,b","say ""no""","two\nlines"\r\n');
  });
});

describe('a file', () => {
  it('that cannot be begun is an error and no file', () => {
    const pages = {
      next: (): never => {
        throw new Error('disk gone');
      },
    };
    expect(() => csvStream(['a'], pages)).toThrow('disk gone');
  });

  it('is read no faster than it is taken', async () => {
    let read = 0;
    const pages = {
      next: () => {
        read++;
        return { done: false as const, value: [['x'.repeat(1000)]] };
      },
    };
    const reader = csvStream(['a'], pages).getReader();
    for (let i = 0; i < 5; i++) await reader.read();
    expect(read).toBeLessThan(10);
    await reader.cancel();
  });
});
