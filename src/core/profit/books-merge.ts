// What becomes of what we knew of a channel when the node is asked again? Facts stay; estimates give way to facts.
import type { Figure } from './account.ts';
import type { BooksSource, ChannelBooks, Closing } from './books.ts';

const RANK: Readonly<Record<BooksSource, number>> = { node: 0, bookkeeper: 1, moves: 2 };

/** `fresh` completed by what `known` says better: what was a fact once is never replaced by an estimate. */
export function mergeBooks(known: ChannelBooks | null, fresh: ChannelBooks): ChannelBooks {
  if (known === null) return fresh;
  const better = RANK[fresh.source] >= RANK[known.source];
  return {
    channelId: fresh.channelId,
    peerId: fresh.peerId ?? known.peerId,
    names: [...new Set([...fresh.names, ...known.names])],
    opener: better ? fresh.opener : known.opener,
    openedAt: better ? pick(known.openedAt, fresh.openedAt) : known.openedAt,
    funding: figure(known.funding, fresh.funding, better),
    openingFee: figure(known.openingFee, fresh.openingFee, better),
    push: figure(known.push, fresh.push, better),
    lease: figure(known.lease, fresh.lease, better),
    splices: better && fresh.splices.length >= known.splices.length ? fresh.splices : known.splices,
    closing: mergeClosing(known.closing, fresh.closing, better),
    source: better ? fresh.source : known.source,
  };
}

/** An estimate once made stays, so that the past does not change with the feerate of the hour. */
const pick = <T extends { readonly estimated: boolean }>(known: T, fresh: T): T => (fresh.estimated ? known : fresh);

function figure(known: Figure, fresh: Figure, better: boolean): Figure {
  if (known.estimated && known.amount === 0n) return fresh;
  return better || known.estimated ? pick(known, fresh) : known;
}

function mergeClosing(known: Closing | null, fresh: Closing | null, better: boolean): Closing | null {
  if (known === null || fresh === null) return known ?? fresh;
  if (!better) return { ...known, resolved: known.resolved || fresh.resolved };
  const { time, estimated } = pick(known, fresh);
  // Sweeps after a unilateral close add to the fee until all is home.
  const fee = fresh.fee.estimated && !known.fee.estimated ? known.fee : fresh.fee;
  return { time, estimated, fee, resolved: fresh.resolved };
}
