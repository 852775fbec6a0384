// Are several lives of the network told as one?
import { describe, expect, it } from 'vitest';
import { live } from '../../../src/sim/graph/node-demand.ts';
import { livesOf, simulate, together } from '../../../src/sim/graph/lives.ts';
import type { Simulated } from '../../../src/sim/graph/node-demand.ts';
import { buildGraph } from '../../../src/sim/graph/graph.ts';
import { channel, nodeOf } from './small-graphs.ts';

/** What a generator gives at its end. */
function endOf<T>(running: Generator<number, T, undefined>): T {
  for (;;) {
    const step = running.next();
    if (step.done === true) return step.value;
  }
}

const ring = buildGraph(
  ['ab', 'bc', 'cd', 'da', 'ac'].map(([a = '', b = '']) => channel(a, b, { ppm: 5 }, { ppm: 9 })),
);
const nodes = [nodeOf(ring, 'a'), nodeOf(ring, 'c')];
const lived = (life: number): Simulated => endOf(live(ring, nodes, { payments: 2000, seed: 1, life, circular: 10 }));

describe('lives of the network', () => {
  it('share the payments and the rebalances, and none is longer than the network bears', () => {
    expect(livesOf({ payments: 300_000, seed: 7 })).toEqual([{ payments: 300_000, seed: 7, life: 0, circular: 600 }]);
    const many = livesOf({ payments: 1_000_000, seed: 7, circular: 10 });
    expect(many.map(({ payments }) => payments)).toEqual([250_000, 250_000, 250_000, 250_000]);
    expect(many.map(({ circular }) => circular)).toEqual([2, 3, 2, 3]);
  });

  it('are asked about from the beginning where they are short', () => {
    const [demand] = endOf(live(ring, nodes, { payments: 50, seed: 1, life: 0, circular: 1 })).demands;
    expect(demand?.perDay).toBeGreaterThanOrEqual(0);
  });

  it('are each another one', () => {
    expect(lived(0)).toEqual(lived(0));
    expect(lived(1).demands).not.toEqual(lived(0).demands);
  });

  it('are told together, each for as long as it was', () => {
    const [first, second] = [lived(0), lived(1)];
    const longer: Simulated = { ...second, figures: { ...second.figures, days: 3 * first.figures.days } };
    const { demands, figures } = together([first, longer]);
    expect(figures).toEqual({
      payments: 4000,
      settled: first.figures.settled + second.figures.settled,
      days: 4 * first.figures.days,
    });
    demands.forEach(({ node, offers, circular, perDay }, i) => {
      const [a, b] = [first.demands[i], second.demands[i]];
      expect(node).toBe(nodes[i]);
      expect(offers).toEqual([...(a?.offers ?? []), ...(b?.offers ?? [])]);
      expect(circular).toEqual([...(a?.circular ?? []), ...(b?.circular ?? [])]);
      expect(perDay).toBeCloseTo(((a?.perDay ?? 0) + 3 * (b?.perDay ?? 0)) / 4, 9);
    });
  });

  it('are one where one does', () => {
    expect(endOf(simulate(ring, nodes, { payments: 2000, seed: 1, circular: 10 }))).toEqual(lived(0));
  });
});
