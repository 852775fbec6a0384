// What does the table of discounted cash flows look like?
import type { DiscountedFlow } from '../../core/profit/discounted.ts';
import { figure, MARGIN, WIDTH, type FigureOptions } from './figure.ts';
import { table, type TableRow } from './table.ts';
import { number, signedSats, tenths } from './words.ts';

/** Rows shown at either end of a long list; the middle of a thousand flows tells a reader nothing. */
const MOST_AT_EACH_END = 20;
const RIGHT = WIDTH - 2 * MARGIN - 12;

export function discountedFigure(flows: readonly DiscountedFlow[], options: FigureOptions): string {
  const rows = flows.map(({ time, utc, flow, factor, presentValue }): TableRow => ({
    cells: [
      String(time),
      utc.replace('T', ' ').replace('Z', ''),
      signedSats(flow),
      factor.toFixed(6),
      tenths(presentValue / 1000),
    ],
  }));
  const total = flows.reduce((sum, { presentValue }) => sum + presentValue, 0);
  const { body, height } = table(
    [
      { head: 'Unix time', x: 12, align: 'start' },
      { head: 'UTC', x: 148, align: 'start' },
      { head: 'Flow, sats', x: 450, align: 'end' },
      { head: 'Discount factor', x: 620, align: 'end' },
      { head: 'Present value, sats', x: RIGHT, align: 'end' },
    ],
    [...shortened(rows), { cells: ['Net present value', '', '', '', tenths(total / 1000)], strong: true }],
  );
  return figure(options, height, body);
}

function shortened(rows: readonly TableRow[]): readonly TableRow[] {
  const left = rows.length - 2 * MOST_AT_EACH_END;
  if (left <= 1) return rows;
  const gap: TableRow = { cells: ['\u2026', `${number(left)} more`, '', '', ''] };
  return [...rows.slice(0, MOST_AT_EACH_END), gap, ...rows.slice(-MOST_AT_EACH_END)];
}
