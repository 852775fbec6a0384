// What do full blocks do to a market? For some days moving liquidity is dear, and large payments avoid the chain.
import { DAY } from '../basics.ts';
import type { Market } from '../market.ts';

/** Chain feerate when blocks are not full, sat/vB: that of the plugin's own figures for a channel's cost. */
const CALM_SAT_PER_VBYTE = 5;

/** When it begins and ends, seconds since the epoch. */
export function stormTimes({ scenario, start }: Market): number[] {
  const { storm } = scenario;
  return storm === null ? [] : [start + storm.fromDay * DAY, start + (storm.fromDay + storm.days) * DAY];
}

/** The scenario's storm while it lasts, else null. */
export function stormAt({ scenario, start }: Market, time: number): NonNullable<Market['scenario']['storm']> | null {
  const { storm } = scenario;
  if (storm === null) return null;
  const day = (time - start) / DAY;
  return day >= storm.fromDay && day < storm.fromDay + storm.days ? storm : null;
}

/** What a transaction costs, sat/vB. */
export const feerateAt = (market: Market, time: number): number =>
  stormAt(market, time)?.satPerVbyte ?? CALM_SAT_PER_VBYTE;
