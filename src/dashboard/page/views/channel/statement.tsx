// What came of the capital, line by line?
import type { JSX } from 'preact';
import type { ChannelPage } from '../../../api.ts';
import { LABELS } from '../../../../core/profit/labels.ts';
import { date, percent, sats, signedSats, words } from '../../format.ts';
import { Card, toneOf } from '../../ui/parts.tsx';
import { accountOf } from './figures.tsx';

export function Statement({ page }: { readonly page: ChannelPage }): JSX.Element {
  const { statement } = page.profitability;
  const account = accountOf(page);
  return (
    <Card title="Profit and loss" note={page.open ? 'as if it closed now' : 'final'} flush>
      <table class="statement">
        <thead class="only-read">
          <tr>
            <th scope="col">Line</th>
            <th scope="col">sats</th>
          </tr>
        </thead>
        <tbody>
          <Line label={LABELS.capital} value={sats(statement.capital_sats)} estimated={statement.capital_estimated} />
          {statement.lines.map(({ item, amount_sats: amount, estimated }) => (
            <Line
              key={item}
              label={LABELS[item]}
              value={signedSats(amount)}
              tone={toneOf(amount)}
              estimated={estimated}
              name={item}
            />
          ))}
          <Line
            label={LABELS.amount_at_closing}
            value={sats(statement.amount_at_closing_sats)}
            estimated={statement.estimated}
            total
          />
          <Line
            label="Result"
            value={signedSats(statement.result_sats)}
            tone={toneOf(statement.result_sats)}
            estimated={statement.estimated}
            total
            name="result"
          />
        </tbody>
      </table>
      {account !== null && (
        <dl class="pairs card-text">
          <dt>CARR</dt>
          <dd>
            {account.carr_pct === null ? words(account.carr_reason ?? '–') : `${percent(account.carr_pct)} a year`}
          </dd>
          <dt>Return on capital</dt>
          <dd>{percent(account.return_on_capital_pct)}</dd>
          <dt>Paid back</dt>
          <dd>
            {account.paid_back_at === null ? words(account.paid_back_reason ?? 'not yet') : date(account.paid_back_at)}
          </dd>
        </dl>
      )}
    </Card>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly tone?: string;
  readonly estimated?: boolean;
  readonly total?: boolean;
  readonly name?: string;
}
const Line = ({ label, value, tone = 'plain', estimated = false, total = false, name }: LineProps): JSX.Element => (
  <tr class={total ? 'total' : undefined}>
    <th scope="row">
      {label}
      {estimated && <span class="note"> estimated</span>}
    </th>
    <td class={`end tone-${tone}`} data-figure={name === undefined ? undefined : `statement_${name}`}>
      {value}
    </td>
  </tr>
);
