// What has every channel earned and cost up to now, for cycles that decide on it?
import type { NodeSnapshot } from '../core/snapshot.ts';
import { NodeError, type LedgerReader, type Log, type Store } from '../ports.ts';
import { readProfits, type ChannelProfit } from './profitability.ts';

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
): Promise<readonly ChannelProfit[]> {
  const books = new Set(store.ledger.books().map(({ channelId }) => channelId));
  if (snapshot.channels.some(({ channelId }) => !books.has(channelId)))
    try {
      await takeInAccounts();
    } catch (error) {
      if (!(error instanceof NodeError) || books.size === 0) throw error;
      log.debug(`${who}: costs are as they were read before: ${error.message}`);
    }
  const { mutualClose } = await accounts.readOnchainFees();
  return readProfits(store.ledger, { now: snapshot.takenAt, channels: snapshot.channels, mutualClose, rate: 0 })
    .channels;
}
