// Which database does the plugin's rebalancing work with in the market? One in memory: a run is over with its process, and
// one in SQLite takes most of the time that a year of it takes.
import type { FeeOutcome } from '../../../core/fee/types.ts';
import type { NodeId } from '../../../core/units.ts';
import type { Clock, FeeStore, KeptDecision, KeptPricing, LedgerStore, RebalanceStore, Store } from '../../../ports.ts';
import type { MarketBooks } from './market-books.ts';

/** An object with these members alone: asking for any other says that there is none. */
function having<T extends object>(what: string, members: Partial<T>): T {
  const nothing = new Proxy(Object.create(null) as T, {
    get: (_, key) => {
      throw new RangeError(`${what}: the market has no ${String(key)}`);
    },
  });
  return Object.assign(Object.create(nothing) as T, members);
}

/** What a fee cycle decided, as its store would have it. */
export class KeptFees {
  pricing: ReadonlyMap<NodeId, KeptPricing> = new Map();
  readonly #decisions = new Map<NodeId, KeptDecision>();
  #last: FeeOutcome | null = null;

  keep(outcome: FeeOutcome, clock: Pick<Clock, 'now'>): void {
    if (outcome === this.#last) return;
    this.#last = outcome;
    const at = clock.now();
    const pricing = new Map<NodeId, KeptPricing>();
    for (const [peer, state] of outcome.next) pricing.set(peer, { state, liquid: true, rivals: null });
    this.pricing = pricing;
    for (const decision of outcome.decisions) {
      const price = outcome.prices.get(decision.peerId) ?? null;
      this.#decisions.set(decision.peerId, { at, decision, price, outcome: 'set' });
    }
  }

  decision(peer: NodeId): KeptDecision | null {
    return this.#decisions.get(peer) ?? null;
  }
}

/** @param rebalances where the ledger of capital is kept */
export function marketStore(books: MarketBooks, fees: KeptFees, rebalances: RebalanceStore): Store {
  return having<Store>('the database', {
    fees: having<FeeStore>('what pricing remembers', {
      pricing: () => fees.pricing,
      decision: (peer) => fees.decision(peer),
      policies: () => [],
    }),
    ledger: having<LedgerStore>('the ledger', {
      books: () => books.books(),
      selfPayments: () => books.selfPayments(),
      days: () => books.days(),
    }),
    rebalances,
    rememberChannels: () => undefined,
    flows: (window) => books.flows(window),
  });
}
