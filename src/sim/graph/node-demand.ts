// Which payments would go through some nodes, and for how much? The network lives once, and they are asked about.
import { stream } from '../market/market.ts';
import type { SeededRandom } from '../world/random.ts';
import { CircularSamples, type CircularSample } from './circular-samples.ts';
import { Competitors } from './competitors.ts';
import { EdgeCosts } from './edge-costs.ts';
import { outEdges, usableChannels, type Graph } from './graph.ts';
import { HiddenBalances } from './hidden-balances.ts';
import { InParts } from './in-parts.ts';
import { Reservations } from './reservations.ts';
import { Search } from './search.ts';
import { settle } from './settle.ts';
import { PAYMENTS_PER_DAY, Traffic, type Batch } from './traffic.ts';

/** One payment that a node could have. Channels by their place among the node's. */
export interface Offer {
  readonly from: number;
  readonly to: number;
  readonly amountSats: number;
  /** How many such payments come for each that was asked about. */
  readonly weight: number;
  /** Infinity where the sender has no other way. */
  readonly reservationPpm: number;
}

export interface NodeDemand {
  readonly node: number;
  /** The node's edges out, each of a channel that works both ways. */
  readonly channels: readonly number[];
  readonly offers: readonly Offer[];
  /** Offers a day in the whole network's traffic. */
  readonly perDay: number;
  readonly circular: readonly CircularSample[];
}

export interface Figures {
  /** Payments of the network's own traffic, and those of them that found a way. */
  readonly payments: number;
  readonly settled: number;
  readonly days: number;
}

export interface Simulated {
  readonly demands: readonly NodeDemand[];
  readonly figures: Figures;
}

export interface LifeOptions {
  /** Of the whole network. */
  readonly payments: number;
  readonly seed: number;
  /** Which one, from 0: each has other balances, competitors and payments. */
  readonly life: number;
  /** Rebalances tried for each node. */
  readonly circular: number;
}

/** Payments by which the network lives from one search to the next, on average: the same amount to the same node. */
const PAYING = 100;
/** Senders whose reservation is asked for each time, those who pay first: nearly for free, once the search is made. */
const ASKED = 300;
/** Until then the network only finds its state; the share of all payments. */
const WARM_UP = 0.1;

/** One life of the network. Yields the payments made so far, every few dozen milliseconds. */
export function* live(
  graph: Graph,
  nodes: readonly number[],
  { payments, seed, life, circular }: LifeOptions,
): Generator<number, Simulated, undefined> {
  const random = (name: string): SeededRandom => stream(seed, life === 0 ? name : `${name}-${life}`);
  const balances = new HiddenBalances(graph, random('balances'), nodes);
  const competitors = new Competitors(graph, balances, random('competitors'), nodes);
  const traffic = new Traffic(graph, random('traffic'));
  const network = new Network(graph, competitors, balances);
  const observers = nodes.map((node) => new Observer(graph, node, random(`circular-${node}`)));
  // In whole batches: of so few payments that one is more than the warm-up all are asked about.
  const first = Math.floor((WARM_UP * payments) / PAYING) * PAYING;
  let paid = 0;
  let paying = 0;
  let asked = 0;
  for (let batches = 0; paid < payments; batches++) {
    if (batches % PROGRESS === 0) yield paid;
    competitors.liveUntil(paid / PAYMENTS_PER_DAY);
    const batch = traffic.next(ASKED);
    network.prepare(batch);
    if (paid >= first) {
      for (const observer of observers) observer.watch(network, batch);
      asked += ASKED * batch.weight;
    }
    // What is rounded down comes with the next.
    paying = Math.min(payments, paying + PAYING * batch.weight);
    const count = Math.floor(paying) - paid;
    network.pay(batch, count);
    paid += count;
    const due = Math.floor((circular * paid) / payments);
    for (const observer of observers) observer.rebalanceUntil(due, competitors, balances);
  }
  return {
    demands: observers.map((observer) => observer.demand(asked / PAYMENTS_PER_DAY)),
    figures: { payments: paid, settled: network.settled, days: paid / PAYMENTS_PER_DAY },
  };
}

/** Batches between two words of progress. */
const PROGRESS = 10;

/** The network at one moment, and what its own traffic does to it. */
class Network {
  readonly graph: Graph;
  readonly known: EdgeCosts;
  readonly feasible: EdgeCosts;
  settled = 0;
  /** Senders of the batch who have any way at all, through whomever. */
  able: readonly number[] = [];
  carries: (edge: number) => boolean = () => false;
  readonly parts: InParts;
  readonly #competitors: Competitors;
  readonly #balances: HiddenBalances;
  readonly #believed: Search;
  readonly #ways: Search;
  readonly #detours: Search;
  /** Nodes on the way of anybody in the batch. */
  readonly #onTheWay = new Set<number>();
  #to = -1;

  constructor(graph: Graph, competitors: Competitors, balances: HiddenBalances) {
    this.graph = graph;
    this.#competitors = competitors;
    this.#balances = balances;
    this.known = new EdgeCosts(graph);
    this.feasible = new EdgeCosts(graph);
    this.parts = new InParts(graph, competitors, (edge, amountMsat) => balances.carries(edge, amountMsat));
    this.#believed = new Search(graph);
    this.#ways = new Search(graph);
    this.#detours = new Search(graph);
  }

  prepare(batch: Batch): void {
    const { sender, amountMsat, to, from } = batch;
    this.parts.prepare(batch);
    this.carries = (edge) => this.#balances.carries(edge, amountMsat);
    this.known.price(this.#competitors, amountMsat, sender);
    this.feasible.takeFeasible(this.known, this.carries);
    this.#believed.toward(to, this.known);
    this.#ways.toward(to, this.feasible);
    this.#to = to;
    this.#onTheWay.clear();
    this.able = from.filter((node) => {
      const route = this.#ways.routeFrom(this.#ways.firstHop(node, this.feasible).edge);
      for (const edge of route) this.#onTheWay.add(this.graph.head[edge] ?? -1);
      return route.length > 0;
    });
  }

  /** Msat from each node to the receiver, as gossip has it. */
  get estimate(): Float64Array {
    return this.#believed.distance;
  }

  /** A node that is on nobody's way is gone around already. */
  readonly around = (node: number): Search => {
    if (!this.#onTheWay.has(node)) return this.#ways;
    this.#detours.toward(this.#to, this.feasible, { avoid: node });
    return this.#detours;
  };

  /**
   * So many, from the first on and once more if need be, go the cheapest way that carried the amount before the batch, if it
   * still does. Who runs dry is refilled.
   */
  pay({ from, to, amountMsat }: Batch, count: number): void {
    const { tail, inAt, inEdges } = this.graph;
    if (this.#isDry(inEdges.subarray(inAt[to], inAt[to + 1]))) this.#balances.refill(to);
    for (let i = 0; i < count; i++) {
      const sender = from[i % from.length] ?? -1;
      const { edge } = this.#ways.firstHop(sender, this.feasible);
      if (edge < 0) {
        if (this.#isDry(outEdges(this.graph, sender))) this.#balances.refill(sender);
        continue;
      }
      const route = this.#ways.routeFrom(edge);
      if (!settle(this.graph, this.#competitors, this.#balances, route, amountMsat)) continue;
      this.settled++;
      for (const hop of route.slice(1)) this.#competitors.forwarded(tail[hop] ?? -1);
    }
  }

  /** Whether the amount would fit through these edges by what gossip tells, but passes none of them now. */
  #isDry(edges: Iterable<number>): boolean {
    let fits = false;
    for (const edge of edges) {
      if (this.feasible.penalty[edge] !== Infinity) return false;
      if (this.known.penalty[edge] !== Infinity) fits = true;
    }
    return fits;
  }
}

/** What is written down of one node. */
class Observer {
  readonly #node: number;
  readonly #channels: readonly number[];
  /** By edge, in and out. */
  readonly #channelOf: ReadonlyMap<number, number>;
  readonly #reservations: Reservations;
  readonly #samples: CircularSamples;
  readonly #offers: Offer[] = [];
  readonly #circular: CircularSample[] = [];

  constructor(graph: Graph, node: number, random: SeededRandom) {
    this.#node = node;
    this.#channels = usableChannels(graph, node);
    this.#channelOf = new Map(
      this.#channels.flatMap((edge, k) => [edge, graph.reverse[edge] ?? -1].map((e) => [e, k])),
    );
    this.#reservations = new Reservations(graph, node);
    this.#samples = new CircularSamples(graph, node, this.#channels, random);
  }

  watch(network: Network, { to, amountMsat, weight }: Batch): void {
    const { known, feasible, carries, estimate, around, able, parts } = network;
    const inParts = (sender: number, node: number): number => parts.costMsat(sender, node);
    this.#reservations.prepare({ to, amountMsat, senders: able, known, feasible, carries, estimate, around, inParts });
    for (const sender of able) {
      const found = this.#reservations.of(sender);
      const into = this.#channelOf.get(found?.inEdge ?? -1);
      const out = this.#channelOf.get(found?.outEdge ?? -1);
      if (found === null || into === undefined || out === undefined) continue;
      const amountSats = amountMsat / 1000;
      this.#offers.push({ from: into, to: out, amountSats, weight, reservationPpm: found.ppm });
    }
  }

  rebalanceUntil(count: number, competitors: Competitors, balances: HiddenBalances): void {
    if (this.#channels.length < 2) return;
    while (this.#circular.length < count) this.#circular.push(...this.#samples.draw(competitors, balances));
  }

  demand(days: number): NodeDemand {
    return {
      node: this.#node,
      channels: this.#channels,
      offers: this.#offers,
      perDay: this.#offers.reduce((sum, { weight }) => sum + weight, 0) / days,
      circular: this.#circular,
    };
  }
}
