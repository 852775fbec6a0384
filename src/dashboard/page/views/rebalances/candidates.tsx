// Which channels would be filled or drained, and which gate stops each?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { rowsOf, type CandidateRow, type Rebalances } from '../../../api.ts';
import { capital, count, duration, NOTHING, ppm, share, short, since, wholeSats } from '../../format.ts';
import { ChannelLink, ChannelName } from '../../ui/channel-name.tsx';
import { Gain } from '../../ui/gain.tsx';
import { Badge, Card, Empty, Segments, toneOf } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

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
  const rows = rowsOf<CandidateRow>(reply.candidates).filter((row) => row.role === role);
  const gates = gatesOf(rows);
  const chosen = rows.filter(({ reason }) => gate === '' || reason === gate).sort(nearestFirst);
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
          <Table
            class="candidates"
            fits="Table of candidates"
            columns={columnsOf(reply.reasons)}
            rows={chosen}
            keyOf={(row) => row.channel_id}
            mark="candidate"
            few={FEW}
          />
        </>
      )}
    </Card>
  );
}

const columnsOf = (reasons: Rebalances['reasons']): readonly Column<CandidateRow>[] => [
  { head: 'Channel', card: 'line', cell: (row) => <ChannelName channel={row.channel_id} alias={row.alias} /> },
  {
    head: 'Gate',
    class: 'wrap gate',
    card: 'line',
    cell: (row) => <Gate row={row} sentence={capital(reasons[row.reason] ?? row.reason)} />,
  },
  {
    head: 'Best partner',
    cell: ({ partner }) => (partner === null ? NOTHING : <ChannelLink channel={partner} />),
  },
  { head: 'Amount', end: true, cell: (row) => short(row.amount_sats) },
  {
    head: 'Spread, ppm',
    hint: 'What it is worth there, less what is given up, less what the way costs',
    end: true,
    cell: ({ spread_ppm: spread }) =>
      spread === null ? NOTHING : <span class={`tone-${toneOf(spread)}`}>{ppm(spread)}</span>,
  },
  { head: 'Cost', end: true, cell: (row) => wholeSats(row.expected_fee_sats) },
  {
    head: 'Profit',
    end: true,
    cell: ({ expected_profit_sats: profit }) => (profit === null ? NOTHING : <Gain sats={profit} />),
  },
];

const Gate = ({ row, sentence }: { readonly row: CandidateRow; readonly sentence: string }): JSX.Element => (
  <>
    <Badge tone={row.reason === 'approved' ? 'gain' : 'plain'}>{row.reason}</Badge>{' '}
    <span class="muted nowrap">{missing(row)}</span>
    <small class="muted" title={sentence}>
      {sentence}
    </small>
  </>
);

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
