// At which yearly rate is the net present value of dated cash flows zero? The Channel Annualized Rate of Return.
import { SECONDS_PER_DAY } from '../units.ts';
import type { UndefinedReason } from './reasons.ts';
import { rootsAbove, type Roots } from './roots.ts';
import { mirrored, toSeries, type DatedAmount, type Series } from './series.ts';

export type CarrReason = Extract<
  UndefinedReason,
  'no_sign_change' | 'no_root' | 'lifetime_under_a_day' | 'no_capital' | 'out_of_range' | 'rate_too_high'
>;

export type Carr =
  | {
      /** A fraction, 0.063 for 6.3 % a year; above -1, finite. */
      readonly carr: number;
      readonly reason: null;
      /** Sign changes of the flows in time order: Descartes' bound on the number of rates. */
      readonly signChanges: number;
      /** Rates at which the net present value is zero; above 1, `carr` is the one nearest zero. */
      readonly roots: number;
    }
  | { readonly carr: null; readonly reason: CarrReason; readonly signChanges: number; readonly roots: 0 };

/** The largest log-rate whose rate is a double: ln(1.797e308). */
const HIGHEST = Math.log(Number.MAX_VALUE);
/** The double next to -1. A loss beyond it (all of it within days) shows as this one. */
const LOWEST_RATE = -1 + Number.EPSILON / 2;
/** Its log-rate, as a distance below zero. */
const LOWEST = -Math.log1p(LOWEST_RATE);

/**
 * The rate nearest zero at which the flows' net present value is zero, discounting by the second over years of 365 days
 * (XIRR's definition, on seconds instead of days). Order and splitting of the flows do not matter.
 */
export const carr = (flows: readonly DatedAmount[]): Carr => carrOf(toSeries(flows));

export function carrOf(series: Series): Carr {
  const { flows: signChanges, running, remaining } = countSignChanges(series);
  const none = (reason: CarrReason): Carr => ({ carr: null, reason, signChanges, roots: 0 });
  if (signChanges === 0) return none('no_sign_change');
  if (series.lifetime < SECONDS_PER_DAY) return none('lifetime_under_a_day');
  // No rate can be nearer zero than zero, so the others need no search.
  if (series.total === 0n) return { carr: 0, reason: null, signChanges, roots: 1 };

  const above = running === 0 ? NO_ROOTS : rootsAbove(series, HIGHEST, running === 1);
  const below = remaining === 0 ? NO_ROOTS : rootsAbove(mirrored(series), LOWEST, remaining === 1);
  const rate = nearestZero(above, below);
  if (rate === null) return none(above.beyond ? 'out_of_range' : 'no_root');
  const roots = above.roots.length + Number(above.beyond) + below.roots.length + Number(below.beyond);
  return { carr: rate, reason: null, signChanges, roots };
}

/** Growth in a year beyond which the rate says how short the time was, or that fees came before the capital. */
const HIGHEST_TOLD = 1000;

/** The same, unless it is too high to say anything of a year. */
export const told = (found: Carr): Carr =>
  found.carr !== null && found.carr > HIGHEST_TOLD
    ? { carr: null, reason: 'rate_too_high', signChanges: found.signChanges, roots: 0 }
    : found;

const NO_ROOTS: Roots = { roots: [], beyond: false };

function nearestZero(above: Roots, below: Roots): number | null {
  const gain = above.roots[0];
  const loss = below.roots[0];
  const gainRate = gain === undefined ? null : Math.expm1(gain);
  const lossRate = loss === undefined ? null : Math.max(Math.expm1(-loss), LOWEST_RATE);
  if (gainRate !== null && lossRate !== null) return -lossRate < gainRate ? lossRate : gainRate;
  return gainRate ?? lossRate ?? (below.beyond ? LOWEST_RATE : null);
}

/**
 * Sign changes of the flows themselves, of their sum so far, and of the sum still to come. The net present value is the
 * rate times a Laplace transform of the sum so far, hence it is zero at no more positive rates than that sum has sign
 * changes, and at as many less an even number: none proves that there is no such rate, one that there is exactly one.
 * The sum still to come does the same for negative rates. A channel's capital goes out first and comes back last: one
 * pass in integers proves its return unique.
 */
function countSignChanges({ values, total }: Series): { flows: number; running: number; remaining: number } {
  const sum = Number(total);
  const changes = { flows: 0, running: 0, remaining: 0 };
  let running = 0;
  let lastValue = 0;
  let lastRunning = 0;
  let lastRemaining = sum;
  for (const value of values) {
    running += value;
    const remaining = sum - running;
    if (value * lastValue < 0) changes.flows++;
    if (running * lastRunning < 0) changes.running++;
    if (remaining * lastRemaining < 0) changes.remaining++;
    lastValue = value;
    if (running !== 0) lastRunning = running;
    if (remaining !== 0) lastRemaining = remaining;
  }
  return changes;
}
