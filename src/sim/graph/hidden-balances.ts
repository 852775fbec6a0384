// Who holds what in each channel, which nobody but the two ends can see?
import type { SeededRandom } from '../world/random.ts';
import { outEdges, type Graph } from './graph.ts';

/** Shape of the Beta distribution of one side's share: nearly all channels lie near one end (quant 2, 3.3). */
const SHAPE = 0.25;
/** Share of channels whose cheaper direction is the emptier: cheap ways are used up first (Pickhardt 2026; quant 3.3). */
const CHEAP_IS_EMPTIER = 0.8;
/** The payment at which two directions' prices are compared, msat. */
const COMPARED_AT = 100_000_000;
/** Neither side may spend this share of the capacity: lightningd's reserve. */
const RESERVE = 0.01;

/** What decides whether an edge carries: its hidden balance, or nothing at all. */
const SEALED = 0;
const OPEN = 1;
const SHUT = 2;

export class HiddenBalances {
  /** What the edge's tail holds, reserve included, integer msat. */
  readonly #held: Float64Array;
  /** SEALED, OPEN or SHUT. */
  readonly #access: Uint8Array;
  readonly #graph: Graph;
  readonly #random: SeededRandom;

  /**
   * @param open nodes whose channels always carry: what their balances are is somebody else's business. Those of their
   * channels that are disabled one way carry nothing at all.
   */
  constructor(graph: Graph, random: SeededRandom, open: readonly number[] = []) {
    this.#graph = graph;
    this.#random = random;
    this.#held = new Float64Array(graph.edges);
    this.#access = new Uint8Array(graph.edges);
    const opened = new Set(open);
    for (let e = 0; e < graph.edges; e++) {
      const back = graph.reverse[e] ?? -1;
      if (opened.has(graph.tail[e] ?? -1) || opened.has(graph.head[e] ?? -1)) this.#access[e] = back >= 0 ? OPEN : SHUT;
      if (back >= 0 && back < e) continue;
      this.#draw(e);
    }
  }

  /** A node that ran dry is refilled from outside the network, by a swap or a new channel; nothing where it is open. */
  refill(node: number): void {
    for (const edge of outEdges(this.#graph, node)) if (this.#access[edge] === SEALED) this.#draw(edge);
  }

  #draw(edge: number): void {
    const back = this.#graph.reverse[edge] ?? -1;
    const capacity = this.#graph.capacityMsat[edge] ?? 0;
    const held = Math.round(capacity * this.#shareOf(edge, back));
    this.#held[edge] = held;
    if (back >= 0) this.#held[back] = capacity - held;
  }

  #shareOf(edge: number, back: number): number {
    const share = symmetricBeta(SHAPE, this.#random);
    const coin = this.#random.next();
    const [less, more] = share < 0.5 ? [share, 1 - share] : [1 - share, share];
    const difference = back < 0 ? 0 : this.#price(edge) - this.#price(back);
    if (difference === 0) return coin < 0.5 ? less : more;
    return difference < 0 === coin < CHEAP_IS_EMPTIER ? less : more;
  }

  #price(edge: number): number {
    return (this.#graph.ppm[edge] ?? 0) + ((this.#graph.baseMsat[edge] ?? 0) * 1e6) / COMPARED_AT;
  }

  /** Share of the capacity on the side of the edge's tail. */
  share(edge: number): number {
    return (this.#held[edge] ?? 0) / (this.#graph.capacityMsat[edge] ?? 1);
  }

  heldMsat(edge: number): number {
    return this.#held[edge] ?? 0;
  }

  carries(edge: number, amountMsat: number): boolean {
    const access = this.#access[edge];
    if (access !== SEALED) return access === OPEN;
    return (this.#held[edge] ?? 0) - RESERVE * (this.#graph.capacityMsat[edge] ?? 0) >= amountMsat;
  }

  /** From the edge's tail to its head; nothing on channels that always carry. */
  move(edge: number, amountMsat: number): void {
    if (this.#access[edge] !== SEALED) return;
    this.#held[edge] = (this.#held[edge] ?? 0) - amountMsat;
    const back = this.#graph.reverse[edge] ?? -1;
    if (back >= 0) this.#held[back] = (this.#held[back] ?? 0) + amountMsat;
  }
}

/** Jöhnk's method, for shapes below 1. */
function symmetricBeta(shape: number, random: SeededRandom): number {
  for (;;) {
    const x = random.next() ** (1 / shape);
    const y = random.next() ** (1 / shape);
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}
