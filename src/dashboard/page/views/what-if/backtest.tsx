// What would the other configuration have earned, and may that be believed?
import type { JSX } from 'preact';
import { capital, count, date, exactly, moment, percent, sats, signedSats } from '../../format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Card, Figure, toneOf } from '../../ui/parts.tsx';
import { ByChannel } from './by-channel.tsx';
import { between, type Report } from './report.ts';
import { SelfCheck } from './self-check.tsx';

const ANSWERS: Readonly<Record<Report['answer'], string>> = {
  more: 'The other configuration would have earned more',
  less: 'The other configuration would have earned less',
  'cannot-tell': 'The data cannot tell which would have earned more',
};
const TONES: Readonly<Record<Report['answer'], string>> = { more: 'gain', less: 'loss', 'cannot-tell': 'plain' };

export function Backtest({ ranAt, report }: { readonly ranAt: number; readonly report: Report }): JSX.Element {
  const { actual, other, difference } = report;
  return (
    <>
      <section class={`notice ${TONES[report.answer]}`} aria-label="Answer" data-answer={report.answer}>
        <Icon name={report.answer === 'more' ? 'up' : report.answer === 'less' ? 'down' : 'whatif'} />
        <div>
          <strong>{ANSWERS[report.answer]}.</strong>
          {report.why_not.map((because) => (
            <p key={because}>{capital(because)}.</p>
          ))}
          <p class="muted" title={exactly(ranAt)}>
            Asked {moment(ranAt)} UTC of {count(report.days)} days ({date(report.from)} to {date(report.until)}) with{' '}
            {count(report.forwards)} forwards and {count(report.rebalances)} rebalances, in {count(report.draws)} draws.
          </p>
        </div>
      </section>
      <dl class="figures" aria-label="Net profit">
        <Figure name="backtest_actual" label="Net profit as it was" value={sats(actual.net_sats)} unit="sats" />
        <Figure
          name="backtest_other"
          label="With the other configuration"
          value={sats(other.net_sats.mean)}
          unit="sats"
          note={between(other.net_sats)}
        />
        <Figure
          name="backtest_difference"
          label="Difference"
          value={signedSats(difference.net_sats.mean)}
          unit="sats"
          tone={report.answer === 'cannot-tell' ? 'plain' : toneOf(difference.net_sats.mean)}
          note={between(difference.net_sats)}
        />
        <Figure
          name="backtest_told"
          label="Seen rather than assumed"
          value={percent(report.told_pct)}
          note={`of the fees; ${percent(report.untried_pct)} at prices never tried`}
          hint="Share of the fees that was earned by channels whose own changes of price show how their demand answers"
        />
      </dl>
      <div class="columns wide-first">
        <Card title="By channel" note="difference of net profit, with its 95 % interval" flush>
          <ByChannel report={report} />
        </Card>
        <div class="stack">
          <SelfCheck report={report} />
          <Card title="The other configuration">
            <dl class="pairs">
              {Object.entries(report.configuration).map(([name, value]) => (
                <Setting key={name} name={name} value={String(value)} />
              ))}
            </dl>
          </Card>
        </div>
      </div>
      {report.warnings.length > 0 && (
        <section class="notice plain" aria-label="Warnings">
          <Icon name="alert" />
          <ul>
            {report.warnings.map((warning) => (
              <li key={warning}>{capital(warning)}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const Setting = ({ name, value }: { readonly name: string; readonly value: string }): JSX.Element => (
  <>
    <dt class="mono">{name.replace('revenue-ops-', '')}</dt>
    <dd>{value}</dd>
  </>
);
