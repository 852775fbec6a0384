// What is each of its cash flows worth today? Discounted at its own rate they add up to nothing: that rate is the CARR.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ChannelPage } from '../../../api.ts';
import { LABELS } from '../../../../core/profit/labels.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { count, percent, signedSats, signedWhole, wholeSats } from '../../format.ts';
import { Card, Empty, toneOf } from '../../ui/parts.tsx';

type Flow = ChannelPage['profitability']['cash_flows'][number];

const CAPITAL: Readonly<Record<string, string>> = {
  capital_in: 'Capital in',
  capital_out: 'Capital out',
  splice_in: 'Splice in',
  splice_out: 'Splice out',
};
const labelOf = (kind: Flow['kinds'][number]): string =>
  CAPITAL[kind] ?? (LABELS as Readonly<Record<string, string>>)[kind] ?? kind;

/** Rows shown at either end of a long list; the middle of a thousand flows tells a reader nothing. */
const FEW = 5;
/** Beyond this a browser would be busy; the export has them all. */
const MOST = 400;

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
          kind: 'line',
          text: signedSats,
          values: points.map((point) => point.worth),
        },
      ]}
    />
  );
}

function FlowTable({ flows }: { readonly flows: readonly Flow[] }): JSX.Element {
  const [all, setAll] = useState(false);
  const isLong = flows.length > 2 * FEW + 1;
  const few = isLong && !all;
  const shown = flows.slice(0, few ? FEW : MOST);
  const total = flows.reduce((sum, { present_value_sats: value }) => sum + (value ?? 0), 0);
  return (
    <div>
      <div class="scroll tall" role="region" aria-label="Cash flows" tabIndex={0}>
        <table class="flows">
          <thead>
            <tr>
              <th scope="col">UTC</th>
              <th scope="col">What</th>
              <th scope="col" class="end amount">
                Flow
              </th>
              <th scope="col" class="end factor">
                Factor
              </th>
              <th scope="col" class="end amount">
                Present value
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((flow) => (
              <FlowLine key={flow.time} flow={flow} />
            ))}
            {few && (
              <>
                <tr>
                  <td colSpan={5} class="gap-row">
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => {
                        setAll(true);
                      }}
                    >
                      {count(flows.length - 2 * FEW)} more
                    </button>
                  </td>
                </tr>
                {flows.slice(-FEW).map((flow) => (
                  <FlowLine key={flow.time} flow={flow} />
                ))}
              </>
            )}
            {all && flows.length > MOST && (
              <tr>
                <td colSpan={5} class="note">
                  and {count(flows.length - MOST)} more, which <a href="#/decisions">the export of cash flows</a> has
                </td>
              </tr>
            )}
            <tr class="total">
              <th scope="row" colSpan={4}>
                Net present value
              </th>
              <td class="end" data-figure="npv">
                {signedSats(Math.abs(total) < 0.5 ? 0 : Math.round(total))}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
    </div>
  );
}

const FlowLine = ({ flow }: { readonly flow: Flow }): JSX.Element => (
  <tr>
    <th scope="row" class="nowrap mono muted">
      {flow.utc.replace('T', ' ').replace('Z', '')}
    </th>
    <td class="muted truncate">
      {flow.kinds.map((kind) => labelOf(kind)).join(', ')}
      {flow.estimated && <span class="note"> est.</span>}
    </td>
    <td class={`end tone-${toneOf(flow.flow_sats)}`}>{signedWhole(flow.flow_sats)}</td>
    <td class="end muted">{flow.discount_factor === null ? '–' : flow.discount_factor.toFixed(6)}</td>
    <td class="end">{flow.present_value_sats === null ? '–' : wholeSats(flow.present_value_sats)}</td>
  </tr>
);
