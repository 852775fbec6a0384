// Why is it rebalanced, or not, in either direction?
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { capital, ppm, sats, short, signedSats, since } from '../../format.ts';
import { ChannelLink } from '../../ui/channel-name.tsx';
import { Badge, Card, Empty, toneOf } from '../../ui/parts.tsx';
import { Would } from './fee-why.tsx';
import { Steps } from './steps.tsx';

type Explain = NonNullable<ChannelPage['explain']>;
type Verdict = NonNullable<Explain['rebalance']['destination']>;

export function RebalanceWhy({ explain }: { readonly explain: Explain }): JSX.Element {
  const { rebalance, rebalance_note: note, as_of: now } = explain;
  const { destination, source, lots, failures, policy } = rebalance;
  const decided = destination?.decided_at ?? source?.decided_at ?? null;
  return (
    <Card title="Why it is rebalanced or not" note={decided === null ? undefined : `weighed ${since(decided, now)}`}>
      {destination === null && source === null ? (
        <Empty title="Not weighed yet" icon="rebalances">
          {note === null ? undefined : capital(note)}
        </Empty>
      ) : (
        <div class="why-body">
          {destination !== null && <Role title="Filling it" verdict={destination} />}
          {source !== null && <Role title="Draining it" verdict={source} />}
          <dl class="pairs">
            {policy !== 'both' && (
              <>
                <dt>Policy</dt>
                <dd>{policy.replace('_', ' ')}</dd>
              </>
            )}
            {lots.on_hand_sats > 0 && (
              <>
                <dt>Bought and not sold yet</dt>
                <dd>
                  {short(lots.on_hand_sats)} sats at {ppm(lots.cost_ppm)} ppm
                </dd>
              </>
            )}
          </dl>
          {note !== null && <p class="note">{capital(note)}</p>}
          {failures.length > 0 && (
            <details>
              <summary>Failed lately: {failures.length}</summary>
              <ul class="list">
                {failures.map((failure) => (
                  <li key={failure.text}>
                    {failure.partner !== null && <ChannelLink channel={failure.partner} />}{' '}
                    <span class="muted">{capital(failure.text)}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
    </Card>
  );
}

function Role({ title, verdict }: { readonly title: string; readonly verdict: Verdict }): JSX.Element {
  const best = verdict.pairs[0];
  return (
    <section class="role" aria-label={title}>
      <p class="verdict">
        <Badge tone={verdict.reason === 'approved' ? 'gain' : 'plain'}>{verdict.reason}</Badge>
        <strong>
          {title}: <span class="regular">{verdict.sentence}.</span>
        </strong>
      </p>
      {verdict.shortfall !== null && <p class="muted">{capital(verdict.shortfall.text)}</p>}
      {best?.evaluation != null && (
        <dl class="pairs">
          <dt>Best partner</dt>
          <dd>
            <ChannelLink channel={best.partner} /> <span class="faint">{best.reason}</span>
          </dd>
          <dt title="value there, less what is given up, less the way">
            Spread of {short(best.evaluation.amount_sats)} sats
          </dt>
          <dd>
            {ppm(best.evaluation.value_ppm)} − {ppm(best.evaluation.opportunity_ppm)} −{' '}
            {ppm(best.evaluation.inbound_ppm)} ={' '}
            <b class={`tone-${toneOf(best.evaluation.spread_ppm)}`}>{ppm(best.evaluation.spread_ppm)} ppm</b>
          </dd>
          <dt>Expected profit</dt>
          <dd class={`tone-${toneOf(best.evaluation.expected_profit_sats)}`}>
            {signedSats(best.evaluation.expected_profit_sats)}{' '}
            <span class="faint">for {sats(best.evaluation.expected_fee_sats)} sats</span>
          </dd>
        </dl>
      )}
      <Would sentences={best?.would_change ?? verdict.would_change} />
      <Steps steps={[...verdict.steps, ...(best?.steps ?? [])]} />
    </section>
  );
}
