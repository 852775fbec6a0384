// Random lives of a small node, for properties: balances wander, sets fail, strangers interfere, reads are lost.
import fc from 'fast-check';
import type { ProfitClass } from '../../../src/core/profit/classify.ts';
import { DYNAMIC_POLICY, type UnitPolicy } from '../../../src/core/fee/types.ts';
import { ppm } from '../../../src/core/units.ts';

/** 2,000 by default; FEE_RUNS=100000 for the long one. */
export const RUNS = Number(process.env['FEE_RUNS'] ?? 2000);

const policy: fc.Arbitrary<UnitPolicy> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(DYNAMIC_POLICY) },
  { weight: 1, arbitrary: fc.constant<UnitPolicy>({ ...DYNAMIC_POLICY, strategy: 'passive' }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 0, max: 20_000 })
      .map((fee): UnitPolicy => ({ ...DYNAMIC_POLICY, strategy: 'static', staticPpm: ppm(fee) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.option(fc.integer({ min: 1, max: 9000 })), fc.option(fc.integer({ min: 1, max: 9000 })))
      .map(([min, max]): UnitPolicy => ({
        ...DYNAMIC_POLICY,
        minPpm: min === null ? null : ppm(min),
        maxPpm: max === null ? null : ppm(max),
      })),
  },
);

const economics = fc.option(
  fc.record({
    chainCostSats: fc.integer({ min: 0, max: 200_000 }),
    profitClass: fc.constantFrom<ProfitClass>('profitable', 'break_even', 'underwater', 'zombie'),
    lots: fc.option(
      fc.record({
        costPpm: fc.integer({ min: 0, max: 8000 }),
        remainingSats: fc.integer({ min: 0, max: 5_000_000 }),
        ageDays: fc.integer({ min: 0, max: 200 }),
      }),
    ),
  }),
);

const peerStep = fc.record({
  // Hundredths: doubles are drawn by exponent, nearly all of them close to zero.
  share: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  forwards: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 500 })),
  /** Share of the interval in which it was liquid and connected. */
  exposed: fc.constantFrom(0, 0.5, 1),
  unmet: fc.constantFrom(0, 0, 0, 3),
  from: fc.integer({ min: 0, max: 2 }),
  connected: fc.constantFrom(true, true, true, false),
  readable: fc.constantFrom(true, true, true, false),
  setWorks: fc.constantFrom(true, true, false),
  /** Someone sets this fee before the cycle. */
  stranger: fc.option(fc.integer({ min: 0, max: 6000 }), { freq: 12 }),
  /** Hours that someone holds the fee from now on. */
  hold: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 15 }),
});

export const history = fc.record({
  algorithm: fc.constantFrom('hill-climb' as const, 'bayes' as const),
  minPpm: fc.integer({ min: 0, max: 100 }),
  maxPpm: fc.integer({ min: 100, max: 8000 }),
  windowForwards: fc.constantFrom(1, 5, 30),
  minHours: fc.constantFrom(0, 1, 6),
  peers: fc.array(
    fc.record({
      policy,
      economics,
      channels: fc.integer({ min: 1, max: 2 }),
      privateToo: fc.boolean(),
      startPpm: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000 })),
      rivalP50: fc.option(fc.integer({ min: 0, max: 5000 })),
      /** Usual price of someone who follows our fee. */
      followerPpm: fc.option(fc.constantFrom(20, 300, 4000)),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  steps: fc.array(
    fc.record({
      seconds: fc.constantFrom(60, 300, 900, 1800, 7200, 43_200, 259_200),
      peers: fc.array(peerStep, { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
});

export type History = typeof history extends fc.Arbitrary<infer T> ? T : never;
