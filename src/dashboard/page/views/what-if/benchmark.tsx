// How do these fees and rebalances do beside other tools, on the same payments, in model markets?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Benchmark, BenchmarkRow } from '../../../api.ts';
import { BAR_WIDTH, domainOf, IntervalBar, type Domain } from '../../charts/interval-bar.tsx';
import { share } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';

const columnsOf = (domain: Domain): readonly Column<BenchmarkRow>[] => [
  {
    head: 'Tool',
    cell: ({ tool, kind }) => (
      <>
        {tool} {kind === 'ours' && <Badge tone="accent">ours</Badge>}
      </>
    ),
  },
  { head: 'Of the bound', end: true, cell: ({ of_bound: value }) => share(value) },
  {
    head: '95 % interval',
    width: BAR_WIDTH,
    cell: ({ kind, of_bound: value, low, high }) => (
      <IntervalBar
        low={low ?? value}
        high={high ?? value}
        middle={value}
        domain={domain}
        mark={1}
        quiet={kind !== 'ours'}
        label={`${share(low ?? value)} to ${share(high ?? value)}`}
      />
    ),
  },
];

export function BenchmarkCard({ benchmark: { made, scenarios } }: { readonly benchmark: Benchmark }): JSX.Element {
  const [chosen, setChosen] = useState(scenarios[0]?.name ?? '');
  const scenario = scenarios.find(({ name }) => name === chosen);
  const rows = scenario?.rows ?? [];
  const domain = domainOf([1, ...rows.flatMap(({ of_bound: value, low, high }) => [low ?? value, high ?? value])]);
  return (
    <Card
      title="Benchmark of this release"
      note={scenario?.about}
      tools={
        <select
          aria-label="Scenario"
          value={chosen}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
          }}
        >
          {scenarios.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      }
      flush
    >
      <Table columns={columnsOf(domain)} rows={rows} keyOf={({ tool }) => tool} />
      <p class="card-text note">
        Net profit over the most that any fees and rebalances could have earned from the same payments. Rescaled: with
        bounds and bases that fit the scenario, not as shipped. +lndg: with the rebalancer of LNDg, having none of its
        own. {made}
      </p>
    </Card>
  );
}
