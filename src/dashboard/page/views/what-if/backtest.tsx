// What would the other configuration have earned, and may that be believed?
import type { JSX } from 'preact';
import type { WhatIf } from '../../../api.ts';
import { domainOf, IntervalBar } from '../../charts/interval-bar.tsx';
import { capital, count, date, exactly, moment, percent, sats, signedSats } from '../../format.ts';
import { ChannelLink } from '../../ui/channel-name.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Badge, Card, Figure, toneOf } from '../../ui/parts.tsx';

type Report = NonNullable<WhatIf['backtest']>['report'];
type Interval = Report['other']['net_sats'];

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

const between = ({ low, high }: Interval): string => `95 %: ${sats(low)} to ${sats(high)}`;

const Setting = ({ name, value }: { readonly name: string; readonly value: string }): JSX.Element => (
  <>
    <dt class="mono">{name.replace('revenue-ops-', '')}</dt>
    <dd>{value}</dd>
  </>
);

const TOLD: Readonly<Record<string, string>> = { 'one-fee': 'one fee only', 'too-little': 'too little' };

function ByChannel({ report: { channels } }: { readonly report: Report }): JSX.Element {
  const domain = domainOf(channels.flatMap(({ difference_sats: { low, high } }) => [low, high]));
  return (
    <div class="scroll tall long" role="region" aria-label="Channels of the backtest" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col" class="end">
              As it was
            </th>
            <th scope="col" class="end">
              Otherwise
            </th>
            <th scope="col" class="end">
              Difference
            </th>
            <th scope="col" class="bar-cell">
              95 % interval
            </th>
            <th scope="col">Its demand is</th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => {
            const { low, high, mean } = channel.difference_sats;
            return (
              <tr key={channel.channel}>
                <th scope="row">
                  <ChannelLink channel={channel.channel} />
                </th>
                <td class="end">{sats(channel.actual_net_sats)}</td>
                <td class="end">{sats(channel.other_net_sats.mean)}</td>
                <td class={`end tone-${low > 0 || high < 0 ? toneOf(mean) : 'plain'}`}>{signedSats(mean)}</td>
                <td class="bar-cell">
                  <IntervalBar
                    {...{ low, high, domain }}
                    middle={mean}
                    mark={0}
                    label={between(channel.difference_sats)}
                  />
                </td>
                <td class="muted">
                  {channel.price_told === 'enough'
                    ? 'seen'
                    : `assumed: ${TOLD[channel.price_told] ?? channel.price_told}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function SelfCheck({ report }: { readonly report: Report }): JSX.Element {
  const { self_check: check, actual } = report;
  const rows: readonly (readonly [string, number, Interval])[] = [
    ['Fees', actual.fees_sats, check.fees_sats],
    ['Rebalances', actual.rebalance_cost_sats, check.rebalance_cost_sats],
    ['Net', actual.net_sats, check.net_sats],
  ];
  return (
    <Card
      title="Self-check"
      note="what was done, played again"
      tools={
        <Badge tone={check.reproduced ? 'gain' : 'loss'}>{check.reproduced ? 'reproduced' : 'not reproduced'}</Badge>
      }
      flush
    >
      <table>
        <thead>
          <tr>
            <th scope="col">sats</th>
            <th scope="col" class="end">
              Was
            </th>
            <th scope="col" class="bar-cell">
              Played again
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, was, { low, high, mean }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="end">{sats(was)}</td>
              <td class="bar-cell">
                <IntervalBar
                  {...{ low, high }}
                  // Each row by itself: rebalances are small beside fees.
                  domain={[Math.min(was, low - (high - low) / 4), Math.max(was, high + (high - low) / 4)]}
                  middle={mean}
                  mark={was}
                  label={`${sats(low)} to ${sats(high)}`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
