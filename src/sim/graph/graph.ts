// Who can pay whom? The part of the network in which everyone reaches everyone, in arrays that a search runs through.
import { GraphError, type ChannelRecord } from './channel-record.ts';

/** Edges are usable directions of channels, by number, sorted by the node they leave. */
export interface Graph {
  /** Names, as in the file. */
  readonly nodes: readonly string[];
  readonly edges: number;
  readonly tail: Int32Array;
  readonly head: Int32Array;
  /** The other direction of the same channel, or -1. */
  readonly reverse: Int32Array;
  readonly capacityMsat: Float64Array;
  readonly baseMsat: Float64Array;
  readonly ppm: Float64Array;
  readonly delay: Float64Array;
  readonly htlcMinMsat: Float64Array;
  readonly htlcMaxMsat: Float64Array;
  /** Edges that leave v: outAt[v] to outAt[v + 1], the latter excluded. */
  readonly outAt: Int32Array;
  /** Edges that reach v: inEdges[inAt[v]] and on. */
  readonly inAt: Int32Array;
  readonly inEdges: Int32Array;
}

/** No sender is known to use what asks for more: announced so that nobody does (quant prototype). */
const PROHIBITIVE_PPM = 20_000;

interface Edge {
  readonly tail: number;
  readonly head: number;
  readonly record: number;
  readonly way: 0 | 1;
}

/** @throws GraphError when no two nodes can pay each other */
export function buildGraph(records: readonly ChannelRecord[]): Graph {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  };
  const all: Edge[] = [];
  records.forEach(({ nodes, policies }, record) => {
    const [a, b] = [numberOf(nodes[0]), numberOf(nodes[1])];
    if (a === b) return;
    if (isUsable(policies[0])) all.push({ tail: a, head: b, record, way: 0 });
    if (isUsable(policies[1])) all.push({ tail: b, head: a, record, way: 1 });
  });
  const inside = giantComponent(numbers.size, all);
  const names = [...numbers.keys()].filter((_, i) => inside[i] === 1);
  if (names.length < 2)
    throw new GraphError('expected nodes that can pay each other, got none: no channel is usable both ways');
  const renumbered = new Map(names.map((name, i) => [numberOf(name), i]));
  const kept = all
    .filter(({ tail, head }) => inside[tail] === 1 && inside[head] === 1)
    .map((edge) => ({ ...edge, tail: renumbered.get(edge.tail) ?? 0, head: renumbered.get(edge.head) ?? 0 }))
    .sort((x, y) => x.tail - y.tail || x.record - y.record || x.way - y.way);
  return layOut(names, kept, records);
}

const isUsable = (policy: ChannelRecord['policies'][0]): boolean => policy !== null && policy.ppm <= PROHIBITIVE_PPM;

function layOut(names: readonly string[], edges: readonly Edge[], records: readonly ChannelRecord[]): Graph {
  const pick = (value: (policy: NonNullable<ChannelRecord['policies'][0]>) => number): Float64Array =>
    Float64Array.from(edges, ({ record, way }) => {
      const policy = records[record]?.policies[way];
      return policy === null || policy === undefined ? NaN : value(policy);
    });
  const twin = new Map(edges.map(({ record, way }, e) => [2 * record + way, e]));
  const into = edges.map((_, e) => e).sort((x, y) => (edges[x]?.head ?? 0) - (edges[y]?.head ?? 0) || x - y);
  return {
    nodes: names,
    edges: edges.length,
    tail: Int32Array.from(edges, ({ tail }) => tail),
    head: Int32Array.from(edges, ({ head }) => head),
    reverse: Int32Array.from(edges, ({ record, way }) => twin.get(2 * record + 1 - way) ?? -1),
    capacityMsat: Float64Array.from(edges, ({ record }) => (records[record]?.capacitySats ?? 0) * 1000),
    baseMsat: pick(({ baseMsat }) => baseMsat),
    ppm: pick(({ ppm }) => ppm),
    delay: pick(({ delay }) => delay),
    htlcMinMsat: pick(({ htlcMinMsat }) => htlcMinMsat),
    htlcMaxMsat: pick(({ htlcMaxMsat }) => htlcMaxMsat),
    outAt: offsets(
      names.length,
      edges.map(({ tail }) => tail),
    ),
    inAt: offsets(
      names.length,
      edges.map(({ head }) => head),
    ),
    inEdges: Int32Array.from(into),
  };
}

function offsets(nodes: number, ends: readonly number[]): Int32Array {
  const at = new Int32Array(nodes + 1);
  for (const node of ends) at[node + 1] = (at[node + 1] ?? 0) + 1;
  for (let i = 0; i < nodes; i++) at[i + 1] = (at[i + 1] ?? 0) + (at[i] ?? 0);
  return at;
}

/** 1 for the nodes that the best connected one reaches and that reach it. */
function giantComponent(nodes: number, edges: readonly Edge[]): Uint8Array {
  const next: number[][] = Array.from({ length: nodes }, () => []);
  const before: number[][] = Array.from({ length: nodes }, () => []);
  for (const { tail, head } of edges) {
    next[tail]?.push(head);
    before[head]?.push(tail);
  }
  let hub = 0;
  next.forEach((heads, i) => {
    if (heads.length > (next[hub]?.length ?? 0)) hub = i;
  });
  const reached = reach(hub, next);
  const reaching = reach(hub, before);
  return reached.map((yes, i) => (yes === 1 && reaching[i] === 1 ? 1 : 0));
}

function reach(from: number, next: readonly (readonly number[])[]): Uint8Array {
  const seen = new Uint8Array(next.length);
  seen[from] = 1;
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
    for (const other of next[node] ?? [])
      if (seen[other] !== 1) {
        seen[other] = 1;
        waiting.push(other);
      }
  return seen;
}

/** Edges that leave a node, by number. */
export function* outEdges({ outAt }: Graph, node: number): Generator<number> {
  for (let e = outAt[node] ?? 0, end = outAt[node + 1] ?? 0; e < end; e++) yield e;
}

/** Channels of a node that can be used both ways, as its edges out. */
export const usableChannels = (graph: Graph, node: number): number[] =>
  [...outEdges(graph, node)].filter((edge) => (graph.reverse[edge] ?? -1) >= 0);
