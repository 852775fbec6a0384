// Does the engine understand the real network? On the snapshot of mainnet, which lies beside the repository where it is.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drawMidSize } from '../../../src/sim/graph/choose-nodes.ts';
import { parseChannelsCsv } from '../../../src/sim/graph/csv-file.ts';
import { buildGraph } from '../../../src/sim/graph/graph.ts';
import { simulate } from '../../../src/sim/graph/lives.ts';
import type { Simulated } from '../../../src/sim/graph/node-demand.ts';
import { SeededRandom, seedState } from '../../../src/sim/world/random.ts';

const FILE = resolve(import.meta.dirname, '../../../../shared/graph/ln-mainnet-2026-02-03.channels.csv.gz');
const absent = !existsSync(FILE);
if (absent) console.warn(`snapshot.test.ts: skipped, there is no ${FILE}`);

describe.skipIf(absent)('mainnet of 2026-02-03', () => {
  const records = absent ? [] : parseChannelsCsv(gunzipSync(readFileSync(FILE)).toString());

  it('has the channels that its description counts', () => {
    expect(records).toHaveLength(50_808);
    expect(new Set(records.flatMap(({ nodes }) => nodes)).size).toBe(17_324);
    const silent = records.flatMap(({ policies }) => policies).filter((policy) => policy === null);
    expect(silent).toHaveLength(35_806);
    const sats = records.reduce((sum, { capacitySats }) => sum + capacitySats, 0);
    expect(sats / 1e8).toBeCloseTo(5361.7, 1);
  });

  it('has 6,262 nodes that can pay each other, as the prototype found', () => {
    const graph = buildGraph(records);
    expect(graph.nodes).toHaveLength(6262);
  });

  it('offers nodes of middle size some payments, the same for the same seed, and most payments arrive', () => {
    const graph = buildGraph(records);
    const nodes = drawMidSize(graph, 12, new SeededRandom(seedState(1)));
    const run = (): Simulated => {
      const running = simulate(graph, nodes, { payments: 2000, seed: 1, circular: 10 });
      for (let step = running.next(); ; step = running.next()) if (step.done === true) return step.value;
    };
    const { demands, figures } = run();
    expect(figures.settled / figures.payments).toBeGreaterThan(0.5);
    expect(demands.flatMap(({ offers }) => offers).length).toBeGreaterThan(20);
    expect(demands.flatMap(({ circular }) => circular).some(({ arrived }) => arrived)).toBe(true);
    for (const { offers, channels } of demands)
      for (const { from, to } of offers) {
        expect(Math.max(from, to)).toBeLessThan(channels.length);
        expect(from).not.toBe(to);
      }
    expect(run()).toEqual({ demands, figures });
  });
});
