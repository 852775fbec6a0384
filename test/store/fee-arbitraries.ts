// What may pricing remember, decide and be told? All that there is, for tests of what is kept.
import * as fc from 'fast-check';
import type { Rivalry } from '../../src/core/fee/rivalry.ts';
import { sourcesOf } from '../../src/core/fee/sources.ts';
import type {
  BayesState,
  BidPrice,
  Cells,
  FeeDecision,
  HillState,
  LearnerState,
  Optimum,
  RivalFees,
  Run,
  TrialWindow,
  UnitState,
} from '../../src/core/fee/types.ts';
import { FEE_REASONS, FEE_STEPS, type FeeReason, type FeeStep } from '../../src/core/reasons.ts';
import { ppm, unixSec } from '../../src/core/units.ts';
import {
  POLICY_STRATEGIES,
  REBALANCE_POLICIES,
  type KeptDecision,
  type KeptPricing,
  type Policy,
} from '../../src/ports.ts';
import { channelOf, peerOf } from './fee-examples.ts';

/** JSON writes -0 as 0, and pricing makes no other difference between them. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const time = fc.nat({ max: 2_000_000_000 }).map(unixSec);
const fee = fc.nat({ max: 0xffffffff }).map(ppm);
const peer = fc.nat({ max: 1000 }).map(peerOf);
const channel = fc.nat({ max: 1000 }).map(channelOf);
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const cells: fc.Arbitrary<Cells> = fc.array(fc.tuple(number, number, number), { maxLength: 5 });
const window: fc.Arbitrary<TrialWindow> = fc.record({ since: time, cells, unmet: number });
const optimum: fc.Arbitrary<Optimum | null> = orNull(fc.record({ lnPpm: number, sd: number }));
const direction = fc.constantFrom<1 | -1>(1, -1);
const hill: fc.Arbitrary<HillState> = fc.record({
  kind: fc.constant('hill-climb' as const),
  lnMarkup: number,
  direction,
  step: number,
  window,
  previousPpm: orNull(number),
  suspicion: fc.record({ up: number, down: number }),
  optimum,
});
const run: fc.Arbitrary<Run> = fc.record({
  since: time,
  cells,
  before: orNull(
    fc.record({ lnPpm: number, sd: number, rate: orNull(fc.record({ perHour: number, sureness: number })) }),
  ),
  lnWeight: number,
});
const bayes: fc.Arbitrary<BayesState> = fc.record({
  kind: fc.constant('bayes' as const),
  lnMarkup: number,
  direction,
  window,
  runs: fc.array(run, { minLength: 1, maxLength: 4 }),
  rates: orNull(fc.array(number, { maxLength: 5 })),
  silentHours: number,
  optimum,
});
const learner: fc.Arbitrary<LearnerState> = fc.oneof(hill, bayes);

const state: fc.Arbitrary<UnitState> = fc.record({
  version: fc.constant(1 as const),
  observedUntil: time,
  seen: fc.dictionary(channel, number, { maxKeys: 3, noNullPrototype: true }),
  seenAt: time,
  lastPpm: orNull(number),
  proposal: orNull(
    fc.record({ ppm: number, move: orNull(fc.record({ learner, halfLifeDays: number, keep: number })) }),
  ),
  externalUntil: time,
  ownZero: fc.boolean(),
  slowPrice: number,
  sources: fc.dictionary(peer, number, { maxKeys: 3, noNullPrototype: true }).map(sourcesOf),
  flow: fc.record({ forwards: number, sats: number, days: number }),
  memory: cells,
  memoryAt: time,
  halfLifeDays: number,
  levels: fc.array(fc.tuple(number, number), { maxLength: 4 }),
  capacitySats: number,
  learner,
});
const rivals: fc.Arbitrary<RivalFees> = fc.record({ p25: number, p50: number, p75: number, channels: fc.nat() });

const feeSteps = fc.array(fc.tuple(number, number), { maxLength: 3 });
const rivalry: fc.Arbitrary<Rivalry> = fc.record({
  watch: fc.record({
    readAt: time,
    listed: fc.dictionary(fc.string(), number, { maxKeys: 3, noNullPrototype: true }),
    ours: feeSteps,
    watched: fc.array(fc.record({ channelId: fc.string(), fees: feeSteps }), { maxLength: 3 }),
  }),
  faced: fc.array(fc.tuple(number, number, number, number), { maxLength: 3 }),
  facedUntil: time,
});

export const keptPricing: fc.Arbitrary<KeptPricing> = fc.record({
  state,
  liquid: fc.boolean(),
  rivals: orNull(fc.record({ askedAt: time, fees: orNull(rivals), rivalry: orNull(rivalry) })),
});
export const pricings = fc.uniqueArray(fc.tuple(peer, keptPricing), { selector: ([id]) => id, maxLength: 6 });

const trailStep = fc.record({
  step: fc.constantFrom(...(Object.keys(FEE_STEPS) as FeeStep[])),
  values: fc.dictionary(fc.string(), fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null)), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
});
const base = {
  peerId: peer,
  reason: fc.constantFrom(...(Object.keys(FEE_REASONS) as FeeReason[])),
  foreign: fc.array(fc.record({ channelId: channel, fromPpm: fee, toPpm: fee }), { maxLength: 2 }),
  trail: fc.array(trailStep, { maxLength: 5 }),
};
const decision: fc.Arbitrary<FeeDecision> = fc.oneof(
  fc.record({
    ...base,
    kind: fc.constant('set' as const),
    ppm: fee,
    changes: fc.array(fc.record({ channelId: channel, fromPpm: fee }), { maxLength: 3 }),
  }),
  fc.record({ ...base, kind: fc.constant('hold' as const), wantedPpm: orNull(fee) }),
);
const price: fc.Arbitrary<BidPrice> = fc.record({ price: number, scale: number, slow: number, level: number });
export const keptDecision: fc.Arbitrary<KeptDecision> = fc.record({
  at: time,
  decision,
  price: orNull(price),
  outcome: fc.string(),
});

export const policies: fc.Arbitrary<Policy[]> = fc.uniqueArray(
  fc.record({
    subject: fc.oneof(peer, channel),
    strategy: fc.constantFrom(...POLICY_STRATEGIES),
    staticPpm: orNull(fee),
    minPpm: orNull(fee),
    maxPpm: orNull(fee),
    rebalance: fc.constantFrom(...REBALANCE_POLICIES),
    expiresAt: orNull(time),
    setAt: time,
  }),
  { selector: ({ subject }) => subject },
);
