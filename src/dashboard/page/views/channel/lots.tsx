// What liquidity was bought for the channel, what did it cost, and has it sold?
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { feePpm, share, short, wholeSats } from '../../format.ts';
import { Gain } from '../../ui/gain.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Card, Empty, Meter } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Lot = ChannelPage['profitability']['lots'][number];

/** The newest; older ones are sold, or nearly. */
const MOST = 20;

const COLUMNS: readonly Column<Lot>[] = [
  { head: 'Bought', class: 'nowrap muted', cell: (lot) => <Moment time={lot.time} /> },
  { head: 'Amount', end: true, cell: (lot) => short(lot.amount_sats) },
  { head: 'Cost', end: true, cell: (lot) => wholeSats(lot.cost_sats) },
  { head: 'ppm', end: true, class: 'muted', cell: (lot) => feePpm(lot.cost_sats, lot.amount_sats) },
  { head: 'Sold', cell: (lot) => <Sold lot={lot} /> },
  { head: 'Gain', end: true, cell: (lot) => <Gain sats={lot.realised_profit_sats} /> },
];

export const Lots = ({ lots }: { readonly lots: readonly Lot[] }): JSX.Element => (
  <Card title="Bought liquidity" note="first in, first out" flush>
    {lots.length === 0 ? (
      <Empty title="None" icon="rebalances">
        Each rebalance into this channel makes a lot here.
      </Empty>
    ) : (
      <Table
        label="Lots"
        height="tall"
        columns={COLUMNS}
        rows={[...lots].reverse().slice(0, MOST)}
        keyOf={(lot) => `${lot.payment_hash} ${lot.time}`}
      />
    )}
  </Card>
);

function Sold({ lot }: { readonly lot: Lot }): JSX.Element {
  const sold = lot.amount_sats === 0 ? 0 : lot.sold_sats / lot.amount_sats;
  const lost = lot.amount_sats === 0 ? 0 : lot.lost_sats / lot.amount_sats;
  return (
    <span class="balance-cell">
      <Meter
        label={`${share(sold)} sold`}
        parts={[
          { label: 'sold', share: sold, tone: 'gain' },
          { label: 'lost', share: lost, tone: 'loss' },
        ]}
      />
      <small class="muted">{share(sold)}</small>
    </span>
  );
}
