// How do these fees and rebalances do beside other tools, on the same payments, in model markets?
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Benchmark } from '../../../api.ts';
import { domainOf, IntervalBar } from '../../charts/interval-bar.tsx';
import { share } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';

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
      <table>
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col" class="end">
              Of the bound
            </th>
            <th scope="col" class="bar-cell">
              95 % interval
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ tool, kind, of_bound: value, low, high }) => (
            <tr key={tool}>
              <th scope="row">
                {tool} {kind === 'ours' && <Badge tone="accent">ours</Badge>}
              </th>
              <td class="end">{share(value)}</td>
              <td class="bar-cell">
                <IntervalBar
                  low={low ?? value}
                  high={high ?? value}
                  middle={value}
                  domain={domain}
                  mark={1}
                  quiet={kind !== 'ours'}
                  label={`${share(low ?? value)} to ${share(high ?? value)}`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="card-text note">
        Net profit over the most that any fees and rebalances could have earned from the same payments. {made}
      </p>
    </Card>
  );
}
