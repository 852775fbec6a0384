// What did the liquidity that self-payments brought into a channel become?
import { traceLots, type Lot, type LotEvent } from '../../core/profit/lots.ts';
import { ZERO_MSAT, type Msat, type UnixSec } from '../../core/units.ts';
import { balancesOf, type BalanceAt, type Movements } from './balance.ts';

/** A day's sale of the very second of a purchase was for the most part made before: it was not the lot that was sold. */
const ORDER: readonly LotEvent['kind'][] = ['forwarded', 'bought', 'balance'];

/**
 * The lots of a channel, oldest first. A day's forwards are one sale at the second of the day's entry. What left by other
 * ways shows as a balance too small for the lots: after each self-payment out of the channel, and now.
 * @param actual our balance now; null when it is not known, as after the close
 * @param now no earlier than the last movement
 */
export function lotsOf(movements: Movements, actual: Msat | null, now: UnixSec): readonly Lot[] {
  const { books, days, refills, drains } = movements;
  if (refills.length === 0) return [];
  const balances = drains.length === 0 ? [] : balancesOf(movements);
  const events: LotEvent[] = [
    ...refills.map(({ time, paymentHash, amount, fee }) => ({
      kind: 'bought' as const,
      time,
      rebalance: paymentHash,
      amount,
      fee,
    })),
    ...days
      .filter(({ sent }) => sent > 0n)
      .map(({ time, sent, amount }) => ({ kind: 'forwarded' as const, time, amount: sent, fee: amount })),
    ...drains.map(({ time }) => balanceEvent(time, balanceAt(balances, time))),
  ];
  if (books.closing !== null) events.push(balanceEvent(now, ZERO_MSAT));
  else if (actual !== null) events.push(balanceEvent(now, actual));
  return traceLots(events.sort((a, b) => a.time - b.time || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)));
}

const balanceEvent = (time: UnixSec, balance: Msat): LotEvent => ({
  kind: 'balance',
  time,
  balance: balance < 0n ? ZERO_MSAT : balance,
});

/** The balance after the last movement up to then. */
const balanceAt = (balances: readonly BalanceAt[], time: UnixSec): Msat =>
  balances.findLast((each) => each.time <= time)?.balance ?? ZERO_MSAT;
