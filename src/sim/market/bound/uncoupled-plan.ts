// How much could fees earn where balances never move? Each channel's best fee by itself: every sat is worth nothing.
import { familyDemand } from '../demand/demand.ts';
import { solveFluid, type PlannedStretch } from './fluid-bound.ts';
import { changeTimes, DAY, demandAt, largestPayment, OUTSIDE, regimeAt, type Demand, type Market } from '../market.ts';
import { cappedLognormalMean } from '../demand/normal.ts';

/** As planFluid, for markets without limits of liquidity; also of one channel, whose payments come from outside. */
export function planUncoupled(market: Market): PlannedStretch[] {
  const end = market.start + market.days * DAY;
  const starts = changeTimes(market).filter((time) => time < end);
  return starts.map((from, i) => {
    // Filling that costs nothing holds all prices at 0.
    const free = market.channels.map(() => 0);
    const plan = solveFluid(uncoupledDemandAt(market, from), free);
    return { from, until: starts[i + 1] ?? end, ...plan };
  });
}

export const uncoupledDemandAt = (market: Market, time: number): Demand =>
  market.channels.length === 1 ? demandOfOne(market, time) : demandAt(market, time);

/** As if it came in where it leaves: what is worth nothing may. */
function demandOfOne(market: Market, time: number): Demand {
  const [channel] = market.channels;
  if (channel === undefined) throw new RangeError('market: expected a channel');
  const { scalePpm, rateFactor } = regimeAt(channel, time);
  const { medianSats, sigma } = market.scenario.payment;
  const mean = cappedLognormalMean(medianSats, sigma, largestPayment(market, OUTSIDE, 0) / 1000);
  return familyDemand(market, [[channel.sinkPerDay * rateFactor * mean]], [scalePpm]);
}
