// What does one life of the network tell of nodes of middle size? A job for one process.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { drawMidSize } from '../src/sim/graph/choose-nodes.ts';
import { parseChannelsCsv } from '../src/sim/graph/csv-file.ts';
import { buildGraph, type Graph } from '../src/sim/graph/graph.ts';
import { live, type LifeOptions, type Simulated } from '../src/sim/graph/node-demand.ts';
import { stream } from '../src/sim/market/market.ts';

/** More are drawn than needed: through some nodes hardly anybody would pay, whatever they asked. */
const DRAWN = 16;

export interface LifeJob {
  readonly file: string;
  readonly life: LifeOptions;
}

const nodesOf = (graph: Graph, seed: number): readonly number[] => drawMidSize(graph, DRAWN, stream(seed, 'nodes'));

export function readGraph(file: string): Graph {
  const bytes = readFileSync(file);
  return buildGraph(parseChannelsCsv((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()));
}

/** The file of the job before, which is that of all. */
let last: { readonly file: string; readonly graph: Graph } | null = null;

export function work({ file, life }: LifeJob): Simulated {
  if (last?.file !== file) last = { file, graph: readGraph(file) };
  const { graph } = last;
  const running = live(graph, nodesOf(graph, life.seed), life);
  for (;;) {
    const step = running.next();
    if (step.done === true) return step.value;
  }
}
