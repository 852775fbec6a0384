// How is the node doing, does the plugin do its work, and does anything need me?
import type { JSX } from 'preact';
import { PERIODS, rowsOf, type DayRow, type Overview as Reply, type Period } from '../../api.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { useResource } from '../data/resource.ts';
import { DEFAULT_PERIOD, overviewPath } from '../data/status.ts';
import { count, date, month, NOTHING, percent, sats, short, signedSats, signedWhole, words } from '../format.ts';
import { route, setQuery } from '../router.ts';
import { Alerts } from '../ui/alerts.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { narrow } from '../ui/narrow.ts';
import { Card, Empty, Figure, Ghost, Segments, toneOf } from '../ui/parts.tsx';
import { AsOf } from '../ui/as-of.tsx';
import { SECONDS_PER_DAY } from '../../../core/units.ts';
import { Budget } from './overview/budget.tsx';
import { Loops } from './overview/loops.tsx';
import { Latest } from './overview/latest.tsx';
import { Standing } from './overview/standing.tsx';

const PERIOD_TEXTS: Readonly<Record<Period, string>> = {
  '1d': '1 day',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  '365d': '1 year',
  all: 'All',
};

/** Six of them fit beside each other on a phone. */
const SHORT_TEXTS: Readonly<Record<Period, string>> = {
  '1d': '1 d',
  '7d': '7 d',
  '30d': '30 d',
  '90d': '90 d',
  '365d': '1 y',
  all: 'All',
};

export function Overview(): JSX.Element {
  const asked = route.value.query.get('period');
  const period = PERIODS.find((name) => name === asked) ?? DEFAULT_PERIOD;
  const state = useResource<Reply>(overviewPath(period));
  return (
    <div class="view">
      <div class="view-head">
        <h1>Overview</h1>
        <AsOf time={state.data?.as_of ?? null} />
        <div class="tools">
          <Segments
            label="Period"
            options={PERIODS.map((value) => ({
              value,
              text: narrow.value ? SHORT_TEXTS[value] : PERIOD_TEXTS[value],
              hint:
                value === 'all' ? 'Since the first opening' : `${PERIOD_TEXTS[value]} before today, and today (UTC)`,
            }))}
            value={period}
            onChange={(value) => {
              setQuery({ period: value === DEFAULT_PERIOD ? null : value });
            }}
          />
        </div>
      </div>
      <Loaded
        state={state}
        ghost={
          <>
            <Ghost height={92} />
            <Ghost height={340} />
            <Ghost height={260} />
          </>
        }
      >
        {(reply) => <Body reply={reply} />}
      </Loaded>
    </div>
  );
}

function Body({ reply }: { readonly reply: Reply }): JSX.Element {
  const { figures, status, open_channels: open, as_of: now } = reply;
  const days = lived(rowsOf<DayRow>(reply.days), reply);
  return (
    <>
      <Alerts alerts={status.alerts} warnings={reply.warnings} />
      <dl class="figures" aria-label="The node in this period">
        <Figure
          name="net_profit_sats"
          label="Net profit"
          value={signedSats(figures.net_profit_sats)}
          unit="sats"
          tone={toneOf(figures.net_profit_sats)}
          note={`${signedWhole(perDay(figures.net_profit_sats, reply))} a day`}
        />
        <Figure
          name="revenue_sats"
          label="Revenue"
          value={sats(figures.revenue_sats)}
          unit="sats"
          note={`${count(figures.forwards)} forwards, ${short(figures.volume_sats)} sats`}
        />
        <Figure
          name="total_cost_sats"
          label="Costs"
          value={sats(figures.total_cost_sats)}
          unit="sats"
          note={`${sats(figures.rebalance_cost_sats)} for rebalancing`}
        />
        <Figure
          name="carr_pct"
          label="CARR of the period"
          value={percent(figures.carr_pct)}
          tone={toneOf(figures.carr_pct)}
          hint="Channel Annualized Rate of Return: the yearly rate at which all cash flows of the period, discounted by the second, are worth nothing. What open channels would cost to close is part of the whole life alone"
          note={
            figures.carr_pct === null
              ? words(figures.carr_reason ?? '')
              : `on ${short(figures.capital_sats)} sats of capital, closing fees only once they are paid`
          }
        />
        <Figure
          name="lifetime_net_profit_sats"
          label="Net profit, whole life"
          value={signedSats(reply.lifetime.net_profit_sats)}
          unit="sats"
          tone={toneOf(reply.lifetime.net_profit_sats)}
          hint="The CARR holds what closing every open channel now would cost, an estimate; the profit does not"
          note={
            reply.lifetime.first_opened_at === null
              ? NOTHING
              : `CARR ${percent(reply.lifetime.carr_pct)} since ${month(reply.lifetime.first_opened_at)}, as if all closed now`
          }
        />
      </dl>
      <div class="columns wide-first">
        <Card title="Earned and spent" note={`since ${date(figures.from)}, by day (UTC)`}>
          {days.some(isBusy) ? (
            <TimeChart
              label="Revenue, costs and net profit of each day, in sats"
              height={290}
              daily
              times={days.map(({ day }) => day)}
              series={[
                {
                  label: 'Revenue',
                  colour: 'accent-fill',
                  kind: 'bars',
                  text: sats,
                  values: days.map((day) => day.revenue_sats),
                },
                {
                  label: 'Costs',
                  colour: 'loss-fill',
                  kind: 'bars',
                  text: sats,
                  values: days.map((day) => -(day.rebalance_cost_sats + day.chain_cost_sats)),
                },
                {
                  label: 'Net profit',
                  colour: 'ink',
                  kind: 'told',
                  text: signedSats,
                  values: days.map((day) => day.net_profit_sats),
                },
              ]}
            />
          ) : (
            <Empty title="Nothing earned or spent in this period" icon="overview">
              {reply.lifetime.first_opened_at === null ? 'There is no channel yet.' : undefined}
            </Empty>
          )}
        </Card>
        <Standing open={open} flow={status.channels} />
      </div>
      <div class="columns wide-first">
        <Latest reply={reply} />
        <div class="stack">
          <Budget status={status} />
          <Loops status={status} now={now} />
        </div>
      </div>
    </>
  );
}

const isBusy = ({ revenue_sats: revenue, rebalance_cost_sats: rebalancing, chain_cost_sats: chain }: DayRow): boolean =>
  revenue !== 0 || rebalancing !== 0 || chain !== 0;

/** A week at least, so that the first bar of a young node is not as wide as the chart. */
const LEAST_DAYS = 7;

/** Without the days before there was a channel. */
function lived(days: readonly DayRow[], { lifetime: { first_opened_at: first } }: Reply): readonly DayRow[] {
  if (first === null) return days;
  const from = days.findIndex(({ day }) => day + SECONDS_PER_DAY > first);
  return days.slice(Math.max(0, Math.min(from === -1 ? 0 : from, days.length - LEAST_DAYS)));
}

function perDay(amount: number, { figures: { from, until }, lifetime: { first_opened_at: first } }: Reply): number {
  return amount / Math.max(1, (until - Math.max(from, first ?? 0)) / SECONDS_PER_DAY);
}
