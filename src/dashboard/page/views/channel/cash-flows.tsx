// What is each of its cash flows worth today? Discounted at its own rate they add up to nothing: that rate is the CARR.
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { percent, signedSats } from '../../format.ts';
import { Card, Empty } from '../../ui/parts.tsx';
import { FlowTable, type Flow } from './flow-table.tsx';

export function CashFlows({ page }: { readonly page: ChannelPage }): JSX.Element {
  const { cash_flows: flows, cash_flows_rate_pct: rate } = page.profitability;
  return (
    <Card title="Discounted cash flow" note={`at ${percent(rate)} a year`}>
      {flows.length === 0 ? (
        <Empty title="No cash flow yet" icon="overview" />
      ) : (
        <div class="columns cash">
          <Cumulated flows={flows} />
          <FlowTable flows={flows} />
        </div>
      )}
    </Card>
  );
}

const OUTER: ReadonlySet<Flow['kinds'][number]> = new Set([
  'capital_in',
  'capital_out',
  'splice_in',
  'splice_out',
  'closing_fee',
]);

/** Beginning with the capital that goes in and ending with its return, both of which would hide all between. */
function Cumulated({ flows }: { readonly flows: readonly Flow[] }): JSX.Element {
  const between = flows.filter(({ kinds }) => !kinds.some((kind) => OUTER.has(kind)));
  let profit = 0;
  let worth = 0;
  const points = between.map(({ time, flow_sats, present_value_sats }) => ({
    time,
    profit: (profit += flow_sats),
    worth: (worth += present_value_sats ?? 0),
  }));
  if (points.length < 2) return <Empty title="Nothing earned or spent yet" icon="overview" />;
  return (
    <TimeChart
      label="Earned less spent so far, plain and discounted, without opening, closing and capital, in sats"
      height={300}
      times={points.map(({ time }) => time)}
      series={[
        {
          label: 'Earned less spent',
          colour: 'gain-fill',
          kind: 'area',
          text: signedSats,
          values: points.map((point) => point.profit),
        },
        {
          label: 'Discounted',
          colour: 'ink',
          kind: 'step',
          text: signedSats,
          values: points.map((point) => point.worth),
        },
      ]}
    />
  );
}
