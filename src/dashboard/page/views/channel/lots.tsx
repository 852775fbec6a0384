// What liquidity was bought for the channel, what did it cost, and has it sold?
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { exactly, moment, ppm, share, short, signedWhole, wholeSats } from '../../format.ts';
import { Card, Empty, Meter, toneOf } from '../../ui/parts.tsx';

type Lot = ChannelPage['profitability']['lots'][number];

/** The newest; older ones are sold, or nearly. */
const MOST = 20;

export function Lots({ lots }: { readonly lots: readonly Lot[] }): JSX.Element {
  const newest = [...lots].reverse().slice(0, MOST);
  return (
    <Card title="Bought liquidity" note="first in, first out" flush>
      {lots.length === 0 ? (
        <Empty title="None" icon="rebalances">
          Each rebalance into this channel makes a lot here.
        </Empty>
      ) : (
        <div class="scroll tall" role="region" aria-label="Lots" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Bought</th>
                <th scope="col" class="end">
                  Amount
                </th>
                <th scope="col" class="end">
                  Cost
                </th>
                <th scope="col" class="end">
                  ppm
                </th>
                <th scope="col">Sold</th>
                <th scope="col" class="end">
                  Gain
                </th>
              </tr>
            </thead>
            <tbody>
              {newest.map((lot) => (
                <tr key={`${lot.payment_hash} ${lot.time}`}>
                  <th scope="row" class="nowrap muted" title={exactly(lot.time)}>
                    {moment(lot.time)}
                  </th>
                  <td class="end">{short(lot.amount_sats)}</td>
                  <td class="end">{wholeSats(lot.cost_sats)}</td>
                  <td class="end muted">
                    {lot.amount_sats === 0 ? '–' : ppm((lot.cost_sats * 1e6) / lot.amount_sats)}
                  </td>
                  <td>
                    <Sold lot={lot} />
                  </td>
                  <td class={`end tone-${toneOf(lot.realised_profit_sats)}`}>
                    {signedWhole(lot.realised_profit_sats)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

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
