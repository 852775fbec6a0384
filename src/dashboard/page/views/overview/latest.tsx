// What was done last, and why?
import type { JSX } from 'preact';
import { rowsOf, type Overview, type RebalanceRow } from '../../../api.ts';
import { exactly, feePpm, sats, short, signedSats, since, wholeSats } from '../../format.ts';
import { feeSentence } from '../../reasons.ts';
import { ChannelLink, ChannelPair } from '../../ui/channel-name.tsx';
import { StatusBadge } from '../../ui/classes.tsx';
import { FeeStep } from '../../ui/fee-step.tsx';
import { Card, Empty } from '../../ui/parts.tsx';

type Change = Overview['status']['recent_fee_changes'][number];

/** As many as stand beside budget and loops. */
const MOST = 9;

export function Latest({ reply }: { readonly reply: Overview }): JSX.Element {
  const all = [
    ...reply.status.recent_fee_changes.map((change) => ({ time: change.timestamp, change, rebalance: null })),
    ...rowsOf<RebalanceRow>(reply.rebalances).map((rebalance) => ({
      time: rebalance.timestamp,
      change: null,
      rebalance,
    })),
  ]
    .sort((a, b) => b.time - a.time)
    .slice(0, MOST);
  return (
    <Card
      title="Done last, and why"
      tools={
        <a class="link" href="#/decisions">
          All decisions
        </a>
      }
      flush
    >
      {all.length === 0 ? (
        <Empty title="Nothing yet" icon="decisions">
          The first fee is set once there is evidence for it, the first rebalance once one pays. Why a channel waits
          stands on its page.
        </Empty>
      ) : (
        <ol class="events">
          {all.map(({ time, change, rebalance }, i) => (
            <li key={`${time} ${i}`}>
              {change === null ? <RebalanceEvent rebalance={rebalance} /> : <FeeEvent change={change} />}
              <time title={exactly(time)}>{since(time, reply.as_of)}</time>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

const FeeEvent = ({ change }: { readonly change: Change }): JSX.Element => (
  <div>
    <p>
      <ChannelLink channel={change.channel_id} /> <FeeStep from={change.old_fee_ppm} to={change.new_fee_ppm} />
      <span class="faint"> ppm</span>
    </p>
    <p class="muted">{feeSentence(change.reason)}</p>
  </div>
);

const RebalanceEvent = ({ rebalance }: { readonly rebalance: RebalanceRow }): JSX.Element => (
  <div>
    <p>
      <ChannelPair from={rebalance.from_channel} to={rebalance.to_channel} /> <b>{short(rebalance.amount_sats)}</b>
      <span class="faint"> sats </span>
      <StatusBadge status={rebalance.status} message={rebalance.error_message} />
    </p>
    <p class="muted">{outcomeOf(rebalance)}</p>
  </div>
);

function outcomeOf({
  status,
  fee_sats: fee,
  moved_sats: moved,
  expected_profit_sats: expected,
  max_fee_sats: most,
  error_message: message,
}: RebalanceRow): string {
  if (status === 'success' && fee !== null)
    return `Cost ${wholeSats(fee)} sats (${feePpm(fee, moved)} ppm), worth ${signedSats(expected)} more than that when it was decided`;
  if (message !== null) return message;
  return `At most ${sats(most)} sats, expected to bring ${signedSats(expected)}`;
}
