// Does each loop run, and when again?
import type { JSX } from 'preact';
import type { Overview } from '../../../api.ts';
import { ago, capital, exactly } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';

type Status = Overview['status'];
type Loop = Status['loops'][string];

const MEANINGS: Readonly<Record<string, string>> = {
  intake: 'takes forwards in',
  flow: 'sees where liquidity flows',
  accounts: 'reads what everything cost',
  fees: 'sets prices',
  rebalance: 'moves liquidity where that pays',
};

export function Loops({ status, now }: { readonly status: Status; readonly now: number }): JSX.Element {
  return (
    <Card title="Loops" flush>
      <table class="loops">
        <thead>
          <tr>
            <th scope="col">Loop</th>
            <th scope="col">State</th>
            <th scope="col" class="end">
              Last
            </th>
            <th scope="col" class="end">
              Next
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(status.loops).map(([name, loop]) => (
            <tr key={name} data-loop={name}>
              <th scope="row" title={MEANINGS[name]}>
                {capital(name)}
              </th>
              <td>
                <State loop={loop} />
              </td>
              <td class="end muted" title={exactly(loop.last_run)}>
                {ago(loop.last_run, now)}
              </td>
              <td class="end muted" title={exactly(loop.next_run)}>
                {loop.running ? 'now' : loop.next_run === null ? '–' : ago(Math.max(now, loop.next_run), now)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
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
