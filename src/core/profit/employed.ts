// How much balance did a channel have to earn with, on average over time?
import { msat, type Msat, type UnixSec } from '../units.ts';

/** What came to our side of a channel, or below 0 left it. */
export interface BalanceChange {
  readonly time: UnixSec;
  readonly amount: Msat;
}

/** What changes in any number add up to: all that the mean balance up to a later second takes. */
export interface Weight {
  readonly net: bigint;
  /** Each amount times its Unix second. */
  readonly moment: bigint;
}

export function weigh(changes: readonly BalanceChange[]): Weight {
  let net = 0n;
  let moment = 0n;
  for (const { time, amount } of changes) {
    net += amount;
    moment += amount * BigInt(time);
  }
  return { net, moment };
}

export const addWeights = (a: Weight, b: Weight): Weight => ({ net: a.net + b.net, moment: a.moment + b.moment });

/**
 * The mean balance between `from`, the second of the first change, and `to`, none earlier than the last: each amount
 * counts for as long as it was there. Rounded down; null when no time has passed.
 */
export const meanBalance = ({ net, moment }: Weight, from: UnixSec, to: UnixSec): Msat | null =>
  to <= from ? null : msat((net * BigInt(to) - moment) / BigInt(to - from));
