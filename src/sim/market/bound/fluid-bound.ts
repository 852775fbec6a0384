// How much could any fees earn at most? The value of the fluid problem, by its dual (quant 4.8).
import { CircularRoutes } from '../engine/circular-routes.ts';
import { DAY, RESERVE, changeTimes, demandAt, type Demand, type Market } from '../market.ts';
import { PricedColumn } from '../demand/priced-column.ts';
import { gameValue } from './rival-game.ts';
import { rivalLags } from './rival.ts';
import { Season } from '../demand/season.ts';

/** Steps; after 300 the bound of the drain scenario is within 0.1 % of what 30,000 find, after 1000 within 0.01 %. */
const STEPS = 1000;
/** Steps where prices begin at those of demand that was nearly the same: see the figures in its test. */
const STEPS_ON = 200;
/** Step, ppm per own throughput of imbalance: about the scale of the fees, beyond which it would no longer converge. */
const STEP_PPM = 100;

export interface FluidPlan {
  /** No policy earns more than this in expectation, msat a day, what it leaves in the channels valued at `prices`. */
  readonly boundMsatPerDay: number;
  /** What one more sat on our side is worth, ppm: 0 in the mean, or with rebalancing from 0 on. */
  readonly prices: readonly number[];
  /** The fee of each channel at those prices. */
  readonly fees: readonly number[];
}

/** What the channels hold at the beginning and may give away or take up until the end. */
export interface Stock {
  readonly days: number;
  readonly drawableSats: readonly number[];
  readonly roomSats: readonly number[];
}

/**
 * Prices at which the dual is least: sum over columns of max over fees of volume x share x (fee + price in - price out).
 * By accelerated gradient steps (Nesterov), each channel's scaled by its own throughput: plain subgradient steps leave
 * the bound 2 to 13 % too high where flows are one-way. It is a bound at any prices: whoever holds these prices for
 * right gains, from each payment, the fee and what the sats are worth more where they come in than where they leave.
 * @param fillCost what filling each channel costs, ppm; null where there is no rebalancing
 * @param start prices to begin with, where similar demand has been solved
 * @param stock null: for ever, inflow equals outflow; else the bound holds for fees alone, whatever is left at the end
 * @param rival who reacts: as it asks at most, or as it asks in the end, which makes a plan, but no bound
 */
export function solveFluid(
  demand: Demand,
  fillCost: readonly number[] | null,
  start: readonly number[] | null = null,
  stock: Stock | null = null,
  rival: 'usual' | 'settled' = 'usual',
): FluidPlan {
  const count = demand.scalePpm.length;
  const columns = demand.columns.map((column) => new PricedColumn(column, rival));
  const throughput = throughputOf(demand);
  const prices = Float64Array.from(demand.scalePpm, (_, k) => start?.[k] ?? 0);
  // Filling may have become cheaper since: outside of the box is no bound.
  if (fillCost !== null) box(prices, fillCost);
  const reached = prices.slice();
  const next = prices.slice();
  const gain = new Float64Array(count);
  let best: FluidPlan = { boundMsatPerDay: Infinity, prices: [], fees: [] };
  const steps = start === null ? STEPS : STEPS_ON;
  for (let step = 1; step <= steps; step++) {
    gain.fill(0);
    let bound = 0;
    for (const column of columns) {
      column.choose(prices);
      column.flow(gain);
      bound += column.value;
    }
    if (stock !== null) bound += useStock(stock, prices, gain);
    // Sats a day x ppm are 1e-6 sats a day, 1e-3 msat.
    if (bound / 1000 < best.boundMsatPerDay)
      best = { boundMsatPerDay: bound / 1000, prices: [...prices], fees: feesOf(columns, count) };
    for (let k = 0; k < count; k++) next[k] = (prices[k] ?? 0) - (STEP_PPM * (gain[k] ?? 0)) / (throughput[k] ?? 1);
    if (fillCost !== null) box(next, fillCost);
    else if (stock === null) centre(next);
    const momentum = step / (step + 3);
    for (let k = 0; k < count; k++) {
      const to = next[k] ?? 0;
      prices[k] = to + momentum * (to - (reached[k] ?? 0));
      reached[k] = to;
    }
    if (fillCost !== null) box(prices, fillCost);
  }
  return best;
}

/** Between the geometric and the arithmetic mean of what comes and what goes, sats a day if all were free. */
function throughputOf({ volume }: Demand): number[] {
  const out = volume.map((_, k) => volume.reduce((sum, row) => sum + (row[k] ?? 0), 0));
  return volume.map((row, k) => {
    const into = row.reduce((sum, sats) => sum + sats, 0);
    const left = out[k] ?? 0;
    return Math.max(0.5 * Math.sqrt(left * into) + 0.25 * (left + into), 1e-9);
  });
}

/** Of each channel outside of the scenario's hours. */
function feesOf(columns: readonly PricedColumn[], count: number): number[] {
  const fees = new Array<number>(count).fill(0);
  for (let i = columns.length - 1; i >= 0; i--) {
    const column = columns[i];
    if (column !== undefined) fees[column.to] = column.fee;
  }
  return fees;
}

/** What is earned by selling stock where it is dear and taking it up where it is a burden; sats a day x ppm. */
function useStock({ days, drawableSats, roomSats }: Stock, prices: Float64Array, gain: Float64Array): number {
  let value = 0;
  for (let k = 0; k < prices.length; k++) {
    const price = prices[k] ?? 0;
    const sold = price > 0 ? (drawableSats[k] ?? 0) / days : -(roomSats[k] ?? 0) / days;
    value += price * sold;
    gain[k] = (gain[k] ?? 0) + sold;
  }
  return value;
}

/**
 * With rebalancing no channel is worth more than the cheapest plus what filling it costs. Only differences matter, so
 * that the cheapest may be held at 0: a box, onto which steps are projected without losing their way.
 */
function box(prices: Float64Array, fillCost: readonly number[]): void {
  for (let k = 0; k < prices.length; k++) prices[k] = Math.max(0, Math.min(prices[k] ?? 0, fillCost[k] ?? 0));
}

function centre(prices: Float64Array): void {
  const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
  for (let k = 0; k < prices.length; k++) prices[k] = (prices[k] ?? 0) - mean;
}

/** A stretch of time in which demand stays as it is. */
export interface PlannedStretch extends FluidPlan {
  readonly from: number;
  readonly until: number;
}

/**
 * One plan between any two changes of demand. The sum of the stretches' bounds is one of what they earn, if what
 * balances have gained in a stretch is valued at its prices (quant 4.8): each stretch's bound holds whatever the balances
 * are at its beginning and its end. That makes this a bound in every scenario:
 * - smooth drift moves once a day, so that each day is a stretch (regimes.ts);
 * - the season multiplies all rates alike, which leaves the best fees where they are; where hours differ, both parts of
 *   the day share one price of each sat, which then holds for both, as balances pass from one to the other;
 * - against a rival who reacts demand is never more than against one who asks its usual price for ever (rival.ts), and
 *   what can be made of its being late is a game whose value is known (rival-game.ts);
 * - peers that are offline send and take nothing for their part of the time; whoever is told to come again, in halves
 *   or for a newer fee, or who remembers failures, pays no more than once; probes pay nothing.
 */
export function planFluid(market: Market, rebalancing: boolean): PlannedStretch[] {
  const end = market.start + market.days * DAY;
  const starts = changeTimes(market).filter((time) => time < end);
  const routes = new CircularRoutes(market);
  let prices: readonly number[] | null = null;
  return starts.map((from, i) => {
    const demand = demandAt(market, from);
    const costs = rebalancing ? market.channels.map((_, k) => routes.attainablePpm(k, from)) : null;
    const until = starts[i + 1] ?? end;
    const plan = solveFluid(demand, costs, prices);
    prices = plan.prices;
    const { rival, hours } = market.scenario;
    // Where hours differ as well, the chains of the game would pass from one part of the day to the other.
    if (rival === null || hours !== null) return { from, until, ...plan };
    return { from, until, ...planAgainst(market, rival, demand, costs, { plan, days: (until - from) / DAY }) };
  });
}

/** The least of the bounds at the prices of the plan without reactions, of that after them, and in between. */
function planAgainst(
  market: Market,
  rival: NonNullable<Market['scenario']['rival']>,
  demand: Demand,
  costs: readonly number[] | null,
  { plan, days }: { readonly plan: FluidPlan; readonly days: number },
): FluidPlan {
  const settled = solveFluid(demand, costs, null, null, 'settled');
  const lags = rivalLags(market, rival);
  const season = new Season(market.scenario.season);
  const columns = demand.columns.map((column) => ({ column, usual: new PricedColumn(column, 'usual') }));
  // The rival has not yet seen anything, or what it has seen belongs to demand that was another.
  const unseen = Math.min(1, rival.mostHours / 24 / days);
  const between = plan.prices.map((price, k) => (price + (settled.prices[k] ?? 0)) / 2);
  const bounds = [plan.prices, between, settled.prices].map((prices) => {
    let bound = 0;
    for (const { column, usual } of columns) {
      usual.choose(Float64Array.from(prices));
      const game = gameValue(column, prices, lags[column.to] ?? 0, season);
      bound += unseen * usual.value + (1 - unseen) * Math.min(game, usual.value);
    }
    return { boundMsatPerDay: bound / 1000, prices, fees: settled.fees };
  });
  return bounds.reduce((least, one) => (one.boundMsatPerDay < least.boundMsatPerDay ? one : least), {
    ...plan,
    fees: settled.fees,
  });
}

/**
 * Bound of fees alone over the whole time, msat, the stock of half-full channels included; null where demand changes on
 * the way. Unlike `boundOf` no tool can exceed it by selling what it was given.
 */
export function boundWithStock(market: Market): number | null {
  if (changeTimes(market).length > 1) return null;
  const sats = market.channels.map(({ capacityMsat }) => (capacityMsat / 1000) * (0.5 - RESERVE));
  const stock = { days: market.days, drawableSats: sats, roomSats: sats };
  return solveFluid(demandAt(market, market.start), null, null, stock).boundMsatPerDay * market.days;
}

/** Bound of the whole time, msat. */
export const boundOf = (plan: readonly PlannedStretch[]): number =>
  plan.reduce((sum, { from, until, boundMsatPerDay }) => sum + (boundMsatPerDay * (until - from)) / DAY, 0);
