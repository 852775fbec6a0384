// Which way is cheapest from every node to one? Dijkstra's algorithm, from the target backward as wallets do it.
import type { EdgeCosts } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import { NodeHeap } from './node-heap.ts';

export interface SearchOptions {
  /** A node that no way may go through. */
  readonly avoid?: number;
  /** Whether ways through a node are worth looking for, when it costs so much from there on. */
  readonly worthwhile?: (node: number, costMsat: number) => boolean;
}

/** The first edge of a way, and its cost as the sender at its beginning reckons it; edge -1 and Infinity without a way. */
export interface FirstHop {
  readonly edge: number;
  readonly costMsat: number;
}

export class Search {
  /** Msat from each node on, its own fee for the first edge counted; Infinity where there is no way. */
  readonly distance: Float64Array;
  /** First edge of the way from each node; -1 at the target and where there is no way. */
  readonly via: Int32Array;
  /** Last edge of the way from each node. */
  readonly last: Int32Array;
  readonly #graph: Graph;
  readonly #heap: NodeHeap;

  constructor(graph: Graph) {
    this.#graph = graph;
    const nodes = graph.nodes.length;
    this.distance = new Float64Array(nodes);
    this.via = new Int32Array(nodes);
    this.last = new Int32Array(nodes);
    // A node is pushed again whenever a cheaper way to it is found: once for each edge at the most.
    this.#heap = new NodeHeap(graph.edges + 1);
  }

  toward(target: number, { fee, penalty }: EdgeCosts, { avoid = -1, worthwhile }: SearchOptions = {}): void {
    const { inAt, inEdges, tail } = this.#graph;
    const { distance, via, last } = this;
    const heap = this.#heap;
    distance.fill(Infinity);
    via.fill(-1);
    last.fill(-1);
    distance[target] = 0;
    heap.clear();
    heap.push(0, target);
    while (heap.size > 0) {
      const key = heap.leastKey();
      const node = heap.pop();
      if (key > (distance[node] ?? 0)) continue;
      if (worthwhile !== undefined && !worthwhile(node, key)) continue;
      for (let i = inAt[node] ?? 0, end = inAt[node + 1] ?? 0; i < end; i++) {
        const edge = inEdges[i] ?? 0;
        const from = tail[edge] ?? 0;
        const cost = key + (penalty[edge] ?? 0) + (fee[edge] ?? 0);
        if (!(cost < (distance[from] ?? 0)) || from === avoid) continue;
        distance[from] = cost;
        via[from] = edge;
        last[from] = node === target ? edge : (last[node] ?? -1);
        heap.push(cost, from);
      }
    }
  }

  /** How a sender at this node begins: it asks itself no fee. */
  firstHop(sender: number, { penalty }: EdgeCosts): FirstHop {
    const { outAt, head } = this.#graph;
    let best = { edge: -1, costMsat: Infinity };
    for (let edge = outAt[sender] ?? 0, end = outAt[sender + 1] ?? 0; edge < end; edge++) {
      const costMsat = (penalty[edge] ?? 0) + (this.distance[head[edge] ?? 0] ?? 0);
      if (costMsat < best.costMsat) best = { edge, costMsat };
    }
    return best;
  }

  /** The edges of the way that begins with this one. */
  routeFrom(edge: number): number[] {
    const { head } = this.#graph;
    const route: number[] = [];
    for (let next = edge; next >= 0; next = this.via[head[next] ?? 0] ?? -1) route.push(next);
    return route;
  }
}
