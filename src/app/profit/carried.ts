// What do a channel's days add up to? Reckoned once per list, since all days but the last have passed.
import type { ChannelDay } from '../../core/profit/books.ts';
import type { Weight } from '../../core/profit/employed.ts';
import { msat, type Msat } from '../../core/units.ts';

export interface Carried {
  /** Settled forwards in or out. */
  readonly forwards: number;
  /** Fees of what left by it. */
  readonly revenue: Msat;
  /** Fees that other channels earned of what came in here. */
  readonly sourced: Msat;
  /** Of what came in less what went out. */
  readonly balance: Weight;
}

const known = new WeakMap<readonly ChannelDay[], Carried>();

export function carriedIn(days: readonly ChannelDay[]): Carried {
  const before = known.get(days);
  if (before !== undefined) return before;
  let [forwards, revenue, sourced, net, moment] = [0, 0n, 0n, 0n, 0n];
  for (const day of days) {
    const change = day.received - day.sent;
    forwards += day.sentCount + day.receivedCount;
    revenue += day.amount;
    sourced += day.sourced;
    net += change;
    moment += change * BigInt(day.time);
  }
  const carried = { forwards, revenue: msat(revenue), sourced: msat(sourced), balance: { net, moment } };
  known.set(days, carried);
  return carried;
}
