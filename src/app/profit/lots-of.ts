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
  const { books, drains, refills } = movements;
  if (refills.length === 0) return [];
  const balances = drains.length === 0 ? [] : balancesOf(movements);
  const events = lotEvents(movements, (time) => balanceAt(balances, time));
  if (books.closing !== null) events.push(balanceEvent(now, ZERO_MSAT));
  else if (actual !== null) events.push(balanceEvent(now, actual));
  return traceLots(events);
}

/**
 * What befell the lots, in order.
 * @param balanceThen the balance after the last movement up to a drain
 */
export function lotEvents(
  { days, refills, drains }: Pick<Movements, 'days' | 'refills' | 'drains'>,
  balanceThen: (time: UnixSec) => Msat,
): LotEvent[] {
  const events: LotEvent[] = [];
  for (const { time, paymentHash, amount, fee } of refills)
    events.push({ kind: 'bought', time, rebalance: paymentHash, amount, fee });
  for (const { time, sent, amount } of days)
    if (sent > 0n) events.push({ kind: 'forwarded', time, amount: sent, fee: amount });
  for (const { time } of drains) events.push(balanceEvent(time, balanceThen(time)));
  return events.sort((a, b) => a.time - b.time || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

export const balanceEvent = (time: UnixSec, balance: Msat): LotEvent => ({
  kind: 'balance',
  time,
  balance: balance < 0n ? ZERO_MSAT : balance,
});

/** The balance after the last movement up to then. */
const balanceAt = (balances: readonly BalanceAt[], time: UnixSec): Msat =>
  balances.findLast((each) => each.time <= time)?.balance ?? ZERO_MSAT;
