// How did our side of the channel go?
import type { JSX } from 'preact';
import { rowsOf, type ChannelPage } from '../../../api.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { sats, short, signedSats } from '../../format.ts';
import { Card, Empty } from '../../ui/parts.tsx';

export function BalanceOverTime({ page }: { readonly page: ChannelPage }): JSX.Element {
  const { capacity_sats: capacity, points, unexplained_sats: unexplained } = page.balance;
  const rows = rowsOf<{ readonly time: number; readonly balance_sats: number }>(points);
  const full = rows.map(() => capacity);
  return (
    <Card title="Balance" note={capacity === null ? undefined : `of ${short(capacity)} sats`}>
      {rows.length < 2 ? (
        <Empty title="No movement known yet" icon="channels" />
      ) : (
        <>
          <TimeChart
            label="Our balance in the channel over time, in sats"
            height={unexplained === null || unexplained === 0 ? 250 : 228}
            times={rows.map(({ time }) => time)}
            series={[
              {
                label: 'Our side',
                colour: 'accent-fill',
                kind: 'area',
                text: sats,
                values: rows.map((row) => row.balance_sats),
              },
              ...(capacity === null
                ? []
                : [{ label: 'Capacity', colour: 'ink-3' as const, kind: 'line' as const, text: sats, values: full }]),
            ]}
          />
          {unexplained !== null && unexplained !== 0 && (
            <p class="note">
              {signedSats(unexplained)} sats are not explained by what has ended of forwards and rebalances: some of
              this very moment, payments and invoices of your own, or a part of the opening that the node’s books do not
              tell of
            </p>
          )}
        </>
      )}
    </Card>
  );
}
