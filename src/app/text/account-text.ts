// How does an account look on a terminal: the statement with its levels, and the discounted cash flows?
import { LABELS } from '../../core/profit/labels.ts';
import type { accountFigures, cashFlowFigures, statementFigures, waterfallFigures } from '../profit/figures.ts';
import { left, percentage, right, sats, signed, table, utc } from './layout.ts';

type Statement = ReturnType<typeof statementFigures>;
type Waterfall = ReturnType<typeof waterfallFigures>;
type CashFlows = ReturnType<typeof cashFlowFigures>;

/** Rows shown at either end of a long list; the reply in JSON has all. */
const MOST_AT_EACH_END = 25;

const mark = (estimated: boolean): string => (estimated ? 'estimate' : '');

/** From the capital to the amount at closing, with what there is after each line. */
export function statementLines(
  { lines, capital_sats, capital_estimated, amount_at_closing_sats, result_sats }: Statement,
  waterfall: Waterfall,
): string[] {
  const levels = new Map(waterfall.map(({ label, to_sats }) => [label, to_sats]));
  return table(
    [left(''), right('sats'), right('level'), left('')],
    [
      [LABELS.capital, sats(capital_sats), sats(capital_sats), mark(capital_estimated)],
      ...lines.map(({ item, amount_sats, estimated }) => [
        LABELS[item],
        signed(amount_sats),
        sats(levels.get(item) ?? 0),
        mark(estimated),
      ]),
      [LABELS.amount_at_closing, sats(amount_at_closing_sats), sats(amount_at_closing_sats), ''],
      ['Result', signed(result_sats), '', ''],
    ],
  );
}

function cashFlowLines(flows: CashFlows): string[] {
  const rows = flows.map(({ time, utc: shown, flow_sats, discount_factor, present_value_sats, kinds }) => [
    String(time),
    shown.replace('T', ' ').replace('Z', ''),
    signed(flow_sats),
    discount_factor === null ? '-' : discount_factor.toPrecision(6),
    present_value_sats === null ? '-' : sats(present_value_sats),
    kinds.join(', '),
  ]);
  return table(
    [left('Unix time'), left('UTC'), right('flow, sats'), right('factor'), right('present value'), left('what')],
    shortened(rows),
  );
}

function shortened(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const between = rows.length - 2 * MOST_AT_EACH_END;
  if (between <= 1) return rows;
  return [...rows.slice(0, MOST_AT_EACH_END), ['...', `${between} more`], ...rows.slice(-MOST_AT_EACH_END)];
}

/** Statement and cash flows under their titles. */
export const accountLines = (account: ReturnType<typeof accountFigures>): string[] => [
  'Statement',
  ...statementLines(account.statement, account.waterfall),
  '',
  `Cash flows, discounted at ${percentage(account.cash_flows_rate_pct)} a year`,
  ...cashFlowLines(account.cash_flows),
];

export const asOf = (time: number): string => `${utc(time)} UTC`;
