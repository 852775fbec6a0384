// What does it cost a node to pay itself, out by one channel and in by another, and does it get through?
import type { SeededRandom } from '../world/random.ts';
import { attempt } from './attempts.ts';
import { EdgeCosts, type LivePolicies } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import type { HiddenBalances } from './hidden-balances.ts';
import { Search } from './search.ts';
import { FEES_ONLY } from './senders.ts';

/** One try to rebalance. */
export interface CircularSample {
  /** Channels by their place among the node's. */
  readonly from: number;
  readonly to: number;
  readonly amountSats: number;
  /** Of the amount: what the way costs that arrived, or the cheapest that was tried in vain; null: there is no way. */
  readonly ppm: number | null;
  readonly attempts: number;
  readonly arrived: boolean;
}

/** Sizes that rebalancers use: from 50 k sats to 2 M, evenly in ln, but no more than this share of either channel. */
const AMOUNT = { leastSats: 50_000, mostSats: 2_000_000, share: 0.4 } as const;

export class CircularSamples {
  readonly #graph: Graph;
  readonly #channels: readonly number[];
  readonly #node: number;
  readonly #costs: EdgeCosts;
  readonly #search: Search;
  readonly #random: SeededRandom;

  /** @param channels the node's edges out, each with an edge back */
  constructor(graph: Graph, node: number, channels: readonly number[], random: SeededRandom) {
    this.#graph = graph;
    this.#node = node;
    this.#channels = channels;
    this.#random = random;
    this.#costs = new EdgeCosts(graph);
    this.#search = new Search(graph);
  }

  /** Nothing moves: a node under test keeps its balances to itself. */
  draw(policies: LivePolicies, balances: HiddenBalances): CircularSample {
    const random = this.#random;
    const count = this.#channels.length;
    const from = random.integer(0, count - 1);
    const to = (from + random.integer(1, count - 1)) % count;
    const most = Math.min(AMOUNT.mostSats, AMOUNT.share * Math.min(this.#sats(from), this.#sats(to)));
    const amountSats = Math.max(1, Math.round(most * Math.min(1, AMOUNT.leastSats / most) ** random.next()));
    return { from, to, amountSats, ...this.#tryOut(from, to, amountSats * 1000, policies, balances) };
  }

  #sats(channel: number): number {
    return (this.#graph.capacityMsat[this.#channels[channel] ?? -1] ?? 0) / 1000;
  }

  #tryOut(
    from: number,
    to: number,
    amountMsat: number,
    policies: LivePolicies,
    balances: HiddenBalances,
  ): Pick<CircularSample, 'ppm' | 'attempts' | 'arrived'> {
    const graph = this.#graph;
    const lastEdge = graph.reverse[this.#channels[to] ?? -1] ?? -1;
    const firstPeer = graph.head[this.#channels[from] ?? -1] ?? -1;
    const lastPeer = graph.tail[lastEdge] ?? -1;
    this.#costs.price(policies, amountMsat, FEES_ONLY);
    const lastHop = this.#costs.penalty[lastEdge] === Infinity ? Infinity : (this.#costs.fee[lastEdge] ?? 0);
    const leaves = this.#costs.penalty[this.#channels[from] ?? -1] !== Infinity;
    if (!leaves || lastHop === Infinity) return { ppm: null, attempts: 0, arrived: false };
    const carries = (edge: number): boolean => balances.carries(edge, amountMsat);
    const way = { payer: null, from: firstPeer, to: lastPeer, avoid: this.#node };
    const outcome = attempt(this.#search, this.#costs, carries, way);
    const told = outcome.settled ? outcome : attempt(this.#search, this.#costs, () => true, way);
    const fees = told.route.reduce((sum, edge) => sum + (this.#costs.fee[edge] ?? 0), lastHop);
    const ppm = told.settled ? (fees / amountMsat) * 1e6 : null;
    return { ppm, attempts: outcome.attempts, arrived: outcome.settled };
  }
}
