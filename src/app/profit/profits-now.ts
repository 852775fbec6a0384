// What has every channel earned and cost up to now, for cycles that decide on it?
import type { ChannelBooks } from '../../core/profit/books.ts';
import type { NodeSnapshot } from '../../core/snapshot.ts';
import type { ChannelId } from '../../core/units.ts';
import { NodeError, type Ledger, type LedgerReader, type Log, type Store } from '../../ports.ts';
import type { Standing } from './channel-fold.ts';
import { Standings } from './standing.ts';

export interface ProfitPorts {
  readonly accounts: LedgerReader;
  readonly store: Store;
  readonly log: Log;
  /** Resolves when everything the node's books held at the call is in the store. */
  readonly takeInAccounts: () => Promise<void>;
}

/**
 * Books that are missing are read first; those known before serve where the node's cannot be read now.
 * @param who asks, for the log
 * @throws NodeError, StoreError
 */
export async function profitsNow(
  { store, accounts, takeInAccounts, log }: ProfitPorts,
  snapshot: NodeSnapshot,
  who: string,
): Promise<readonly Standing[]> {
  const books = knownIn(store.ledger.books());
  if (snapshot.channels.some(({ channelId }) => !books.has(channelId)))
    try {
      await takeInAccounts();
    } catch (error) {
      if (!(error instanceof NodeError) || books.size === 0) throw error;
      log.debug(`${who}: costs are as they were read before: ${error.message}`);
    }
  const { mutualClose } = await accounts.readOnchainFees();
  let standings = kept.get(store.ledger);
  if (standings === undefined) {
    standings = new Standings();
    kept.set(store.ledger, standings);
  }
  return standings.read(store.ledger, { now: snapshot.takenAt, channels: snapshot.channels, mutualClose });
}

/** From one look to the next. */
const kept = new WeakMap<Ledger, Standings>();
const known = new WeakMap<readonly ChannelBooks[], ReadonlySet<ChannelId>>();

/** Books stay the same list until something is written to them. */
function knownIn(books: readonly ChannelBooks[]): ReadonlySet<ChannelId> {
  let ids = known.get(books);
  if (ids === undefined) {
    ids = new Set(books.map(({ channelId }) => channelId));
    known.set(books, ids);
  }
  return ids;
}
