// Can no order of events spend more than the budget in any 24 hours, or a single msat uncounted?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldBy, spentBy, type Intent } from '../../src/core/rebalance/intent.ts';
import { msat, satsToMsat, unixSec, ZERO_MSAT, type Msat } from '../../src/core/units.ts';
import { StoreError, type RebalanceStore } from '../../src/ports.ts';
import { Connection } from '../../src/store/connection.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { SPENDING } from '../../src/store/rebalance-intents.ts';
import { SqliteRebalances } from '../../src/store/sqlite-rebalances.ts';
import { NOW } from './fee-examples.ts';
import { DAY, guard, later, order, TERMS } from './rebalance-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const dayBefore = (now: number) => unixSec(Math.max(0, now - DAY));

/** What happens next; `of` chooses among the open ones. */
type Step =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'reserve'; readonly capMsat: number }
  | { readonly kind: 'dispatch' | 'drop' | 'lose-sight'; readonly of: number }
  | {
      readonly kind: 'succeed' | 'fail';
      readonly of: number;
      /** Share of the cap that it costs. */
      readonly share: number;
      /** How long ago it ended by the node's word. */
      readonly ago: number;
    };
const of = fc.nat({ max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40_000 }) }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), capMsat: fc.integer({ min: 500, max: 4000 }) }),
  },
  fc.record({ kind: fc.constantFrom('dispatch' as const, 'drop' as const, 'lose-sight' as const), of }),
  fc.record({ kind: fc.constant('dispatch' as const), of }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('succeed' as const, 'fail' as const),
      of,
      share: fc.integer({ min: 0, max: 100 }),
      ago: fc.nat({ max: 100_000 }),
    }),
  },
);

/** A ledger that is nothing but a list, to compare with. */
class PlainLedger {
  readonly all = new Map<string, Pick<Intent, 'state' | 'maxFeeMsat' | 'feeMsat' | 'endedAt'>>();
  #sum(part: (intent: Pick<Intent, 'state' | 'maxFeeMsat' | 'feeMsat' | 'endedAt'>) => Msat): Msat {
    return [...this.all.values()].reduce((total, intent) => msat(total + part(intent)), ZERO_MSAT);
  }
  spending(now: number) {
    return {
      spentMsat: this.#sum((intent) => spentBy(intent, dayBefore(now))),
      reservedMsat: this.#sum(heldBy),
    };
  }
  /** The most that any 24 hours have cost. */
  worstDay(): bigint {
    const ended = [...this.all.values()].flatMap(({ endedAt, feeMsat }) =>
      endedAt === null ? [] : [{ endedAt, feeMsat }],
    );
    return ended.reduce((worst, { endedAt: until }) => {
      const day = ended.filter(({ endedAt }) => endedAt > until - DAY && endedAt <= until);
      const cost = day.reduce((total, { feeMsat }) => total + feeMsat, 0n);
      return cost > worst ? cost : worst;
    }, 0n);
  }
}

describe('the budget', () => {
  const BUDGET = msat(10_000);

  it('is never exceeded by what is spent and reserved, at any instant of any 24 hours', () => {
    const { rebalances } = database.open();
    let orders = 0;
    /** Each run begins long after the one before, which it therefore cannot see. */
    let now: number = NOW;
    let refusals = 0;
    let settlements = 0;
    const run = (steps: readonly Step[]): void => {
      const plain = new PlainLedger();
      now += 10 * DAY;
      for (const one of steps) {
        if (one.kind === 'wait') now += one.seconds;
        else if (one.kind === 'reserve') {
          const id = `r${String(++orders)}`;
          const maxFeeMsat = msat(one.capMsat);
          const asked = order(id, { maxFeeMsat, amountMsat: satsToMsat(400) });
          const { spentMsat, reservedMsat } = plain.spending(now);
          const { ok } = rebalances.reserve(dayBefore(now), guard(asked, BUDGET), TERMS, unixSec(now));
          expect(ok).toBe(spentMsat + reservedMsat + maxFeeMsat <= BUDGET);
          if (ok) plain.all.set(id, { state: 'planned', maxFeeMsat, feeMsat: ZERO_MSAT, endedAt: null });
          else refusals++;
        } else happen(plain, one);
        const spending = rebalances.spending(dayBefore(now));
        expect(spending).toEqual(plain.spending(now));
        expect(spending.spentMsat + spending.reservedMsat).toBeLessThanOrEqual(BUDGET);
      }
      expect(plain.worstDay()).toBeLessThanOrEqual(BUDGET);
      // What is still open ends, so that the next run begins with nothing held.
      for (const { id, state } of rebalances.openIntents())
        rebalances.advance(id, state === 'planned' ? 'drop' : 'fail', unixSec(now));
    };
    const happen = (plain: PlainLedger, one: Exclude<Step, { kind: 'wait' | 'reserve' }>): void => {
      const open = rebalances.openIntents();
      const chosen = open[one.of % Math.max(1, open.length)];
      if (chosen === undefined) return;
      const { id, maxFeeMsat, plannedAt } = chosen;
      const ends = one.kind === 'succeed' || one.kind === 'fail';
      const feeMsat = ends ? msat((maxFeeMsat * BigInt(one.share)) / 100n) : ZERO_MSAT;
      const endedAt = ends ? unixSec(Math.max(plannedAt, now - one.ago)) : unixSec(now);
      try {
        const { state } = rebalances.advance(id, one.kind, unixSec(now), ends ? { feeMsat, endedAt } : {});
        const ended = state === 'settled' || state === 'failed';
        if (ended) settlements++;
        plain.all.set(id, { state, maxFeeMsat, feeMsat, endedAt: ended ? endedAt : null });
      } catch (error) {
        // No such way from where it stands: then nothing may have changed, which is compared at once.
        if (!(error instanceof StoreError)) throw error;
      }
    };
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), run), { numRuns: 40 });
    expect(refusals).toBeGreaterThan(40);
    expect(settlements).toBeGreaterThan(40);
  });

  it('counts what a driver spent beyond its cap, open or ended', () => {
    const { rebalances } = database.open();
    rebalances.reserve(unixSec(0), guard(order('r')), TERMS, NOW);
    rebalances.advance('r', 'dispatch', NOW);
    rebalances.advance('r', 'lose-sight', later(60), { feeMsat: msat(300_001) });
    expect(rebalances.spending(unixSec(0))).toEqual({ spentMsat: 0n, reservedMsat: 300_001n });
    rebalances.advance('r', 'fail', later(90), { feeMsat: msat(400_002) });
    expect(rebalances.spending(unixSec(0))).toEqual({ spentMsat: 400_002n, reservedMsat: 0n });
  });

  it('counts a fee for exactly 24 hours from its end', () => {
    const { rebalances } = database.open();
    rebalances.reserve(unixSec(0), guard(order('r')), TERMS, NOW);
    rebalances.advance('r', 'dispatch', NOW);
    rebalances.advance('r', 'succeed', later(500), { feeMsat: msat(7), endedAt: later(60) });
    expect(rebalances.spending(dayBefore(NOW + 59 + DAY)).spentMsat).toBe(7n);
    expect(rebalances.spending(dayBefore(NOW + 60 + DAY)).spentMsat).toBe(0n);
  });

  it('that is refused leaves nothing behind, and says what the guard said', () => {
    const store = database.open();
    const { rebalances } = store;
    const answer = rebalances.reserve(unixSec(0), guard(order('r'), msat(299_999)), TERMS, NOW);
    expect(answer).toEqual({
      ok: false,
      error: { rule: 'budget-used', neededMsat: 300_000n, availableMsat: 299_999n },
    });
    expect([rebalances.openIntents(), store.recentRebalances(9)]).toEqual([[], []]);
  });

  it('is not touched where the decision itself breaks down', () => {
    const { rebalances } = database.open();
    const breaks = () => {
      throw new Error('no funds read');
    };
    expect(() => rebalances.reserve(unixSec(0), breaks, TERMS, NOW)).toThrow(
      /reserving for a rebalance: no funds read/,
    );
    expect(rebalances.reserve(unixSec(0), guard(order('r')), TERMS, NOW).ok).toBe(true);
  });

  it('that cannot be summed is an error, not a number', () => {
    const store = database.open();
    for (const id of ['a', 'b']) store.rebalances.reserve(unixSec(0), guard(order(id)), TERMS, NOW);
    store.close();
    const file = openDatabase(database.path, { busyMs: 0 });
    file.exec('UPDATE rebalance_intents SET max_fee_msat = 9223372036854775807');
    file.close();
    expect(() => database.open().rebalances.spending(unixSec(0))).toThrow(/summing the budget: integer overflow/);
  });
});

describe('two at once', () => {
  const BUDGET = satsToMsat(500);

  it('cannot both use the same room: the second waits for the first, and sees it', () => {
    database.open().close();
    const files = [1, 2].map(() => openDatabase(database.path, { busyMs: 0 }));
    const [first, second] = files.map((file): RebalanceStore => new SqliteRebalances(new Connection(file)));
    const reserve = (store: RebalanceStore | undefined, id: string) =>
      store?.reserve(unixSec(0), guard(order(id), BUDGET), TERMS, NOW);
    const answer = first?.reserve(
      unixSec(0),
      (spending) => {
        // Between the reading and the writing of the first.
        expect(() => reserve(second, 'b')).toThrow(/database is locked/);
        return guard(order('a'), BUDGET)(spending);
      },
      TERMS,
      NOW,
    );
    expect(answer?.ok).toBe(true);
    expect(reserve(second, 'b')).toMatchObject({ ok: false, error: { rule: 'budget-used' } });
    for (const file of files) file.close();
  });

  it('cannot even be: a second process does not get the database', () => {
    const { rebalances } = database.open();
    rebalances.reserve(unixSec(0), guard(order('a'), BUDGET), TERMS, NOW);
    expect(() => database.open()).toThrow(/another instance of this plugin has it open/);
    expect(rebalances.openIntents()).toHaveLength(1);
  });
});

describe('the sum', () => {
  it('reads nothing but the range of its index, however long the history', () => {
    database.open().close();
    const file = openDatabase(database.path, { busyMs: 0 });
    const plan = file.prepare(`EXPLAIN QUERY PLAN ${SPENDING}`).all(0) as { readonly detail: string }[];
    expect(plan.map(({ detail }) => detail).filter((detail) => /rebalance_intents/.test(detail))).toEqual([
      'SEARCH rebalance_intents USING COVERING INDEX rebalance_intents_by_end (ended_at>?)',
      'SEARCH rebalance_intents USING COVERING INDEX rebalance_intents_by_end (ended_at=?)',
    ]);
    file.close();
  });
});
