// How much of our money was in a channel when? Told from what moved it, day by day, since nobody kept the balance itself.
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../core/profit/books.ts';
import { addWeights, meanBalance, weigh, type BalanceChange } from '../../core/profit/employed.ts';
import { addMsat, msat, negMsat, subMsat, sumMsat, ZERO_MSAT, type Msat, type UnixSec } from '../../core/units.ts';
import { carriedIn } from './carried.ts';

/** What moved a channel's balance, as far as it is known: not the operator's own payments and invoices. */
export interface Movements {
  readonly books: ChannelBooks;
  readonly days: readonly ChannelDay[];
  /** Self-payments that came in by the channel, and that left by it. */
  readonly refills: readonly SelfPayment[];
  readonly drains: readonly SelfPayment[];
}

/** All but forwards, in no order. */
export function rareChanges({ books, refills, drains }: Movements): BalanceChange[] {
  const { openedAt, funding, push, lease, splices } = books;
  return [
    { time: openedAt.time, amount: sumMsat([funding.amount, push.amount, lease.amount]) },
    ...splices.map(({ time, amount }) => ({ time, amount: amount.amount })),
    ...refills.map(({ time, amount }) => ({ time, amount })),
    ...drains.map(({ time, amount, fee }) => ({ time, amount: negMsat(addMsat(amount, fee)) })),
  ];
}

/** When the last movement was. */
export const lastMovement = (movements: Movements): number =>
  rareChanges(movements).reduce((last, { time }) => Math.max(last, time), movements.days.at(-1)?.time ?? 0);

/**
 * The mean balance of a channel's life up to `end`, no earlier than its last movement. Where the balance `actual` at the
 * end is known and differs from what moved, payments of the operator have moved the rest at times unknown: evenly over
 * the whole life, which adds half of it to the mean.
 */
export function meanBalanceOf(movements: Movements, end: UnixSec, actual: Msat | null): Msat | null {
  const weight = addWeights(weigh(rareChanges(movements)), carriedIn(movements.days).balance);
  const mean = meanBalance(weight, movements.books.openedAt.time, end);
  if (mean === null) return null;
  const adjusted = mean + ((actual ?? weight.net) - weight.net) / 2n;
  return adjusted < 0n ? ZERO_MSAT : msat(adjusted);
}

export interface BalanceAt {
  readonly time: UnixSec;
  readonly balance: Msat;
}

/** The balance after each movement, in time order; forwards count at the second of their day's entry. */
export const balancesOf = (movements: Movements): BalanceAt[] =>
  balancesFrom(ZERO_MSAT, rareChanges(movements), movements.days);

/** The same of a stretch of time that begins with so much. */
export function balancesFrom(
  before: Msat,
  changes: readonly BalanceChange[],
  days: readonly ChannelDay[],
): BalanceAt[] {
  const forwards = days.map(({ time, received, sent }) => ({ time, amount: subMsat(received, sent) }));
  let balance = before;
  return [...changes, ...forwards]
    .sort((a, b) => a.time - b.time)
    .map(({ time, amount }) => {
      balance = addMsat(balance, amount);
      return { time, balance };
    });
}
