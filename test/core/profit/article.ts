// The example of bolt.observer's article on the channel annualized rate of return, as an account of ours.
//
// Given there: 1,000,000 sats, opening 1500 vB at 5 sat/vB, 80,000 sats earned net over the lifetime, closing 225 vB at
// 2 sat/vB, 14 months, CARR 6.3 %. The monthly flows are only drawn, not printed; fees that rise by 500 sats a month from
// 2,500 and add up to 80,000 give 6.305 %, and are what these tests use.
import type { ChannelAccount, Entry, Figure } from '../../../src/core/profit/account.ts';
import { channelId, nodeId, satsToMsat, unixSec, type UnixSec } from '../../../src/core/units.ts';

export const exact = (sats: number): Figure => ({ amount: satsToMsat(sats), estimated: false });
export const estimate = (sats: number): Figure => ({ amount: satsToMsat(sats), estimated: true });
export const entry = (time: UnixSec, sats: number): Entry => ({ time, ...exact(sats) });
/** The beginning of a month, counted from January 2021. */
export const month = (number: number): UnixSec => unixSec(Date.UTC(2021, number, 1) / 1000);

const MONTHLY_FEES = [...Array.from({ length: 13 }, (_, i) => 2500 + 500 * i), 8500];

export const ARTICLE: ChannelAccount = {
  channelId: channelId('a1'.repeat(32)),
  peerId: nodeId('02' + 'b2'.repeat(32)),
  openedAt: month(0),
  funding: exact(1_000_000),
  openingFee: exact(1500 * 5),
  push: exact(0),
  lease: exact(0),
  splices: [],
  routing: MONTHLY_FEES.map((fee, i) => entry(month(i + 1), fee)),
  rebalances: [],
  end: { state: 'closed', time: month(14), fee: exact(225 * 2) },
};

/** The same channel, its events at other times and its fees at other heights. */
export const articleWith = (timeOf: (index: number) => UnixSec, feeFactor: number): ChannelAccount => ({
  ...ARTICLE,
  routing: MONTHLY_FEES.map((fee, i) => entry(timeOf(i + 1), fee * feeFactor)),
  end: { state: 'closed', time: timeOf(14), fee: exact(450) },
});
