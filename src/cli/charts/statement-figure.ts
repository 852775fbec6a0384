// What does the profit-and-loss statement look like?
import { LABELS } from '../../core/profit/labels.ts';
import type { Statement } from '../../core/profit/statement.ts';
import { figure, MARGIN, WIDTH, type FigureOptions } from './figure.ts';
import { table, type TableRow } from './table.ts';
import { satsText, signedSats } from './words.ts';

const RIGHT = WIDTH - 2 * MARGIN - 12;

/** @param measures what to show below the result, such as ['CARR', '6.3 % a year'] */
export function statementFigure(
  { capital, capitalEstimated, lines, result, amountAtClosing, estimated }: Statement,
  measures: readonly (readonly [string, string])[],
  options: FigureOptions,
): string {
  const note = (isEstimate: boolean): string => (isEstimate ? 'estimated' : '');
  const rows: TableRow[] = [
    { cells: [LABELS.capital, note(capitalEstimated), satsText(capital)] },
    ...lines.map(({ item, amount, estimated }) => ({ cells: [LABELS[item], note(estimated), signedSats(amount)] })),
    { cells: [LABELS.amount_at_closing, note(estimated), satsText(amountAtClosing)], strong: true },
    { cells: ['Result', note(estimated), signedSats(result)], strong: true },
    ...measures.map(([label, value]) => ({ cells: [label, '', value] })),
  ];
  const { body, height } = table(
    [
      { head: '', x: 12, align: 'start' },
      { head: '', x: 200, align: 'start', muted: true },
      { head: 'sats', x: RIGHT, align: 'end' },
    ],
    rows,
  );
  return figure(options, height, body);
}
