// Is every rebalance kept as it went, step by step, in the ledger to the msat and in rebalance_history for people?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanced, transition, type Intent, type IntentEvent } from '../../src/core/rebalance/intent.ts';
import { msat, satsToMsat, unixSec, type Msat } from '../../src/core/units.ts';
import { StoreError, type IntentNews, type RebalanceStore, type Store } from '../../src/ports.ts';
import { openDatabase } from '../../src/store/engine.ts';
import {
  guard,
  hashOf,
  later,
  newsArbitrary,
  order,
  orderArbitrary,
  TERMS,
  termsArbitrary,
} from './rebalance-examples.ts';
import { channelOf, NOW } from './fee-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const EVENTS: readonly IntentEvent[] = ['dispatch', 'drop', 'succeed', 'fail', 'lose-sight'];

function alter(sql: string): void {
  const file = openDatabase(database.path, { busyMs: 0 });
  file.exec(sql);
  file.close();
}
function reserved(rebalances: RebalanceStore, id: string, changes: Parameters<typeof order>[1] = {}, at = NOW): void {
  expect(rebalances.reserve(unixSec(0), guard(order(id, changes)), TERMS, at).ok).toBe(true);
}
/** Reserved and advanced through these. */
function lived(
  rebalances: RebalanceStore,
  id: string,
  ...events: readonly (readonly [IntentEvent, IntentNews])[]
): void {
  reserved(rebalances, id);
  for (const [event, news] of events) rebalances.advance(id, event, later(10), news);
}
const latest = (store: Store) => store.recentRebalances(1)[0];

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
      rebalances.advance(id, 'succeed', later(40), { endedAt: later(at) });
    }
    expect(rebalances.openIntents().map(({ id }) => id)).toEqual(['a']);
    expect(rebalances.endedIntents(later(19)).map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    expect(rebalances.endedIntents(later(20)).map(({ id }) => id)).toEqual(['c', 'b']);
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
  });
});

describe('rebalance_history', () => {
  const PENDING = {
    fromChannel: channelOf(1),
    toChannel: channelOf(2),
    amountSats: 500_000,
    maxFeeSats: 300,
    actualFeeSats: null,
    expectedProfitSats: 150,
    actualProfitSats: null,
    status: 'pending',
    errorMessage: null,
    timestamp: NOW,
  };
  const half = { movedMsat: satsToMsat(250_000), feeMsat: msat(60_001) };

  it.each([
    ['reserved', [], {}],
    ['dispatched', [['dispatch', {}]], {}],
    ['dropped', [['drop', { message: 'never sent' }]], { status: 'failed', fee: 0, profit: 0, error: 'never sent' }],
    [
      'out of sight',
      [
        ['dispatch', {}],
        ['lose-sight', { ...half, failure: 'unknown', message: 'pending' }],
      ],
      { status: 'unknown', error: 'pending' },
    ],
    [
      // Half of the 270 sats that all of it was worth, less the fee: 74.999.
      'settled in part',
      [
        ['dispatch', {}],
        ['succeed', { ...half, message: 'found' }],
      ],
      { status: 'success', fee: 61, profit: 74 },
    ],
    [
      'settled as expected',
      [
        ['dispatch', {}],
        ['succeed', { movedMsat: satsToMsat(500_000), feeMsat: satsToMsat(120) }],
      ],
      { status: 'success', fee: 120, profit: 150 },
    ],
    [
      'failed at a cost',
      [
        ['dispatch', {}],
        ['fail', { feeMsat: msat(1), failure: 'no-route', message: 'no' }],
      ],
      { status: 'failed', fee: 1, profit: -1, error: 'no' },
    ],
  ] as const)('shows one that is %s, and no msat is hidden', (_, events, expected) => {
    const store = database.open();
    lived(store.rebalances, 'r', ...events);
    const { status = 'pending', fee = null, profit = null, error = null } = expected as Record<string, never>;
    expect(store.recentRebalances(9)).toEqual([
      { ...PENDING, status, actualFeeSats: fee, actualProfitSats: profit, errorMessage: error },
    ]);
  });

  it.each([
    [1n, 1, 0],
    [1000n, 1, 1],
    [1001n, 2, 1],
    [-1n, 0, -1],
    [-1000n, -1, -1],
    [-1001n, -1, -2],
    [0n, 0, 0],
  ])('rounds %d msat of cost up to %d sats, of profit down to %d', (amount, up, down) => {
    const store = database.open();
    const maxFeeMsat = amount > 0n ? msat(amount) : msat(1);
    store.rebalances.recordDryRun({
      from: channelOf(1),
      to: channelOf(2),
      amountMsat: satsToMsat(1),
      maxFeeMsat,
      expectedProfitMsat: amount as Msat,
      at: NOW,
    });
    expect(latest(store)).toMatchObject({ maxFeeSats: amount > 0n ? up : 1, expectedProfitSats: down });
  });

  it('has dry runs that hold and cost nothing', () => {
    const store = database.open();
    const { amountMsat, maxFeeMsat } = order('r');
    const dry = { from: channelOf(1), to: channelOf(2), amountMsat, maxFeeMsat, at: NOW };
    store.rebalances.recordDryRun({ ...dry, expectedProfitMsat: satsToMsat(150) });
    expect(store.recentRebalances(9)).toEqual([{ ...PENDING, status: 'dry-run' }]);
    expect(store.rebalances.spending(unixSec(0))).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    expect(store.rebalances.openIntents()).toEqual([]);
  });

  it('may lose rows to whoever tidies up: the ledger does not, and no row becomes that of another', () => {
    let store = database.open();
    lived(store.rebalances, 'old', ['dispatch', {}]);
    store.close();
    alter('DELETE FROM rebalance_history');
    store = database.open();
    reserved(store.rebalances, 'new', { to: { ...order('x').to, channelId: channelOf(9) } });
    store.rebalances.advance('old', 'succeed', later(20), { feeMsat: satsToMsat(5) });
    expect(store.recentRebalances(9)).toMatchObject([{ toChannel: channelOf(9), status: 'pending' }]);
    expect(store.rebalances.spending(unixSec(0))).toEqual({ spentMsat: satsToMsat(5), reservedMsat: satsToMsat(300) });
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
