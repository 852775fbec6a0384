// What will a sat be worth at each peer in the long run, given what is known of demand? Dual ascent on the learned flows.
//
// In the long run a channel cannot give more than comes in by it or is bought. So we look for the prices of liquidity at
// which the best fees let no more out than that (quant 4.8, 7.1), step by step: where more would leave, a sat becomes
// dearer. Each cycle takes one step from the prices of the cycle before, so that they follow what is learned. The balance
// itself would tell the same, but only after a channel had stood empty for weeks.
import { lnFeeOf } from './cells.ts';
import { CURVATURE } from './demand-curve.ts';
import { GONE, type PlacedSources } from './places.ts';
import type { Cells } from './types.ts';

/** What is known of one peer. */
export interface PlannedPeer {
  readonly capacitySats: number;
  /** Fee, ppm, at which its revenue is highest while all liquidity is worth the same. */
  readonly scale: number;
  /** Sats a day that would leave at that fee. */
  readonly volume: number;
  readonly sources: PlacedSources;
  /** What bringing a sat in costs, ppm; null where nothing is brought in. */
  readonly refillPpm: number | null;
}

/** Relative demand by ln(fee / scale): elasticity is 1 at the scale, grows by CURVATURE, and never falls below 0. */
const FIRST = -3;
const GRAIN = 0.1;
const FEES = Float64Array.from({ length: 61 }, (_, i) => Math.exp(FIRST + i * GRAIN));
const SHARES = FEES.map((fee) => relativeDemand(Math.log(fee)));

/** Demand over that at the scale, at so much (in ln) above it. */
export function relativeDemand(u: number): number {
  const from = Math.max(u, -1 / CURVATURE);
  return Math.exp(-from - 0.5 * CURVATURE * from * from);
}

/**
 * Where nothing is brought in no price is higher than so many times the scale: there fees are three times it. Where something
 * is, only what it costs is a bound: capped so, channels that are dear to fill were sold out into those that are cheap to
 * fill until these were full and let nothing in any more (docs/economics.md).
 */
const MOST_SCALES = 2;
/** Counts at one peer as if all had been asked its scale: forwards, and hours of demand as at the scale. */
export function demandIn(cells: Cells, lnScale: number): { readonly forwards: number; readonly hours: number } {
  let forwards = 0;
  let hours = 0;
  for (let i = 0; i < cells.length; i++) {
    const [cell, counted, exposed] = cells[i] as Cells[number];
    forwards += counted;
    hours += exposed * relativeDemand(lnFeeOf(cell) - lnScale);
  }
  return { forwards, hours };
}

/**
 * Prices, ppm of a sat, a step on from `start`; it is `step` scales where all leaves and nothing comes in. Nothing is
 * dearer than the cheapest by more than its refill
 * costs: whoever needs more buys it.
 */
export function planPrices(peers: readonly PlannedPeer[], start: ArrayLike<number>, step: number): Float64Array {
  const count = peers.length;
  const prices = new Float64Array(start);
  const inflow = new Float64Array(count);
  const outflow = new Float64Array(count);
  let capacity = 0;
  for (const { capacitySats } of peers) capacity += capacitySats;
  let meanPrice = 0;
  for (let k = 0; k < count; k++)
    meanPrice += ((prices[k] as number) * (peers[k] as PlannedPeer).capacitySats) / capacity;
  let everywhere = 0;
  for (let j = 0; j < count; j++) {
    const { scale, volume, sources } = peers[j] as PlannedPeer;
    const { from, forwards } = sources;
    // One forward's weight is taken to come from everywhere.
    let weight = 1;
    let incoming = meanPrice;
    for (let n = 0; n < from.length; n++) {
      const i = from[n] as number;
      if (i === GONE) continue;
      weight += forwards[n] as number;
      incoming += (forwards[n] as number) * (prices[i] as number);
    }
    const flow = volume * bestShare((incoming / weight - (prices[j] as number)) / scale);
    outflow[j] = flow;
    everywhere += flow / weight;
    for (let n = 0; n < from.length; n++) {
      const i = from[n] as number;
      if (i !== GONE) inflow[i] = (inflow[i] as number) + (flow * (forwards[n] as number)) / weight;
    }
  }
  for (let k = 0; k < count; k++) {
    const { scale, capacitySats } = peers[k] as PlannedPeer;
    const into = (inflow[k] as number) + (everywhere * capacitySats) / capacity;
    const out = outflow[k] as number;
    const missing = out - into;
    if (into + out > 0) prices[k] = (prices[k] as number) + (step * scale * missing) / (into + out);
  }
  hold(prices, peers);
  return prices;
}

/** Only differences matter, so that the cheapest may be held at 0: a box, onto which steps are projected. */
function hold(prices: Float64Array, peers: readonly PlannedPeer[]): void {
  for (let k = 0; k < prices.length; k++) {
    const { refillPpm, scale } = peers[k] as PlannedPeer;
    const most = refillPpm ?? MOST_SCALES * scale;
    prices[k] = Math.max(0, Math.min(prices[k] as number, most));
  }
}

/**
 * What the sat must be worth more where it comes in for a fee to be better than the next higher one: falls with the fee,
 * because relative demand is log-concave; no number where both see the same demand.
 */
const SWITCHES = FEES.map((fee, i) => {
  const [share, next, higher] = [SHARES[i] ?? 0, SHARES[i + 1] ?? 0, FEES[i + 1] ?? 0];
  return (next * higher - share * fee) / (share - next);
});
/** The lowest fee that sees less demand than all below it: those are never better. */
const LOWEST = FEES.findIndex((_, i) => (SHARES[i + 1] ?? 0) < (SHARES[i] ?? 0));

/** Relative demand at the fee of highest (fee + what the sat is worth more where it comes in) x demand; in scales. */
function bestShare(gained: number): number {
  let low = LOWEST;
  let high = FEES.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (gained >= (SWITCHES[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return (FEES[low] as number) + gained > 0 ? (SHARES[low] as number) : 0;
}
