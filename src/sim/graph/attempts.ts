// Which way does a payment end up going, after how many failures? Attempt by attempt, as a wallet does it.
import type { EdgeCosts } from './edge-costs.ts';
import type { Errand, FoundWay, GuidedSearch } from './guided-search.ts';
import { MOST_ATTEMPTS } from './senders.ts';

export interface Outcome {
  readonly settled: boolean;
  readonly attempts: number;
  /** The last way that was tried, and what the sender reckoned it would cost; null when there was none left to try. */
  readonly last: FoundWay | null;
}

/** The cheapest way first, each time without the edges that have failed. The costs are left as they were. */
export function attempt(
  search: GuidedSearch,
  costs: EdgeCosts,
  carries: (edge: number) => boolean,
  errand: Errand,
  most = MOST_ATTEMPTS,
): Outcome {
  const failed: (readonly [edge: number, penalty: number])[] = [];
  let outcome: Outcome = { settled: false, attempts: 0, last: null };
  while (!outcome.settled && outcome.attempts < most) {
    const last = search.find(costs, errand);
    if (last === null) {
      outcome = { ...outcome, last };
      break;
    }
    const broken = last.route.find((edge) => !carries(edge));
    outcome = { settled: broken === undefined, attempts: outcome.attempts + 1, last };
    if (broken !== undefined) {
      failed.push([broken, costs.penalty[broken] ?? Infinity]);
      costs.penalty[broken] = Infinity;
    }
  }
  for (const [edge, penalty] of failed) costs.penalty[edge] = penalty;
  return outcome;
}
