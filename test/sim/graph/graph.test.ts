// Is the network laid out as it is, and are nodes found in it?
import { describe, expect, it } from 'vitest';
import { drawMidSize, nodeNamed } from '../../../src/sim/graph/choose-nodes.ts';
import { buildGraph, outEdges, usableChannels } from '../../../src/sim/graph/graph.ts';
import { SeededRandom, seedState } from '../../../src/sim/world/random.ts';
import { channel, edgeOf, nodeOf } from './small-graphs.ts';

const triangle = [
  channel('a', 'b', { ppm: 1 }, { ppm: 2 }),
  channel('b', 'c', { ppm: 3 }, { ppm: 4 }),
  channel('c', 'a'),
];

describe('the graph', () => {
  it('has each direction once, with its own policy and its way back', () => {
    const graph = buildGraph(triangle);
    expect(graph.edges).toBe(6);
    const there = edgeOf(graph, 'b', 'c');
    expect(graph.ppm[there]).toBe(3);
    expect(graph.ppm[graph.reverse[there] ?? -1]).toBe(4);
    for (let e = 0; e < graph.edges; e++) expect(graph.reverse[graph.reverse[e] ?? -1]).toBe(e);
    for (let node = 0; node < 3; node++) {
      expect([...outEdges(graph, node)].map((e) => graph.tail[e])).toEqual([node, node]);
      const into = [...graph.inEdges.subarray(graph.inAt[node], graph.inAt[node + 1])];
      expect(into.map((e) => graph.head[e])).toEqual([node, node]);
    }
  });

  it('keeps only nodes that everyone reaches and that reach everyone', () => {
    const graph = buildGraph([
      ...triangle,
      channel('a', 'deaf', null, {}),
      channel('b', 'mute', {}, null),
      channel('x', 'y'),
      channel('c', 'leaf'),
    ]);
    expect(graph.nodes.toSorted()).toEqual(['a', 'b', 'c', 'leaf']);
  });

  it('leaves out what nobody is meant to use', () => {
    const graph = buildGraph([...triangle, channel('a', 'd', { ppm: 20_001 }), channel('b', 'd', { ppm: 20_000 })]);
    expect(usableChannels(graph, nodeOf(graph, 'd')).map((e) => graph.head[e])).toEqual([nodeOf(graph, 'b')]);
  });

  it('says so where nobody can pay anybody', () => {
    expect(() => buildGraph([channel('a', 'b', {}, null)])).toThrow('no channel is usable both ways');
  });
});

describe('a node', () => {
  const star = (names: readonly string[]) =>
    names.flatMap((name, i) => names.slice(i + 1).map((other) => channel(name, other)));
  const keys = buildGraph(star(['02ab', '02ac', '03ff', '0344']));
  const numbers = buildGraph(star(['7', '12', '123', '400']));

  it('is found by its name, or by a beginning of its own', () => {
    expect(keys.nodes[nodeNamed(keys, '02ac')]).toBe('02ac');
    expect(keys.nodes[nodeNamed(keys, '03f')]).toBe('03ff');
    expect(numbers.nodes[nodeNamed(numbers, '12')]).toBe('12');
  });
  it.each([
    ['02', 'with which 2 begin'],
    ['02b', 'nearest: 02a'],
    ['', 'got ""; nearest'],
  ])('is not guessed from %j', (name, message) => {
    expect(() => nodeNamed(keys, name)).toThrow(message);
  });
  it('is told the nearest numbers', () => {
    expect(() => nodeNamed(numbers, '100')).toThrow('nearest: 123, 12, 7');
  });
  it('must have channels to forward between', () => {
    const graph = buildGraph([...star(['a', 'b', 'c', 'd']), channel('e', 'a'), channel('e', 'b')]);
    expect(() => nodeNamed(graph, 'e')).toThrow('at least 3 channels that are enabled both ways, got 2');
  });

  it('of middle size is drawn by chance, none twice, the same ones by the same seed', () => {
    const hub = buildGraph(star(Array.from({ length: 20 }, (_, i) => `n${i}`)).concat(channel('n0', 'small')));
    const draw = (seed: number) => drawMidSize(hub, 8, new SeededRandom(seedState(seed)));
    expect(new Set(draw(1)).size).toBe(8);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    for (const node of draw(3)) expect(usableChannels(hub, node).length).toBeGreaterThanOrEqual(15);
    expect(() => drawMidSize(hub, 21, new SeededRandom(seedState(1)))).toThrow('expected 21 nodes with 15 to 60');
  });
});
