// Which hour, channel and direction does a forward count toward, and as what?
import { accountedNs, isTerminal, TEMPORARY_CHANNEL_FAILURE, type Forward } from '../forward.ts';
import { nsToSec, ZERO_MSAT, type Msat, type Scid, type UnixSec } from '../units.ts';

/** `in`: the channel the payment came by; `out`: the one it left by (and which earned the fee). */
export type Direction = 'in' | 'out';

/** Sums over a span of time for one channel and direction. */
export interface FlowTotals {
  readonly settledCount: number;
  readonly settledMsat: Msat;
  /** Direction out: revenue of the channel. Direction in: revenue it sourced, earned by the exit channel. */
  readonly feeMsat: Msat;
  /** Failed further on, or refused by us for another reason than liquidity. */
  readonly failedCount: number;
  readonly failedMsat: Msat;
  /** Refused by us for want of liquidity: demand we could not serve (direction out only). */
  readonly unmetCount: number;
  readonly unmetMsat: Msat;
}

export const NO_FLOW: FlowTotals = {
  settledCount: 0,
  settledMsat: ZERO_MSAT,
  feeMsat: ZERO_MSAT,
  failedCount: 0,
  failedMsat: ZERO_MSAT,
  unmetCount: 0,
  unmetMsat: ZERO_MSAT,
};

/** One forward's share in one rollup cell. */
export interface RollupEntry {
  readonly channel: Scid;
  readonly direction: Direction;
  readonly time: UnixSec;
  readonly kind: 'settled' | 'failed' | 'unmet';
  readonly amount: Msat;
  readonly fee: Msat;
}

/**
 * What a forward adds to the hourly rollups: nothing while in flight; once it has ended, one entry for the channel it
 * came by and one for the channel it left by or was refused at.
 */
export function rollupEntries(forward: Forward): RollupEntry[] {
  if (!isTerminal(forward.status)) return [];
  const time = nsToSec(accountedNs(forward));
  const settled = forward.status === 'settled';
  const fee = settled ? (forward.feeMsat ?? ZERO_MSAT) : ZERO_MSAT;
  const entries: RollupEntry[] = [
    {
      channel: forward.inChannel,
      direction: 'in',
      time,
      kind: settled ? 'settled' : 'failed',
      amount: forward.inMsat,
      fee,
    },
  ];
  if (forward.outChannel !== null) {
    const unmet = forward.status === 'local_failed' && forward.failcode === TEMPORARY_CHANNEL_FAILURE;
    entries.push({
      channel: forward.outChannel,
      direction: 'out',
      time,
      kind: settled ? 'settled' : unmet ? 'unmet' : 'failed',
      // A local failure never got an outgoing amount; what came in is the best measure of what was wanted.
      amount: forward.outMsat ?? forward.inMsat,
      fee,
    });
  }
  return entries;
}
