// What do a channel's days add up to? Reckoned once per list, since all days but the last have passed.
import type { ChannelDay } from '../../core/profit/books.ts';
import { weigh, type Weight } from '../../core/profit/employed.ts';
import { subMsat, sumMsat, type Msat } from '../../core/units.ts';

export interface Carried {
  /** Settled forwards in or out. */
  readonly forwards: number;
  /** Fees of what left by it. */
  readonly revenue: Msat;
  /** Fees that other channels earned of what came in here. */
  readonly sourced: Msat;
  /** Of what came in less what went out. */
  readonly balance: Weight;
  /** When the last of it was. */
  readonly until: number;
}

const known = new WeakMap<readonly ChannelDay[], Carried>();

export function carriedIn(days: readonly ChannelDay[]): Carried {
  const before = known.get(days);
  if (before !== undefined) return before;
  const carried: Carried = {
    forwards: days.reduce((sum, { sentCount, receivedCount }) => sum + sentCount + receivedCount, 0),
    revenue: sumMsat(days.map(({ amount }) => amount)),
    sourced: sumMsat(days.map(({ sourced }) => sourced)),
    balance: weigh(days.map(({ time, received, sent }) => ({ time, amount: subMsat(received, sent) }))),
    until: days.at(-1)?.time ?? 0,
  };
  known.set(days, carried);
  return carried;
}
