// How is a list shown as a table? All its rows exist; of a thousand, virtual-table.tsx shows those in sight.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { count } from '../format.ts';
import { Cards } from './cards.tsx';
import { Fitting } from './fitting.tsx';

export interface Column<Row> {
  readonly head: string;
  readonly hint?: string;
  /** Figures end at the same place. */
  readonly end?: boolean;
  /** Of each cell, not of the head. */
  readonly class?: string;
  /** In CSS; without it what it needs. */
  readonly width?: string;
  /** In a card its head is only read aloud, and as a `line` it stands alone. */
  readonly card?: 'bare' | 'line';
  /** The first column's names the row. */
  readonly cell: (row: Row) => ComponentChildren;
}

interface BoxProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly class?: string | undefined;
  /** Without one it is as large as it is; with one it scrolls under this name where its place is smaller. */
  readonly label?: string | undefined;
  /** The most of its height that is in sight. */
  readonly height?: 'tall' | 'long' | undefined;
}

interface TableProps<Row> extends BoxProps<Row> {
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The attribute `data-…` with which a row bears its key: for tests and for those who read the page by program. */
  readonly mark?: string;
  /** Rows before somebody asks for all; without it all are there. */
  readonly few?: number;
  /** Its rows become cards where it would be wider than its place, which has this name. */
  readonly fits?: string;
}

export function Table<Row>({ rows, keyOf, mark, few = Infinity, fits, ...box }: TableProps<Row>): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, few);
  const nameOf = (row: Row): Readonly<Record<string, string>> =>
    mark === undefined ? {} : { [`data-${mark}`]: keyOf(row) };
  const table = (
    <TableBox {...box}>
      {shown.map((row) => (
        <TableRow key={keyOf(row)} row={row} columns={box.columns} name={nameOf(row)} />
      ))}
    </TableBox>
  );
  return (
    <>
      {fits === undefined ? (
        table
      ) : (
        <Fitting
          label={fits}
          otherwise={<Cards columns={box.columns} rows={shown} keyOf={keyOf} nameOf={nameOf} class={box.class} />}
        >
          {table}
        </Fitting>
      )}
      {rows.length > few && (
        <div class="more">
          <button
            type="button"
            class="quiet"
            onClick={() => {
              setAll(!all);
            }}
          >
            {all ? 'Show fewer' : `Show all ${count(rows.length)}`}
          </button>
        </div>
      )}
    </>
  );
}

/** The head, and whatever rows are put into it. */
export function TableBox<Row>({
  columns,
  class: look,
  label,
  height,
  children,
}: BoxProps<Row> & { readonly children: ComponentChildren }): JSX.Element {
  const table = (
    <table class={look}>
      <colgroup>
        {columns.map(({ head, width }) => (
          <col key={head} style={width === undefined ? {} : { width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ head, hint, end = false }) => (
            <th key={head} scope="col" class={end ? 'end' : undefined} title={hint}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
  if (label === undefined) return table;
  return (
    <div class={`scroll ${height ?? ''}`} role="region" aria-label={label} tabIndex={0}>
      {table}
    </div>
  );
}

interface RowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly name?: Readonly<Record<string, string>>;
}

export const TableRow = <Row,>({ row, columns, name }: RowProps<Row>): JSX.Element => (
  <tr {...name}>
    {columns.map(({ head, end = false, class: look = '', cell }, i) =>
      i === 0 ? (
        <th key={head} scope="row" class={look}>
          {cell(row)}
        </th>
      ) : (
        <td key={head} class={end ? `end ${look}` : look}>
          {cell(row)}
        </td>
      ),
    )}
  </tr>
);
