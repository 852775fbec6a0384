// Which database does the plugin's rebalancing work with in the market? A real one for the ledger of capital, with what
// only informs decisions in memory: a cycle takes a fifth of the time then, and there are 17,000 in 180 days.
import type { FeeOutcome } from '../../core/fee/types.ts';
import type { Intent } from '../../core/rebalance/intent.ts';
import type { NodeId, UnixSec } from '../../core/units.ts';
import type { Clock, KeptDecision, KeptPricing, RebalanceStore, Store } from '../../ports.ts';
import type { MarketBooks } from './market-books.ts';

/** The same object but for these members. */
function overriding<T extends object>(base: T, members: Partial<T>): T {
  return new Proxy(base, {
    get: (target, key): unknown => {
      if (key in members) return Reflect.get(members, key);
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
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
    this.pricing = new Map([...outcome.next].map(([peer, state]) => [peer, { state, liquid: true, rivals: null }]));
    for (const decision of outcome.decisions) {
      const price = outcome.prices.get(decision.peerId) ?? null;
      this.#decisions.set(decision.peerId, { at, decision, price, outcome: 'set' });
    }
  }

  decision(peer: NodeId): KeptDecision | null {
    return this.#decisions.get(peer) ?? null;
  }
}

/** Reads those that have ended again only when another may have: each look asks for two weeks of them. */
function endedOnce(ledger: RebalanceStore): Pick<RebalanceStore, 'advance' | 'endedIntents'> {
  let read: { readonly since: UnixSec; readonly intents: readonly Intent[] } | null = null;
  return {
    advance: (...step) => {
      read = null;
      return ledger.advance(...step);
    },
    endedIntents: (since) => {
      if (read === null || read.since > since) read = { since, intents: ledger.endedIntents(since) };
      return read.intents.filter(({ endedAt }) => endedAt !== null && endedAt > since);
    },
  };
}

export function marketStore(base: Store, books: MarketBooks, fees: KeptFees): Store {
  return overriding(base, {
    fees: overriding(base.fees, {
      pricing: () => fees.pricing,
      decision: (peer) => fees.decision(peer),
      policies: () => [],
    }),
    ledger: overriding(base.ledger, {
      books: () => books.books(),
      selfPayments: () => books.selfPayments(),
      days: () => books.days(),
    }),
    rebalances: overriding(base.rebalances, {
      // Nobody asks here why.
      saveVerdicts: () => undefined,
      ...endedOnce(base.rebalances),
    }),
    rememberChannels: () => undefined,
    flows: (window) => books.flows(window),
  });
}
