// Which channels would have earned more, and how well is their demand known?
import type { JSX } from 'preact';
import { BAR_WIDTH, domainOf, IntervalBar, type Domain } from '../../charts/interval-bar.tsx';
import { sats, signedSats } from '../../format.ts';
import { ChannelLink } from '../../ui/channel-name.tsx';
import { toneOf } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { between, type Report } from './report.ts';

type Row = Report['channels'][number];

const TOLD: Readonly<Record<string, string>> = { 'one-fee': 'one fee only', 'too-little': 'too little' };

const columnsOf = (domain: Domain): readonly Column<Row>[] => [
  { head: 'Channel', cell: ({ channel }) => <ChannelLink channel={channel} /> },
  { head: 'As it was', end: true, cell: (row) => sats(row.actual_net_sats) },
  { head: 'Otherwise', end: true, cell: (row) => sats(row.other_net_sats.mean) },
  {
    head: 'Difference',
    end: true,
    cell: ({ difference_sats: { low, high, mean } }) => (
      <span class={`tone-${low > 0 || high < 0 ? toneOf(mean) : 'plain'}`}>{signedSats(mean)}</span>
    ),
  },
  {
    head: '95 % interval',
    width: BAR_WIDTH,
    cell: ({ difference_sats: difference }) => (
      <IntervalBar
        low={difference.low}
        high={difference.high}
        middle={difference.mean}
        domain={domain}
        mark={0}
        label={between(difference)}
      />
    ),
  },
  {
    head: 'Its demand is',
    class: 'muted',
    cell: ({ price_told: told }) => (told === 'enough' ? 'seen' : `assumed: ${TOLD[told] ?? told}`),
  },
];

export function ByChannel({ report: { channels } }: { readonly report: Report }): JSX.Element {
  const domain = domainOf(channels.flatMap(({ difference_sats: { low, high } }) => [low, high]));
  return (
    <Table
      label="Channels of the backtest"
      height="long"
      columns={columnsOf(domain)}
      rows={channels}
      keyOf={({ channel }) => channel}
    />
  );
}
