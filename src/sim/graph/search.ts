// Which way is cheapest from every node to one? Dijkstra's algorithm, from the target backward as wallets do it.
import type { EdgeCosts } from './edge-costs.ts';
import type { Graph } from './graph.ts';

export interface SearchOptions {
  /** A node that no way may go through. */
  readonly avoid?: number;
  /** Whose own fees are nothing to it. */
  readonly payer?: number;
  /** The search ends once the way from here is known. */
  readonly until?: number;
  /** Ways that cost more, msat, are not looked for: their distance may be told too high. */
  readonly within?: number;
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
  readonly #keys: Float64Array;
  readonly #values: Int32Array;
  #size = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    const nodes = graph.nodes.length;
    this.distance = new Float64Array(nodes);
    this.via = new Int32Array(nodes);
    this.last = new Int32Array(nodes);
    // A node is pushed again whenever a cheaper way to it is found: once for each edge at the most.
    this.#keys = new Float64Array(graph.edges + 1);
    this.#values = new Int32Array(graph.edges + 1);
  }

  toward(
    target: number,
    { fee, penalty }: EdgeCosts,
    { avoid = -1, payer = -1, until = -1, within = Infinity }: SearchOptions = {},
  ): void {
    const { inAt, inEdges, tail } = this.#graph;
    const { distance, via, last } = this;
    distance.fill(Infinity);
    via.fill(-1);
    last.fill(-1);
    distance[target] = 0;
    this.#size = 0;
    this.#push(0, target);
    while (this.#size > 0) {
      const key = this.#keys[0] ?? 0;
      const node = this.#pop();
      if (key > (distance[node] ?? 0)) continue;
      if (node === until || key > within) return;
      for (let i = inAt[node] ?? 0, end = inAt[node + 1] ?? 0; i < end; i++) {
        const edge = inEdges[i] ?? 0;
        const from = tail[edge] ?? 0;
        const cost = key + (penalty[edge] ?? 0) + (from === payer ? 0 : (fee[edge] ?? 0));
        if (!(cost < (distance[from] ?? 0)) || from === avoid) continue;
        distance[from] = cost;
        via[from] = edge;
        last[from] = node === target ? edge : (last[node] ?? -1);
        this.#push(cost, from);
      }
    }
  }

  /** How a sender at this node begins: it asks itself no fee. After a search without a payer. */
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

  #push(key: number, value: number): void {
    const keys = this.#keys;
    const values = this.#values;
    let i = this.#size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = keys[parent] ?? 0;
      if (above <= key) break;
      keys[i] = above;
      values[i] = values[parent] ?? 0;
      i = parent;
    }
    keys[i] = key;
    values[i] = value;
  }

  /** The value of the least key. */
  #pop(): number {
    const keys = this.#keys;
    const values = this.#values;
    const top = values[0] ?? 0;
    const size = --this.#size;
    if (size === 0) return top;
    const key = keys[size] ?? 0;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && (keys[child + 1] ?? 0) < (keys[child] ?? 0)) child++;
      const below = keys[child] ?? 0;
      if (below >= key) break;
      keys[i] = below;
      values[i] = values[child] ?? 0;
      i = child;
    }
    keys[i] = key;
    values[i] = values[size] ?? 0;
    return top;
  }
}
