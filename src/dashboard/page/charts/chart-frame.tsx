// What is around every chart: its legend, and the same figures as a table for those who cannot see it, or want them exactly?
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Table } from '../ui/table.tsx';
import type { Colour } from './colours.ts';

export interface LegendEntry {
  readonly label: string;
  readonly colour: Colour;
  readonly line?: boolean;
}

export interface ChartTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Props {
  /** The chart in a sentence. */
  readonly label: string;
  readonly legend: readonly LegendEntry[];
  readonly table: () => ChartTable;
  /** Pixels: the table takes no more than the chart. */
  readonly height: number;
  readonly children: ComponentChildren;
}

export function ChartFrame({ label, legend, table, height, children }: Props): JSX.Element {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure>
      <figcaption class="chart-head">
        <span class="only-read">{label}</span>
        <div class="legend" aria-hidden="true">
          {legend.map((entry) => (
            <span key={entry.label}>
              <i class={entry.line === true ? 'line' : ''} style={{ background: `var(--${entry.colour})` }} />
              {entry.label}
            </span>
          ))}
        </div>
        <button
          type="button"
          class="quiet"
          aria-pressed={asTable}
          onClick={() => {
            setAsTable(!asTable);
          }}
        >
          {asTable ? 'Chart' : 'Table'}
          <span class="only-read">{asTable ? `: ${label}` : ` of: ${label}`}</span>
        </button>
      </figcaption>
      {asTable ? <Figures label={label} {...table()} height={height} /> : children}
    </figure>
  );
}

const Figures = ({
  label,
  heads,
  rows,
  height,
}: ChartTable & { readonly label: string; readonly height: number }): JSX.Element => (
  <div class="chart-table" role="region" aria-label={label} tabIndex={0} style={{ maxHeight: `${height}px` }}>
    <Table
      columns={heads.map((head, i) => ({ head, end: i > 0, cell: (cells: readonly string[]) => cells[i] }))}
      rows={rows}
      keyOf={([first = '']) => first}
    />
  </div>
);
