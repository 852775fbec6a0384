// What is a fee algorithm told, and what does it answer?
import type { FeeReason } from '../reasons.ts';
import { SECONDS_PER_HOUR, type UnixSec } from '../units.ts';
import type { Suspicion } from './change-point.ts';
import type { Cells, FeeConfig, LearnerMove, Prior, TrialWindow } from './types.ts';

export interface LearnContext {
  readonly now: UnixSec;
  readonly window: FeeConfig['window'];
  readonly targetFlowSats: number;
  /** Sats a day that have lately left to this peer. */
  readonly dailySats: number;
  /** Bid price here minus where the forwards come in, ppm. */
  readonly bidDifference: number;
  readonly prior: Prior;
  readonly memory: Cells;
  readonly halfLifeDays: number;
  /** Bounds of the position. */
  readonly lnMin: number;
  readonly lnMax: number;
}

/** What the open window holds. */
export interface Evidence {
  readonly forwards: number;
  /** With liquidity. */
  readonly hours: number;
  /** Since it was opened, with liquidity or without. */
  readonly elapsed: number;
  /** What closes it: so many forwards, or so many hours; it lasts `leastHours` at least, see `leftOf`. */
  readonly needs: { readonly forwards: number; readonly hours: number; readonly leastHours: number };
  readonly closed: boolean;
  /** Why it closed, or that it waits. */
  readonly because: 'forwards' | 'time' | 'sure' | 'change-point' | 'waiting';
  /** Hill climbing: log likelihood ratio against the fee before (W4). */
  readonly likelihoodRatio?: number;
  readonly suspicion?: Suspicion;
}

export interface LearnStep {
  readonly evidence: Evidence;
  /** Where the position lies at the prices of the moment. */
  readonly lnMarkup: number;
  /** Null while the window is open. */
  readonly move: LearnerMove | null;
  /** Why it moves; null while it does not. */
  readonly reason: FeeReason | null;
  /** What the comparison came to, for the explanation; null while the window is open. */
  readonly compared: Readonly<Record<string, number>> | null;
}

/**
 * A channel that is empty most of the time never has so many hours with liquidity: twice as many hours of the clock do, or
 * whoever is sold out within hours would never learn that the fee is too low (docs/economics.md, 1 to 4 times alike).
 */
const CLOCK_FACTOR = 2;

/** What is missing until a window has lasted long enough, in hours with liquidity and in hours of the clock; either is enough. */
export function leftOf({ hours, elapsed, needs }: Pick<Evidence, 'hours' | 'elapsed' | 'needs'>): {
  readonly hours: number;
  readonly clock: number;
} {
  return {
    hours: Math.max(0, needs.leastHours - hours),
    clock: Math.max(0, CLOCK_FACTOR * needs.leastHours - elapsed),
  };
}

export const hasLasted = (window: Pick<Evidence, 'hours' | 'elapsed' | 'needs'>): boolean => {
  const left = leftOf(window);
  return left.hours === 0 || left.clock === 0;
};

export const elapsedIn = ({ since }: TrialWindow, now: UnixSec): number => (now - since) / SECONDS_PER_HOUR;

export const emptyWindow = (now: UnixSec): TrialWindow => ({ since: now, cells: [], unmet: 0 });
