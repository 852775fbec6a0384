// Which way does a payment end up going, after how many failures? Attempt by attempt, as a wallet does it.
import type { EdgeCosts } from './edge-costs.ts';
import type { Search, SearchOptions } from './search.ts';
import { MOST_ATTEMPTS } from './senders.ts';

export interface Outcome {
  readonly settled: boolean;
  readonly attempts: number;
  /** Edges of the last way that was tried. */
  readonly route: readonly number[];
  /** What the sender reckoned the last way would cost, msat; Infinity when there was none left to try. */
  readonly costMsat: number;
}

export interface AttemptOptions extends Pick<SearchOptions, 'avoid'> {
  /** Asked no fee for the first hop; null: it does, as when somebody else has brought the payment here. */
  readonly payer: number | null;
  readonly from: number;
  readonly to: number;
  readonly most?: number;
}

/** The cheapest way first, each time without the edges that have failed. The costs are left as they were. */
export function attempt(
  search: Search,
  costs: EdgeCosts,
  carries: (edge: number) => boolean,
  { payer, from, to, avoid = -1, most = MOST_ATTEMPTS }: AttemptOptions,
): Outcome {
  const failed: (readonly [edge: number, penalty: number])[] = [];
  let outcome: Outcome = { settled: false, attempts: 0, route: [], costMsat: Infinity };
  while (!outcome.settled && outcome.attempts < most) {
    search.toward(to, costs, { avoid, payer: payer ?? -1, until: from });
    const costMsat = search.distance[from] ?? Infinity;
    if (costMsat === Infinity) {
      outcome = { ...outcome, costMsat };
      break;
    }
    const route = search.routeFrom(search.via[from] ?? -1);
    const broken = route.find((edge) => !carries(edge));
    outcome = { settled: broken === undefined, attempts: outcome.attempts + 1, route, costMsat };
    if (broken !== undefined) {
      failed.push([broken, costs.penalty[broken] ?? Infinity]);
      costs.penalty[broken] = Infinity;
    }
  }
  for (const [edge, penalty] of failed) costs.penalty[edge] = penalty;
  return outcome;
}
