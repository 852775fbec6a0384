// What are dated cash flows worth at a yearly rate, seen from the first of them?
import { discountFactors } from './discount.ts';
import { measured, undefinedFor, type Measure } from './reasons.ts';
import { toSeries, type DatedAmount, type Series } from './series.ts';

/**
 * Net present value in the unit of the flows, discounted by the second to the time of the first flow, as spreadsheets'
 * XNPV. A statistic, hence a float. `out_of_range` where the rate is not above -1 or the result too large.
 */
export const npv = (flows: readonly DatedAmount[], rate: number): Measure => npvOf(toSeries(flows), rate);

export function npvOf(series: Series, rate: number): Measure {
  if (!(rate > -1 && rate < Infinity)) return undefinedFor('out_of_range');
  const factors = new Float64Array(series.values.length);
  discountFactors(series, Math.log1p(rate), factors);
  return measured(series.values.reduce((total, value, i) => total + value * (factors[i] as number), 0));
}
