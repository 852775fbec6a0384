// What does it cost to bring liquidity into a channel? By what was paid for it, else by what senders would pay there.
import { gamma, normal, type Uniform } from '../chance.ts';
import type { History } from './history.ts';

/** The price of a way around the network over the fee that half of the senders pay; and its spread in ln (quant 4.5). */
const PRIOR = { multiple: 0.7, spread: 0.8 } as const;
/** Spread (ln) of what single payments into one channel cost (quant 4.5), and of what never averages out. */
const PAYMENT_SPREAD = 0.4;
const LASTING_SPREAD = 0.2;
/** No way is cheaper: three hops at what most nodes ask at least. */
const FLOOR_PPM = 10;
/** Share of attempts that arrive: 40 % as of five attempts, until there are more (quant 2). */
const SUCCESS = { arrived: 2, failed: 3 } as const;

export interface Refill {
  /** ln of ppm and its standard deviation, by channel; null where nothing was ever paid: then it follows the demand. */
  readonly paid: readonly ({ readonly lnPpm: number; readonly sd: number } | null)[];
  /** ln of what was paid over what was expected before, all channels together. */
  readonly lnShift: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** @param lnScale of each channel: what half of its senders would pay, as far as it is known */
export function refillOf({ channels, circles, attempts }: History, lnScale: readonly number[]): Refill {
  const costs: number[][] = channels.map(() => []);
  for (const { to, amountMsat, feeMsat } of circles)
    if (amountMsat > 0) costs[to]?.push(Math.log(Math.max(1, (feeMsat / amountMsat) * 1e6)));
  const expected = (k: number): number => Math.log(PRIOR.multiple) + (lnScale[k] ?? 0);
  const means = costs.map((each) => each.reduce((sum, ln) => sum + ln, 0) / Math.max(1, each.length));
  let shift = 0;
  let known = 0;
  costs.forEach((each, k) => {
    if (each.length === 0) return;
    shift += (means[k] ?? 0) - expected(k);
    known++;
  });
  // One channel's worth of believing what was expected.
  const lnShift = shift / (1 + known);
  const paid = costs.map((each, k) => {
    if (each.length === 0) return null;
    const noise = PAYMENT_SPREAD ** 2 / each.length + LASTING_SPREAD ** 2;
    const [own, prior] = [1 / noise, 1 / PRIOR.spread ** 2];
    const lnPpm = (own * (means[k] ?? 0) + prior * (expected(k) + lnShift)) / (own + prior);
    return { lnPpm, sd: Math.sqrt(1 / (own + prior)) };
  });
  return { paid, lnShift, ...attempts };
}

export interface DrawnRefill {
  /** Median price of bringing liquidity into each channel, ppm. */
  readonly ppm: readonly number[];
  /** Share of attempts that arrive. */
  readonly success: number;
}

export function drawRefill(refill: Refill, scalePpm: readonly number[], uniform: Uniform): DrawnRefill {
  const arrived = gamma(SUCCESS.arrived + refill.succeeded, uniform);
  const failed = gamma(SUCCESS.failed + refill.failed, uniform);
  const ppm = refill.paid.map((known, k) => {
    const lnPrior = Math.log(PRIOR.multiple * (scalePpm[k] ?? 1)) + refill.lnShift;
    const { lnPpm, sd } = known ?? { lnPpm: lnPrior, sd: PRIOR.spread };
    return Math.max(FLOOR_PPM, Math.exp(lnPpm + sd * normal(uniform)));
  });
  return { ppm, success: arrived / (arrived + failed) };
}
