// Who paid how much for a transaction on chain? Bookkeeper's own rules over the node's moves, so that both agree to the
// msat whether bookkeeper runs or not.
//
// A fee is what left our accounts with a transaction and did not arrive in another or outside. It is charged in equal
// parts to the channels concerned, and to the wallet only when it alone is. A closing transaction is another matter: it
// spends what was both ours and the peer's, and only what our balance lost on the way is our fee.
import { groupBy } from '../group-by.ts';
import { EXTERNAL, txidOf, WALLET, type ChainMove } from './books-moves.ts';
import { msat, sumMsat, ZERO_MSAT, type Msat } from '../units.ts';

export interface OnchainFee {
  /** A channel id or WALLET. */
  readonly account: string;
  readonly txid: string;
  /** >= 0 */
  readonly amount: Msat;
}

/**
 * The fees of all transactions of which the moves tell enough. One that still waits for a move, or that others funded
 * too, has none: unknown is not zero.
 * @param resolved whether a channel's end is known to be complete, for closes that do not tell their number of outputs
 */
export function onchainFees(
  moves: readonly ChainMove[],
  resolved: (account: string) => boolean = () => false,
): OnchainFee[] {
  const closes = new Map<string, ChainMove>();
  const splices = spliceTransactions(moves);
  for (const move of moves)
    if (move.tag === 'channel_close' && move.spentBy !== null && !splices.has(move.spentBy))
      closes.set(move.spentBy, move);
  return [...byTransaction(moves)].flatMap(([txid, own]) => {
    const close = closes.get(txid);
    return close ? closingFee(txid, close, own, resolved) : sharedFee(txid, own);
  });
}

/** Transactions that spend a channel's funding output and fund the same channel again. */
export function spliceTransactions(moves: readonly ChainMove[]): ReadonlySet<string> {
  const opened = new Set(moves.filter((move) => move.tag === 'channel_open').map((m) => `${txidOf(m)} ${m.account}`));
  return new Set(
    moves
      .filter(({ tag, spentBy, account }) => tag === 'channel_close' && opened.has(`${String(spentBy)} ${account}`))
      .map(txidOf),
  );
}

function byTransaction(moves: readonly ChainMove[]): Map<string, ChainMove[]> {
  // A channel used before its funding was in a block is told twice, and what it has moved by then is in the later telling.
  const proposed = new Set(moves.filter(({ tag }) => tag === 'channel_proposed').map(({ outpoint }) => outpoint));
  const once = moves.filter(({ tag, outpoint }) => tag !== 'channel_open' || !proposed.has(outpoint));
  return groupBy(once, txidOf);
}

function sharedFee(txid: string, moves: readonly ChainMove[]): OnchainFee[] {
  const gone = sumMsat(moves.map(({ debit }) => debit));
  const arrived = sumMsat(moves.filter(({ spentBy }) => spentBy === null).map(({ credit }) => credit));
  if (gone === 0n || arrived === 0n || gone < arrived) return [];
  const ours = [...new Set(moves.map(({ account }) => account))].filter((account) => account !== EXTERNAL).sort();
  const bearers = ours.length > 1 ? ours.filter((account) => account !== WALLET) : ours;
  return bearers.map((account, i) => ({ account, txid, amount: share(gone - arrived, bearers.length, i) }));
}

/** The i-th of so many equal parts; the first ones bear what does not divide. */
function share(whole: bigint, parts: number, i: number): Msat {
  const rest = Number(whole % BigInt(parts));
  return msat(whole / BigInt(parts) + (i < rest ? 1n : 0n));
}

function closingFee(
  txid: string,
  close: ChainMove,
  moves: readonly ChainMove[],
  resolved: (account: string) => boolean,
): OnchainFee[] {
  const outputs = moves.filter(({ spentBy }) => spentBy === null);
  const complete = close.outputCount === null ? resolved(close.account) : outputs.length >= close.outputCount;
  if (!complete && !resolved(close.account)) return [];
  const home = sumMsat(outputs.filter(isBalance).map(({ credit }) => credit));
  return [{ account: close.account, txid, amount: home < close.debit ? msat(close.debit - home) : ZERO_MSAT }];
}

/** Whether an output of a closing transaction came out of our balance, where it is not lost in fees. */
function isBalance({ account, tag }: ChainMove): boolean {
  if (tag === 'anchor') return false;
  // Received with a preimage: the peer's before. Taken by the peer with one: ours before.
  return account === EXTERNAL ? tag === 'htlc_fulfill' : account === WALLET || tag !== 'htlc_fulfill';
}
