// What may rebalancing order, learn and be told? All that there is, for tests of what is kept.
import * as fc from 'fast-check';
import type { DriverRecord } from '../../src/core/rebalance/drivers.ts';
import type { FailureRecord, FailureSubject } from '../../src/core/rebalance/failure-memory.ts';
import type { ChannelVerdict, Evaluation, PairVerdict } from '../../src/core/rebalance/plan-types.ts';
import {
  REBALANCE_REASONS,
  REBALANCE_STEPS,
  type RebalanceReason,
  type RebalanceStep,
} from '../../src/core/rebalance/reasons.ts';
import { DRIVERS, FAILURE_KINDS, type FailureKind, type RebalanceOrder } from '../../src/core/rebalance/types.ts';
import { msat, unixSec } from '../../src/core/units.ts';
import type { IntentNews, IntentTerms } from '../../src/ports.ts';
import { channelOf } from './fee-examples.ts';
import { DAY, endOf, later } from './rebalance-examples.ts';

/** JSON writes -0 as 0, and nothing makes a difference between them. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const time = fc.nat({ max: 2_000_000_000 }).map(unixSec);
const amount = fc.bigInt({ min: 10n ** 9n, max: 10n ** 13n }).map((value) => msat(value * 1000n));
const money = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(msat);
const prospect = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map(msat);
const channelNumber = fc.nat({ max: 1000 });
const channel = channelNumber.map(channelOf);
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const kind = fc.constantFrom(...(Object.keys(FAILURE_KINDS) as FailureKind[]));

/** Orders that the guard approves, but for their id. */
export const orderArbitrary: fc.Arbitrary<Omit<RebalanceOrder, 'id'>> = fc
  .record({
    ends: fc.uniqueArray(channelNumber, { minLength: 2, maxLength: 2 }),
    amountMsat: amount,
    capPpm: fc.bigInt({ min: 1n, max: 900_000n }),
    deadline: time,
  })
  .map(({ ends: [from = 1, to = 2], amountMsat, capPpm, deadline }) => ({
    from: endOf(from),
    to: endOf(to),
    amountMsat,
    maxFeeMsat: msat((amountMsat * capPpm + 999_999n) / 1_000_000n),
    deadline,
  }));
export const termsArbitrary: fc.Arbitrary<IntentTerms> = fc.record({
  driver: fc.constantFrom(...DRIVERS),
  manual: fc.boolean(),
  expectedFeeMsat: prospect,
  expectedProfitMsat: prospect,
});
const cost = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(msat);
export const newsArbitrary: fc.Arbitrary<IntentNews> = fc.record(
  {
    movedMsat: cost,
    feeMsat: cost,
    endedAt: time,
    failure: kind,
    message: fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
    paymentsBefore: fc.nat(),
  },
  { requiredKeys: [] },
);

const subject: fc.Arbitrary<FailureSubject> = fc
  .tuple(fc.constantFrom('pair', 'from', 'to'), channel, channel)
  .map(([role, a, b]): FailureSubject =>
    role === 'pair' ? `pair:${a}>${b}` : role === 'from' ? `from:${a}` : `to:${a}`,
  );
/** One of the engines takes what is nearer than 1e-16 to a whole number for that number: no statistic notices. */
const statistic = fc.tuple(fc.nat(), fc.nat({ max: 1023 })).map(([whole, part]) => whole + part / 1024);
/** Within a few days, so that none is forgotten for its age. */
const lately = fc.nat({ max: 10 * DAY }).map(later);
export const failures: fc.Arbitrary<FailureRecord[]> = fc.uniqueArray(
  fc.record({ subject, kind, weight: statistic, at: lately, until: lately }),
  { selector: (record) => record.subject, maxLength: 8 },
);

export const driverRecord: fc.Arbitrary<DriverRecord> = fc.record({
  driver: fc.constantFrom(...DRIVERS),
  at: time,
  orders: statistic,
  successes: statistic,
  movedMsat: statistic,
  feeMsat: statistic,
  seconds: statistic,
  errorsInRow: fc.nat(),
});

const reason = fc.constantFrom(...(Object.keys(REBALANCE_REASONS) as RebalanceReason[]));
const ofEveryKind = {
  reason,
  shortfall: orNull(
    fc.record({
      unit: fc.constantFrom<'ppm' | 'msat' | 'seconds' | 'share'>('ppm', 'msat', 'seconds', 'share'),
      needed: number,
      available: number,
    }),
  ),
  trail: fc.array(
    fc.record({
      step: fc.constantFrom(...(Object.keys(REBALANCE_STEPS) as RebalanceStep[])),
      values: fc.dictionary(fc.string(), fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null)), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }),
    { maxLength: 3 },
  ),
};
const evaluation: fc.Arbitrary<Evaluation> = fc.record({
  amountMsat: money,
  valuePpm: number,
  opportunityPpm: number,
  inboundPpm: number,
  spreadPpm: number,
  plainSpreadPpm: number,
  expectedFeeMsat: money,
  expectedProfitMsat: money,
  breakEvenMsat: money,
});
const pair: fc.Arbitrary<PairVerdict> = fc.record({
  ...ofEveryKind,
  from: channel,
  to: channel,
  evaluation: orNull(evaluation),
});
export const verdicts: fc.Arbitrary<ChannelVerdict[]> = fc.uniqueArray(
  fc.record({
    ...ofEveryKind,
    channelId: channel,
    role: fc.constantFrom<'destination' | 'source'>('destination', 'source'),
    pairs: fc.array(pair, { maxLength: 3 }),
    refused: fc.dictionary(reason, fc.nat(), { maxKeys: 3, noNullPrototype: true }),
  }),
  { selector: ({ channelId, role }) => `${role} ${channelId}`, maxLength: 6 },
);
