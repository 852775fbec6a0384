// Which node is meant, and which would do for a market? Nodes of a graph, by name or by chance.
import type { SeededRandom } from '../world/random.ts';
import { GraphError } from './channel-record.ts';
import { usableChannels, type Graph } from './graph.ts';

/** A node with fewer channels has no pairs to speak of. */
const FEWEST_CHANNELS = 3;
/** A node of middle size: its channels (quant 4.4), and the BTC in them of all but a tenth at either end (quant 2). */
const MID_SIZE = { least: 15, most: 60, leastMsat: 0.07e11, mostMsat: 8.2e11 } as const;

/**
 * @param given as in the file, or so much of its beginning that it is the only one
 * @throws GraphError that names the nearest when there is none, or when it has too few channels
 */
export function nodeNamed(graph: Graph, given: string): number {
  // Keys are hex, which some write in capitals; no file does.
  const name = given.toLowerCase();
  const exact = graph.nodes.indexOf(name);
  // Numbers are names of their own: 12 is not short for 123.
  const numbered = /^\d+$/.test(graph.nodes[0] ?? '');
  const matches = exact >= 0 ? [exact] : numbered ? [] : startingWith(graph, name);
  const [node] = matches;
  if (node === undefined || matches.length > 1)
    throw new GraphError(
      `node: expected one of the ${graph.nodes.length} that can pay each other, got ${JSON.stringify(given)}` +
        (matches.length > 1
          ? `, with which ${matches.length} begin`
          : `; nearest: ${nearest(graph, name).join(', ')}`) +
        '; a node whose channels are all disabled in one direction is not among them',
    );
  const channels = usableChannels(graph, node).length;
  if (channels < FEWEST_CHANNELS)
    throw new GraphError(
      `node ${name}: expected at least ${FEWEST_CHANNELS} channels that are enabled both ways, got ${channels}: ` +
        'nothing is forwarded between fewer',
    );
  return node;
}

const startingWith = (graph: Graph, name: string): number[] =>
  name === '' ? [] : graph.nodes.flatMap((node, i) => (node.startsWith(name) ? [i] : []));

/** By number, or by the longest common beginning. */
function nearest({ nodes }: Graph, name: string): string[] {
  const distance = /^\d+$/.test(nodes[0] ?? '')
    ? (node: string): number => Math.abs(Number(node) - Number(name))
    : (node: string): number => -commonLength(node, name);
  return nodes.toSorted((a, b) => distance(a) - distance(b)).slice(0, 3);
}

function commonLength(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/** Different nodes of middle size. @throws GraphError when there are not so many */
export function drawMidSize(graph: Graph, count: number, random: SeededRandom): number[] {
  const candidates = graph.nodes.flatMap((_, node) => {
    const channels = usableChannels(graph, node);
    const msat = channels.reduce((sum, edge) => sum + (graph.capacityMsat[edge] ?? 0), 0);
    const right = channels.length >= MID_SIZE.least && channels.length <= MID_SIZE.most;
    return right && msat >= MID_SIZE.leastMsat && msat <= MID_SIZE.mostMsat ? [node] : [];
  });
  if (candidates.length < count)
    throw new GraphError(
      `graph: expected ${count} nodes with ${MID_SIZE.least} to ${MID_SIZE.most} channels, got ${candidates.length}`,
    );
  return Array.from({ length: count }, () => candidates.splice(random.integer(0, candidates.length - 1), 1)[0] ?? 0);
}
