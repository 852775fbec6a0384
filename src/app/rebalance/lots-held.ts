// What liquidity has been bought for a channel and is still there?
import { onHand, type OnHand } from '../../core/profit/lots.ts';
import type { ChannelView } from '../../core/snapshot.ts';
import { unixSec, type UnixSec } from '../../core/units.ts';
import type { Ledger } from '../../ports.ts';
import { lastMovement } from '../profit/balance.ts';
import { lotsOf } from '../profit/lots-of.ts';

/** None where the books know nothing of the channel yet. @throws StoreError */
export function lotsHeld(ledger: Ledger, { channelId, toUs }: ChannelView, now: UnixSec): OnHand {
  const books = ledger.books().find((one) => one.channelId === channelId);
  if (books === undefined) return onHand([]);
  const payments = ledger.selfPayments();
  const movements = {
    books,
    days: ledger.days().get(channelId) ?? [],
    refills: payments.filter(({ inChannel }) => inChannel === channelId),
    drains: payments.filter(({ outChannel }) => outChannel === channelId),
  };
  return onHand(lotsOf(movements, toUs, unixSec(Math.max(now, lastMovement(movements)))));
}
