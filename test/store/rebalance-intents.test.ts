// Is every rebalance kept as it went, step by step, in the ledger to the msat and in rebalance_history for people?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanced, transition, type Intent, type IntentEvent } from '../../src/core/rebalance/intent.ts';
import { msat, satsToMsat, unixSec } from '../../src/core/units.ts';
import { StoreError } from '../../src/ports.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { SqliteRebalances } from '../../src/store/sqlite-rebalances.ts';
import { commitLevels } from './commit-levels.ts';
import { newsArbitrary, orderArbitrary, termsArbitrary } from './rebalance-arbitraries.ts';
import { endOf, guard, hashOf, later, lived, order, reserved, TERMS } from './rebalance-examples.ts';
import { channelOf, NOW } from './fee-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const EVENTS: readonly IntentEvent[] = ['dispatch', 'drop', 'succeed', 'fail', 'lose-sight'];

function alter(sql: string): void {
  const file = openDatabase(database.path, { busyMs: 0 });
  file.exec(sql);
  file.close();
}
describe('an intent', () => {
  it('is read back as it was reserved and went on, through a restart', () => {
    let store = database.open();
    const walk = fc.record({
      terse: orderArbitrary,
      terms: termsArbitrary,
      at: fc.nat({ max: 2_000_000_000 }).map(unixSec),
      hashes: fc.nat({ max: 3 }),
      steps: fc.array(
        fc.tuple(fc.constantFrom(...EVENTS), fc.nat({ max: 2_000_000_000 }).map(unixSec), newsArbitrary),
        {
          maxLength: 6,
        },
      ),
    });
    let orders = 0;
    let hash = 0;
    fc.assert(
      fc.property(walk, ({ terse, terms, at, hashes, steps }) => {
        const one = { id: `r${String(++orders)}`, ...terse };
        const given = store.rebalances.reserve(unixSec(0), guard(one, msat(2n ** 62n)), terms, at);
        expect(given).toEqual({ ok: true, value: one });
        const { id, from, to, amountMsat, maxFeeMsat, deadline } = one;
        const paymentHashes = Array.from({ length: hashes }, () => hashOf(++hash));
        for (const each of paymentHashes) store.rebalances.addPaymentHash(id, each);
        let expected: Intent = {
          ...terms,
          ...{ id, from, to, amountMsat, maxFeeMsat, deadline, paymentHashes, plannedAt: at, state: 'planned' },
          ...{ dispatchedAt: null, paymentsBefore: null, endedAt: null, failure: null, message: null },
          ...{ movedMsat: msat(0), feeMsat: msat(0) },
        };
        for (const [event, when, news] of steps) {
          const next = advanced(expected, event, when, news);
          if (next === null) continue;
          expect(store.rebalances.advance(id, event, when, news)).toEqual(next);
          expected = next;
        }
        expect(store.rebalances.intent(id)).toEqual(expected);
        const open = store.rebalances.openIntents().filter((each) => each.id === id);
        expect(open).toEqual(expected.endedAt === null ? [expected] : []);
        const { endedAt } = expected;
        if (endedAt !== null) {
          const endedSince = (since: number) =>
            store.rebalances.endedIntents(unixSec(since)).filter((each) => each.id === id);
          expect(endedSince(endedAt)).toEqual([]);
          if (endedAt > 0) expect(endedSince(endedAt - 1)).toEqual([expected]);
        }
        if (hash % 7 === 0) {
          store.close();
          store = database.open();
          expect(store.rebalances.intent(id)).toEqual(expected);
        }
        // The ledger is emptied for the next: its budget is 2^62 msat.
        if (expected.state === 'planned') store.rebalances.advance(id, 'drop', at, { endedAt: at });
        else if (expected.endedAt === null) store.rebalances.advance(id, 'fail', at);
      }),
      { numRuns: 60 },
    );
    expect(store.rebalances.intent('nobody')).toBeNull();
  });

  it.each(['planned', 'dispatched', 'unknown', 'settled', 'failed'] as const)(
    'that is %s goes no way that is not in the table, and nothing changes',
    (state) => {
      const ways = {
        planned: [],
        dispatched: ['dispatch'],
        unknown: ['dispatch', 'lose-sight'],
        settled: ['dispatch', 'succeed'],
        failed: ['drop'],
      } as const;
      const store = database.open();
      const { rebalances } = store;
      lived(rebalances, 'r', ...ways[state].map((event) => [event, { feeMsat: msat(7) }] as const));
      const before = [rebalances.intent('r'), rebalances.spending(unixSec(0)), store.recentRebalances(9)];
      const illegal = EVENTS.filter((event) => transition(state, event) === null);
      expect(illegal.length).toBeGreaterThanOrEqual(2);
      for (const event of illegal) {
        const step = () => rebalances.advance('r', event, later(99), { feeMsat: msat(99_000), message: 'no' });
        expect(step).toThrow(StoreError);
        expect(step).toThrow(`rebalance r: expected a step that leads on from ${state}, got ${event}`);
      }
      expect([rebalances.intent('r'), rebalances.spending(unixSec(0)), store.recentRebalances(9)]).toEqual(before);
    },
  );

  it('is on the disk, not only in its cache, with every step', () => {
    database.open().close();
    const { connection, levels } = commitLevels(database.path);
    const rebalances = new SqliteRebalances(connection);
    lived(rebalances, 'r', ['dispatch', {}], ['lose-sight', {}], ['succeed', {}]);
    rebalances.addPaymentHash('r', hashOf(1));
    expect(levels).toEqual(Array.from({ length: 5 }, () => ({ synchronous: 2 })));
    connection.close();
  });

  it('that nobody has reserved can do nothing', () => {
    const { rebalances } = database.open();
    expect(() => rebalances.advance('x', 'dispatch', NOW)).toThrow(/rebalance x: expected one that was reserved/);
    expect(() => {
      rebalances.addPaymentHash('x', hashOf(1));
    }).toThrow(/rebalance x: expected one that was reserved/);
  });

  it('has an id of its own', () => {
    const store = database.open();
    reserved(store.rebalances, 'r');
    expect(() => store.rebalances.reserve(unixSec(0), guard(order('r')), TERMS, NOW)).toThrow(StoreError);
    expect(store.rebalances.openIntents()).toHaveLength(1);
    expect(store.recentRebalances(9)).toHaveLength(1);
  });

  it('that is open is listed oldest first, and ended ones in the order of their end', () => {
    const { rebalances } = database.open();
    for (const id of ['c', 'a', 'b', 'd']) reserved(rebalances, id);
    for (const [id, at] of [
      ['b', 30],
      ['d', 20],
      ['c', 30],
    ] as const) {
      rebalances.advance(id, 'dispatch', later(1));
      const movedMsat = id === 'd' ? {} : { movedMsat: msat(1000) };
      rebalances.advance(id, 'succeed', later(40), { endedAt: later(at), ...movedMsat });
    }
    expect(rebalances.openIntents().map(({ id }) => id)).toEqual(['a']);
    expect(rebalances.endedIntents(later(19)).map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    expect(rebalances.endedIntents(later(20)).map(({ id }) => id)).toEqual(['c', 'b']);
    expect(rebalances.arrivedIntents(later(19)).map(({ id }) => id)).toEqual(['c', 'b']);
    expect(rebalances.arrivedIntents(later(30))).toEqual([]);
  });

  it("is among the last of either channel's, newest first, once it has ended", () => {
    const { rebalances } = database.open();
    const toThree = { to: endOf(3) };
    for (const [id, changes] of Object.entries({ a: {}, b: toThree, c: {}, d: toThree, open: {} }))
      reserved(rebalances, id, changes);
    for (const [id, at] of Object.entries({ a: 9, b: 20, c: 30, d: 20 })) {
      rebalances.advance(id, 'dispatch', later(1));
      rebalances.advance(id, 'succeed', later(40), { endedAt: later(at) });
    }
    const ids = (n: number, limit: number): string[] => rebalances.endedLately(channelOf(n), limit).map(({ id }) => id);
    expect([ids(1, 9), ids(1, 2), ids(2, 9), ids(3, 9), ids(4, 9)]).toEqual([
      ['c', 'd', 'b', 'a'],
      ['c', 'd'],
      ['c', 'a'],
      ['d', 'b'],
      [],
    ]);
  });

  it('has not ended before it was planned, nor cost less than was seen before, and has no failure once it has arrived', () => {
    const { rebalances } = database.open();
    lived(
      rebalances,
      'r',
      ['dispatch', { paymentsBefore: 7 }],
      ['lose-sight', { movedMsat: msat(100_000), feeMsat: msat(50), failure: 'timeout', message: 'pending' }],
      ['succeed', { movedMsat: msat(0), feeMsat: msat(0), endedAt: unixSec(5) }],
    );
    expect(rebalances.intent('r')).toMatchObject({
      state: 'settled',
      dispatchedAt: later(10),
      paymentsBefore: 7,
      movedMsat: msat(100_000),
      feeMsat: msat(50),
      endedAt: NOW,
      failure: null,
      message: 'pending',
    });
  });
});

describe('a payment', () => {
  it('belongs to one rebalance, and is noted once', () => {
    const { rebalances } = database.open();
    lived(rebalances, 'a', ['dispatch', {}]);
    lived(rebalances, 'b', ['dispatch', {}]);
    for (const n of [2, 1, 2, 3]) rebalances.addPaymentHash('a', hashOf(n));
    expect(rebalances.intent('a')?.paymentHashes).toEqual([2, 1, 3].map(hashOf));
    expect(() => {
      rebalances.addPaymentHash('b', hashOf(1));
    }).toThrow(/expected one of rebalance b, got one that belongs to a/);
    // A driver may tell it only when all is over.
    rebalances.advance('b', 'succeed', later(20));
    rebalances.addPaymentHash('b', hashOf(4));
    expect(rebalances.intent('b')?.paymentHashes).toEqual([hashOf(4)]);
    expect([1, 2, 3, 4, 5].map((n) => rebalances.isOwnPayment(hashOf(n)))).toEqual([true, true, true, true, false]);
  });
});

describe('a damaged row', () => {
  it.each([
    ["from_peer_id = 'nobody'", /rebalance r cannot be read: node id: expected 66 hex digits/],
    ["to_scid = ''", /rebalance r cannot be read: short channel id/],
    ["driver = 'bicycle'", /rebalance r cannot be read: column driver: expected one of circular, .*, got bicycle/],
    ["failure = 'bad luck'", /rebalance r cannot be read: column failure/],
    ['deadline = -1', /rebalance r cannot be read: unix time/],
  ])('where %s is named, never passed over; its cap still counts', (damage, message) => {
    const store = database.open();
    lived(store.rebalances, 'r', ['dispatch', {}]);
    reserved(store.rebalances, 'sound');
    store.close();
    alter(`UPDATE rebalance_intents SET ${damage} WHERE id = 'r'`);
    const { rebalances } = database.open();
    expect(() => rebalances.openIntents()).toThrow(message);
    expect(() => rebalances.advance('r', 'succeed', NOW)).toThrow(message);
    expect(rebalances.intent('sound')).toMatchObject({ id: 'sound' });
    expect(rebalances.spending(unixSec(0)).reservedMsat).toBe(satsToMsat(600));
  });

  it.each([
    "state = 'settled'",
    'ended_at = 5',
    "state = 'lost'",
    'fee_msat = -1',
    'max_fee_msat = 0',
    'amount_msat = 0',
    'history_id = NULL',
    "max_fee_msat = 'much'",
  ])('cannot be made with %s: SQLite refuses', (damage) => {
    const store = database.open();
    reserved(store.rebalances, 'r');
    store.close();
    expect(() => {
      alter(`UPDATE rebalance_intents SET ${damage}`);
    }).toThrow(/constraint|cannot store/);
  });
});
