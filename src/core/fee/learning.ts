// What is a fee algorithm told, and what does it answer?
import type { FeeReason } from '../reasons.ts';
import type { UnixSec } from '../units.ts';
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
  readonly hours: number;
  /** What closes it: so many forwards, or so many hours; never fewer hours than `leastHours`. */
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

export const emptyWindow = (now: UnixSec): TrialWindow => ({ since: now, cells: [], unmet: 0 });
