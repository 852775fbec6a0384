// Which payments would go through some nodes, and for how much? The network lives for a while, and they are asked about.
import { stream } from '../market/market.ts';
import { CircularSamples, type CircularSample } from './circular-samples.ts';
import { Competitors } from './competitors.ts';
import { EdgeCosts } from './edge-costs.ts';
import { usableChannels, type Graph } from './graph.ts';
import { HiddenBalances } from './hidden-balances.ts';
import { Reservations } from './reservations.ts';
import { Search } from './search.ts';
import { settle } from './settle.ts';
import { PAYMENTS_PER_DAY, Traffic, type Batch } from './traffic.ts';

/** One payment that a node could have. Channels by their place among the node's. */
export interface Offer {
  readonly from: number;
  readonly to: number;
  readonly amountSats: number;
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

export interface SimulationOptions {
  /** Of the whole network. */
  readonly payments: number;
  readonly seed: number;
  /** Rebalances tried for each node. */
  readonly circular?: number;
  readonly sendersPerBatch?: number;
}

/** Senders for whom two searches are shared: a tenth of the time of one by one, and still thousands of receivers. */
const BATCH = 100;
/** Until then the network only finds its state; the share of all payments. */
const WARM_UP = 0.1;
/** About as many as a year of looks, each six hours, at one pair. */
const CIRCULAR = 1500;

/** Yields the payments made so far, every few dozen milliseconds. */
export function* simulate(
  graph: Graph,
  nodes: readonly number[],
  { payments, seed, circular = CIRCULAR, sendersPerBatch = BATCH }: SimulationOptions,
): Generator<number, Simulated, undefined> {
  const balances = new HiddenBalances(graph, stream(seed, 'balances'), nodes);
  const competitors = new Competitors(graph, balances, stream(seed, 'competitors'), nodes);
  const traffic = new Traffic(graph, stream(seed, 'traffic'));
  const network = new Network(graph, competitors, balances);
  const observers = nodes.map((node) => new Observer(graph, node, seed));
  const batches = Math.max(1, Math.round(payments / sendersPerBatch));
  const first = Math.floor(batches * WARM_UP);
  for (let i = 0; i < batches; i++) {
    competitors.liveUntil((i * sendersPerBatch) / PAYMENTS_PER_DAY);
    const batch = traffic.next(sendersPerBatch);
    network.prepare(batch);
    if (i >= first) for (const observer of observers) observer.watch(network, batch);
    network.pay(batch);
    const due = Math.floor((circular * (i + 1)) / batches);
    for (const observer of observers) observer.rebalanceUntil(due, competitors, balances);
    if (i % PROGRESS === 0) yield i * sendersPerBatch;
  }
  const watchedDays = ((batches - first) * sendersPerBatch) / PAYMENTS_PER_DAY;
  return {
    demands: observers.map((observer) => observer.demand(watchedDays)),
    figures: {
      payments: batches * sendersPerBatch,
      settled: network.settled,
      days: (batches * sendersPerBatch) / PAYMENTS_PER_DAY,
    },
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
  carries: (edge: number) => boolean = () => false;
  readonly #competitors: Competitors;
  readonly #balances: HiddenBalances;
  readonly #ways: Search;

  constructor(graph: Graph, competitors: Competitors, balances: HiddenBalances) {
    this.graph = graph;
    this.#competitors = competitors;
    this.#balances = balances;
    this.known = new EdgeCosts(graph);
    this.feasible = new EdgeCosts(graph);
    this.#ways = new Search(graph);
  }

  prepare({ sender, amountMsat }: Batch): void {
    this.carries = (edge) => this.#balances.carries(edge, amountMsat);
    this.known.price(this.#competitors, amountMsat, sender);
    this.feasible.takeFeasible(this.known, this.carries);
  }

  /** Each sender goes the cheapest way that carried the amount before the batch, if it still does. */
  pay({ to, from, amountMsat }: Batch): void {
    this.#ways.toward(to, this.feasible);
    for (const sender of from) {
      const { edge } = this.#ways.firstHop(sender, this.feasible);
      if (edge < 0) continue;
      const route = this.#ways.routeFrom(edge);
      if (!settle(this.graph, this.#competitors, this.#balances, route, amountMsat)) continue;
      this.settled++;
      for (let i = 1; i < route.length; i++) this.#competitors.forwarded(this.graph.tail[route[i] ?? -1] ?? -1);
    }
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

  constructor(graph: Graph, node: number, seed: number) {
    this.#node = node;
    this.#channels = usableChannels(graph, node);
    this.#channelOf = new Map(
      this.#channels.flatMap((edge, k) => [edge, graph.reverse[edge] ?? -1].map((e) => [e, k])),
    );
    this.#reservations = new Reservations(graph, node);
    this.#samples = new CircularSamples(graph, node, this.#channels, stream(seed, `circular-${node}`));
  }

  watch({ known, feasible, carries }: Network, { to, from, amountMsat }: Batch): void {
    this.#reservations.prepare({ to, amountMsat, known, feasible, carries });
    for (const sender of from) {
      const found = this.#reservations.of(sender);
      const into = this.#channelOf.get(found?.inEdge ?? -1);
      const out = this.#channelOf.get(found?.outEdge ?? -1);
      if (found === null || into === undefined || out === undefined) continue;
      this.#offers.push({ from: into, to: out, amountSats: amountMsat / 1000, reservationPpm: found.ppm });
    }
  }

  rebalanceUntil(count: number, competitors: Competitors, balances: HiddenBalances): void {
    if (this.#channels.length < 2) return;
    while (this.#circular.length < count) this.#circular.push(this.#samples.draw(competitors, balances));
  }

  demand(days: number): NodeDemand {
    return {
      node: this.#node,
      channels: this.#channels,
      offers: this.#offers,
      perDay: this.#offers.length / days,
      circular: this.#circular,
    };
  }
}
