// How much of our money was in a channel when? Told from what moved it, day by day, since nobody kept the balance itself.
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../core/profit/books.ts';
import { timeWeightedBalance, type BalanceAt } from '../../core/profit/employed.ts';
import { addMsat, msat, negMsat, subMsat, sumMsat, ZERO_MSAT, type Msat, type UnixSec } from '../../core/units.ts';

/** What moved a channel's balance, as far as it is known: not the operator's own payments and invoices. */
export interface Movements {
  readonly books: ChannelBooks;
  readonly days: readonly ChannelDay[];
  /** Self-payments that came in by the channel, and that left by it. */
  readonly refills: readonly SelfPayment[];
  readonly drains: readonly SelfPayment[];
}

/** The balance after each movement, in time order; forwards count at the second of their day's entry. */
export function balancesOf({ books, days, refills, drains }: Movements): BalanceAt[] {
  const { openedAt, funding, push, lease, splices } = books;
  const changes = [
    { time: openedAt.time, amount: sumMsat([funding.amount, push.amount, lease.amount]) },
    ...splices.map(({ time, amount }) => ({ time, amount: amount.amount })),
    ...days.map(({ time, received, sent }) => ({ time, amount: subMsat(received, sent) })),
    ...refills.map(({ time, amount }) => ({ time, amount })),
    ...drains.map(({ time, amount, fee }) => ({ time, amount: negMsat(addMsat(amount, fee)) })),
  ].sort((a, b) => a.time - b.time);
  let balance = ZERO_MSAT;
  return changes.map(({ time, amount }) => {
    balance = addMsat(balance, amount);
    return { time, balance };
  });
}

/**
 * The mean balance of a channel's life up to `end`. Where the balance `actual` at the end is known and differs, payments
 * of the operator have moved the rest at times unknown: evenly over the whole life, which adds half of it to the mean.
 */
export function meanBalance(balances: readonly BalanceAt[], end: UnixSec, actual: Msat | null): Msat | null {
  const mean = timeWeightedBalance(balances, balances[0]?.time ?? end, end);
  if (mean === null) return null;
  const known = balances.at(-1)?.balance ?? ZERO_MSAT;
  const adjusted = mean + ((actual ?? known) - known) / 2n;
  return adjusted < 0n ? ZERO_MSAT : msat(adjusted);
}
