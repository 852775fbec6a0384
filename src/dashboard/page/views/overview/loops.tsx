// Does each loop run, and when again?
import type { JSX } from 'preact';
import type { Overview } from '../../../api.ts';
import { ago, capital, exactly, NOTHING, since } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Status = Overview['status'];
type Loop = Status['loops'][string];

const MEANINGS: Readonly<Record<string, string>> = {
  intake: 'takes forwards in',
  flow: 'sees where liquidity flows',
  accounts: 'reads what everything cost',
  fees: 'sets prices',
  rebalance: 'moves liquidity where that pays',
};

type Named = readonly [name: string, loop: Loop];

const columnsAt = (now: number): readonly Column<Named>[] => [
  { head: 'Loop', cell: ([name]) => <span title={MEANINGS[name]}>{capital(name)}</span> },
  { head: 'State', cell: ([, loop]) => <State loop={loop} /> },
  {
    head: 'Last',
    end: true,
    class: 'muted',
    cell: ([, loop]) => (
      <span title={exactly(loop.last_run)}>{loop.last_run === null ? ago(null, now) : since(loop.last_run, now)}</span>
    ),
  },
  {
    head: 'Next',
    end: true,
    class: 'muted',
    cell: ([, loop]) => <span title={exactly(loop.next_run)}>{nextRun(loop, now)}</span>,
  },
];

export const Loops = ({ status, now }: { readonly status: Status; readonly now: number }): JSX.Element => (
  <Card title="Loops" flush>
    <Table
      class="loops"
      columns={columnsAt(now)}
      rows={Object.entries(status.loops)}
      keyOf={([name]) => name}
      mark="loop"
    />
  </Card>
);

function nextRun({ running, next_run: next }: Loop, now: number): string {
  if (running) return 'now';
  return next === null ? NOTHING : ago(Math.max(now, next), now);
}

function State({ loop }: { readonly loop: Loop }): JSX.Element {
  if (loop.consecutive_failures > 0)
    return (
      <Badge tone="loss" dot title={loop.last_outcome ?? undefined}>
        failed {loop.consecutive_failures}×
      </Badge>
    );
  if (loop.running)
    return (
      <Badge tone="accent" dot>
        running
      </Badge>
    );
  if (loop.last_run === null) return <Badge>not yet</Badge>;
  return loop.last_outcome === 'ok' ? (
    <Badge tone="gain" dot>
      ok
    </Badge>
  ) : (
    <Badge tone="caution" dot title={loop.last_outcome ?? undefined}>
      {loop.last_outcome}
    </Badge>
  );
}
