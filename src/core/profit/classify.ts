// Does a channel pay? Its class, and what pricing and rebalancing make of it.
import { negMsat, type Msat } from '../units.ts';

export type ProfitClass = 'profitable' | 'break_even' | 'underwater' | 'zombie';

export interface ClassInput {
  readonly netProfit: Msat;
  /** >= 0 */
  readonly totalCost: Msat;
  /** Forwards that entered or left by it within the window. */
  readonly forwards: number;
  readonly ageSeconds: number;
  readonly windowSeconds: number;
  /** A closed channel cannot come to life again, so it is judged by its figures and never a zombie. */
  readonly open: boolean;
}

/** Both ends of the break-even band, inclusive: 5 % of the costs (design 6.1), as a fraction 1 / 20. */
const BAND_DIVISOR = 20n;

/**
 * First match: zombie, break-even within 5 % of the costs, profitable, underwater. Compared in integers, so that no
 * quotient's rounding decides at the boundaries.
 *
 * Without costs ROI has no value, and the class is its limit as the costs go to zero: any profit lies above the band,
 * none at all lies within it. (A loss without costs cannot be.)
 */
export function classify({ netProfit, totalCost, forwards, ageSeconds, windowSeconds, open }: ClassInput): ProfitClass {
  if (open && forwards === 0 && ageSeconds > windowSeconds) return 'zombie';
  return classOfReturns(netProfit, totalCost);
}

/** Of a channel that is alive. */
export function classOfReturns(netProfit: Msat, totalCost: Msat): ProfitClass {
  const size = netProfit < 0n ? negMsat(netProfit) : netProfit;
  if (size * BAND_DIVISOR <= totalCost) return 'break_even';
  return netProfit > 0n ? 'profitable' : 'underwater';
}

/** For the bounds and the markup of a fee, never multiplied onto the fee before (design 6.1). */
export const FEE_MULTIPLIERS: Readonly<Record<ProfitClass, number>> = {
  profitable: 1.0,
  break_even: 1.1,
  underwater: 1.2,
  zombie: 1.15,
};

/** Whether money may go into a channel, and how much profit it must promise. */
export type RebalanceTerms = { readonly allowed: false } | { readonly allowed: true; readonly profitFactor: 1 | 2 };

/** Zombies and channels below -50 % ROI get nothing; other underwater ones need twice the minimum profit (design 6.1). */
export function rebalanceTerms(profitClass: ProfitClass, netProfit: Msat, totalCost: Msat): RebalanceTerms {
  if (profitClass === 'zombie' || 2n * netProfit < negMsat(totalCost)) return { allowed: false };
  return { allowed: true, profitFactor: profitClass === 'underwater' ? 2 : 1 };
}
