// Which networks are small enough to be reckoned by hand? Nodes by letter, channels in a line of text.
import type { ChannelRecord, Policy } from '../../../src/sim/graph/channel-record.ts';
import { EdgeCosts } from '../../../src/sim/graph/edge-costs.ts';
import { buildGraph, type Graph } from '../../../src/sim/graph/graph.ts';
import { Search } from '../../../src/sim/graph/search.ts';
import { Reservations, type Payment, type Reservation } from '../../../src/sim/graph/reservations.ts';
import { FEES_ONLY, type Sender } from '../../../src/sim/graph/senders.ts';

const FREE: Policy = { baseMsat: 0, ppm: 0, delay: 0, htlcMinMsat: 0, htlcMaxMsat: 1e12 };

/** One channel of 0.1 BTC; what the first and the second end ask; null where a direction is disabled. */
export function channel(
  a: string,
  b: string,
  there: Partial<Policy> | null = {},
  back: Partial<Policy> | null = {},
  capacitySats = 10_000_000,
): ChannelRecord {
  const policy = (given: Partial<Policy> | null): Policy | null => (given === null ? null : { ...FREE, ...given });
  return { capacitySats, nodes: [a, b], policies: [policy(there), policy(back)] };
}

export const nodeOf = (graph: Graph, name: string): number => {
  const node = graph.nodes.indexOf(name);
  if (node < 0) throw new RangeError(`node: expected one of ${graph.nodes.join(', ')}, got ${name}`);
  return node;
};

/** The first edge from one node to another. */
export function edgeOf(graph: Graph, from: string, to: string): number {
  const [tail, head] = [nodeOf(graph, from), nodeOf(graph, to)];
  for (let e = graph.outAt[tail] ?? 0; e < (graph.outAt[tail + 1] ?? 0); e++) if (graph.head[e] === head) return e;
  throw new RangeError(`edge: expected one from ${from} to ${to}, got none`);
}

export interface Question {
  readonly from: string;
  readonly through: string;
  readonly to: string;
  readonly amountMsat?: number;
  readonly sender?: Sender;
  /** Directions that lack the balance, as [from, to]. */
  readonly broken?: readonly (readonly [string, string])[];
  readonly most?: number;
}

/** What the sender would pay the node in the middle. */
export function reservationOf(channels: readonly ChannelRecord[], question: Question): Reservation | null {
  const graph = buildGraph(channels);
  const { from, through, to, amountMsat = 100_000_000, sender: wallet = FEES_ONLY, broken = [], most } = question;
  const dry = new Set(broken.map(([tail, head]) => edgeOf(graph, tail, head)));
  const carries = (edge: number): boolean => !dry.has(edge);
  const [known, feasible] = [new EdgeCosts(graph), new EdgeCosts(graph)];
  known.price(graph, amountMsat, wallet);
  feasible.takeFeasible(known, carries);
  const reservations = new Reservations(graph, nodeOf(graph, through));
  const limit = most === undefined ? {} : { most };
  const network = { to: nodeOf(graph, to), amountMsat, known, feasible, carries, ...limit };
  const sender = nodeOf(graph, from);
  reservations.prepare({
    ...network,
    senders: [sender],
    estimate: estimates(graph, known, network.to),
    around: detours(graph, network),
  });
  return reservations.of(sender);
}

/** Ways around a node, searched for each time. */
export function detours(graph: Graph, { to, feasible }: Pick<Payment, 'to' | 'feasible'>): Payment['around'] {
  return (node) => {
    const search = new Search(graph);
    search.toward(to, feasible, { avoid: node });
    return search;
  };
}

/** Msat from each node to the receiver. */
export function estimates(graph: Graph, costs: EdgeCosts, to: number): Float64Array {
  const search = new Search(graph);
  search.toward(to, costs);
  return search.distance;
}
