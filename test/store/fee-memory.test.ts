// Is what pricing remembers and was told read back as it was written, and is nothing else believed?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ppm, unixSec } from '../../src/core/units.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { keptDecision, keptPricing, policies, pricings } from './fee-arbitraries.ts';
import { NOW, peerOf } from './fee-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const NOTHING = { pricing: new Map(), decisions: new Map(), intents: [], changes: [] };
const sample = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 7 })[0] as T;

function alter(sql: string, ...values: string[]): void {
  const file = openDatabase(database.path, { busyMs: 0 });
  file.prepare(sql).run(...values);
  file.close();
}

describe('states of pricing', () => {
  it('are read back as they were written, whoever was named last', () => {
    const { fees } = database.open();
    const expected = new Map();
    fc.assert(
      fc.property(pricings, (saved) => {
        fees.saveCycle({ ...NOTHING, pricing: new Map(saved) });
        for (const [peer, kept] of saved) expected.set(peer, kept);
        expect(fees.pricing()).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['no JSON', () => '{"version": 1, '],
    ['no object', () => '[]'],
    ['another version', (state: object) => JSON.stringify({ ...state, version: 2 })],
    ['a field missing', (state: object) => JSON.stringify({ ...state, seenAt: undefined })],
    ['a number that was none', (state: object) => JSON.stringify({ ...state, slowPrice: NaN })],
    ['a cell too short', (state: object) => JSON.stringify({ ...state, memory: [[1, 2]] })],
    ['an unknown learner', (state: object) => JSON.stringify({ ...state, learner: { kind: 'oracle' } })],
    ['a time before time', (state: object) => JSON.stringify({ ...state, memoryAt: -1 })],
  ])('are as if they had never been where there is %s, and others stay', (_, damaged) => {
    const store = database.open();
    const kept = sample(keptPricing);
    const pricing = new Map([
      [peerOf(1), kept],
      [peerOf(2), kept],
    ]);
    store.fees.saveCycle({ ...NOTHING, pricing });
    store.close();
    alter('UPDATE fee_states SET state = ? WHERE peer_id = ?', damaged(kept.state), peerOf(1));
    expect(database.open().fees.pricing()).toEqual(new Map([[peerOf(2), kept]]));
  });

  it('from before some of their fields were kept are states all the same', () => {
    const store = database.open();
    const kept = sample(keptPricing);
    store.fees.saveCycle({ ...NOTHING, pricing: new Map([[peerOf(1), kept]]) });
    store.close();
    alter("UPDATE fee_states SET state = json_remove(state, '$.lastPpm', '$.ownZero', '$.capacitySats')");
    const expected = { ...kept, state: { ...kept.state, lastPpm: null, ownZero: false, capacitySats: 0 } };
    expect(database.open().fees.pricing()).toEqual(new Map([[peerOf(1), expected]]));
  });

  it('are kept where only what others charge cannot be read', () => {
    const store = database.open();
    const kept = sample(keptPricing);
    store.fees.saveCycle({ ...NOTHING, pricing: new Map([[peerOf(1), kept]]) });
    store.close();
    alter('UPDATE fee_states SET rivals = ?', '{"askedAt": "yesterday"}');
    expect(database.open().fees.pricing()).toEqual(new Map([[peerOf(1), { ...kept, rivals: null }]]));
  });
});

describe('decisions', () => {
  it('are read back as they were written, with what became of them', () => {
    const { fees } = database.open();
    fc.assert(
      fc.property(keptDecision, fc.string(), (kept, outcome) => {
        fees.saveCycle({ ...NOTHING, decisions: new Map([[peerOf(1), kept]]) });
        expect(fees.decision(peerOf(1))).toEqual(kept);
        fees.saveOutcome(peerOf(1), outcome);
        expect(fees.decision(peerOf(1))).toEqual({ ...kept, outcome });
      }),
    );
    expect(fees.decision(peerOf(2))).toBeNull();
    fees.saveOutcome(peerOf(2), 'set');
    expect(fees.decision(peerOf(2))).toBeNull();
  });

  it('that cannot be read are none', () => {
    const store = database.open();
    const kept = sample(keptDecision);
    store.fees.saveCycle({ ...NOTHING, decisions: new Map([[peerOf(1), kept]]) });
    store.close();
    alter('UPDATE fee_decisions SET decision = ?', JSON.stringify({ ...kept.decision, reason: 'whim' }));
    expect(database.open().fees.decision(peerOf(1))).toBeNull();
  });
});

describe('policies', () => {
  it('in force are those that end later or never, by subject', () => {
    const { fees } = database.open();
    fc.assert(
      fc.property(policies, fc.nat({ max: 2_000_000_000 }), (saved, now) => {
        for (const policy of saved) fees.savePolicy(policy);
        for (const at of [now, ...saved.map(({ expiresAt }) => expiresAt ?? now)]) {
          const expected = saved
            .filter(({ expiresAt }) => expiresAt === null || expiresAt > at)
            .sort((a, b) => (a.subject < b.subject ? -1 : 1));
          expect(fees.policies(unixSec(at))).toEqual(expected);
        }
        for (const { subject } of saved) expect(fees.deletePolicy(subject)).toBe(true);
        for (const { subject } of saved) expect(fees.deletePolicy(subject)).toBe(false);
      }),
    );
  });

  it('are replaced by a later one of the same subject', () => {
    const { fees } = database.open();
    const policy = { ...sample(policies)[0], subject: peerOf(1), expiresAt: null } as const;
    const [first, second] = [
      { ...policy, minPpm: ppm(1) },
      { ...policy, minPpm: null },
    ] as Parameters<typeof fees.savePolicy>[0][];
    if (first === undefined || second === undefined) throw new Error('no policies');
    fees.savePolicy(first);
    fees.savePolicy(second);
    expect(fees.policies(NOW)).toEqual([second]);
  });
});

describe('holds', () => {
  const hold = { until: unixSec(NOW + 60), by: 'revenue-set-fee' };

  it('end at their time, are replaced, and lifted', () => {
    const { fees } = database.open();
    fees.saveHold(peerOf(1), hold);
    fees.saveHold(peerOf(2), { ...hold, until: NOW });
    expect(fees.holds(NOW)).toEqual(new Map([[peerOf(1), hold]]));
    expect(fees.holds(unixSec(NOW + 60))).toEqual(new Map());
    const longer = { until: unixSec(NOW + 600), by: 'someone' };
    fees.saveHold(peerOf(1), longer);
    expect(fees.holds(NOW)).toEqual(new Map([[peerOf(1), longer]]));
    fees.saveHold(peerOf(1), null);
    expect(fees.holds(NOW)).toEqual(new Map());
  });
});

describe('tags taken from clboss', () => {
  it('are those named last, each once, and outlive the process', () => {
    const store = database.open();
    store.fees.saveTakenTags(peerOf(1), ['open', 'lnfee', 'open']);
    store.fees.saveTakenTags(peerOf(2), ['balance']);
    store.close();
    const { fees } = database.open();
    expect(fees.takenTags()).toEqual(
      new Map([
        [peerOf(1), ['lnfee', 'open']],
        [peerOf(2), ['balance']],
      ]),
    );
    fees.saveTakenTags(peerOf(1), ['close']);
    fees.saveTakenTags(peerOf(2), []);
    expect(fees.takenTags()).toEqual(new Map([[peerOf(1), ['close']]]));
  });
});
