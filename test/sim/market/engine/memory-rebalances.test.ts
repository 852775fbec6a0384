// Does the ledger of capital in memory answer as the one in SQLite, whatever is asked of it in whatever order?
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntentEvent } from '../../../../src/core/rebalance/intent.ts';
import { msat, SECONDS_PER_DAY, unixSec, type UnixSec } from '../../../../src/core/units.ts';
import { StoreError, type DryRebalance, type RebalanceStore } from '../../../../src/ports.ts';
import { MemoryRebalances } from '../../../../src/sim/market/engine/memory-rebalances.ts';
import { channelOf } from '../../../store/fee-examples.ts';
import {
  driverRecord,
  failures,
  newsArbitrary,
  orderArbitrary,
  termsArbitrary,
  verdicts,
} from '../../../store/rebalance-arbitraries.ts';
import { endOf, guard, hashOf, later } from '../../../store/rebalance-examples.ts';
import { temporaryDatabase } from '../../../store/temporary.ts';

const database = temporaryDatabase();

type Step = (store: RebalanceStore) => unknown;

/** Few ids, channels, hashes and seconds, so that steps meet. */
const id = fc.nat({ max: 5 }).map((n) => `r${String(n)}`);
const hash = fc.nat({ max: 5 }).map(hashOf);
const channel = fc.nat({ max: 4 }).map(channelOf);
const second = fc.nat({ max: 60 }).map(later);
const event = fc.constantFrom<IntentEvent>('dispatch', 'drop', 'succeed', 'fail', 'lose-sight');
const news = fc
  .tuple(newsArbitrary, fc.option(second, { nil: undefined }))
  .map(([given, endedAt]) => (endedAt === undefined ? given : { ...given, endedAt }));
const sum = fc.bigInt({ min: 1n, max: 10n ** 12n }).map(msat);
const dryRun: fc.Arbitrary<DryRebalance> = fc
  .record({ amountMsat: sum, maxFeeMsat: sum, profit: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), at: second })
  .map(({ profit, ...rest }) => ({ ...rest, from: channelOf(1), to: channelOf(2), expectedProfitMsat: msat(profit) }));

const does: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(id, orderArbitrary, fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })), sum, termsArbitrary, second, second)
      .map(([name, terse, [from, to], budget, terms, since, at]): Step => {
        const one = { id: name, ...terse, from: endOf(from), to: endOf(to) };
        return (store) => store.reserve(since, guard(one, msat(budget * 10n ** 4n)), terms, at);
      }),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(id, event, second, fc.option(news, { nil: undefined })).map(
      ([name, what, at, told]): Step =>
        (store) =>
          store.advance(name, what, at, told),
    ),
  },
  fc.tuple(id, hash).map(([name, one]): Step => (store) => {
    store.addPaymentHash(name, one);
  }),
  fc.tuple(dryRun, fc.boolean()).map(([one, manual]): Step => (store) => {
    store.recordDryRun(one, { manual });
  }),
  // Weeks apart, so that some are forgotten.
  fc.tuple(failures, failures, fc.nat({ max: 5 })).map(([changed, cleared, tens]): Step => (store) => {
    const delay = tens * 10 * SECONDS_PER_DAY;
    store.saveFailures(
      changed.map((one) => ({ ...one, at: unixSec(one.at + delay), until: unixSec(one.until + delay) })),
      cleared.map(({ subject }) => subject),
    );
  }),
  driverRecord.map((record): Step => (store) => {
    store.saveDriverRecord(record);
  }),
  fc.tuple(verdicts, second).map(([all, at]): Step => (store) => {
    store.saveVerdicts(all, at);
  }),
);

/** All that can be asked. */
const asked = (store: RebalanceStore, since: UnixSec, of: ReturnType<typeof channelOf>) => ({
  spending: store.spending(since),
  intents: Array.from({ length: 6 }, (_, n) => store.intent(`r${String(n)}`)),
  open: store.openIntents(),
  ended: store.endedIntents(since),
  arrived: store.arrivedIntents(since),
  lately: store.endedLately(of, 2),
  own: Array.from({ length: 6 }, (_, n) => store.isOwnPayment(hashOf(n))),
  dryRuns: store.dryRuns(since),
  failures: [...store.failures().values()].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
  drivers: store.driverRecords(),
  reasons: store.verdictReasons(),
  verdicts: store.verdictReasons().map(({ channelId, role }) => store.verdict(channelId, role)),
});

/** What it answers, or that it refuses and as what. */
function answerOf(step: Step, store: RebalanceStore): unknown {
  try {
    return step(store);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `refused: ${error.kind}`;
  }
}

let opened = 0;

describe('the ledger of capital in memory', () => {
  it('answers as the one in SQLite after any steps', () => {
    fc.assert(
      fc.property(fc.array(does, { maxLength: 25 }), second, channel, (steps, since, of) => {
        const memory = new MemoryRebalances();
        const store = database.open(join(database.folder, `${String(++opened)}.db`));
        try {
          for (const step of steps) expect(answerOf(step, memory)).toEqual(answerOf(step, store.rebalances));
          expect(asked(memory, since, of)).toEqual(asked(store.rebalances, since, of));
          const all = unixSec(0);
          expect(asked(memory, all, of)).toEqual(asked(store.rebalances, all, of));
        } finally {
          store.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});
