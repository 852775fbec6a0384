// Why does the channel have this fee, and what would change it?
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { capital, moment, ppm, since } from '../../format.ts';
import { Badge, Card, Empty } from '../../ui/parts.tsx';
import { ChannelLink } from '../../ui/channel-name.tsx';
import { Steps } from './steps.tsx';

type Explain = NonNullable<ChannelPage['explain']>;
type Policy = NonNullable<Explain['policy']>;

export function FeeWhy({ explain }: { readonly explain: Explain }): JSX.Element {
  const { fee, as_of: now, policy, hold } = explain;
  return (
    <Card title="Why this fee" note={fee === null ? undefined : `decided ${since(fee.decided_at, now)}`}>
      {fee === null ? (
        <Empty title="Not decided yet" icon="fee">
          {explain.fee_note === null ? undefined : capital(explain.fee_note)}
        </Empty>
      ) : (
        <div class="why-body">
          <p class="verdict">
            <Badge tone={fee.decision === 'set' ? 'accent' : 'plain'}>{fee.outcome}</Badge>
            <strong>{capital(fee.sentence)}.</strong>
          </p>
          <dl class="pairs">
            <dt>Fee now</dt>
            <dd>{ppm(explain.fee_ppm)} ppm</dd>
            {fee.wanted_ppm !== null && (
              <>
                <dt>The arithmetic wanted</dt>
                <dd>{ppm(fee.wanted_ppm)} ppm</dd>
              </>
            )}
            {fee.bid_price !== null && (
              <>
                <dt>Bid price</dt>
                <dd title="How the balance has kept, and the present balance">
                  {ppm(fee.bid_price.price_ppm)} ppm{' '}
                  <span class="faint">
                    = {ppm(fee.bid_price.slow_ppm)} slow + {ppm(fee.bid_price.level_ppm)} level
                  </span>
                </dd>
              </>
            )}
            <dt>Last word</dt>
            <dd>
              <code>{fee.decided_by.term}</code>
            </dd>
            {hold !== null && (
              <>
                <dt>Held</dt>
                <dd>until {moment(hold.until)} UTC</dd>
              </>
            )}
            {policy !== null && (
              <>
                <dt>Policy</dt>
                <dd>{policyText(policy)}</dd>
              </>
            )}
            {explain.priced_with.length > 0 && (
              <>
                <dt>Priced as one with</dt>
                <dd>
                  {explain.priced_with.map((name) => (
                    <span key={name}>
                      <ChannelLink channel={name} />{' '}
                    </span>
                  ))}
                </dd>
              </>
            )}
          </dl>
          <Would sentences={fee.would_change} />
          {fee.rejected.length > 0 && (
            <details>
              <summary>Rejected: {fee.rejected.length === 1 ? 'one fee' : `${fee.rejected.length} fees`}</summary>
              <ul class="list">
                {fee.rejected.map(({ fee_ppm: rejected, because }) => (
                  <li key={`${rejected} ${because}`}>
                    <b>{ppm(rejected)} ppm</b> <span class="muted">{because}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
          <Steps steps={fee.steps} />
        </div>
      )}
    </Card>
  );
}

const policyText = ({ strategy, fee_ppm: fee, min_ppm: min, max_ppm: max, expires_at: end }: Policy): string =>
  [
    fee === null ? strategy : `${strategy} at ${ppm(fee)} ppm`,
    ...(min === null && max === null ? [] : [boundsText(min, max)]),
    ...(end === null ? [] : [`until ${moment(end)} UTC`]),
  ].join(', ');

function boundsText(min: number | null, max: number | null): string {
  if (min === null) return `at most ${ppm(max)} ppm`;
  return max === null ? `at least ${ppm(min)} ppm` : `from ${ppm(min)} to ${ppm(max)} ppm`;
}

export const Would = ({ sentences }: { readonly sentences: readonly string[] }): JSX.Element | null =>
  sentences.length === 0 ? null : (
    <div class="would">
      <h3>What would change it</h3>
      <ul class="list">
        {sentences.map((sentence) => (
          <li key={sentence}>{capital(sentence)}</li>
        ))}
      </ul>
    </div>
  );
