// How is a table of a thousand rows shown without a thousand rows? Only those in sight exist.
import { Component, type ComponentChildren, type JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { narrow } from './narrow.ts';

export type Sortable = number | string | null;

export interface Column<Row> {
  readonly name: string;
  readonly head: string;
  readonly hint?: string;
  /** Pixels at least; what is left is shared among all in proportion. */
  readonly width: number;
  readonly end?: boolean;
  /** Where not all of them fit, those with the lowest stay. */
  readonly rank: number;
  readonly sort: (row: Row) => Sortable;
  readonly cell: (row: Row) => ComponentChildren;
  /** Shown on a phone too. */
  readonly phone?: number;
}

export interface Order {
  readonly by: string;
  readonly down: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly empty: ComponentChildren;
}

/** Pixels of a row; the style takes it from here. Two lines of a name fit, and on a phone the balance below them. */
const rowHeight = (): number => (narrow.value ? 54 : 44);
/** Rows beyond either edge, so that a scroll shows no gap before it is drawn. */
const BEYOND = 8;

/** Nothing comes last, whichever way it is sorted. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { by, down }: Order): Row[] {
  const column = columns.find(({ name }) => name === by);
  if (column === undefined) return [...rows];
  const keys = new Map(rows.map((row) => [row, column.sort(row)]));
  return [...rows].sort((a, b) => {
    const [x, y] = [keys.get(a) ?? null, keys.get(b) ?? null];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const higher = typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y;
    return down ? -higher : higher;
  });
}

interface Place {
  readonly room: number;
  readonly isNarrow: boolean;
}

const widthOf = <Row,>({ width, phone }: Column<Row>, isNarrow: boolean): number =>
  isNarrow ? (phone ?? width) : width;

/** Those that fit: the one that rows are sorted by in any case, then as their rank is; on a phone only those meant for it. */
export function fitting<Row>(columns: readonly Column<Row>[], by: string, { room, isNarrow }: Place): Column<Row>[] {
  const rankOf = ({ name, rank }: Column<Row>): number => (name === by ? 0 : rank);
  let left = room;
  const kept = columns
    .filter(({ name, phone }) => !isNarrow || phone !== undefined || name === by)
    .sort((a, b) => rankOf(a) - rankOf(b))
    .filter((column) => {
      const width = widthOf(column, isNarrow);
      if (rankOf(column) > 0 && width > left) return false;
      left -= width;
      return true;
    });
  return columns.filter((column) => kept.includes(column));
}

export function VirtualTable<Row>({ label, rows, columns, keyOf, order, onOrder, empty }: Props<Row>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ first: 0, last: 40, room: 0 });
  const tall = rowHeight();
  const isNarrow = narrow.value;
  const shown = useMemo(
    () => fitting(columns, order.by, { room: sight.room, isNarrow }),
    [columns, order.by, sight.room, isNarrow],
  );

  const look = (): void => {
    const { current } = box;
    if (current === null) return;
    const first = Math.max(0, Math.floor(current.scrollTop / tall) - BEYOND);
    const last = Math.ceil((current.scrollTop + current.clientHeight) / tall) + BEYOND;
    const room = current.clientWidth;
    if (first !== sight.first || last !== sight.last || room !== sight.room) setSight({ first, last, room });
  };
  useLayoutEffect(look);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);

  /** Up and down go from name to name, also to those that do not exist yet. */
  const onKey = (event: KeyboardEvent): void => {
    const { current } = box;
    const { target } = event;
    if (current === null || !(target instanceof HTMLElement)) return;
    const at = target.closest<HTMLElement>('tr[data-row]')?.dataset['row'];
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -1e9,
      End: 1e9,
    };
    const step = steps[event.key];
    if (at === undefined || step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, Number(at) + step));
    const top = next * tall;
    // The head covers the first row's height of what is in sight.
    if (top < current.scrollTop) current.scrollTop = top;
    else if (top + 2 * tall > current.scrollTop + current.clientHeight)
      current.scrollTop = top + 2 * tall - current.clientHeight;
    look();
    requestAnimationFrame(() =>
      current.querySelector<HTMLElement>(`tr[data-row="${next}"] a`)?.focus({ preventScroll: true }),
    );
  };

  const first = Math.min(sight.first, Math.max(0, rows.length - 1));
  const visible = rows.slice(first, sight.last);
  const above = first * tall;
  const below = Math.max(0, rows.length - first - visible.length) * tall;
  const least = shown.reduce((sum, column) => sum + widthOf(column, isNarrow), 0);
  return (
    <div
      class="grid"
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={look}
      onKeyDown={onKey}
      style={{ '--row': `${tall}px` }}
    >
      <table aria-rowcount={rows.length + 1} style={{ minWidth: `${least}px` }}>
        <colgroup>
          {shown.map((column) => (
            <col key={column.name} style={{ width: `${widthOf(column, isNarrow)}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {shown.map((column) => (
              <Head key={column.name} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} columns={shown.length} />}
          {visible.map((row, i) => (
            <TableRow key={keyOf(row)} row={row} index={first + i} columns={shown} />
          ))}
          {below > 0 && <Space height={below} columns={shown.length} />}
        </tbody>
      </table>
      {rows.length === 0 && empty}
    </div>
  );
}

interface RowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
}

/** Drawn once for as long as it is in sight: a scroll draws only the rows that come. */
class TableRow<Row> extends Component<RowProps<Row>> {
  override shouldComponentUpdate({ row, index, columns }: RowProps<Row>): boolean {
    return row !== this.props.row || index !== this.props.index || columns !== this.props.columns;
  }

  override render({ row, index, columns }: RowProps<Row>): JSX.Element {
    return (
      <tr data-row={index} aria-rowindex={index + 2}>
        {columns.map((column, i) =>
          i === 0 ? (
            <th key={column.name} scope="row">
              {column.cell(row)}
            </th>
          ) : (
            <td key={column.name} class={column.end === true ? 'end' : undefined} data-cell={column.name}>
              {column.cell(row)}
            </td>
          ),
        )}
      </tr>
    );
  }
}

const Space = ({ height, columns }: { readonly height: number; readonly columns: number }): JSX.Element => (
  <tr class="space" aria-hidden="true">
    <td colSpan={columns} style={{ height: `${height}px` }} />
  </tr>
);

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

/** The first click sorts figures from the largest down, words from a on. */
function Head<Row>({ column, order, onOrder }: HeadProps<Row>): JSX.Element {
  const { name, head, hint, end = false } = column;
  const isChosen = order.by === name;
  return (
    <th
      scope="col"
      class={end ? 'end' : undefined}
      aria-sort={isChosen ? (order.down ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        title={hint}
        onClick={() => {
          onOrder({ by: name, down: isChosen ? !order.down : end });
        }}
      >
        {head}
        {isChosen && <Icon name={order.down ? 'down' : 'up'} />}
      </button>
    </th>
  );
}
