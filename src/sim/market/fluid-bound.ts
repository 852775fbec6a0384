// How much could any fees earn at most? The value of the fluid problem, by its dual (quant 4.8).
import { CircularRoutes } from './circular-routes.ts';
import { DAY, RESERVE, changeTimes, demandAt, shareAt, type Demand, type Market } from './market.ts';

/** Fees considered, ppm: from 5 to 5000 in steps of 5 %. The objective is flat at its top: 0.05 % is lost at most. */
const GRID = Float64Array.from({ length: 142 }, (_, i) => 5 * 1.05 ** i);
/** Steps; after 300 the bound of the drain scenario is within 0.1 % of what 30,000 find, after 1000 within 0.01 %. */
const STEPS = 1000;
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

interface Choice {
  fee: number;
  share: number;
  value: number;
}

/**
 * Prices at which the dual is least: sum over j of max over fees of volume x share x (fee + price in - price out). By
 * accelerated gradient steps (Nesterov), each channel's scaled by its own throughput: plain subgradient steps leave the
 * bound 2 to 13 % too high where flows are one-way. It is a bound at any prices.
 * @param fillCost what filling each channel costs, ppm; null where there is no rebalancing
 * @param start prices to begin with, where similar demand has been solved
 * @param stock null: for ever, inflow equals outflow; else the bound holds for fees alone, whatever is left at the end
 */
export function solveFluid(
  market: Market,
  demand: Demand,
  fillCost: readonly number[] | null,
  start: readonly number[] | null = null,
  stock: Stock | null = null,
): FluidPlan {
  const { scalePpm } = demand;
  const count = scalePpm.length;
  const shares = scalePpm.map((scale) => GRID.map((fee) => shareAt(market, scale, fee)));
  // Column j: which part of what leaves by j comes in by i.
  const column = Float64Array.from(scalePpm, (_, j) => demand.volume.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const parts = scalePpm.map((_, j) =>
    Float64Array.from(demand.volume, (row) => (row[j] ?? 0) / Math.max(column[j] ?? 0, 1e-12)),
  );
  const rows = demand.volume.map((row) => row.reduce((sum, sats) => sum + sats, 0));
  // Between the geometric and the arithmetic mean of what comes and what goes.
  const throughput = column.map((out, k) => {
    const into = rows[k] ?? 0;
    return Math.max(0.5 * Math.sqrt(out * into) + 0.25 * (out + into), 1e-9);
  });
  const reached = Float64Array.from(scalePpm, (_, k) => start?.[k] ?? 0);
  const prices = reached.slice();
  const next = reached.slice();
  const gain = new Float64Array(count);
  const fees = new Float64Array(count);
  const choice: Choice = { fee: 0, share: 0, value: 0 };
  let best: FluidPlan = { boundMsatPerDay: Infinity, prices: [], fees: [] };
  for (let step = 1; step <= STEPS; step++) {
    gain.fill(0);
    let bound = 0;
    for (let j = 0; j < count; j++) {
      const part = parts[j] ?? new Float64Array();
      const volume = column[j] ?? 0;
      let incoming = 0;
      for (let i = 0; i < count; i++) incoming += (part[i] ?? 0) * (prices[i] ?? 0);
      chooseFee(choice, shares[j] ?? GRID, incoming - (prices[j] ?? 0));
      bound += choice.value * volume;
      fees[j] = choice.fee;
      const flow = volume * choice.share;
      gain[j] = (gain[j] ?? 0) - flow;
      for (let i = 0; i < count; i++) gain[i] = (gain[i] ?? 0) + (part[i] ?? 0) * flow;
    }
    if (stock !== null) bound += useStock(stock, prices, gain);
    // Sats a day x ppm are 1e-6 sats a day, 1e-3 msat.
    if (bound / 1000 < best.boundMsatPerDay)
      best = { boundMsatPerDay: bound / 1000, prices: [...prices], fees: [...fees] };
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

/** The fee of highest share x (fee + gain), or none at all where every fee would lose. */
function chooseFee(choice: Choice, shares: Float64Array, gain: number): void {
  choice.value = 0;
  choice.share = 0;
  choice.fee = GRID.at(-1) ?? 0;
  for (let f = 0; f < GRID.length; f++) {
    const value = (shares[f] ?? 0) * ((GRID[f] ?? 0) + gain);
    if (value <= choice.value) continue;
    choice.value = value;
    choice.share = shares[f] ?? 0;
    choice.fee = GRID[f] ?? 0;
  }
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

/** One plan between any two changes of demand. */
export function planFluid(market: Market, rebalancing: boolean): PlannedStretch[] {
  const end = market.start + market.days * DAY;
  const starts = changeTimes(market).filter((time) => time < end);
  const routes = new CircularRoutes(market);
  let prices: readonly number[] | null = null;
  return starts.map((from, i) => {
    const demand = demandAt(market, from);
    const costs = rebalancing ? market.channels.map((_, k) => routes.attainablePpm(k, from)) : null;
    const plan = solveFluid(market, demand, costs, prices);
    prices = plan.prices;
    return { from, until: starts[i + 1] ?? end, ...plan };
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
  return solveFluid(market, demandAt(market, market.start), null, null, stock).boundMsatPerDay * market.days;
}

/** Bound of the whole time, msat. */
export const boundOf = (plan: readonly PlannedStretch[]): number =>
  plan.reduce((sum, { from, until, boundMsatPerDay }) => sum + (boundMsatPerDay * (until - from)) / DAY, 0);
