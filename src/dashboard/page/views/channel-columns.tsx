// Which columns has the table of channels?
import type { JSX } from 'preact';
import type { ChannelRow } from '../../api.ts';
import { NOTHING, percent, ppm, ratio, share, short, signedWhole, wholeSats } from '../format.ts';
import { ChannelName } from '../ui/channel-name.tsx';
import { ClassBadge, FlowBadge } from '../ui/classes.tsx';
import { Icon } from '../ui/icons.tsx';
import { narrow } from '../ui/narrow.ts';
import { Balance, toneOf } from '../ui/parts.tsx';
import type { Column } from '../ui/virtual-table.tsx';

/** Nothing is told quietly, so that the eye finds what is something. */
const amount = (value: number | null): JSX.Element => (
  <span class={value === 0 || value === null ? 'zero' : undefined}>{wholeSats(value)}</span>
);
const rate = (value: number | null): JSX.Element => (
  <span class={value === null ? 'zero' : `tone-${toneOf(value)}`}>{percent(value)}</span>
);

function Name({ row }: { readonly row: ChannelRow }): JSX.Element {
  return (
    <span class="channel-cell">
      <ChannelName channel={row.channel_id} alias={row.alias} peer={row.peer_id} />
      {narrow.value && <Balance local={row.local_ratio} />}
      {!row.connected && (
        <span class="mark tone-caution" title="The peer is not connected">
          <span class="dot" />
          <span class="only-read">not connected</span>
        </span>
      )}
      {row.hold_until !== null && (
        <span class="mark faint" title="The fee is held by hand">
          <Icon name="hold" />
          <span class="only-read">fee held</span>
        </span>
      )}
    </span>
  );
}

/** Together as wide as a window of 1280 pixels leaves beside the menu and a scroll bar: 1027. */
export const COLUMNS: readonly Column<ChannelRow>[] = [
  {
    name: 'channel',
    head: 'Channel',
    width: 132,
    phone: 150,
    rank: 0,
    sort: (row) => (row.alias ?? row.channel_id).toLowerCase(),
    cell: (row) => <Name row={row} />,
  },
  {
    name: 'balance',
    head: 'Balance',
    hint: 'Our share of the capacity',
    width: 100,
    rank: 3,
    sort: (row) => row.local_ratio,
    cell: (row) => (
      <span class="balance-cell">
        <Balance local={row.local_ratio} />
        <small>
          <span>{share(row.local_ratio)}</span>
          <span class="faint">{short(row.capacity_sats)}</span>
        </small>
      </span>
    ),
  },
  {
    name: 'flow',
    head: 'Flow',
    hint: '(out − in) / capacity within the window; above 0.5 it drains, below −0.5 it fills',
    width: 122,
    end: true,
    rank: 4,
    sort: (row) => row.flow_ratio,
    cell: (row) => (
      <span class="flow-cell">
        <FlowBadge state={row.state} />
        {ratio(row.flow_ratio)}
      </span>
    ),
  },
  {
    name: 'fee',
    head: 'Fee',
    hint: 'ppm',
    width: 50,
    phone: 54,
    end: true,
    rank: 2,
    sort: (row) => row.fee_ppm,
    cell: (row) => <b class="fee">{ppm(row.fee_ppm)}</b>,
  },
  {
    name: 'bid',
    head: 'Bid',
    hint: 'Bid price, ppm: what one more sat on our side is worth',
    width: 56,
    end: true,
    rank: 7,
    sort: (row) => row.bid_price_ppm,
    cell: (row) => <span class={row.bid_price_ppm === null ? 'zero' : undefined}>{ppm(row.bid_price_ppm)}</span>,
  },
  {
    name: 'revenue',
    head: 'Revenue',
    hint: 'Fees of forwards that left by it, sats',
    width: 70,
    end: true,
    rank: 5,
    sort: (row) => row.revenue_sats,
    cell: (row) => amount(row.revenue_sats),
  },
  {
    name: 'sourced',
    head: 'Sourced',
    hint: 'Fees that what came in by it earned elsewhere, sats; never added to revenue',
    width: 68,
    end: true,
    rank: 10,
    sort: (row) => row.sourced_revenue_sats,
    cell: (row) => amount(row.sourced_revenue_sats),
  },
  {
    name: 'costs',
    head: 'Costs',
    hint: 'Opening, closing, splices, leases and rebalances, sats',
    width: 58,
    end: true,
    rank: 6,
    sort: (row) => row.total_cost_sats,
    cell: (row) => amount(row.total_cost_sats),
  },
  {
    name: 'net',
    head: 'Net profit',
    hint: 'Revenue less costs, sats',
    width: 80,
    phone: 88,
    end: true,
    rank: 1,
    sort: (row) => row.net_profit_sats,
    cell: (row) => <span class={`tone-${toneOf(row.net_profit_sats)}`}>{signedWhole(row.net_profit_sats)}</span>,
  },
  {
    name: 'roi',
    head: 'ROI',
    hint: 'Net profit / costs',
    width: 66,
    end: true,
    rank: 9,
    sort: (row) => row.roi_pct,
    cell: (row) => rate(row.roi_pct),
  },
  {
    name: 'marginal',
    head: 'Marg. ROI',
    hint: 'What liquidity bought in the last 30 days earned beyond its cost / its cost',
    width: 72,
    end: true,
    rank: 12,
    sort: (row) => row.marginal_roi_pct,
    cell: (row) => rate(row.marginal_roi_pct),
  },
  {
    name: 'carr',
    head: 'CARR',
    hint: 'Channel Annualized Rate of Return',
    width: 64,
    end: true,
    rank: 11,
    sort: (row) => row.carr_pct,
    cell: (row) => rate(row.carr_pct),
  },
  {
    name: 'class',
    head: 'Class',
    width: 88,
    rank: 8,
    sort: (row) => row.class,
    cell: (row) => (row.class === null ? <span class="zero">{NOTHING}</span> : <ClassBadge name={row.class} />),
  },
];
