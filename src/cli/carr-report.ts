// What return do the cash flows of a file have? In figures, in JSON and in words.
import { carrOf, type Carr } from '../core/profit/carr.ts';
import { npvOf } from '../core/profit/npv.ts';
import { UNDEFINED_REASONS } from '../core/profit/reasons.ts';
import { toSeries } from '../core/profit/series.ts';
import type { CashFlowFile } from './cash-flow-file.ts';
import { grouped, percent } from './decimal.ts';
import { formatMoment } from './moment.ts';

export interface CarrReport {
  readonly result: Carr;
  /** In the file's unit, at `rate`, seen from the first flow; null where it is beyond numbers. */
  readonly npv: number | null;
  readonly rate: number;
  /** The sum of all flows by what was paid in; null when nothing was. */
  readonly roi: number | null;
  readonly flows: number;
  /** Unix seconds of the earliest and the latest flow. */
  readonly span: readonly [number, number];
}

/** @param rate yearly rate of the net present value, a fraction above -1 */
export function reportCarr({ flows, decimals }: CashFlowFile, rate: number): CarrReport {
  const series = toSeries(flows);
  const present = npvOf(series, rate).value;
  const paidIn = flows.reduce((total, { amount }) => (amount < 0n ? total - amount : total), 0n);
  const times = flows.map(({ time }) => time);
  return {
    result: carrOf(series),
    npv: present === null ? null : present / 10 ** decimals,
    rate,
    roi: paidIn === 0n ? null : Number(series.total) / Number(paidIn),
    flows: flows.length,
    span: [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))],
  };
}

/** One line of JSON. Rates are fractions: 0.063 is 6.3 % a year. */
export const carrJson = ({ result, npv, roi, flows }: CarrReport): string =>
  JSON.stringify({ carr: result.carr, reason: result.reason, npv, roi, flows });

export function carrText({ result, npv, rate, roi, flows, span }: CarrReport): string {
  const lines: [string, string][] = [
    ['CARR', result.carr === null ? `none: ${UNDEFINED_REASONS[result.reason]}` : `${percent(result.carr)} a year`],
    ['NPV', npv === null ? 'none: beyond numbers' : `${grouped(npv)} at ${percent(rate)} a year`],
    ['ROI', roi === null ? 'none: nothing was paid in' : `${percent(roi)} of what was paid in`],
    ['Flows', `${flows} from ${formatMoment(span[0])} to ${formatMoment(span[1])}`],
  ];
  if (result.roots > 1)
    lines.push(['Note', `${result.roots} rates make the net present value zero; the CARR is the one nearest zero`]);
  return lines.map(([label, value]) => label.padEnd(7) + value).join('\n');
}
