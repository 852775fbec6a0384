// Does our reading of scenarios/schema.json agree with that of a validator that others maintain, and say what is wrong?
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../../../scenarios/schema.json' with { type: 'json' };
import { faultsOf, type JsonSchema } from '../../../../src/sim/market/scenario/json-schema.ts';
import { scenarioFiles } from './files.ts';

const SCHEMA = schema as JsonSchema;
const byAjv = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
const told = (value: unknown): string[] =>
  faultsOf(SCHEMA, value).map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);

const FILES: readonly object[] = [...scenarioFiles().values()].map((text) => JSON.parse(text) as object);
/** Everything that a scenario may say. */
const FULL = Object.assign({}, ...FILES, {
  bank: 'banks/some.json',
  jumps: [{ day: 3, factor: 2, way: 'either' }],
}) as object;

/** Values that are right somewhere and wrong elsewhere. */
const VALUES = fc.oneof(
  fc.constantFrom(null, true, '', 'S1', 'kink', 'up', 'coupled', 'shipped', 0, 0.5, 1, -1, 1.5, 24, 5000, 1e13),
  fc.constantFrom([], {}, [{}], { kind: 'kink' }, { kind: 'none' }, { kind: 'uniform' }, { kind: 'pareto', tail: 1.6 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Places within a value, each a list of keys. */
function places(value: unknown, at: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[...at]];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, i) => [i, item])
    : Object.entries(value);
  return [[...at], ...entries.flatMap(([key, item]) => places(item, [...at, key]))];
}

/** The same with another value there; undefined takes the field out. */
function changed(value: unknown, at: readonly (string | number)[], to: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return to;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  const inner = changed(copy[key], rest, to);
  if (inner === undefined && !Array.isArray(copy))
    return Object.fromEntries(Object.entries(copy).filter(([k]) => k !== key));
  copy[key] = inner;
  return copy;
}

describe('our reading of the schema', () => {
  it('takes every file that comes along', () => {
    for (const file of [...FILES, FULL]) {
      expect(told(file)).toEqual([]);
      expect(byAjv(file)).toBe(true);
    }
  });

  it('agrees with ajv’s wherever a value is changed, left out or added', () => {
    const bases = fc.constantFrom(FULL, ...FILES);
    let refused = 0;
    fc.assert(
      fc.property(bases, fc.nat(), fc.option(VALUES, { nil: undefined }), fc.boolean(), (base, place, value, add) => {
        const all = places(base).slice(1);
        const at = all[place % all.length] ?? [];
        const there = add ? [...at.slice(0, -1), 'unheard'] : at;
        const document = changed(base, there, value);
        const right = byAjv(document);
        if (!right) refused++;
        expect(told(document).length === 0, JSON.stringify(document)).toBe(right);
      }),
      { numRuns: 4000, seed: 6 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('a fault', () => {
  it.each([
    [{ about: 'x', extends: 'S1', wale: {} }, /^wale: expected one of .*whale.*, got an unknown field$/],
    [
      { about: 'x', extends: 'S1', whale: { volumeShare: 1.5, medianSats: 1, sigma: 1, leavesOnDay: 1 } },
      /^whale\.volumeShare: expected a number > 0 and <= 0\.95, got 1\.5$/,
    ],
    [{ about: 'x', extends: 'S1', channels: '20' }, /^channels: expected an integer, got "20"$/],
    [{ about: 'x', extends: 'S1', channels: 2.5 }, /^channels: expected an integer, got 2\.5$/],
    [{ about: 'x', extends: 'S1', noise: { probes: 1 } }, /^noise\.micro: expected a number, got nothing$/],
    [
      { about: 'x', extends: 'S1', liquidity: 'none' },
      /^liquidity: expected one of "coupled", "unlimited", got "none"$/,
    ],
    [
      {
        about: 'x',
        extends: 'S1',
        jumps: [
          { day: 1, factor: 2, way: 'up' },
          { day: 1, factor: 0, way: 'up' },
        ],
      },
      /^jumps\[1\]\.factor: expected a number > 0 and <= 100, got 0$/,
    ],
    [
      { about: 'x', extends: 'S1', willingness: { family: { kind: 'cauchy' }, scaleMedianPpm: 1, scaleSigma: 1 } },
      /^willingness\.family\.kind: expected one of "lognormal", .*"kink", got "cauchy"$/,
    ],
    [{ extends: 'S1' }, /^about: expected a text, got nothing$/],
    [[], /^: expected an object, got \[\]$/],
  ])('%j is told with its path', (document, text) => {
    expect(told(document)).toHaveLength(1);
    expect(told(document)[0]).toMatch(text);
    expect(byAjv(document)).toBe(false);
  });

  it('of a file that extends nothing names all that is missing', () => {
    const missing = faultsOf(SCHEMA, { about: 'x', channels: 3 }).map(({ path }) => path);
    expect(missing).toEqual([
      'forwardsPerDay',
      'capacity',
      'payment',
      'willingness',
      'imbalance',
      'season',
      'rebalance',
    ]);
  });
});
