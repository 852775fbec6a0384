// How are amounts, rates and times told in a reply? Exact where they are money, never NaN or infinite.
import type { Carr } from '../../core/profit/carr.ts';
import { discountedFlows } from '../../core/profit/discounted.ts';
import type { CashFlow } from '../../core/profit/cash-flow.ts';
import type { Measure, UndefinedReason } from '../../core/profit/reasons.ts';
import { statementOf, type Statement } from '../../core/profit/statement.ts';
import { waterfallOf } from '../../core/profit/waterfall.ts';
import { msatToSats } from '../../core/units.ts';

/** Decimals of a percentage: a hundredth of a millionth of the whole, beyond which all is rounding. */
const PERCENT_DECIMALS = 6;
/** Statistics of money, such as present values, to the millisatoshi. */
const SATS_DECIMALS = 3;

/** To so many decimals; as it is where it has none to lose. */
export const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** A fraction as a percentage; null where that is beyond numbers. */
export function percent(fraction: number | null): number | null {
  if (fraction === null) return null;
  const value = fraction * 100;
  return Number.isFinite(value) ? rounded(value, PERCENT_DECIMALS) : null;
}

/** A statistic in msat as sats. */
export const approximateSats = (milli: number): number => rounded(milli / 1000, SATS_DECIMALS);

/** A measure under two names: the figure, and why there is none. */
export function ratio<Name extends string>(
  name: Name,
  { value, reason }: Measure,
): Record<`${Name}_pct`, number | null> & Record<`${Name}_reason`, UndefinedReason | null> {
  const shown = percent(value);
  const why = shown === null ? (reason ?? 'out_of_range') : null;
  return { [`${name}_pct`]: shown, [`${name}_reason`]: why } as ReturnType<typeof ratio<Name>>;
}

/** A return, why there is none, and how many rates would do: above 1 the one shown is that nearest zero. */
export const carrFigures = ({ carr, reason, roots }: Carr) => ({
  ...ratio('carr', carr === null ? { value: null, reason } : { value: carr, reason: null }),
  carr_roots: roots,
});

export const statementFigures = ({
  capital,
  capitalEstimated,
  lines,
  result,
  amountAtClosing,
  estimated,
}: Statement) => ({
  capital_sats: msatToSats(capital),
  capital_estimated: capitalEstimated,
  lines: lines.map(({ item, amount, estimated }) => ({ item, amount_sats: msatToSats(amount), estimated })),
  result_sats: msatToSats(result),
  amount_at_closing_sats: msatToSats(amountAtClosing),
  estimated,
});

export const waterfallFigures = (statement: Statement) =>
  waterfallOf(statement).map(({ label, from, to, kind, estimated }) => ({
    label,
    kind,
    from_sats: msatToSats(from),
    to_sats: msatToSats(to),
    estimated,
  }));

/** @param rate at which the flows are discounted to the first of them */
export function cashFlowFigures(flows: readonly CashFlow[], rate: number) {
  const seconds = new Map<number, CashFlow[]>();
  for (const flow of flows) {
    const same = seconds.get(flow.time);
    if (same) same.push(flow);
    else seconds.set(flow.time, [flow]);
  }
  return discountedFlows(flows, rate).map(({ time, utc, flow, factor, presentValue }) => {
    const parts = seconds.get(time) ?? [];
    return {
      time,
      utc,
      flow_sats: msatToSats(flow),
      kinds: [...new Set(parts.map(({ kind }) => kind))],
      // Beyond numbers where a loss of all within days makes the rate next to -100 %.
      discount_factor: Number.isFinite(factor) ? factor : null,
      present_value_sats: Number.isFinite(presentValue) ? approximateSats(presentValue) : null,
      estimated: parts.some(({ estimated }) => estimated),
    };
  });
}

/** Statement, waterfall and cash flows of one channel or of many together. */
export function accountFigures(flows: readonly CashFlow[], rate: number) {
  const statement = statementOf(flows);
  return {
    statement: statementFigures(statement),
    waterfall: waterfallFigures(statement),
    cash_flows_rate_pct: percent(rate),
    cash_flows: cashFlowFigures(flows, rate),
  };
}
