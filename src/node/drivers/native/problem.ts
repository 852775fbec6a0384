// What does the driver give up for?
import type { FailureKind } from '../../../core/rebalance/types.ts';

export interface Problem {
  readonly failure: FailureKind;
  /** One sentence for people. */
  readonly reason: string;
}

export const problem = (failure: FailureKind, reason: string): Problem => ({ failure, reason });
