// How did fee and revenue go together, and why was the fee changed?
import type { JSX } from 'preact';
import { rowsOf, type ChannelDayRow, type ChannelPage, type FeeChangeRow } from '../../../api.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { capital, ppm, sats } from '../../format.ts';
import { Card, Empty } from '../../ui/parts.tsx';

/** Half a day: the bar of a day stands over its middle. */
const NOON = 43_200;

export function FeeOverTime({ page }: { readonly page: ChannelPage }): JSX.Element {
  const days = rowsOf<ChannelDayRow>(page.days);
  const changes = rowsOf<FeeChangeRow>(page.fee_changes).filter(({ by }) => by !== 'dry-run');
  const chart = merged(days, changes, page);
  return (
    <Card title="Fee and revenue" note="each dot is a change; its reason is below the pointer">
      {chart.times.length < 2 ? (
        <Empty title="No history yet" icon="fee">
          It begins with the first forward or the first change of the fee.
        </Empty>
      ) : (
        <TimeChart
          label="Revenue of each day in sats, and the fee in ppm at each change"
          height={250}
          times={chart.times}
          series={[
            { label: 'Revenue a day, sats', colour: 'accent-fill', kind: 'bars', text: sats, values: chart.revenue },
            {
              label: 'Fee, ppm (right)',
              colour: 'caution-fill',
              kind: 'step',
              axis: 'right',
              text: (fee) => `${ppm(fee)} ppm`,
              values: chart.fees,
              dots: chart.dots,
            },
          ]}
          remark={(i) => chart.remarks.get(i) ?? null}
        />
      )}
    </Card>
  );
}

interface Merged {
  readonly times: number[];
  readonly revenue: (number | undefined)[];
  readonly fees: (number | null)[];
  readonly dots: number[];
  /** By index, of changes. */
  readonly remarks: Map<number, string>;
}

/** Both on one axis of time: days for the bars, changes for the steps, and the fee in force at each. */
function merged(
  days: readonly ChannelDayRow[],
  changes: readonly FeeChangeRow[],
  { as_of: now, row }: ChannelPage,
): Merged {
  const revenueAt = new Map(days.map(({ day, revenue_sats }) => [day + NOON, revenue_sats]));
  const changeAt = new Map(changes.map((change) => [change.timestamp, change]));
  const times = [
    ...new Set([...revenueAt.keys(), ...changeAt.keys(), ...(days.length + changes.length > 0 ? [now] : [])]),
  ].sort((a, b) => a - b);
  let fee = changes[0]?.old_fee_ppm ?? row?.fee_ppm ?? null;
  const fees = times.map((time) => (fee = changeAt.get(time)?.new_fee_ppm ?? fee));
  const remarks = new Map<number, string>();
  times.forEach((time, i) => {
    const change = changeAt.get(time);
    if (change !== undefined)
      remarks.set(i, `${change.by === 'us' ? '' : `${BY[change.by]}: `}${capital(change.sentence)}`);
  });
  return { times, revenue: times.map((time) => revenueAt.get(time)), fees, dots: [...remarks.keys()], remarks };
}

const BY: Readonly<Record<FeeChangeRow['by'], string>> = {
  us: 'the plugin',
  hand: 'by hand',
  other: 'somebody else',
  'dry-run': 'dry-run',
};
