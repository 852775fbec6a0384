// What became of each rebalance?
import type { JSX } from 'preact';
import { rowsOf, type RebalanceRow, type Rebalances } from '../../../api.ts';
import { feePpm, short, wholeSats } from '../../format.ts';
import { ChannelPair } from '../../ui/channel-name.tsx';
import { StatusBadge } from '../../ui/classes.tsx';
import { Gain } from '../../ui/gain.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Card, Empty } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

/** Rows before somebody asks for more. */
const FEW = 15;

const COLUMNS: readonly Column<RebalanceRow>[] = [
  { head: 'When (UTC)', class: 'nowrap', card: 'bare', cell: (row) => <Moment time={row.timestamp} /> },
  {
    head: 'From → to',
    class: 'nowrap',
    card: 'bare',
    cell: (row) => <ChannelPair from={row.from_channel} to={row.to_channel} />,
  },
  { head: 'Status', card: 'bare', cell: (row) => <StatusBadge status={row.status} message={row.error_message} /> },
  { head: 'Amount, sats', end: true, cell: (row) => short(row.amount_sats) },
  { head: 'Cost, sats', end: true, cell: (row) => wholeSats(row.fee_sats) },
  {
    head: 'ppm',
    end: true,
    class: 'muted',
    cell: (row) => feePpm(row.fee_sats, row.moved_sats),
  },
  { head: 'At most, sats', end: true, class: 'muted', cell: (row) => wholeSats(row.max_fee_sats) },
  { head: 'Expected, sats', end: true, cell: (row) => <Gain sats={row.expected_profit_sats} /> },
  { head: 'By', class: 'nowrap muted', cell: (row) => (row.driver ?? '–') + (row.by === 'hand' ? ', by hand' : '') },
  {
    head: 'What happened',
    class: 'muted message',
    card: 'line',
    cell: ({ error_message: message }) => message && <span title={message}>{message}</span>,
  },
];

export function History({ reply }: { readonly reply: Rebalances }): JSX.Element {
  const rows = rowsOf<RebalanceRow>(reply.history);
  return (
    <Card
      title="History"
      note={rows.length === 0 ? undefined : 'newest first'}
      tools={
        <a class="link" href="#/decisions?kind=rebalance">
          Search in all
        </a>
      }
      flush
    >
      {rows.length === 0 ? <Empty title="No rebalance yet" icon="rebalances" /> : <RebalanceTable rows={rows} />}
    </Card>
  );
}

export const RebalanceTable = ({ rows }: { readonly rows: readonly RebalanceRow[] }): JSX.Element => (
  <Table
    fits="Table of rebalances"
    columns={COLUMNS}
    rows={rows}
    keyOf={({ id }) => String(id)}
    mark="rebalance"
    few={FEW}
  />
);
