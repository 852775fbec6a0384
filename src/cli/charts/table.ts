// How is a table drawn? Columns of text, the last row being the result.
import { MARGIN, TOP, WIDTH } from './figure.ts';
import { element, line, text } from './svg.ts';

export interface Column {
  readonly head: string;
  /** Right edge for numbers, left edge for words, in pixels from the left margin. */
  readonly x: number;
  readonly align: 'start' | 'end';
  /** Beside the matter, such as notes. */
  readonly muted?: boolean;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Set apart as a sum. */
  readonly strong?: boolean;
}

const ROW = 30;
const HEAD = 28;

/** The drawing and the height of the figure that holds it. */
export function table(columns: readonly Column[], rows: readonly TableRow[]): { body: string; height: number } {
  const right = WIDTH - MARGIN;
  const cell = (content: string, index: number, y: number, style: string): string => {
    const { x, align } = columns[index] ?? { x: 0, align: 'start' };
    return text(content, MARGIN + x, y, style, align);
  };
  const head = columns.map((column, i) => cell(column.head, i, TOP + 12, 'small muted')).join('');
  const body = rows.map(({ cells, strong = false }, row) => {
    const y = TOP + HEAD + row * ROW;
    return (
      (strong
        ? element('rect', { x: MARGIN, y, width: WIDTH - 2 * MARGIN, height: ROW, class: 'band' })
        : line(MARGIN, y + ROW, right, y + ROW, 'grid-line thin')) +
      cells.map((content, i) => cell(content, i, y + 20, styleOf(columns[i], strong))).join('')
    );
  });
  const drawing = head + line(MARGIN, TOP + HEAD - 6, right, TOP + HEAD - 6, 'grid-line thin') + body.join('');
  return { body: drawing, height: TOP + HEAD + rows.length * ROW + MARGIN - 8 };
}

const styleOf = (column: Column | undefined, strong: boolean): string => {
  if (column?.muted === true) return 'small muted';
  return strong ? 'ink strong' : 'ink';
};
