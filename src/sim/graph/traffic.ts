// Who pays whom how much? Many small senders, few large receivers.
import { cumulate, pick } from '../../core/chance.ts';
import type { SeededRandom } from '../world/random.ts';
import type { Graph } from './graph.ts';
import { SENDERS, type Sender } from './senders.ts';

/** Payments through the whole network, at least 6.6 million a month (River, August 2023). */
export const PAYMENTS_PER_DAY = 213_000;
/** Lognormal with the mean that River measured, 44.7 k sats, and a tail that heavy (quant 2). */
const AMOUNT = { medianSats: 12_400, sigma: 1.6 } as const;
/**
 * An amount is drawn more often than it comes by this power of it, and counts for as much less (importance sampling). By 1 all
 * that a fee earns would be told alike, and how many pay it badly; drawn as they come, two payments of 10,000 were two fifths
 * of what a node could earn (docs/graph-engine.md).
 */
const TILT = 0.5;
/** A node receives in proportion to its channels, up to 50 BTC (quant prototype). */
const MOST_CAPACITY_MSAT = 5e12;

/** Several senders with the same wallet pay the same amount to the same node, one after the other. */
export interface Batch {
  readonly sender: Sender;
  /** Whole sats. */
  readonly amountMsat: number;
  /** How often it comes to how often it is drawn, 1 on average. */
  readonly weight: number;
  readonly to: number;
  readonly from: readonly number[];
}

export class Traffic {
  readonly #random: SeededRandom;
  readonly #cumulated: Float64Array;

  constructor(graph: Graph, random: SeededRandom) {
    this.#random = random;
    const capacity = new Float64Array(graph.nodes.length);
    graph.tail.forEach((node, edge) => (capacity[node] = (capacity[node] ?? 0) + (graph.capacityMsat[edge] ?? 0)));
    this.#cumulated = cumulate(capacity.map((msat) => Math.min(MOST_CAPACITY_MSAT, msat)));
  }

  next(senders: number): Batch {
    const random = this.#random;
    const sender = this.#drawSender();
    const variance = AMOUNT.sigma ** 2;
    const ln = TILT * variance + AMOUNT.sigma * random.normal();
    const sats = Math.max(1, Math.round(AMOUNT.medianSats * Math.exp(ln)));
    // The ratio of the two normal densities.
    const weight = Math.exp((TILT ** 2 * variance) / 2 - TILT * ln);
    const to = this.#drawReceiver();
    const nodes = this.#cumulated.length;
    // One of the others, so that nobody pays itself.
    const from = Array.from({ length: senders }, () => (to + random.integer(1, nodes - 1)) % nodes);
    return { sender, amountMsat: sats * 1000, weight, to, from };
  }

  #drawSender(): Sender {
    const which = this.#random.weighted(SENDERS.map(([, share]) => share));
    const [sender] = SENDERS[which] ?? [];
    if (sender === undefined) throw new RangeError('senders: expected shares above 0');
    return sender;
  }

  #drawReceiver(): number {
    return pick(this.#cumulated, this.#random.next() * (this.#cumulated.at(-1) ?? 0));
  }
}
