// Does the network live as it should? Balances, payments, competitors and traffic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Competitors } from '../../../src/sim/graph/competitors.ts';
import { buildGraph, type Graph } from '../../../src/sim/graph/graph.ts';
import { HiddenBalances } from '../../../src/sim/graph/hidden-balances.ts';
import { settle } from '../../../src/sim/graph/settle.ts';
import { Traffic } from '../../../src/sim/graph/traffic.ts';
import { SeededRandom, seedState } from '../../../src/sim/world/random.ts';
import { channel, edgeOf, nodeOf } from './small-graphs.ts';

const chance = (seed: number): SeededRandom => new SeededRandom(seedState(seed));
/** Pairs of nodes, each with one channel, all around one hub; the way to the hub is cheap. */
const wheel = (spokes: number): Graph =>
  buildGraph(Array.from({ length: spokes }, (_, i) => channel(`n${i}`, 'hub', { ppm: 10 }, { ppm: 900 })));

/** Every channel's two sides, together. */
const sums = (graph: Graph, balances: HiddenBalances): number[] =>
  Array.from({ length: graph.edges }, (_, e) => balances.heldMsat(e) + balances.heldMsat(graph.reverse[e] ?? -1));

describe('hidden balances', () => {
  const graph = wheel(4000);
  const balances = new HiddenBalances(graph, chance(1));

  it('lie near the ends, and add up', () => {
    const shares = Array.from({ length: graph.edges }, (_, e) => balances.share(e));
    // 0.257 of Beta(1/4, 1/4) lies below 0.05, as much above 0.95 (the series of the incomplete beta function).
    const near = shares.filter((share) => share < 0.05 || share > 0.95).length / shares.length;
    expect(near).toBeGreaterThan(0.49);
    expect(near).toBeLessThan(0.54);
    expect(new Set(sums(graph, balances))).toEqual(new Set([10_000_000_000]));
  });

  it('are emptier on the cheap side in four of five channels', () => {
    const cheap = Array.from({ length: 4000 }, (_, i) => balances.share(edgeOf(graph, `n${i}`, 'hub')));
    const emptier = cheap.filter((share) => share < 0.5).length / cheap.length;
    expect(emptier).toBeGreaterThan(0.78);
    expect(emptier).toBeLessThan(0.82);
  });

  it('carry no more than is there above the reserve', () => {
    for (let e = 0; e < 100; e++) {
      const above = Math.floor(balances.heldMsat(e) - 0.01 * (graph.capacityMsat[e] ?? 0));
      if (above > 0) expect(balances.carries(e, above)).toBe(true);
      expect(balances.carries(e, Math.max(0, above) + 1)).toBe(false);
    }
  });

  it('of a node that is refilled are drawn anew, those of others stay, and each channel holds what it held', () => {
    const some = buildGraph([channel('a', 'b'), channel('a', 'c'), channel('b', 'c'), channel('c', 'd')]);
    const drawn = new HiddenBalances(some, chance(8));
    const held = (): number[] => Array.from({ length: some.edges }, (_, e) => drawn.heldMsat(e));
    const before = held();
    drawn.refill(nodeOf(some, 'a'));
    const changed = held().flatMap((msat, e) => (msat === before[e] ? [] : [e]));
    const own = (e: number): boolean => [some.tail[e], some.head[e]].includes(nodeOf(some, 'a'));
    expect(changed).toEqual(before.flatMap((_, e) => (own(e) ? [e] : [])));
    expect(new Set(sums(some, drawn))).toEqual(new Set([10_000_000_000]));
  });

  it('of a node under test do not matter, but a channel disabled one way carries nothing', () => {
    const small = buildGraph([channel('u', 'a'), channel('u', 'b'), channel('a', 'b'), channel('u', 'a', {}, null)]);
    const open = new HiddenBalances(small, chance(1), [nodeOf(small, 'u')]);
    for (let e = 0; e < small.edges; e++) {
      const own = small.nodes[small.tail[e] ?? -1] === 'u' || small.nodes[small.head[e] ?? -1] === 'u';
      if (!own) continue;
      expect(open.carries(e, 9_999_999_999)).toBe((small.reverse[e] ?? -1) >= 0);
      const held = open.heldMsat(e);
      open.move(e, 5);
      expect(open.heldMsat(e)).toBe(held);
    }
  });
});

describe('a payment', () => {
  /** s - a - b - d; every hop asks something, all balances in the middle or known. */
  const line = buildGraph([
    channel('s', 'a', { ppm: 5000, baseMsat: 5000 }, {}),
    channel('a', 'b', { ppm: 1000, baseMsat: 7 }, {}),
    channel('b', 'd', { ppm: 200, baseMsat: 1000 }, {}),
  ]);
  const route = [edgeOf(line, 's', 'a'), edgeOf(line, 'a', 'b'), edgeOf(line, 'b', 'd')];
  /** Some seed in which all three hops hold enough. */
  const full = (): HiddenBalances => {
    for (let seed = 0; seed < 1000; seed++) {
      const balances = new HiddenBalances(line, chance(seed));
      if (route.every((edge) => balances.share(edge) > 0.5)) return balances;
    }
    throw new Error('expected a seed');
  };

  it('carries the fees of the hops behind, each rounded down, and none for the sender', () => {
    const balances = full();
    const before = route.map((edge) => balances.heldMsat(edge));
    expect(settle(line, line, balances, route, 100_000_123)).toBe(true);
    const left = route.map((edge, i) => (before[i] ?? 0) - balances.heldMsat(edge));
    const overB = 100_000_123 + 1000 + Math.floor((100_000_123 * 200) / 1e6);
    const overA = overB + 7 + Math.floor((overB * 1000) / 1e6);
    expect(left).toEqual([overA, overB, 100_000_123]);
  });

  it('leaves nothing behind where one hop cannot carry it', () => {
    const balances = full();
    const before = sums(line, balances).concat(route.map((edge) => balances.heldMsat(edge)));
    expect(settle(line, line, balances, route, 9_950_000_000)).toBe(false);
    expect(sums(line, balances).concat(route.map((edge) => balances.heldMsat(edge)))).toEqual(before);
  });

  it('never changes what a channel holds in all, nor any balance below nothing', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 2_000_000_000 }), { maxLength: 30 }),
        (seed, amounts) => {
          const balances = new HiddenBalances(line, chance(seed));
          const total = sums(line, balances);
          const backward = route.map((edge) => line.reverse[edge] ?? -1).reverse();
          amounts.forEach((amount, i) => settle(line, line, balances, i % 3 === 0 ? backward : route, amount));
          expect(sums(line, balances)).toEqual(total);
          for (let e = 0; e < line.edges; e++) expect(balances.heldMsat(e)).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 200, seed: 6 },
    );
  });
});

describe('competitors', () => {
  const graph = wheel(3000);
  const spokes = Array.from({ length: 3000 }, (_, i) => nodeOf(graph, `n${i}`));
  const edgeOfSpoke = (node: number): number => graph.outAt[node] ?? -1;
  /** Spokes whose fee is another after so many days with so many forwards each day. */
  const moved = (competitors: Competitors): number[] =>
    spokes.filter((node) => competitors.ppm[edgeOfSpoke(node)] !== graph.ppm[edgeOfSpoke(node)]);

  it('a quarter follow their balances: half the fee when full, twice when empty', () => {
    const balances = new HiddenBalances(graph, chance(1));
    const competitors = new Competitors(graph, balances, chance(2));
    competitors.liveUntil(1.01);
    // Nobody has forwarded anything, so that no undercutter has lost anything; near the middle the fee stays the same.
    expect(moved(competitors).length / 3000).toBeGreaterThan(0.2);
    expect(moved(competitors).length / 3000).toBeLessThan(0.27);
    for (const node of moved(competitors)) {
      const share = balances.share(edgeOfSpoke(node));
      expect(competitors.ppm[edgeOfSpoke(node)]).toBe(Math.round(10 * 4 ** (0.5 - share)));
    }
  });

  it('fifteen of a hundred undercut by a fifth after a loss, to 1 ppm at the least, and come back', () => {
    const balances = new HiddenBalances(graph, chance(1), spokes);
    const competitors = new Competitors(graph, balances, chance(2));
    const live = (from: number, days: number, forwards: number): void => {
      for (let hour = from * 24; hour < (from + days) * 24; hour++) {
        for (const node of spokes) for (let k = 0; k < forwards; k++) competitors.forwarded(node);
        competitors.liveUntil((hour + 1) / 24);
      }
    };
    competitors.liveUntil(0.999);
    live(1, 4, 4);
    const before = competitors.ppm.slice();
    live(5, 4, 2);
    const cut = spokes.filter((node) => (competitors.ppm[edgeOfSpoke(node)] ?? 0) < (before[edgeOfSpoke(node)] ?? 0));
    expect(cut.length / 3000).toBeGreaterThan(0.13);
    expect(cut.length / 3000).toBeLessThan(0.17);
    for (const node of cut)
      expect(competitors.ppm[edgeOfSpoke(node)]).toBeLessThanOrEqual(Math.round(10 * 0.8 * 1.05 * 1.05));
    live(9, 20, 2);
    for (const node of cut) expect(competitors.ppm[edgeOfSpoke(node)]).toBe(before[edgeOfSpoke(node)]);
    // Ever less, for long: the floor.
    for (let day = 29; day < 120; day += 3) live(day, 3, Math.max(1, 2 ** Math.floor((60 - day) / 3)));
    for (const node of cut) expect(competitors.ppm[edgeOfSpoke(node)]).toBeGreaterThanOrEqual(1);
  });

  it('a node under test keeps what it announced', () => {
    const balances = new HiddenBalances(graph, chance(1));
    const competitors = new Competitors(graph, balances, chance(2), spokes);
    competitors.liveUntil(30);
    expect(moved(competitors)).toEqual([]);
  });
});

describe('traffic', () => {
  const graph = buildGraph([
    channel('large', 'a', {}, {}, 90_000_000),
    channel('a', 'b', {}, {}, 5_000_000),
    channel('b', 'large', {}, {}, 5_000_000),
  ]);
  const traffic = new Traffic(graph, chance(3));
  const batches = Array.from({ length: 20_000 }, () => traffic.next(3));

  it('is what was measured: 12.4 k sats in the median, 44.7 k in the mean', () => {
    const mean = (of: (batch: (typeof batches)[number]) => number): number =>
      batches.reduce((sum, batch) => sum + of(batch), 0) / batches.length;
    expect(mean(({ weight }) => weight)).toBeCloseTo(1, 1);
    const below = mean(({ amountMsat, weight }) => (amountMsat < 12_400_000 ? weight : 0));
    expect(below).toBeGreaterThan(0.48);
    expect(below).toBeLessThan(0.52);
    const sats = mean(({ amountMsat, weight }) => (amountMsat / 1000) * weight);
    expect(sats).toBeGreaterThan(43_000);
    expect(sats).toBeLessThan(46_500);
    expect(batches.every(({ amountMsat }) => amountMsat % 1000 === 0)).toBe(true);
  });

  it('asks about large amounts more often than they come: 79 of 100 above the median, 9 of 100 above 370 k sats', () => {
    const above = (sats: number): number =>
      batches.filter(({ amountMsat }) => amountMsat / 1000 > sats).length / batches.length;
    // The normal distribution above -0.8, and above 1.32 (as they come: 2 of 100).
    expect(above(12_400)).toBeCloseTo(0.788, 1.7);
    expect(above(370_000)).toBeCloseTo(0.0934, 2);
  });

  it('goes to nodes by their capacity, comes from all alike, and never from the receiver', () => {
    const share = (name: string): number => batches.filter(({ to }) => to === nodeOf(graph, name)).length / 20_000;
    expect(share('large')).toBeCloseTo(95 / 200, 1);
    expect(share('b')).toBeCloseTo(10 / 200, 1);
    for (const { to, from } of batches) expect(from.includes(to)).toBe(false);
    const toLarge = batches.filter(({ to }) => to === nodeOf(graph, 'large')).flatMap(({ from }) => from);
    expect(toLarge.filter((node) => node === nodeOf(graph, 'a')).length / toLarge.length).toBeCloseTo(0.5, 1);
  });

  it('has the wallets in their shares', () => {
    const share = (name: string): number => batches.filter(({ sender }) => sender.name === name).length / 20_000;
    expect(share('lnd')).toBeCloseTo(0.45, 1);
    expect(share('ldk')).toBeCloseTo(0.25, 1);
    expect(share('cln')).toBeCloseTo(0.2, 1);
    expect(share('eclair')).toBeCloseTo(0.1, 1);
  });
});
