// How do the open channels stand: which pay, which do not, and where does liquidity go?
import type { JSX } from 'preact';
import type { Overview } from '../../../api.ts';
import { count, percent, sats, short, signedSats } from '../../format.ts';
import { Card, Meter, type Tone } from '../../ui/parts.tsx';
import { CLASS_TEXTS } from '../../ui/classes.tsx';

interface Props {
  readonly open: Overview['open_channels'];
  readonly flow: Overview['status']['channels'];
}

export function Standing({ open, flow }: Props): JSX.Element {
  const total = open.total_channels;
  const classes: readonly { readonly name: keyof typeof CLASS_TEXTS; readonly count: number; readonly tone: Tone }[] = [
    { name: 'profitable', count: open.profitable_count, tone: 'gain' },
    { name: 'break_even', count: open.break_even_count, tone: 'accent' },
    { name: 'underwater', count: open.underwater_count, tone: 'loss' },
    { name: 'zombie', count: open.zombie_count, tone: 'plain' },
  ];
  return (
    <Card
      title="Open channels"
      note="over their whole life"
      tools={
        <a class="link" href="#/channels">
          All {count(total)}
        </a>
      }
    >
      <Meter
        label={classes.map(({ name, count }) => `${count} ${CLASS_TEXTS[name]}`).join(', ')}
        parts={classes.map(({ name, count, tone }) => ({ label: name, share: total === 0 ? 0 : count / total, tone }))}
      />
      <ul class="shares">
        {classes.map(({ name, count: number, tone }) => (
          <li key={name}>
            <a href={`#/channels?class=${name}`}>
              <i class={`fill-${tone}`} aria-hidden="true" />
              <span>{CLASS_TEXTS[name]}</span>
              <b data-figure={`${name}_count`}>{count(number)}</b>
            </a>
          </li>
        ))}
      </ul>
      <dl class="pairs">
        <dt>Net profit</dt>
        <dd data-figure="open_net_profit_sats">{signedSats(open.net_profit_sats)} sats</dd>
        <dt>Revenue, costs</dt>
        <dd>
          {sats(open.total_revenue_sats)}, {sats(open.total_costs_sats)}
        </dd>
        <dt>ROI on costs</dt>
        <dd>{percent(open.overall_roi_pct)}</dd>
        <dt>CARR</dt>
        <dd>{percent(open.carr_pct)}</dd>
        <dt>Capital</dt>
        <dd>{short(open.capital_sats)} sats</dd>
        {flow !== null && (
          <>
            <dt>Flow</dt>
            <dd>
              {count(flow.source)} source, {count(flow.balanced)} balanced, {count(flow.sink)} sink
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}
