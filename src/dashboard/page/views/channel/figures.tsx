// What is the channel, in a line of figures?
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { count, date, percent, ppm, ratio, sats, share, short, signedSats, words } from '../../format.ts';
import { ClassBadge, FlowBadge } from '../../ui/classes.tsx';
import { Badge, Balance, Figure, toneOf } from '../../ui/parts.tsx';

export type Account = ChannelPage['profitability']['channels_by_class']['profitable'][number];

export function accountOf({ profitability: { channels_by_class: by } }: ChannelPage): Account | null {
  return [...by.profitable, ...by.break_even, ...by.underwater, ...by.zombie][0] ?? null;
}

export function Figures({ page }: { readonly page: ChannelPage }): JSX.Element {
  const { row } = page;
  const account = accountOf(page);
  return (
    <>
      <dl class="figures" aria-label="The channel">
        {row !== null && (
          <Figure
            name="fee_ppm"
            label="Fee"
            value={ppm(row.fee_ppm)}
            unit="ppm"
            note={
              row.bid_price_ppm === null
                ? 'no bid price yet'
                : `bid price ${ppm(row.bid_price_ppm)}, markup ${ppm(row.fee_ppm - row.bid_price_ppm)}`
            }
          />
        )}
        {row !== null && (
          <Figure
            name="local_sats"
            label="Our side"
            value={short(row.local_sats)}
            unit={`of ${short(row.capacity_sats)} sats`}
          >
            <div class="figure-bar">
              <Balance local={row.local_ratio} />
              <span class="note">{share(row.local_ratio)}</span>
            </div>
          </Figure>
        )}
        {account !== null && (
          <>
            <Figure
              name="net_profit_sats"
              label="Net profit"
              value={signedSats(account.net_profit_sats)}
              unit="sats"
              tone={toneOf(account.net_profit_sats)}
              note={`${sats(account.revenue_sats)} earned, ${sats(account.total_cost_sats)} spent`}
            />
            <Figure
              name="carr_pct"
              label="CARR"
              value={percent(account.carr_pct)}
              tone={toneOf(account.carr_pct)}
              note={
                account.carr_pct === null
                  ? `${words(account.carr_reason ?? '')}; on our average balance ${percent(account.return_on_employed_pct)}`
                  : `on our average balance ${percent(account.return_on_employed_pct)}`
              }
              hint="Channel Annualized Rate of Return; for an open channel as if it closed now"
            />
            <Figure
              name="roi_pct"
              label="ROI"
              value={percent(account.roi_pct)}
              tone={toneOf(account.roi_pct)}
              note={`marginal ${percent(account.marginal_roi_pct)}, on capital ${percent(account.return_on_capital_pct)}`}
              hint="Net profit / costs; marginal: what liquidity bought in the last 30 days earned beyond its cost / its cost"
            />
          </>
        )}
      </dl>
      <ul class="tags" aria-label="What it is">
        {account !== null && (
          <li>
            <ClassBadge name={account.class} />
          </li>
        )}
        {row !== null && (
          <li>
            <FlowBadge state={row.state} /> <span class="muted">{ratio(row.flow_ratio)}</span>
          </li>
        )}
        {row !== null && !row.connected && (
          <li>
            <Badge tone="caution" dot>
              not connected
            </Badge>
          </li>
        )}
        {row?.private === true && (
          <li>
            <Badge>private</Badge>
          </li>
        )}
        {!page.open && (
          <li>
            <Badge>closed</Badge>
          </li>
        )}
        {row !== null && row.strategy !== 'dynamic' && (
          <li>
            <Badge tone="accent">policy: {row.strategy}</Badge>
          </li>
        )}
        {account !== null && (
          <li class="muted">
            opened {date(account.opened_at)} by {account.opener === 'local' ? 'us' : 'the peer'},{' '}
            {count(account.forwards)} forwards, {sats(account.sourced_revenue_sats)} sats sourced for others
          </li>
        )}
        {page.peer_id !== null && <li class="mono faint truncate">{page.peer_id}</li>}
      </ul>
    </>
  );
}
