// What does a payment cost in parts? Networks that can be reckoned by hand.
import { describe, expect, it } from 'vitest';
import { buildGraph, type Graph } from '../../../src/sim/graph/graph.ts';
import { InParts } from '../../../src/sim/graph/in-parts.ts';
import { FEES_ONLY, SENDERS } from '../../../src/sim/graph/senders.ts';
import { channel, edgeOf, nodeOf } from './small-graphs.ts';

const MILLION_SATS = 1e9;

/** s pays d a million by w, x or y, who ask 100, 300 and 700 ppm; u is the node that is gone around. */
const fan = (ppms: readonly number[] = [100, 300, 700]) =>
  buildGraph([
    channel('s', 'u'),
    channel('u', 'd'),
    ...['w', 'x', 'y', 'z'].slice(0, ppms.length).flatMap((name, i) => {
      return [channel('s', name), channel(name, 'd', { ppm: ppms[i] ?? 0 })];
    }),
  ]);

/** @param room by the end of a way, what its last channel can carry */
function costPpm(graph: Graph, room: Readonly<Record<string, number>>, amountMsat = MILLION_SATS, sender = FEES_ONLY) {
  const rooms = new Map(Object.entries(room).map(([name, msat]) => [edgeOf(graph, name, 'd'), msat]));
  const parts = new InParts(graph, graph, (edge, msat) => msat <= (rooms.get(edge) ?? Infinity));
  parts.prepare({ sender, amountMsat, weight: 1, to: nodeOf(graph, 'd'), from: [] });
  return (parts.costMsat(nodeOf(graph, 's'), nodeOf(graph, 'u')) / amountMsat) * 1e6;
}

describe('a payment in parts', () => {
  it('costs what its parts cost, each the cheapest that is left', () => {
    expect(costPpm(fan(), { w: 5e8, x: 5e8, y: 5e8 })).toBeCloseTo((100 + 300) / 2, 1);
    // Four of 250,000: one by w, one by x, two by y.
    expect(costPpm(fan(), { w: 3e8, x: 3e8, y: 6e8 })).toBeCloseTo((100 + 300 + 2 * 700) / 4, 1);
  });

  it('may send more than one part along the same way, as far as it carries them', () => {
    expect(costPpm(fan(), { w: 1e9, x: 0, y: 0 })).toBeCloseTo(100, 1);
  });

  it('cannot be where all ways together carry less, nor through the node', () => {
    expect(costPpm(fan(), { w: 3e8, x: 3e8, y: 3e8 })).toBe(Infinity);
  });

  it('is split into 16 at the most, and none below 10,000 sats', () => {
    const ways = fan([100]);
    expect(costPpm(ways, { w: MILLION_SATS / 16 })).toBe(Infinity);
    expect(costPpm(fan([1, 1, 1, 1]), { w: 6e6, x: 6e6, y: 6e6, z: 6e6 }, 19_000_000)).toBe(Infinity);
  });

  it('costs a hop of each part beside the fees, as its sender reckons', () => {
    const [lnd] = SENDERS[0] ?? [FEES_ONLY];
    const two = costPpm(fan(), { w: 5e8, x: 5e8, y: 5e8 }, MILLION_SATS, lnd);
    const hops = 2 * 2 * lnd.hopMsat + 2 * lnd.hopPpm * (MILLION_SATS / 1e6);
    expect(two).toBeCloseTo(200 + (hops / MILLION_SATS) * 1e6, 0);
  });
});
