// What did forwards earn and move on each day, by all channels together?
import { dayOf, dayStart, msat, msatToFloat, sumMsat, unixSec, type Msat, type UnixSec } from '../../core/units.ts';
import type { ChannelDay } from '../../core/profit/books.ts';
import type { Ledger } from '../../ports.ts';
import { breathe } from '../breathe.ts';

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

/** Channels added up in one go: each has a day's figures for every day of years. */
const AT_ONCE = 100;

/** The node's days, counted from the epoch; of channels that nobody can name any more too. */
export async function routedDays(channels: ChannelDays): Promise<RoutedDays> {
  const sums = new Map<number, Sum>();
  let done = 0;
  for (const list of channels.values()) {
    for (const day of list) addTo(sums, day);
    if (++done % AT_ONCE === 0) await breathe();
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

interface Sum {
  fees: number;
  moment: number;
  sent: number;
  forwards: number;
}

function addTo(sums: Map<number, Sum>, { time, amount, sent, sentCount }: ChannelDay): void {
  const key = dayOf(time);
  let day = sums.get(key);
  if (day === undefined) sums.set(key, (day = { fees: 0, moment: 0, sent: 0, forwards: 0 }));
  const fee = msatToFloat(amount);
  day.fees += fee;
  day.moment += fee * (time - dayStart(key));
  day.sent += msatToFloat(sent);
  day.forwards += sentCount;
}

function slowly(channels: ChannelDays, day: number): Pick<RoutedDay, 'fees' | 'sent'> {
  const entries = [...channels.values()].flatMap((list) => list.filter(({ time }) => dayOf(time) === day));
  return { fees: sumMsat(entries.map(({ amount }) => amount)), sent: sumMsat(entries.map(({ sent }) => sent)) };
}
