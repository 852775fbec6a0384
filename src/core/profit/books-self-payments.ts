// Which payments went out by one of our channels and came back by another, and what did they cost?
//
// By the node's own ledger, whoever made them: the same payment hash left and arrived, and what arrived is what left less
// the routing fees. That also tells apart a payment which someone merely passed through us under one hash, for he keeps
// something. Payments of the operator and invoices of his have one side only.
import type { SelfPayment } from './books.ts';
import type { ChannelMove } from './books-moves.ts';
import { msat, sumMsat, type ChannelId, type Msat, type UnixSec } from '../units.ts';

/** The moves of one payment hash, in the order of the ledger; none when it is (still) no settled self-payment. */
export function selfPaymentOf(moves: readonly ChannelMove[]): SelfPayment[] {
  const invoices = moves.filter(({ tag }) => tag === 'invoice');
  const gone = invoices.filter(({ debit }) => debit > 0n);
  const arrived = invoices.filter(({ credit }) => credit > 0n);
  const hash = invoices[0]?.paymentHash ?? null;
  const delivered = sumMsat(gone.map(({ debit, fees }) => msat(debit - fees)));
  const received = sumMsat(arrived.map(({ credit }) => credit));
  if (hash === null || received === 0n || delivered !== received || gone.some(costsMoreThanSent)) return [];
  const fee = sumMsat(gone.map(({ fees }) => fees));
  return (pairs(gone, arrived) ?? apportioned(gone, arrived, fee, received)).map((piece, part) => ({
    paymentHash: hash,
    part,
    ...piece,
  }));
}

/** What no node says, but a damaged ledger may. */
const costsMoreThanSent = ({ debit, fees }: ChannelMove): boolean => fees > debit;

interface Piece {
  readonly outChannel: ChannelId;
  readonly inChannel: ChannelId;
  readonly amount: Msat;
  readonly fee: Msat;
  readonly time: UnixSec;
}

/** Each part with the arrival of its amount; null unless that works out for all. Equal amounts in their order. */
function pairs(gone: readonly ChannelMove[], arrived: readonly ChannelMove[]): Piece[] | null {
  const open = [...arrived];
  const found: Piece[] = [];
  for (const out of gone) {
    const i = open.findIndex(({ credit }) => credit === out.debit - out.fees);
    const [into] = i < 0 ? [] : open.splice(i, 1);
    if (into === undefined) return null;
    found.push(piece(out, into, into.credit, out.fees));
  }
  return open.length === 0 ? found : null;
}

/** Parts that were split or joined on the way: filled in order, the whole fee shared by what arrived. */
function apportioned(
  gone: readonly ChannelMove[],
  arrived: readonly ChannelMove[],
  fee: Msat,
  received: Msat,
): Piece[] {
  const found: Piece[] = [];
  let o = 0;
  let left = 0n;
  let done = 0n;
  for (const into of arrived) {
    for (let wanted: bigint = into.credit; wanted > 0n;) {
      const out = gone[o];
      if (out === undefined) throw new Error(`self-payment ${String(into.paymentHash)}: more arrived than was sent`);
      if (left === 0n) left = out.debit - out.fees;
      const amount = left < wanted ? left : wanted;
      // Running totals rounded down, so that the shares add up to the whole.
      const before = (fee * done) / received;
      done += amount;
      if (amount > 0n) found.push(piece(out, into, msat(amount), msat((fee * done) / received - before)));
      wanted -= amount;
      left -= amount;
      if (left === 0n) o++;
    }
  }
  return found;
}

/** The fee is spent when the outgoing part settles. */
const piece = (out: ChannelMove, into: ChannelMove, amount: Msat, fee: Msat): Piece => ({
  outChannel: out.channelId,
  inChannel: into.channelId,
  amount,
  fee,
  time: out.time,
});
