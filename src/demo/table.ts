// Which columns has the table of channels, in a terminal of that width?
import type { ChannelFigures } from './figures.ts';
import { bar, count, type Paint } from '../app/text/paint.ts';

/** Columns of a terminal that has room for everything. */
export const WIDE = 140;
const BAR_CELLS = { narrow: 8, wide: 10 } as const;
const NAME_CELLS = 8;
const GAP = '  ';

interface Column {
  readonly title: string;
  readonly cells: number;
  readonly right?: true;
  /** Only in wide terminals. */
  readonly wide?: true;
  /** The text, and how it is painted once it has its width. */
  readonly cell: (channel: ChannelFigures) => readonly [text: string, paint?: (text: string) => string];
}

/** Head, and a line for each channel. @param windowDays of the amounts in and out; null: all there were */
export function channelTable(
  channels: readonly ChannelFigures[],
  windowDays: number | null,
  paint: Paint,
  width: number,
): string[] {
  const columns = columnsOf(windowDays, paint, width >= WIDE);
  const line = (cells: readonly (readonly [string, ((text: string) => string)?])[]): string =>
    cells
      .map(([text, coloured], i) => {
        const { cells: room = 0, right = false } = columns[i] ?? {};
        // Paint would hide the spaces at the end of a line.
        const padded = right ? text.padStart(room) : i === columns.length - 1 ? text : text.padEnd(room);
        return coloured ? coloured(padded) : padded;
      })
      .join(GAP);
  return [
    paint.dim(line(columns.map(({ title }) => [title]))),
    ...channels.map((channel) => line(columns.map(({ cell }) => cell(channel)))),
  ];
}

function columnsOf(windowDays: number | null, paint: Paint, wide: boolean): Column[] {
  const bars = wide ? BAR_CELLS.wide : BAR_CELLS.narrow;
  const classes = {
    source: ['▲ source', paint.yellow],
    sink: ['▼ sink', paint.blue],
    balanced: ['● balanced', paint.green],
  } as const;
  const all: Column[] = [
    { title: 'channel', cells: 9, cell: ({ channel_id }) => [channel_id] },
    { title: 'peer', cells: NAME_CELLS, wide: true, cell: ({ alias }) => [(alias ?? '-').slice(0, NAME_CELLS)] },
    { title: 'capacity', cells: 10, right: true, wide: true, cell: ({ capacity_sats }) => [count(capacity_sats)] },
    {
      title: 'our balance',
      cells: bars + 5,
      cell: ({ local_ratio }) => [
        `${plainBar(local_ratio, bars)} ${`${Math.round(local_ratio * 100)}%`.padStart(4)}`,
        (text) => paint.blue(text.slice(0, bars)) + text.slice(bars),
      ],
    },
    {
      title: windowDays === null ? 'sats in' : `in ${windowDays} d`,
      cells: 11,
      right: true,
      wide: true,
      cell: ({ sats_in }) => [count(sats_in)],
    },
    {
      title: windowDays === null ? 'sats out' : `out ${windowDays} d`,
      cells: 11,
      right: true,
      wide: true,
      cell: ({ sats_out }) => [count(sats_out)],
    },
    {
      title: 'fee ppm',
      cells: 7,
      right: true,
      cell: ({ fee_ppm }) => [fee_ppm === null ? '-' : count(fee_ppm), paint.bold],
    },
    { title: 'found', cells: 5, right: true, cell: ({ found_ppm, fee_ppm }) => [String(found_ppm ?? fee_ppm ?? '-')] },
    { title: 'change', cells: 7, right: true, cell: (channel) => [changeOf(channel)] },
    { title: 'times', cells: 5, right: true, cell: ({ changes }) => [count(changes)] },
    {
      title: 'earned',
      cells: 7,
      right: true,
      cell: ({ profit }) => [profit === null ? '-' : count(profit.revenue_sats)],
    },
    { title: 'class', cells: 10, cell: ({ state }) => classes[state] },
    { title: 'return', cells: 10, wide: true, cell: ({ profit }) => [profit?.class ?? '-'] },
  ];
  return all.filter((column) => wide || column.wide !== true);
}

function plainBar(share: number, cells: number): string {
  const { full, empty } = bar(share, cells);
  return full + empty;
}

/** Of the fee since the plugin found it. */
function changeOf({ found_ppm, fee_ppm }: ChannelFigures): string {
  if (found_ppm === null || fee_ppm === null) return '-';
  if (found_ppm === 0) return 'new';
  const percent = Math.round((fee_ppm / found_ppm - 1) * 100);
  return `${percent < 0 ? '−' : '+'}${count(Math.abs(percent))}%`;
}
