// What is each cash flow worth today? The table behind a net present value or a CARR.
import { sumPerSecond, type CashFlow } from './cash-flow.ts';
import { SECONDS_PER_YEAR } from './series.ts';
import { msatToFloat, type Msat, type UnixSec } from '../units.ts';

export interface DiscountedFlow {
  readonly time: UnixSec;
  /** ISO 8601 to the second: 2021-02-01T00:00:00Z. */
  readonly utc: string;
  /** All flows of this second. */
  readonly flow: Msat;
  /** (1 + rate)^-(years of 365 days since the first flow) */
  readonly factor: number;
  /** flow * factor in msat; a statistic, hence a float. */
  readonly presentValue: number;
}

/**
 * One row for each second in which something happened; `flows` in time order. At the CARR the present values add up to
 * zero (up to rounding).
 * @throws RangeError when the rate is not above -1 and finite.
 */
export function discountedFlows(flows: readonly CashFlow[], rate: number): DiscountedFlow[] {
  if (!(rate > -1 && rate < Infinity)) throw new RangeError(`rate: expected a number above -1, got ${rate}`);
  const perSecond = -Math.log1p(rate) / SECONDS_PER_YEAR;
  const start = flows[0]?.time ?? 0;
  return [...sumPerSecond(flows)].map(([time, flow]) => {
    const factor = Math.exp(perSecond * (time - start));
    return { time, utc: utcSecond(time), flow, factor, presentValue: msatToFloat(flow) * factor };
  });
}

/** Unix seconds as ISO 8601 in UTC. */
export const utcSecond = (time: number): string => new Date(time * 1000).toISOString().replace('.000Z', 'Z');
