// How much balance did a channel have to earn with, on average over time?
import { msat, type Msat, type UnixSec } from '../units.ts';

/** Our balance from this second on, until the next observation. */
export interface BalanceAt {
  readonly time: UnixSec;
  readonly balance: Msat;
}

/**
 * The mean local balance from the first observation (or `from`, if that is later) to `to`, weighted with time, rounded
 * down. Null when nothing was observed before `to`. Observations in time order.
 */
export function timeWeightedBalance(observations: readonly BalanceAt[], from: UnixSec, to: UnixSec): Msat | null {
  let weighted = 0n;
  let seconds = 0;
  observations.forEach(({ time, balance }, i) => {
    const begin = Math.max(time, from);
    const end = Math.min(observations[i + 1]?.time ?? to, to);
    if (end <= begin) return;
    weighted += balance * BigInt(end - begin);
    seconds += end - begin;
  });
  return seconds === 0 ? null : msat(weighted / BigInt(seconds));
}
