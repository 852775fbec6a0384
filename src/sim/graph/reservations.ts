// What would senders pay a node rather than go around it? Its reservation price emerges from two searches.
//
// The way through the node costs what it costs with its own fees at nothing. A sender that cannot use the node ends with
// some other way: the cheapest that carries the payment, or the last it tries before it gives up, or several for a part
// each. The difference is the most that it pays the node: with a fee below, the way through is tried first; with a fee
// above, never.
import { attempt } from './attempts.ts';
import type { EdgeCosts } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import { GuidedSearch } from './guided-search.ts';
import { Search } from './search.ts';

/** A payment that would go through the node if it were free. */
export interface Reservation {
  /** Edges by which it comes in and goes out. */
  readonly inEdge: number;
  readonly outEdge: number;
  /** Of the amount; Infinity when there is no other way, not in parts either. */
  readonly ppm: number;
}

/** What is paid, and what the network is like at that moment. */
export interface Payment {
  readonly to: number;
  readonly amountMsat: number;
  /** Who will be asked about. */
  readonly senders: readonly number[];
  /** By what gossip tells. */
  readonly known: EdgeCosts;
  /** The same where the amount can pass now. */
  readonly feasible: EdgeCosts;
  readonly carries: (edge: number) => boolean;
  /** Msat from each node to the receiver, by what gossip tells. */
  readonly estimate: Float64Array;
  /** Feasible ways to the receiver that do not go through the node, right for the senders at least. */
  readonly around: (node: number) => Search;
  /** What it costs a sender in parts, msat, not through the node; Infinity where it cannot be. Absent: nobody splits. */
  readonly inParts?: (sender: number, node: number) => number;
  /** Attempts before a sender gives up. */
  readonly most?: number;
}

export class Reservations {
  readonly #graph: Graph;
  readonly #node: number;
  readonly #toNode: Search;
  readonly #retry: GuidedSearch;
  #payment: Payment | null = null;
  /** The way on from the node, its own fee left out. */
  #onward = { edge: -1, costMsat: Infinity };
  /** What each sender's way around costs, msat. */
  readonly #around = new Map<number, number>();

  constructor(graph: Graph, node: number) {
    this.#graph = graph;
    this.#node = node;
    this.#toNode = new Search(graph);
    this.#retry = new GuidedSearch(graph);
  }

  /** Turns to this payment; its costs must stay as they are until the last sender was asked about. */
  prepare(payment: Payment): void {
    this.#payment = null;
    this.#around.clear();
    const { to, senders, feasible } = payment;
    if (to === this.#node) return;
    const around = payment.around(this.#node);
    this.#onward = around.firstHop(this.#node, feasible);
    if (this.#onward.edge < 0) return;
    for (const sender of senders)
      if (sender !== this.#node && sender !== to) this.#around.set(sender, around.firstHop(sender, feasible).costMsat);
    // Whoever's way to the node leads through one that goes around it, goes around it as well.
    const onward = this.#onward.costMsat;
    const worthwhile = (from: number, cost: number): boolean => cost + onward <= (around.distance[from] ?? Infinity);
    this.#toNode.toward(this.#node, feasible, { worthwhile });
    this.#payment = payment;
  }

  /** Null when the sender would not use the node even for nothing. */
  of(sender: number): Reservation | null {
    const payment = this.#payment;
    const around = this.#around.get(sender);
    if (payment === null || around === undefined) return null;
    const toward = this.#toNode.firstHop(sender, payment.feasible);
    const through = toward.costMsat + this.#onward.costMsat;
    if (!(through < around)) return null;
    // Before the way around is found, ways that fail are tried: there may be more of them than the sender has patience for.
    const { known, carries, to, amountMsat, estimate, inParts, most } = payment;
    const errand = { from: sender, to, payer: sender, avoid: this.#node, estimate };
    const { last } = attempt(this.#retry, known, carries, errand, most);
    const limit = last?.costMsat ?? inParts?.(sender, this.#node) ?? Infinity;
    if (!(through < limit)) return null;
    return {
      inEdge: this.#lastEdge(toward.edge),
      outEdge: this.#onward.edge,
      ppm: ((limit - through) / amountMsat) * 1e6,
    };
  }

  #lastEdge(first: number): number {
    const next = this.#graph.head[first] ?? -1;
    return next === this.#node ? first : (this.#toNode.last[next] ?? -1);
  }
}
