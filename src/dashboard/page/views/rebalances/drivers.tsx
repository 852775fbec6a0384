// Who carries rebalances out, and how well does each do it?
import type { JSX } from 'preact';
import type { Rebalances } from '../../../api.ts';
import { duration, NOTHING, ppm, sats, share } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Rebalancer = Rebalances['rebalancer'];

interface Driver {
  readonly name: string;
  readonly isActive: boolean;
  /** Undefined where it has never been used. */
  readonly score: Rebalancer['scores'][number] | undefined;
}

const COLUMNS: readonly Column<Driver>[] = [
  {
    head: 'Driver',
    cell: ({ name, isActive, score }) => (
      <>
        {name} {isActive && <Badge tone="accent">in use</Badge>}
        {score !== undefined && score.errors_in_row > 0 && (
          <Badge tone="caution">{score.errors_in_row} errors in a row</Badge>
        )}
      </>
    ),
  },
  { head: 'Success', end: true, cell: ({ score }) => share(score?.success_rate) },
  { head: 'Paid, ppm', end: true, cell: ({ score }) => ppm(score?.ppm) },
  {
    head: 'Takes',
    end: true,
    cell: ({ score }) => (score?.seconds == null ? NOTHING : duration(score.seconds)),
  },
];

export function Drivers({ rebalancer }: { readonly rebalancer: Rebalancer }): JSX.Element {
  const { active, because, available, scores, foreign_24h: foreign } = rebalancer;
  const names = [...new Set([...(available ?? []), ...scores.map(({ driver }) => driver)])];
  const rows = names.map((name) => ({
    name,
    isActive: name === active,
    score: scores.find(({ driver }) => driver === name),
  }));
  return (
    <Card title="Drivers" note={because ?? undefined} flush>
      {rows.length === 0 ? (
        <p class="card-text muted">
          {available === null ? 'The node could not be asked which are there.' : 'None is there.'}
        </p>
      ) : (
        <Table columns={COLUMNS} rows={rows} keyOf={({ name }) => name} mark="driver" />
      )}
      {foreign.payments > 0 && (
        <p class="card-text note">
          Others paid {sats(foreign.fee_sats)} sats for {foreign.payments} rebalances of this node within 24 hours; they
          do not count against the budget.
        </p>
      )}
    </Card>
  );
}
