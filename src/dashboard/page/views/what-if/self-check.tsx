// Does the backtest, asked for what was really done, say what really came of it?
import type { JSX } from 'preact';
import { BAR_WIDTH, IntervalBar } from '../../charts/interval-bar.tsx';
import { sats } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import type { Interval, Report } from './report.ts';

interface Row {
  readonly name: string;
  readonly was: number;
  readonly again: Interval;
}

const COLUMNS: readonly Column<Row>[] = [
  { head: 'sats', cell: ({ name }) => name },
  { head: 'Was', end: true, cell: ({ was }) => sats(was) },
  {
    head: 'Played again',
    width: BAR_WIDTH,
    cell: ({ was, again: { low, high, mean } }) => (
      <IntervalBar
        low={low}
        high={high}
        // Each row by itself: rebalances are small beside fees.
        domain={[Math.min(was, low - (high - low) / 4), Math.max(was, high + (high - low) / 4)]}
        middle={mean}
        mark={was}
        label={`${sats(low)} to ${sats(high)}`}
      />
    ),
  },
];

export const SelfCheck = ({ report: { self_check: check, actual } }: { readonly report: Report }): JSX.Element => (
  <Card
    title="Self-check"
    note="what was done, played again"
    tools={
      <Badge tone={check.reproduced ? 'gain' : 'loss'}>{check.reproduced ? 'reproduced' : 'not reproduced'}</Badge>
    }
    flush
  >
    <Table
      columns={COLUMNS}
      rows={[
        { name: 'Fees', was: actual.fees_sats, again: check.fees_sats },
        { name: 'Rebalances', was: actual.rebalance_cost_sats, again: check.rebalance_cost_sats },
        { name: 'Net', was: actual.net_sats, again: check.net_sats },
      ]}
      keyOf={({ name }) => name}
    />
  </Card>
);
