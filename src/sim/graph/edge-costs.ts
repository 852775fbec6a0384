// What does one amount cost on every edge, as one sender reckons it?
import type { Graph } from './graph.ts';
import type { Sender } from './senders.ts';

/** Live fees, by edge. */
export interface LivePolicies {
  readonly baseMsat: Float64Array;
  readonly ppm: Float64Array;
}

/** A hop is never thought hopeless: 2 % (quant prototype). */
const LEAST_PROBABILITY = 0.02;

/**
 * Fees are of the amount that arrives: that the fee of a hop behind is carried too is left out, a millionth of the amount.
 * What no sender can know (balances) is not in here until somebody excludes it.
 */
export class EdgeCosts {
  /** What the edge's tail asks, msat; nothing where it pays itself, which the search knows. */
  readonly fee: Float64Array;
  /** What the sender adds to it, msat; Infinity where the edge is out of question. */
  readonly penalty: Float64Array;
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.fee = new Float64Array(graph.edges);
    this.penalty = new Float64Array(graph.edges);
  }

  price(policies: LivePolicies, amountMsat: number, sender: Sender): void {
    const { edges, capacityMsat, delay, htlcMinMsat, htlcMaxMsat } = this.#graph;
    const { fee, penalty } = this;
    const hop = sender.hopMsat + (amountMsat * sender.hopPpm) / 1e6;
    const failure = sender.failureMsat + (amountMsat * sender.failurePpm) / 1e6;
    const lock = amountMsat * sender.lock;
    for (let e = 0; e < edges; e++) {
      const capacity = capacityMsat[e] ?? 0;
      if (amountMsat < (htlcMinMsat[e] ?? 0) || amountMsat > (htlcMaxMsat[e] ?? 0) || amountMsat > capacity) {
        penalty[e] = Infinity;
        continue;
      }
      fee[e] = (policies.baseMsat[e] ?? 0) + ((policies.ppm[e] ?? 0) * amountMsat) / 1e6;
      // Balances are thought to be anywhere, equally likely (Pickhardt and others, 2021).
      const unlikely = failure === 0 ? 0 : -Math.log(Math.max(LEAST_PROBABILITY, 1 - amountMsat / capacity));
      penalty[e] = hop + failure * unlikely + lock * (delay[e] ?? 0);
    }
  }

  /** The same costs, without the edges that cannot carry the amount now. */
  takeFeasible(known: EdgeCosts, carries: (edge: number) => boolean): void {
    this.fee.set(known.fee);
    this.penalty.set(known.penalty);
    for (let e = 0; e < this.penalty.length; e++) if (!carries(e)) this.penalty[e] = Infinity;
  }
}
