// Which way is cheapest from one node to another, where it is known what it costs at the least? A* from the sender on.
//
// The estimates are the costs of the same network before anything has failed: until something does, the search walks
// straight along the way; afterwards it looks only at what could be better than the next.
import type { EdgeCosts } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import { NodeHeap } from './node-heap.ts';

export interface Errand {
  readonly from: number;
  readonly to: number;
  /** Asked no fee for the first hop; null: it is asked, as when somebody else has brought the payment here. */
  readonly payer: number | null;
  /** A node that no way may go through; -1 for none. */
  readonly avoid: number;
  /** Msat from each node to the receiver, at the least; of the payer it does not matter. */
  readonly estimate: Float64Array;
}

export interface FoundWay {
  /** Edges. */
  readonly route: readonly number[];
  /** As the sender reckons it, msat. */
  readonly costMsat: number;
}

export class GuidedSearch {
  readonly #graph: Graph;
  readonly #heap: NodeHeap;
  readonly #cost: Float64Array;
  /** Last edge of the way to each node. */
  readonly #via: Int32Array;
  /** Which search a node was reached in: most reach few, so that nothing is cleared. */
  readonly #reached: Int32Array;
  #search = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#heap = new NodeHeap(graph.edges + 1);
    this.#cost = new Float64Array(graph.nodes.length);
    this.#via = new Int32Array(graph.nodes.length);
    this.#reached = new Int32Array(graph.nodes.length);
  }

  /** Null when there is no way. */
  find({ fee, penalty }: EdgeCosts, { from, to, payer, avoid, estimate }: Errand): FoundWay | null {
    const { outAt, head } = this.#graph;
    const heap = this.#heap;
    heap.clear();
    this.#search++;
    this.#reach(from, 0, -1);
    heap.push(0, from);
    while (heap.size > 0) {
      const key = heap.leastKey();
      const node = heap.pop();
      const cost = this.#cost[node] ?? 0;
      if (node === to) return { route: this.#routeTo(to, from), costMsat: cost };
      if (node !== from && key > cost + (estimate[node] ?? 0)) continue;
      for (let edge = outAt[node] ?? 0, end = outAt[node + 1] ?? 0; edge < end; edge++) {
        const next = head[edge] ?? 0;
        const further = cost + (penalty[edge] ?? 0) + (node === payer ? 0 : (fee[edge] ?? 0));
        const known = this.#reached[next] === this.#search ? (this.#cost[next] ?? 0) : Infinity;
        if (!(further < known) || next === avoid) continue;
        const total = further + (estimate[next] ?? 0);
        if (total === Infinity) continue;
        this.#reach(next, further, edge);
        heap.push(total, next);
      }
    }
    return null;
  }

  #reach(node: number, cost: number, via: number): void {
    this.#reached[node] = this.#search;
    this.#cost[node] = cost;
    this.#via[node] = via;
  }

  #routeTo(to: number, from: number): number[] {
    const route: number[] = [];
    for (let node = to; node !== from; node = this.#graph.tail[route.at(-1) ?? -1] ?? from)
      route.push(this.#via[node] ?? -1);
    return route.reverse();
  }
}
