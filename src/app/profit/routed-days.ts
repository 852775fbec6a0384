// What did forwards earn and move on each day, by all channels together?
import { dayOf, dayStart, msat, msatToFloat, sumMsat, unixSec, type Msat, type UnixSec } from '../../core/units.ts';
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

type ChannelDays = ReturnType<Ledger['days']>;

/** The node's days, counted from the epoch; of channels that nobody can name any more too. */
export function routedDays(channels: ChannelDays): RoutedDays {
  const sums = new Map<number, { fees: number; moment: number; sent: number; forwards: number }>();
  for (const list of channels.values())
    for (const { time, amount, sent, sentCount } of list) {
      const key = dayOf(time);
      let day = sums.get(key);
      if (day === undefined) sums.set(key, (day = { fees: 0, moment: 0, sent: 0, forwards: 0 }));
      const fee = msatToFloat(amount);
      day.fees += fee;
      day.moment += fee * (time - dayStart(key));
      day.sent += msatToFloat(sent);
      day.forwards += sentCount;
    }
  return new Map(
    [...sums].map(([key, { fees, moment, sent, forwards }]) => {
      const time = unixSec(dayStart(key) + (fees === 0 ? 0 : Math.floor(moment / fees)));
      // Doubles add integers exactly, and many times faster, as long as the sum is one that they hold exactly.
      const exact = Number.isSafeInteger(fees) && Number.isSafeInteger(sent);
      return [key, { ...(exact ? { fees: msat(fees), sent: msat(sent) } : slowly(channels, key)), time, forwards }];
    }),
  );
}

function slowly(channels: ChannelDays, day: number): Pick<RoutedDay, 'fees' | 'sent'> {
  const entries = [...channels.values()].flatMap((list) => list.filter(({ time }) => dayOf(time) === day));
  return { fees: sumMsat(entries.map(({ amount }) => amount)), sent: sumMsat(entries.map(({ sent }) => sent)) };
}
