// How is a row shown where its table would be wider than its place? As a card: its cells one after the other, none cut.
import type { ComponentChildren, JSX } from 'preact';
import { NOTHING } from '../format.ts';
import type { Column } from './table.tsx';

interface Props<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => Readonly<Record<string, string>>;
  readonly class?: string | undefined;
}

/** What a column of a table keeps its place for says nothing here. */
const isNothing = (content: ComponentChildren): boolean => content === null || content === '' || content === NOTHING;

export const Cards = <Row,>({ columns, rows, keyOf, nameOf, class: look = '' }: Props<Row>): JSX.Element => (
  <ul class={`cards ${look}`}>
    {rows.map((row) => (
      <li key={keyOf(row)} {...nameOf(row)}>
        <dl>
          {columns.map((column) => (
            <Part key={column.head} column={column} content={column.cell(row)} />
          ))}
        </dl>
      </li>
    ))}
  </ul>
);

interface PartProps<Row> {
  readonly column: Column<Row>;
  readonly content: ComponentChildren;
}

function Part<Row>({ column, content }: PartProps<Row>): JSX.Element | null {
  if (isNothing(content)) return null;
  const { head, hint, card, class: look } = column;
  return (
    <div class={card === 'line' ? card : undefined}>
      <dt class={card === undefined ? undefined : 'only-read'} title={hint}>
        {head}
      </dt>
      <dd class={look}>{content}</dd>
    </div>
  );
}
