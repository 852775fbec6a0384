// What became of each rebalance?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { rowsOf, type RebalanceRow, type Rebalances } from '../../../api.ts';
import { ago, exactly, moment, ppm, short, signedWhole, wholeSats } from '../../format.ts';
import { ChannelLink } from '../../ui/channel-name.tsx';
import { StatusBadge } from '../../ui/classes.tsx';
import { Card, Empty, toneOf } from '../../ui/parts.tsx';

/** Rows before somebody asks for more. */
const FEW = 15;

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
      {rows.length === 0 ? (
        <Empty title="No rebalance yet" icon="rebalances" />
      ) : (
        <RebalanceTable rows={rows} now={reply.as_of} />
      )}
    </Card>
  );
}

export function RebalanceTable({
  rows,
  now,
}: {
  readonly rows: readonly RebalanceRow[];
  readonly now: number;
}): JSX.Element {
  const [all, setAll] = useState(false);
  return (
    <>
      <div class="scroll" role="region" aria-label="Table of rebalances" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">When (UTC)</th>
              <th scope="col">From → to</th>
              <th scope="col">Status</th>
              <th scope="col" class="end">
                Amount
              </th>
              <th scope="col" class="end">
                Cost
              </th>
              <th scope="col" class="end">
                ppm
              </th>
              <th scope="col" class="end">
                At most
              </th>
              <th scope="col" class="end">
                Expected
              </th>
              <th scope="col">By</th>
              <th scope="col">What happened</th>
            </tr>
          </thead>
          <tbody>
            {(all ? rows : rows.slice(0, FEW)).map((row) => (
              <tr key={row.id} data-rebalance={row.id}>
                <th scope="row" class="nowrap" title={`${exactly(row.timestamp)}, ${ago(row.timestamp, now)}`}>
                  {moment(row.timestamp)}
                </th>
                <td class="nowrap">
                  <ChannelLink channel={row.from_channel} /> <span class="faint">→</span>{' '}
                  <ChannelLink channel={row.to_channel} />
                </td>
                <td>
                  <StatusBadge status={row.status} message={row.error_message} />
                </td>
                <td class="end">{short(row.amount_sats)}</td>
                <td class="end">{wholeSats(row.actual_fee_sats)}</td>
                <td class="end muted">
                  {row.status === 'success' && row.actual_fee_sats !== null
                    ? ppm((row.actual_fee_sats * 1e6) / row.amount_sats)
                    : '–'}
                </td>
                <td class="end muted">{wholeSats(row.max_fee_sats)}</td>
                <td class={`end tone-${toneOf(row.expected_profit_sats)}`}>{signedWhole(row.expected_profit_sats)}</td>
                <td class="nowrap muted">
                  {row.driver ?? '–'}
                  {row.by === 'hand' ? ', by hand' : ''}
                </td>
                <td class="muted message" title={row.error_message ?? undefined}>
                  {row.error_message ?? ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > FEW && (
        <div class="more">
          <button
            type="button"
            class="quiet"
            onClick={() => {
              setAll(!all);
            }}
          >
            {all ? 'Show fewer' : `Show all ${rows.length}`}
          </button>
        </div>
      )}
    </>
  );
}
