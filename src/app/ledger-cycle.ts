// How does the ledger learn what channels cost? It reads the best books the node keeps, and keeps what they say.
//
// Each page, and each channel's account, is kept in one transaction with how far it goes, so that a stop, a failure or a
// kill anywhere only means that the next cycle goes on from there. What cannot be read leaves what is known as it is.
import { groupBy } from '../core/group-by.ts';
import { isDeepStrictEqual } from 'node:util';
import type { ChannelBooks, SelfPayment } from '../core/profit/books.ts';
import { booksOf, isOpening, type AccountRecord, type Surroundings } from '../core/profit/books-derive.ts';
import { onchainFees } from '../core/profit/books-fees.ts';
import { mergeBooks } from '../core/profit/books-merge.ts';
import { isChannelAccount, type ChainMove, type ChannelFacts, type ChannelMove } from '../core/profit/books-moves.ts';
import { channelId, SECONDS_PER_DAY, type ChannelId } from '../core/units.ts';
import { NodeError, type LedgerReader, type LedgerStore, type MovePage } from '../ports.ts';

export interface LedgerCyclePorts {
  readonly reader: LedgerReader;
  readonly ledger: LedgerStore;
  readonly signal: AbortSignal;
}

/**
 * How long bookkeeper is asked again for what it has not booked yet: the fee of an opening, and by which channels a
 * payment went, which it learns when the HTLCs are removed, a moment after the payment is complete.
 */
const BOOKED_WITHIN = SECONDS_PER_DAY;

/** Resolves early when the signal aborts. @throws NodeError, StoreError */
export async function runLedgerCycle(ports: LedgerCyclePorts): Promise<void> {
  const { reader, ledger, signal } = ports;
  const source = await reader.readBooksSource();
  const around = await reader.readSurroundings();
  if (source === 'moves') await takeInMoves(ports);
  else await takeInPayments(ports, around);
  if (signal.aborted) return;
  const facts = await reader.readChannelFacts();
  if (source === 'moves') saveFromMoves(ledger, facts, around);
  else if (source === 'bookkeeper') await saveFromAccounts(ports, facts, around);
  else
    save(
      ledger,
      facts.map((fact) => booksOf(fact.channelId, fact, null, around)),
    );
}

async function takeInMoves({ reader, ledger, signal }: LedgerCyclePorts): Promise<void> {
  const { chainMoves, channelMoves } = ledger.ledgerCursors();
  const onChain = (page: MovePage<ChainMove>): void => {
    ledger.takeInChainMoves(page);
  };
  const inChannels = (page: MovePage<ChannelMove>): void => {
    ledger.takeInChannelMoves(page);
  };
  await eachPage((cursor) => reader.readChainMoves(cursor), chainMoves, onChain, signal);
  await eachPage((cursor) => reader.readChannelMoves(cursor), channelMoves, inChannels, signal);
}

async function takeInPayments({ reader, ledger, signal }: LedgerCyclePorts, { now }: Surroundings): Promise<void> {
  const payments = ledger.selfPayments();
  const known = new Set(payments.map(({ paymentHash }) => paymentHash));
  const unbooked = payments.filter(({ inChannel, time }) => inChannel === null && time > now - BOOKED_WITHIN);
  const again = [...new Set(unbooked.map(({ paymentHash }) => paymentHash))];
  const from = ledger.ledgerCursors().payments;
  const read = (cursor: number): Promise<MovePage<SelfPayment>> =>
    reader.readSelfPayments(cursor, known, cursor === from ? again : []);
  const take = (page: MovePage<SelfPayment>): void => {
    ledger.takeInSelfPayments(page);
  };
  await eachPage(read, from, take, signal);
}

async function eachPage<Move>(
  read: (cursor: number) => Promise<MovePage<Move>>,
  from: number,
  take: (page: MovePage<Move>) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let cursor = from; !signal.aborted;) {
    const page = await read(cursor);
    if (page.moves.length > 0 || page.cursor > cursor) take(page);
    if (page.last) return;
    cursor = page.cursor;
  }
}

/** Every channel that the ledger or the node's lists know, those included that lightningd has long forgotten. */
function saveFromMoves(ledger: LedgerStore, facts: readonly ChannelFacts[], around: Surroundings): void {
  const listed = new Map(facts.map((fact) => [fact.channelId, fact]));
  const records = recordsOf(ledger, (account) => (listed.get(account as ChannelId)?.state ?? 'CLOSED') === 'CLOSED');
  const channels = new Set([...listed.keys(), ...records.keys()]);
  save(
    ledger,
    [...channels].map((id) => booksOf(id, listed.get(id) ?? null, records.get(id) ?? null, around)),
  );
}

function recordsOf(ledger: LedgerStore, resolved: (account: string) => boolean): Map<ChannelId, AccountRecord> {
  const chain = ledger.chainMoves();
  const gifts = groupBy(ledger.giftMoves(), (move) => String(move.channelId));
  const fees = groupBy(onchainFees(chain, resolved), (fee) => fee.account);
  const records = new Map<ChannelId, AccountRecord>();
  for (const [account, moves] of groupBy(chain, (move) => move.account)) {
    if (!isChannelAccount(account)) continue;
    records.set(channelId(account), {
      source: 'moves',
      chain: moves,
      fees: new Map((fees.get(account) ?? []).map(({ txid, amount }) => [txid, amount])),
      gifts: gifts.get(account) ?? [],
    });
  }
  return records;
}

/**
 * One account is one reply, which costs bookkeeper up to seconds: read once, and again when the channel's state has
 * changed, for only then do the facts on chain change.
 */
async function saveFromAccounts(
  { reader, ledger, signal }: LedgerCyclePorts,
  facts: readonly ChannelFacts[],
  around: Surroundings,
): Promise<void> {
  const readStates = ledger.readStates();
  let failure: NodeError | null = null;
  for (const fact of facts) {
    const state = readStateOf(fact, around);
    if (isOpening(fact.state) || readStates.get(fact.channelId) === state) continue;
    if (signal.aborted) return;
    try {
      const fresh = booksOf(fact.channelId, fact, await reader.readAccount(fact.channelId), around);
      if (fresh !== null) save(ledger, [fresh], isComplete(fresh, around) ? state : undefined);
    } catch (error) {
      // An account that cannot be read must not keep the others from being read.
      if (!(error instanceof NodeError && (error.kind === 'refused' || error.kind === 'unreadable'))) throw error;
      failure ??= error;
    }
  }
  if (failure !== null) throw failure;
}

/**
 * A splice that began and ended since shows in the short channel id alone. While sweeps bring our money home nothing
 * changes at all, so the day is part of it.
 */
const readStateOf = ({ state, scid }: ChannelFacts, { now }: Surroundings): string =>
  `${state} ${scid ?? '-'}${state === 'ONCHAIN' ? ` ${Math.floor(now / SECONDS_PER_DAY)}` : ''}`;

const isComplete = ({ openingFee, openedAt }: ChannelBooks, { now }: Surroundings): boolean =>
  !openingFee.estimated || now - openedAt.time > BOOKED_WITHIN;

function save(ledger: LedgerStore, fresh: readonly (ChannelBooks | null)[], readState?: string): void {
  const known = new Map(ledger.books().map((books) => [books.channelId, books]));
  const merged = fresh.filter((books) => books !== null).map((b) => mergeBooks(known.get(b.channelId) ?? null, b));
  const changed = merged.filter((b) => readState !== undefined || !isDeepStrictEqual(b, known.get(b.channelId)));
  if (changed.length > 0) ledger.saveBooks(changed, readState);
}
