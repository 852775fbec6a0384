// What does it cost a node to pay itself, out by one channel and in by another, and does it get through?
import type { SeededRandom } from '../world/random.ts';
import { attempt } from './attempts.ts';
import { EdgeCosts, type LivePolicies } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import type { HiddenBalances } from './hidden-balances.ts';
import { GuidedSearch } from './guided-search.ts';
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

/** Sources that are tried for one destination and amount: they share a search. */
const SOURCES = 5;

export class CircularSamples {
  readonly #graph: Graph;
  readonly #channels: readonly number[];
  readonly #node: number;
  readonly #costs: EdgeCosts;
  readonly #believed: Search;
  readonly #search: GuidedSearch;
  readonly #random: SeededRandom;

  /** @param channels the node's edges out, at least two, each with an edge back */
  constructor(graph: Graph, node: number, channels: readonly number[], random: SeededRandom) {
    this.#graph = graph;
    this.#node = node;
    this.#channels = channels;
    this.#random = random;
    this.#costs = new EdgeCosts(graph);
    this.#believed = new Search(graph);
    this.#search = new GuidedSearch(graph);
  }

  /** Some tries to fill one channel. Nothing moves: a node under test keeps its balances to itself. */
  draw(policies: LivePolicies, balances: HiddenBalances): CircularSample[] {
    const random = this.#random;
    const count = this.#channels.length;
    const to = random.integer(0, count - 1);
    const from = Array.from({ length: SOURCES }, () => (to + random.integer(1, count - 1)) % count);
    const most = Math.min(AMOUNT.mostSats, AMOUNT.share * Math.min(...[to, ...from].map((k) => this.#sats(k))));
    const amountSats = Math.max(1, Math.round(most * Math.min(1, AMOUNT.leastSats / most) ** random.next()));
    const tries = this.#tryOut(from, to, amountSats * 1000, policies, balances);
    return tries.map((result, i) => ({ from: from[i] ?? 0, to, amountSats, ...result }));
  }

  #sats(channel: number): number {
    return (this.#graph.capacityMsat[this.#channels[channel] ?? -1] ?? 0) / 1000;
  }

  #tryOut(
    from: readonly number[],
    to: number,
    amountMsat: number,
    policies: LivePolicies,
    balances: HiddenBalances,
  ): Pick<CircularSample, 'ppm' | 'attempts' | 'arrived'>[] {
    const graph = this.#graph;
    const costs = this.#costs;
    const lastEdge = graph.reverse[this.#channels[to] ?? -1] ?? -1;
    const lastPeer = graph.tail[lastEdge] ?? -1;
    costs.price(policies, amountMsat, FEES_ONLY);
    this.#believed.toward(lastPeer, costs, { avoid: this.#node });
    const estimate = this.#believed.distance;
    const usable = (edge: number): boolean => costs.penalty[edge] !== Infinity;
    return from.map((channel) => {
      const firstEdge = this.#channels[channel] ?? -1;
      if (!usable(firstEdge) || !usable(lastEdge)) return { ppm: null, attempts: 0, arrived: false };
      const errand = { from: graph.head[firstEdge] ?? -1, to: lastPeer, payer: null, avoid: this.#node, estimate };
      const outcome = attempt(this.#search, costs, (edge) => balances.carries(edge, amountMsat), errand);
      const told = outcome.settled ? outcome.last : this.#search.find(costs, errand);
      const fees = told?.route.reduce((sum, edge) => sum + (costs.fee[edge] ?? 0), costs.fee[lastEdge] ?? 0);
      const ppm = fees === undefined ? null : (fees / amountMsat) * 1e6;
      return { ppm, attempts: outcome.attempts, arrived: outcome.settled };
    });
  }
}
