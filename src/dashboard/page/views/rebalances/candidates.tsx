// Which channels would be filled or drained, and which gate stops each?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { rowsOf, type CandidateRow, type Rebalances } from '../../../api.ts';
import { capital, count, duration, ppm, share, short, signedWhole, since, wholeSats } from '../../format.ts';
import { ChannelLink, ChannelName } from '../../ui/channel-name.tsx';
import { Badge, Card, Empty, Segments, toneOf } from '../../ui/parts.tsx';

type Role = CandidateRow['role'];

const ROLES: readonly { readonly value: Role; readonly text: string; readonly hint: string }[] = [
  { value: 'destination', text: 'To fill', hint: 'Liquidity would be brought into them' },
  { value: 'source', text: 'To drain', hint: 'Liquidity would be taken out of them' },
];
/** Rows before somebody asks for more. */
const FEW = 12;

export function Candidates({ reply }: { readonly reply: Rebalances }): JSX.Element {
  const [role, setRole] = useState<Role>('destination');
  const [gate, setGate] = useState('');
  const [all, setAll] = useState(false);
  const rows = rowsOf<CandidateRow>(reply.candidates).filter((row) => row.role === role);
  const gates = gatesOf(rows);
  const chosen = rows.filter(({ reason }) => gate === '' || reason === gate).sort(nearestFirst);
  const shown = all ? chosen : chosen.slice(0, FEW);
  const decided = rows.reduce((latest, row) => Math.max(latest, row.decided_at), 0);
  return (
    <Card
      title="Candidates"
      note={decided === 0 ? undefined : `weighed ${since(decided, reply.as_of)}`}
      tools={
        <Segments
          label="Role"
          options={ROLES}
          value={role}
          onChange={(value) => {
            setRole(value);
            setGate('');
          }}
        />
      }
      flush
    >
      {rows.length === 0 ? (
        <Empty title="No channel was weighed yet" icon="rebalances">
          The first rebalance cycle does it; when it runs, the overview says.
        </Empty>
      ) : (
        <>
          <div class="gates" role="group" aria-label="Gate">
            {gates.map(({ reason, number }) => (
              <button
                key={reason}
                type="button"
                class="chip"
                title={capital(reply.reasons[reason] ?? reason)}
                aria-pressed={gate === reason}
                onClick={() => {
                  setGate(gate === reason ? '' : reason);
                }}
              >
                <i class={reason === 'approved' ? 'fill-gain' : 'fill-plain'} aria-hidden="true" />
                {reason} <b>{count(number)}</b>
              </button>
            ))}
          </div>
          <div class="scroll" role="region" aria-label="Table of candidates" tabIndex={0}>
            <table class="candidates">
              <thead>
                <tr>
                  <th scope="col">Channel</th>
                  <th scope="col">Gate</th>
                  <th scope="col">Has and needs</th>
                  <th scope="col">Best partner</th>
                  <th scope="col" class="end">
                    Amount
                  </th>
                  <th
                    scope="col"
                    class="end"
                    title="What it is worth there, less what is given up, less what the way costs"
                  >
                    Spread, ppm
                  </th>
                  <th scope="col" class="end">
                    Cost
                  </th>
                  <th scope="col" class="end">
                    Profit
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((row) => (
                  <Candidate key={row.channel_id} row={row} reasons={reply.reasons} />
                ))}
              </tbody>
            </table>
          </div>
          {chosen.length > FEW && (
            <div class="more">
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  setAll(!all);
                }}
              >
                {all ? 'Show fewer' : `Show all ${count(chosen.length)}`}
              </button>
            </div>
          )}
        </>
      )}
    </Card>
  );
}

function Candidate({
  row,
  reasons,
}: {
  readonly row: CandidateRow;
  readonly reasons: Rebalances['reasons'];
}): JSX.Element {
  const sentence = capital(reasons[row.reason] ?? row.reason);
  return (
    <tr data-candidate={row.channel_id}>
      <th scope="row">
        <ChannelName channel={row.channel_id} alias={row.alias} />
      </th>
      <td class="wrap gate">
        <Badge tone={row.reason === 'approved' ? 'gain' : 'plain'}>{row.reason}</Badge>
        <small class="muted" title={sentence}>
          {sentence}
        </small>
      </td>
      <td class="muted nowrap">{missing(row)}</td>
      <td>{row.partner === null ? <span class="zero">–</span> : <ChannelLink channel={row.partner} />}</td>
      <td class="end">{short(row.amount_sats)}</td>
      <td class={`end tone-${toneOf(row.spread_ppm)}`}>{ppm(row.spread_ppm)}</td>
      <td class="end">{wholeSats(row.expected_fee_sats)}</td>
      <td class={`end tone-${toneOf(row.expected_profit_sats)}`}>{signedWhole(row.expected_profit_sats)}</td>
    </tr>
  );
}

function missing({
  shortfall_unit: unit,
  shortfall_needed: needed,
  shortfall_available: available,
}: CandidateRow): string {
  if (unit === null || needed === null || available === null) return '';
  const text = {
    ppm: (v: number) => `${ppm(v)} ppm`,
    sats: (v: number) => `${wholeSats(v)} sats`,
    seconds: duration,
    share,
  }[unit];
  // A channel that is where it is wanted lacks nothing.
  return `has ${text(available)}, ${available >= needed ? 'wanted' : 'needs'} ${text(needed)}`;
}

function gatesOf(rows: readonly CandidateRow[]): { readonly reason: string; readonly number: number }[] {
  const counts = new Map<string, number>();
  for (const { reason } of rows) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, number]) => ({ reason, number })).sort((a, b) => b.number - a.number);
}

/** What is nearest to being done first: approved, then by profit, then those that were not even paired. */
function nearestFirst(a: CandidateRow, b: CandidateRow): number {
  const isApproved = (row: CandidateRow): number => (row.reason === 'approved' ? 1 : 0);
  const profit = (row: CandidateRow): number => row.expected_profit_sats ?? -Infinity;
  const difference = profit(b) - profit(a);
  return (
    isApproved(b) - isApproved(a) ||
    (Number.isNaN(difference) ? 0 : difference) ||
    a.channel_id.localeCompare(b.channel_id)
  );
}
