// Who carries rebalances out, and how well does each do it?
import type { JSX } from 'preact';
import type { Rebalances } from '../../../api.ts';
import { duration, ppm, sats, share } from '../../format.ts';
import { Badge, Card } from '../../ui/parts.tsx';

export function Drivers({ rebalancer }: { readonly rebalancer: Rebalances['rebalancer'] }): JSX.Element {
  const { active, because, available, scores, foreign_24h: foreign } = rebalancer;
  const names = [...new Set([...(available ?? []), ...scores.map(({ driver }) => driver)])];
  return (
    <Card title="Drivers" note={because ?? undefined} flush>
      {names.length === 0 ? (
        <p class="card-text muted">
          {available === null ? 'The node could not be asked which are there.' : 'None is there.'}
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Driver</th>
              <th scope="col" class="end">
                Success
              </th>
              <th scope="col" class="end">
                Paid, ppm
              </th>
              <th scope="col" class="end">
                Takes
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const score = scores.find(({ driver }) => driver === name);
              return (
                <tr key={name} data-driver={name}>
                  <th scope="row">
                    {name} {name === active && <Badge tone="accent">in use</Badge>}
                    {score !== undefined && score.errors_in_row > 0 && (
                      <Badge tone="caution">{score.errors_in_row} errors in a row</Badge>
                    )}
                  </th>
                  <td class="end">{share(score?.success_rate)}</td>
                  <td class="end">{ppm(score?.ppm)}</td>
                  <td class="end">
                    {score?.seconds === undefined || score.seconds === null ? '–' : duration(score.seconds)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
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
