// What did forwards earn and move on each day, by all channels together?
import type { ChannelDay } from '../../core/profit/books.ts';
import { dayOf, msat, msatToFloat, sumMsat, unixSec, type Msat, type UnixSec } from '../../core/units.ts';
import type { Ledger } from '../../ports.ts';

/** What left within one day. */
export interface RoutedDay {
  readonly fees: Msat;
  /** The fees' mean second. */
  readonly time: UnixSec;
  readonly sent: Msat;
  readonly forwards: number;
}
export type RoutedDays = ReadonlyMap<number, RoutedDay>;

/** The node's days, counted from the epoch; of channels that nobody can name any more too. */
export function routedDays(ledger: Ledger): RoutedDays {
  const entries = new Map<number, ChannelDay[]>();
  for (const list of ledger.days().values())
    for (const entry of list) {
      const day = entries.get(dayOf(entry.time));
      if (day === undefined) entries.set(dayOf(entry.time), [entry]);
      else day.push(entry);
    }
  return new Map([...entries].map(([day, own]) => [day, together(own)]));
}

function together(entries: readonly ChannelDay[]): RoutedDay {
  let [fees, sent, moment, forwards] = [0, 0, 0, 0];
  for (const entry of entries) {
    const fee = msatToFloat(entry.amount);
    fees += fee;
    moment += fee * entry.time;
    sent += msatToFloat(entry.sent);
    forwards += entry.sentCount;
  }
  // Doubles add integers exactly, and a hundred times faster, as long as the sum is one that they hold exactly.
  const exact = Number.isSafeInteger(fees) && Number.isSafeInteger(sent);
  return {
    fees: exact ? msat(fees) : sumMsat(entries.map(({ amount }) => amount)),
    sent: exact ? msat(sent) : sumMsat(entries.map((entry) => entry.sent)),
    time: unixSec(fees === 0 ? 0 : Math.floor(moment / fees)),
    forwards,
  };
}
