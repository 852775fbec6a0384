// Where do forwards come in, once they are added up and the small ones dropped?
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Played } from './builders.ts';
import { addSources, countsOf, NO_SOURCES, sourcesOf, type Sources } from '../../../src/core/fee/sources.ts';

const peer = fc.nat(40).map((n) => `02${n.toString(16).padStart(4, '0')}`);
const news = fc.array(fc.record({ peer, forwards: fc.double({ min: 0.001, max: 9, noNaN: true }) }), { maxLength: 60 });
const days = fc.array(fc.record({ weight: fc.double({ min: 0.5, max: 1, noNaN: true }), came: news }), {
  maxLength: 6,
});

/** What it is to come to, said plainly. */
function plainly(counts: Record<string, number>, weight: number, came: readonly { peer: string; forwards: number }[]) {
  const sums: Record<string, number> = {};
  for (const [one, count] of Object.entries(counts)) sums[one] = count * weight;
  for (const one of came) sums[one.peer] = (sums[one.peer] ?? 0) + one.forwards;
  const largest = Object.entries(sums).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return Object.fromEntries(largest.slice(0, 32));
}

it('adds forwards to what is left of those before, and keeps the 32 largest', () => {
  fc.assert(
    fc.property(days, (steps) => {
      let sources: Sources = NO_SOURCES;
      let counts: Record<string, number> = {};
      for (const { weight, came } of steps) {
        sources = addSources(sources, weight, came);
        counts = plainly(counts, weight, came);
        expect(countsOf(sources)).toEqual(counts);
        expect(sources.peers).toEqual([...sources.peers].sort());
      }
    }),
  );
});

it('keeps the list of peers where no other has come in', () => {
  const before = addSources(NO_SOURCES, 1, [{ peer: '02aa', forwards: 1 }]);
  expect(addSources(before, 0.5, [{ peer: '02aa', forwards: 1 }])).toEqual({ peers: ['02aa'], forwards: [1.5] });
  expect(addSources(before, 0.5, [{ peer: '02aa', forwards: 1 }]).peers).toBe(before.peers);
  expect(addSources(before, 1, [{ peer: '02bb', forwards: 1 }]).peers).not.toBe(before.peers);
});

it('is written and read back whatever the order of its keys', () => {
  expect(sourcesOf({ '02bb': 2, '02aa': 1 })).toEqual({ peers: ['02aa', '02bb'], forwards: [1, 2] });
  expect(countsOf(NO_SOURCES)).toEqual({});
});

it('are forgotten by the clock, whether or not anything comes', () => {
  const busy = new Played(250);
  const quiet = new Played(250);
  for (const node of [busy, quiet]) {
    node.cycle({ hours: 1 });
    for (let n = 0; n < 100; n++) node.cycle({ hours: 0.01, forwards: 1, sources: [2] });
  }
  // Thirty days: in one, and in 1440 half hours in which nothing passes.
  busy.cycle({ hours: 720 });
  for (let n = 0; n < 1440; n++) quiet.cycle({ hours: 0.5 });
  const [one, many] = [busy, quiet].map(({ state }) => state.sources.forwards[0] ?? NaN) as [number, number];
  expect(many).toBeCloseTo(one, 6);
  expect(many).toBeGreaterThan(49);
  expect(many).toBeLessThan(50.1);
});
