// Does what senders would pay follow from the network alone? Networks that can be reckoned by hand, and random ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attempt } from '../../../src/sim/graph/attempts.ts';
import { EdgeCosts } from '../../../src/sim/graph/edge-costs.ts';
import { buildGraph, outEdges } from '../../../src/sim/graph/graph.ts';
import { Reservations } from '../../../src/sim/graph/reservations.ts';
import { GuidedSearch } from '../../../src/sim/graph/guided-search.ts';
import { Search } from '../../../src/sim/graph/search.ts';
import { FEES_ONLY, SENDERS, type Sender } from '../../../src/sim/graph/senders.ts';
import { SeededRandom, seedState } from '../../../src/sim/world/random.ts';
import { channel, detours, edgeOf, estimates, nodeOf, reservationOf } from './small-graphs.ts';

/** s pays d by u, or by the rival w, who asks so much; u's own fee must not matter. */
const diamond = (rivalPpm: number, own = 777) => [
  channel('s', 'u'),
  channel('u', 'd', { ppm: own, baseMsat: 1000 }),
  channel('s', 'w'),
  channel('w', 'd', { ppm: rivalPpm }),
];

describe('a diamond', () => {
  it.each([1, 37, 250, 4999])('pays the node what the rival asks: %i ppm', (ppm) => {
    expect(reservationOf(diamond(ppm), { from: 's', through: 'u', to: 'd' })?.ppm).toBeCloseTo(ppm, 6);
  });

  it('counts a base fee by the amount', () => {
    const channels = diamond(0).map((record, i) => (i === 3 ? channel('w', 'd', { baseMsat: 1000 }) : record));
    const ask = (amountMsat: number) => reservationOf(channels, { from: 's', through: 'u', to: 'd', amountMsat })?.ppm;
    expect(ask(100_000_000)).toBeCloseTo(10, 6);
    expect(ask(1_000_000)).toBeCloseTo(1000, 6);
  });

  it('pays nothing where the rival is free', () => {
    expect(reservationOf(diamond(0), { from: 's', through: 'u', to: 'd' })).toBeNull();
  });

  it('has no limit without an alternative, whatever lies between', () => {
    const line = diamond(10).slice(0, 2);
    expect(reservationOf(line, { from: 's', through: 'u', to: 'd' })?.ppm).toBe(Infinity);
  });

  it('knows by which channels the payment comes and goes', () => {
    const graph = buildGraph(diamond(37));
    const found = reservationOf(diamond(37), { from: 's', through: 'u', to: 'd' });
    expect(found?.inEdge).toBe(edgeOf(graph, 's', 'u'));
    expect(found?.outEdge).toBe(edgeOf(graph, 'u', 'd'));
  });

  it('adds what the peers on the way through ask, but not what the sender or the node itself asks', () => {
    const channels = [
      channel('s', 'p', { ppm: 900 }),
      channel('p', 'u', { ppm: 60 }),
      channel('u', 'q', { ppm: 900 }),
      channel('q', 'd', { ppm: 5 }),
      channel('s', 'w', { ppm: 900 }),
      channel('w', 'x'),
      channel('x', 'y'),
      channel('y', 'd', { ppm: 100 }),
    ];
    // 100 less 60 less 5; both ways have four hops.
    expect(reservationOf(channels, { from: 's', through: 'u', to: 'd' })?.ppm).toBeCloseTo(35, 6);
  });

  it('skips what cannot carry the payment, which the sender finds out', () => {
    const third = [channel('s', 'v'), channel('v', 'd', { ppm: 400 })];
    const question = { from: 's', through: 'u', to: 'd' } as const;
    const channels = [...diamond(37), ...third];
    expect(reservationOf(channels, question)?.ppm).toBeCloseTo(37, 6);
    expect(reservationOf(channels, { ...question, broken: [['w', 'd']] })?.ppm).toBeCloseTo(400, 6);
    const both = [['w', 'd'] as const, ['s', 'v'] as const];
    expect(reservationOf(channels, { ...question, broken: both })?.ppm).toBe(Infinity);
    expect(reservationOf(channels, { ...question, broken: [['u', 'd']] })).toBeNull();
  });

  it('gives up with the last attempt: what lies behind it is never tried', () => {
    const third = [channel('s', 'v'), channel('v', 'd', { ppm: 400 })];
    const question = { from: 's', through: 'u', to: 'd', broken: [['w', 'd'] as const] } as const;
    const channels = [...diamond(37), ...third];
    // With two attempts it reaches v at 400; with one it tries w in vain, so that u must be as cheap as w.
    expect(reservationOf(channels, { ...question, most: 2 })?.ppm).toBeCloseTo(400, 6);
    expect(reservationOf(channels, { ...question, most: 1 })?.ppm).toBeCloseTo(37, 6);
  });

  it('respects what a channel admits', () => {
    const admits = (policy: object) =>
      reservationOf([...diamond(37).slice(0, 3), channel('w', 'd', { ppm: 37, ...policy })], {
        from: 's',
        through: 'u',
        to: 'd',
      })?.ppm;
    expect(admits({ htlcMaxMsat: 99_999_999 })).toBe(Infinity);
    expect(admits({ htlcMinMsat: 100_000_001 })).toBe(Infinity);
    expect(admits({ htlcMinMsat: 100_000_000, htlcMaxMsat: 100_000_000 })).toBeCloseTo(37, 6);
  });
});

describe('senders', () => {
  const senderNamed = (name: Sender['name']): Sender => {
    const found = SENDERS.find(([sender]) => sender.name === name)?.[0];
    if (found === undefined) throw new RangeError(name);
    return found;
  };
  /** The rival's way is free, but a hop longer, of channels of twice the amount, 100 blocks each. */
  const longer = [
    channel('s', 'u', { delay: 100 }, {}, 200_000),
    channel('u', 'd', { delay: 100 }, {}, 200_000),
    channel('s', 'w', { delay: 100 }, {}, 200_000),
    channel('w', 'x', { delay: 100 }, {}, 200_000),
    channel('x', 'd', { delay: 100 }, {}, 200_000),
  ];
  const ppmOfAHop = (name: Sender['name']): number | undefined =>
    reservationOf(longer, { from: 's', through: 'u', to: 'd', sender: senderNamed(name) })?.ppm;
  // What the shipped defaults say of one hop more with 100,000 sat: probability one half.
  const half = -Math.log(0.5);

  it('are the four with all of the payments', () => {
    expect(SENDERS.map(([{ name }]) => name)).toEqual(['lnd', 'ldk', 'cln', 'eclair']);
    expect(SENDERS.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 12);
  });
  it('lnd: 0.3 x 0.51 of 100 sat + 1000 ppm, and 15e-9 a block', () => {
    expect(ppmOfAHop('lnd')).toBeCloseTo(0.3 * -Math.log(0.6) * 2000 + 1.5, 6);
  });
  it('LDK: 1.024 sat + 122 ppm, and the logarithm to base 10 of the odds', () => {
    expect(ppmOfAHop('ldk')).toBeCloseTo(10.24 + 122.0703125 + (half / Math.LN10) * (100 + 1192.0928955), 5);
  });
  it('CLN: 10 sat + 1000 ppm by the natural logarithm, and 10 % a year', () => {
    expect(ppmOfAHop('cln')).toBeCloseTo(half * 1100 + (0.1 / 525.6) * 1e6, 6);
  });
  it('Eclair: 0.5 sat + 200 ppm a hop, 2 sat + 500 ppm a failure, 1e-8 a block', () => {
    expect(ppmOfAHop('eclair')).toBeCloseTo(205 + half * 520 + 1, 6);
  });
  it('a hop of a large channel is worth less to those who look at odds, and the same to lnd', () => {
    const wide = longer.map((record, i) => (i < 2 ? record : { ...record, capacitySats: 20_000_000 }));
    const ask = (name: Sender['name']) =>
      reservationOf(wide, { from: 's', through: 'u', to: 'd', sender: senderNamed(name) })?.ppm ?? 0;
    expect(ask('lnd')).toBeCloseTo(ppmOfAHop('lnd') ?? 0, 6);
    expect(ask('cln')).toBeLessThan(ppmOfAHop('cln') ?? 0);
    expect(ask('eclair')).toBeLessThan(ppmOfAHop('eclair') ?? 0);
  });
});

/** Twelve nodes in a ring, with as many channels across, all prices and balances by chance. */
function randomNetwork(seed: number) {
  const random = new SeededRandom(seedState(seed));
  const policy = () => ({
    ppm: random.integer(0, 800),
    baseMsat: random.integer(0, 1000),
    delay: random.integer(6, 144),
  });
  const name = (i: number): string => `n${i % 12}`;
  const ring = Array.from({ length: 12 }, (_, i) => channel(name(i), name(i + 1), policy(), policy()));
  const across = Array.from({ length: 12 }, (_, i) =>
    channel(name(i), name(i + random.integer(2, 10)), policy(), policy(), random.integer(150_000, 9_000_000)),
  );
  const graph = buildGraph([...ring, ...across]);
  const dry = Uint8Array.from({ length: graph.edges }, () => (random.chance(0.3) ? 1 : 0));
  return { graph, dry, random };
}

describe('in random networks', () => {
  it('a payment takes the node just below its reservation, and leaves it just above', () => {
    let reservations = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 4 }), (seed, kind) => {
        const { graph, dry, random } = randomNetwork(seed);
        const sender = SENDERS[kind]?.[0] ?? FEES_ONLY;
        const [from = 0, node = 1, to = 2] = [0, 1, 2].map((i) => (random.integer(0, 3) * 3 + i) % graph.nodes.length);
        const own = new Set(outEdges(graph, node));
        // The node's own channels always carry.
        const carries = (e: number): boolean => dry[e] !== 1 || graph.tail[e] === node || graph.head[e] === node;
        const amountMsat = 100_000_000;
        const [known, feasible] = [new EdgeCosts(graph), new EdgeCosts(graph)];
        known.price(graph, amountMsat, sender);
        feasible.takeFeasible(known, carries);
        const search = new Reservations(graph, node);
        const around = detours(graph, { to, feasible });
        const estimate = estimates(graph, known, to);
        search.prepare({ to, amountMsat, senders: [from], known, feasible, carries, estimate, around, most: Infinity });
        const found = search.of(from);
        const goesThrough = (ppm: number): boolean => {
          const policies = {
            baseMsat: graph.baseMsat.map((base, e) => (own.has(e) ? 0 : base)),
            ppm: graph.ppm.map((fee, e) => (own.has(e) ? ppm : fee)),
          };
          const costs = new EdgeCosts(graph);
          costs.price(policies, amountMsat, sender);
          const errand = { from, to, payer: from, avoid: -1, estimate: new Float64Array(graph.nodes.length) };
          const { settled, last } = attempt(new GuidedSearch(graph), costs, carries, errand, Infinity);
          return settled && last?.route.some((edge) => graph.head[edge] === node) === true;
        };
        if (found === null) {
          expect(goesThrough(0.001)).toBe(false);
          return;
        }
        reservations++;
        if (found.ppm === Infinity) {
          expect(goesThrough(1e6)).toBe(true);
          return;
        }
        if (found.ppm > 1) expect(goesThrough(found.ppm - 1)).toBe(true);
        expect(goesThrough(found.ppm + 1)).toBe(false);
      }),
      { numRuns: 400, seed: 6 },
    );
    expect(reservations).toBeGreaterThan(60);
  });

  it('the search from the sender finds what that from the receiver does, with estimates and without', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const { graph, dry } = randomNetwork(seed);
        const costs = new EdgeCosts(graph);
        costs.price(graph, 100_000_000, FEES_ONLY);
        const [from, to, avoid] = [0, 5, 8];
        const estimate = estimates(graph, costs, to);
        for (let e = 0; e < graph.edges; e++) if (dry[e] === 1) costs.penalty[e] = Infinity;
        const guided = new GuidedSearch(graph).find(costs, { from, to, payer: null, avoid, estimate });
        const blind = { from, to, payer: null, avoid, estimate: new Float64Array(graph.nodes.length) };
        const backward = new Search(graph);
        backward.toward(to, costs, { avoid });
        if (guided === null) {
          expect(backward.distance[from]).toBe(Infinity);
          return;
        }
        expect(guided.costMsat).toBeCloseTo(backward.distance[from] ?? NaN, 3);
        expect(new GuidedSearch(graph).find(costs, blind)?.costMsat).toBeCloseTo(guided.costMsat, 3);
        const sum = guided.route.reduce((msat, e) => msat + (costs.fee[e] ?? 0) + (costs.penalty[e] ?? 0), 0);
        expect(sum).toBeCloseTo(guided.costMsat, 3);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('leaves the costs as they were', () => {
    const { graph, dry } = randomNetwork(5);
    const costs = new EdgeCosts(graph);
    costs.price(graph, 50_000_000, FEES_ONLY);
    const before = costs.penalty.slice();
    const [from, to] = [nodeOf(graph, 'n0'), nodeOf(graph, 'n6')];
    const errand = { from, to, payer: from, avoid: -1, estimate: estimates(graph, costs, to) };
    const outcome = attempt(new GuidedSearch(graph), costs, (e) => dry[e] !== 1, errand);
    expect(outcome.attempts).toBeGreaterThan(1);
    expect(costs.penalty).toEqual(before);
  });
});
