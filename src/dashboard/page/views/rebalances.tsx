// What would be rebalanced, what was, what did it cost, and who carries it out?
import type { JSX } from 'preact';
import { rowsOf, type Rebalances as Reply, type SpendingRow } from '../../api.ts';
import { askFor } from '../actions/requests.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { useResource } from '../data/resource.ts';
import { useAllowed } from '../data/session.ts';
import { useStatus } from '../data/status.ts';
import { feePpm, percent, sats, short } from '../format.ts';
import { Alerts } from '../ui/alerts.tsx';
import { AsOf } from '../ui/as-of.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Badge, Card, Empty, Ghost } from '../ui/parts.tsx';
import { SECONDS_PER_DAY } from '../../../core/units.ts';
import { Budget } from './overview/budget.tsx';
import { Candidates } from './rebalances/candidates.tsx';
import { Drivers } from './rebalances/drivers.tsx';
import { History } from './rebalances/history.tsx';

export function Rebalances(): JSX.Element {
  const state = useResource<Reply>('/api/rebalances');
  const mayAct = useAllowed('rebalance');
  const status = useStatus();
  return (
    <div class="view">
      <div class="view-head">
        <h1>Rebalances</h1>
        <AsOf time={state.data?.as_of ?? null} />
        {state.data !== null && <Underway rebalancer={state.data.rebalancer} />}
        {mayAct && (
          <div class="tools">
            <button
              type="button"
              onClick={() => {
                askFor({ action: 'rebalance' });
              }}
            >
              Rebalance…
            </button>
          </div>
        )}
      </div>
      <Loaded
        state={state}
        ghost={
          <>
            <Ghost height={280} />
            <Ghost height={420} />
          </>
        }
      >
        {(reply) => (
          <>
            {/* Paused, out of budget, without a driver: what is approved below may still not be sent. */}
            <Alerts alerts={status?.alerts ?? []} warnings={[]} />
            <div class="columns wide-first">
              <Spending reply={reply} />
              <div class="stack">
                <Budget status={reply} />
                <Drivers rebalancer={reply.rebalancer} />
              </div>
            </div>
            <Candidates reply={reply} />
            <History reply={reply} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Underway({ rebalancer }: { readonly rebalancer: Reply['rebalancer'] }): JSX.Element {
  return (
    <>
      {rebalancer.in_flight > 0 && (
        <Badge tone="accent" dot>
          {rebalancer.in_flight} under way
        </Badge>
      )}
      {rebalancer.unknown > 0 && (
        <Badge tone="caution" dot title="Perhaps still in flight; it keeps its reservation until the node knows">
          {rebalancer.unknown} unknown
        </Badge>
      )}
    </>
  );
}

/** Days without any are left out of the reply, not of the picture. */
function filled(rows: readonly SpendingRow[], now: number): SpendingRow[] {
  const first = rows[0];
  if (first === undefined) return [];
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const days: SpendingRow[] = [];
  for (let day = first.day; day <= now; day += SECONDS_PER_DAY)
    days.push(byDay.get(day) ?? { day, spent_sats: 0, moved_sats: 0, succeeded: 0, failed: 0 });
  return days;
}

function Spending({ reply }: { readonly reply: Reply }): JSX.Element {
  const rows = rowsOf<SpendingRow>(reply.spending);
  const days = filled(rows, reply.as_of);
  const sum = (pick: (row: SpendingRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const [spent, moved] = [sum((row) => row.spent_sats), sum((row) => row.moved_sats)];
  const [succeeded, failed] = [sum((row) => row.succeeded), sum((row) => row.failed)];
  const budget = reply.budget.daily_sats;
  return (
    <Card title="Spent and moved" note="the last 90 days, by day">
      {days.length === 0 ? (
        <Empty title="Nothing was rebalanced yet" icon="rebalances">
          Below stands what each channel waits for.
        </Empty>
      ) : (
        <>
          <TimeChart
            label="Spent on rebalancing against the daily budget, and liquidity moved, each day, in sats"
            height={230}
            daily
            times={days.map(({ day }) => day)}
            series={[
              {
                label: 'Spent',
                colour: 'loss-fill',
                kind: 'bars',
                text: sats,
                values: days.map((day) => day.spent_sats),
              },
              // Far above what is spent it would flatten everything else.
              ...(budget <= 4 * Math.max(...days.map((day) => day.spent_sats))
                ? [
                    {
                      label: 'Budget',
                      colour: 'ink-3' as const,
                      kind: 'line' as const,
                      text: sats,
                      values: days.map(() => budget),
                    },
                  ]
                : []),
              {
                label: 'Moved (right)',
                colour: 'accent-fill',
                kind: 'line',
                axis: 'right',
                text: short,
                values: days.map((day) => day.moved_sats),
              },
            ]}
          />
          <dl class="strip">
            <div>
              <dt>Spent</dt>
              <dd data-figure="spent_90d">{sats(spent)} sats</dd>
            </div>
            <div>
              <dt>Moved</dt>
              <dd>{short(moved)} sats</dd>
            </div>
            <div>
              <dt>Paid</dt>
              <dd>{feePpm(spent, moved)} ppm</dd>
            </div>
            <div>
              <dt>Arrived</dt>
              <dd>
                {succeeded + failed === 0
                  ? '–'
                  : `${succeeded} of ${succeeded + failed} (${percent((100 * succeeded) / (succeeded + failed))})`}
              </dd>
            </div>
          </dl>
        </>
      )}
    </Card>
  );
}
