// How do a channel's books, its days and the payments that filled it become the history that its return is reckoned from?
import type { ChannelAccount, ChannelEnd, Entry, Figure } from '../../core/profit/account.ts';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../core/profit/books.ts';
import { msat, negMsat, sumMsat, ZERO_MSAT, type Msat } from '../../core/units.ts';

/**
 * A mutual close with two outputs at the least feerate the network relays: 673 weight units, as lightningd reckons it
 * (onchain_fee_estimates), at 253 sat per thousand. It stands in where the node has no feerate to tell.
 */
const LEAST_CLOSING_FEE = msat(170_000);

/**
 * @param refills self-payments that came in by the channel
 * @param mutualClose what a mutual close costs its opener at present; null where the node cannot say
 */
export function accountOf(
  books: ChannelBooks,
  days: readonly ChannelDay[],
  refills: readonly SelfPayment[],
  mutualClose: Msat | null,
): ChannelAccount {
  const { channelId, peerId, openedAt, openingFee, push, lease, splices } = books;
  return {
    channelId,
    peerId,
    openedAt: openedAt.time,
    funding: fundingOf(books),
    openingFee,
    push,
    lease,
    splices,
    routing: days,
    rebalances: refills.map(({ time, fee }): Entry => ({ time, amount: fee, estimated: false })),
    end: endOf(books, mutualClose),
  };
}

/** The opener pays for a mutual close; it is an estimate as long as the channel lives. */
function endOf({ closing, opener }: ChannelBooks, mutualClose: Msat | null): ChannelEnd {
  if (closing !== null) return { state: 'closed', time: closing.time, fee: closing.fee };
  const fee = opener === 'local' ? (mutualClose ?? LEAST_CLOSING_FEE) : ZERO_MSAT;
  return { state: 'open', fee: { amount: fee, estimated: opener === 'local' } };
}

/** Nobody can give away more than is there; books that say so do not know what was put in. */
function fundingOf({ funding, push, lease }: ChannelBooks): Figure {
  const given = negMsat(sumMsat([push.amount, lease.amount].filter((amount) => amount < 0n)));
  return funding.amount < given ? { amount: given, estimated: true } : funding;
}

/** What names some figures of a channel's books as estimates, in a reply's words. */
export function estimatesIn({ openedAt, funding, openingFee, push, lease, splices, closing }: ChannelBooks): string[] {
  const marks: Readonly<Record<string, boolean>> = {
    opened_at: openedAt.estimated,
    capital_sats: funding.estimated || splices.some(({ amount }) => amount.estimated),
    open_cost_sats: openingFee.estimated,
    pushed_sats: push.estimated,
    lease_income_sats: lease.estimated,
    lease_cost_sats: lease.estimated,
    splice_cost_sats: splices.some(({ fee }) => fee.estimated),
    closed_at: closing?.estimated ?? false,
    close_cost_sats: closing?.fee.estimated ?? false,
  };
  return Object.keys(marks).filter((name) => marks[name]);
}
