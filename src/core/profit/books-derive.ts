// What do the books say of one channel's life, from whatever is known of it?
import type { Figure, Splice } from './account.ts';
import type { BooksSource, ChannelBooks, Closing, Moment } from './books.ts';
import { spliceTransactions } from './books-fees.ts';
import { txidOf, type ChainMove, type ChannelFacts, type ChannelMove } from './books-moves.ts';
import {
  msat,
  negMsat,
  subMsat,
  sumMsat,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
  type UnixSec,
} from '../units.ts';

/** The entries of one channel's account. */
export interface AccountRecord {
  readonly source: Exclude<BooksSource, 'node'>;
  /** In the order of the ledger. */
  readonly chain: readonly ChainMove[];
  /** Our on-chain fees by transaction; those that are not known are absent. */
  readonly fees: ReadonlyMap<string, Msat>;
  /** Moves in the channel that are no payments: pushes, leases, corrections. */
  readonly gifts: readonly ChannelMove[];
}

/** What estimates are made of. */
export interface Surroundings {
  readonly now: UnixSec;
  readonly blockheight: number;
  /** What an opening costs at present feerates; null when the node cannot say. */
  readonly openingFee: Msat | null;
}

/** Bitcoin's aim for the time between two blocks (nPowTargetSpacing). */
const SECONDS_PER_BLOCK = 600;
/** lightningd forgets an opening that is in no block after 2016 of them. */
const CONFIRMED_WITHIN = 2016 * SECONDS_PER_BLOCK;
/** States from which no channel returns: its closing transaction is signed or seen. */
const ENDED: ReadonlySet<string> = new Set([
  'CLOSINGD_COMPLETE',
  'AWAITING_UNILATERAL',
  'FUNDING_SPEND_SEEN',
  'ONCHAIN',
  'CLOSED',
]);

/** States between the wish to close and that. */
const CLOSING: ReadonlySet<string> = new Set(['CHANNELD_SHUTTING_DOWN', 'CLOSINGD_SIGEXCHANGE']);

/** Whether a channel may still come to nothing. */
export const isOpening = (state: string): boolean => /^(?:OPENINGD|DUALOPEND|CHANNELD_AWAITING_LOCKIN)/.test(state);

/**
 * Whether it ends without ever having been: its funding is in no block, and nobody could use it before. Openings that were
 * called off are listed among the closed channels too, though no sat has left for them.
 */
const isStillborn = ({ state, scid, lockedInAt }: ChannelFacts): boolean =>
  (ENDED.has(state) || CLOSING.has(state)) && scid === null && lockedInAt === null;

const exact = (amount: Msat): Figure => ({ amount, estimated: false });
const estimate = (amount: Msat | null): Figure => ({ amount: amount ?? ZERO_MSAT, estimated: true });

/**
 * @param facts null where lightningd has forgotten the channel
 * @param record null where there are no books, or none of this channel
 * @returns null while it is not open yet, when it never came to be, and when neither says by whom it was opened
 */
export function booksOf(
  id: ChannelId,
  facts: ChannelFacts | null,
  record: AccountRecord | null,
  around: Surroundings,
): ChannelBooks | null {
  const account = record === null ? null : readAccount(record, facts?.lockedInAt ?? null);
  const opening = account?.opening ?? null;
  if (opening === null && (facts === null || isOpening(facts.state))) return null;
  if (record === null && facts !== null && isStillborn(facts)) return null;
  const splices = account && record ? splicesOf(account, record) : [];
  const opener = facts?.opener ?? (opening?.opener === true ? 'local' : 'remote');
  // Without the opening only a gift that is booked is known.
  const booked = (tag: string): Figure | null => {
    const gift = record === null ? ZERO_MSAT : sumGifts(record, tag);
    return opening !== null || gift !== 0n ? exact(gift) : null;
  };
  return {
    channelId: id,
    peerId: facts?.peerId ?? opening?.peerId ?? null,
    names: facts ? [facts.scid, ...facts.aliases].filter((name) => name !== null) : [],
    opener,
    openedAt: opening ? { time: opening.time, estimated: false } : openedAt(facts, around),
    funding: opening ? exact(opening.credit) : listedFunding(facts, splices),
    openingFee: openingFee(opener, opening, record, around),
    push: booked('pushed') ?? listedPush(facts),
    lease: booked('lease_fee') ?? (facts?.lease == null ? estimate(ZERO_MSAT) : exact(facts.lease)),
    splices,
    closing: closingOf(facts, account, record, around),
    source: record !== null && opening !== null ? record.source : 'node',
  };
}

interface Account {
  /** Null when the books began after it. */
  readonly opening: ChainMove | null;
  readonly splices: readonly { readonly close: ChainMove; readonly open: ChainMove }[];
  readonly close: ChainMove | null;
}

function readAccount({ chain, gifts }: AccountRecord, lockedInAt: UnixSec | null): Account {
  const spliced = spliceTransactions(chain);
  const opens = chain.filter(({ tag }) => tag === 'channel_open' || tag === 'channel_proposed');
  const closes = chain.filter(({ tag }) => tag === 'channel_close');
  const opening = opens.find((move) => !spliced.has(txidOf(move))) ?? null;
  // Books that began after the channel have its opening at the second they began, followed by what corrects the balance
  // if it had changed.
  const begunLate =
    gifts.some(({ tag }) => tag === 'journal_entry') ||
    (opening !== null && lockedInAt !== null && opening.time > lockedInAt + CONFIRMED_WITHIN);
  return {
    opening: begunLate ? null : opening,
    splices: closes.flatMap((close) => {
      const open = opens.find((move) => txidOf(move) === close.spentBy);
      return open ? [{ close, open }] : [];
    }),
    close: closes.find(({ spentBy }) => spentBy !== null && !spliced.has(spentBy)) ?? null,
  };
}

const sumGifts = ({ gifts }: AccountRecord, tag: string): Msat =>
  sumMsat(gifts.filter((move) => move.tag === tag).map(({ credit, debit }) => subMsat(credit, debit)));

/** What the opener gave is a loss to us when we opened. */
function listedPush(facts: ChannelFacts | null): Figure {
  if (facts?.pushed == null) return estimate(ZERO_MSAT);
  return exact(facts.opener === 'local' ? negMsat(facts.pushed) : facts.pushed);
}

function listedFunding(facts: ChannelFacts | null, splices: readonly Splice[]): Figure {
  if (facts?.funding != null) return exact(facts.funding);
  if (facts?.opener !== 'local') return estimate(ZERO_MSAT);
  // Both sides may have funded it, which lightningd does not tell of closed channels. What splices brought is told apart.
  const first = subMsat(facts.capacity, sumMsat(splices.map(({ amount }) => amount.amount)));
  return estimate(first > 0n ? first : ZERO_MSAT);
}

function openingFee(
  opener: 'local' | 'remote',
  opening: ChainMove | null,
  record: AccountRecord | null,
  around: Surroundings,
): Figure {
  const known = opening && record?.fees.get(txidOf(opening));
  if (known != null) return exact(known);
  return opener === 'local' ? estimate(around.openingFee) : exact(ZERO_MSAT);
}

/**
 * Lock-in is told to the second and comes some confirmations after the opening. Older channels have only the block in
 * their short channel id, reckoned back from now: reckoned from the first block, the error would be months.
 */
function openedAt(facts: ChannelFacts | null, { now, blockheight }: Surroundings): Moment {
  const block = facts?.scid == null ? blockheight : Number(facts.scid.slice(0, facts.scid.indexOf('x')));
  const byBlock = unixSec(Math.max(0, now - Math.max(0, blockheight - block) * SECONDS_PER_BLOCK));
  return { time: facts?.lockedInAt ?? byBlock, estimated: true };
}

function splicesOf({ splices }: Account, { fees }: AccountRecord): Splice[] {
  return splices.map(({ close, open }) => {
    const fee = fees.get(txidOf(open));
    return {
      time: open.time,
      amount: exact(msat(open.credit - close.debit)),
      // Without money of ours in it the splice was the peer's, at the peer's cost.
      fee: fee === undefined ? { amount: ZERO_MSAT, estimated: open.credit !== close.debit } : exact(fee),
    };
  });
}

function closingOf(
  facts: ChannelFacts | null,
  account: Account | null,
  record: AccountRecord | null,
  around: Surroundings,
): Closing | null {
  const close = account?.close ?? null;
  const resolved = facts === null || facts.state === 'CLOSED';
  if (close !== null && account && record) {
    const known = record.fees.has(txidOf(close));
    const before = new Set([account.opening, ...account.splices.map(({ open }) => open)].map((m) => m && txidOf(m)));
    const fees = [...record.fees].filter(([txid]) => !before.has(txid)).map(([, amount]) => amount);
    return {
      time: close.time,
      estimated: false,
      fee: { amount: sumMsat(fees), estimated: !known && !resolved },
      resolved,
    };
  }
  // Books that are kept tell of the end once it is in a block.
  if (facts === null || !ENDED.has(facts.state) || (account?.opening != null && !resolved)) return null;
  const fee = facts.opener === 'local' ? facts.lastTransactionFee : ZERO_MSAT;
  return { time: facts.endedAt ?? around.now, estimated: true, fee: estimate(fee), resolved };
}
