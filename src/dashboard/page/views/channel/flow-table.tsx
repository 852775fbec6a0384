// When did how much flow in or out, and what is it worth today?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ChannelPage } from '../../../api.ts';
import { LABELS } from '../../../../core/profit/labels.ts';
import { count, NOTHING, signedSats, wholeSats } from '../../format.ts';
import { Gain } from '../../ui/gain.tsx';
import { TableBox, TableRow, type Column } from '../../ui/table.tsx';

export type Flow = ChannelPage['profitability']['cash_flows'][number];

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

const COLUMNS: readonly Column<Flow>[] = [
  {
    head: 'UTC',
    class: 'nowrap mono muted',
    width: '140px',
    cell: ({ utc }) => utc.replace('T', ' ').replace('Z', ''),
  },
  {
    head: 'What',
    class: 'muted truncate',
    cell: ({ kinds, estimated }) => (
      <>
        {kinds.map(labelOf).join(', ')}
        {estimated && <span class="note"> est.</span>}
      </>
    ),
  },
  { head: 'Flow', end: true, width: '96px', cell: (flow) => <Gain sats={flow.flow_sats} /> },
  {
    head: 'Factor',
    end: true,
    class: 'muted',
    width: '76px',
    cell: ({ discount_factor: factor }) => factor?.toFixed(6) ?? NOTHING,
  },
  { head: 'Present value', end: true, width: '96px', cell: (flow) => wholeSats(flow.present_value_sats) },
];

const rowOf = (flow: Flow): JSX.Element => <TableRow key={flow.time} row={flow} columns={COLUMNS} />;

export function FlowTable({ flows }: { readonly flows: readonly Flow[] }): JSX.Element {
  const [all, setAll] = useState(false);
  const few = !all && flows.length > 2 * FEW + 1;
  const total = flows.reduce((sum, { present_value_sats: value }) => sum + (value ?? 0), 0);
  return (
    <TableBox class="flows" label="Cash flows" height="tall" columns={COLUMNS}>
      {flows.slice(0, few ? FEW : MOST).map(rowOf)}
      {few && (
        <>
          <tr>
            <td colSpan={COLUMNS.length} class="gap-row">
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
          {flows.slice(-FEW).map(rowOf)}
        </>
      )}
      {all && flows.length > MOST && (
        <tr>
          <td colSpan={COLUMNS.length} class="note">
            and {count(flows.length - MOST)} more, which <a href="#/decisions">the export of cash flows</a> has
          </td>
        </tr>
      )}
      <tr class="total">
        <th scope="row" colSpan={COLUMNS.length - 1}>
          Net present value
        </th>
        <td class="end" data-figure="npv">
          {signedSats(Math.abs(total) < 0.5 ? 0 : Math.round(total))}
        </td>
      </tr>
    </TableBox>
  );
}
