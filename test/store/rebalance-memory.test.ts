// Is what was learned of routes, drivers and channels read back as it was written, and is nothing else believed?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriverRecord } from '../../src/core/rebalance/drivers.ts';
import type { FailureRecord, FailureSubject } from '../../src/core/rebalance/failure-memory.ts';
import { unixSec } from '../../src/core/units.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { channelOf, NOW } from './fee-examples.ts';
import { driverRecord, failures, verdicts } from './rebalance-arbitraries.ts';
import { DAY, later } from './rebalance-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const sample = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 5 })[0] as T;

function alter(sql: string, ...values: string[]): void {
  const file = openDatabase(database.path, { busyMs: 0 });
  file.prepare(sql).run(...values);
  file.close();
}

describe('failures', () => {
  const failure = (n: number, changes: Partial<FailureRecord> = {}): FailureRecord => ({
    subject: `from:${channelOf(n)}`,
    kind: 'no-route',
    weight: 1,
    at: NOW,
    until: later(3600),
    ...changes,
  });

  it('are read back as they were written, without those that were cleared', () => {
    const { rebalances } = database.open();
    const expected = new Map<FailureSubject, FailureRecord>();
    fc.assert(
      fc.property(failures, fc.array(fc.nat({ max: 7 }), { maxLength: 3 }), (changed, indexes) => {
        const cleared = indexes.flatMap((i) => [...expected.keys()][i] ?? []);
        rebalances.saveFailures(changed, cleared);
        for (const subject of cleared) expected.delete(subject);
        for (const record of changed) expected.set(record.subject, record);
        expect(rebalances.failures()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('are forgotten when no more than a millionth is left of them, and they rest nothing any more', () => {
    const { rebalances } = database.open();
    rebalances.saveFailures([failure(1), failure(2, { until: later(DAY) })], []);
    rebalances.saveFailures([failure(3, { at: later(20 * DAY + 3600), until: later(21 * DAY) })], []);
    expect(rebalances.failures().size).toBe(3);
    rebalances.saveFailures([failure(3, { at: later(20 * DAY + 3601), until: later(21 * DAY) })], []);
    expect([...rebalances.failures().keys()]).toEqual([2, 3].map((n) => `from:${channelOf(n)}`));
  });

  it.each([
    "kind = 'bad luck'",
    "subject = 'from:1x2x3'",
    "subject = 'pair:' || substr(subject, 6)",
    'failed_at = -1',
    'until_time = 9007199254740993',
  ])('with %s are as if they had never been, and others stay', (damage) => {
    const store = database.open();
    store.rebalances.saveFailures([failure(1), failure(2)], []);
    store.close();
    alter(`UPDATE rebalance_failures SET ${damage} WHERE subject = 'from:${channelOf(1)}'`);
    expect([...database.open().rebalances.failures().values()]).toEqual([failure(2)]);
  });
});

describe('how drivers do', () => {
  it('is read back as it was written', () => {
    const { rebalances } = database.open();
    const expected = new Map<string, DriverRecord>();
    fc.assert(
      fc.property(driverRecord, (record) => {
        rebalances.saveDriverRecord(record);
        expected.set(record.driver, record);
        expect(rebalances.driverRecords()).toEqual(expected);
      }),
    );
  });

  it('is not believed of a driver that we do not know', () => {
    const store = database.open();
    const record = sample(driverRecord);
    store.rebalances.saveDriverRecord({ ...record, driver: 'sling' });
    store.rebalances.saveDriverRecord({ ...record, driver: 'native' });
    store.close();
    alter("UPDATE rebalance_drivers SET driver = 'bicycle' WHERE driver = 'sling'");
    expect([...database.open().rebalances.driverRecords().keys()]).toEqual(['native']);
  });

  it('is refused where it is no number', () => {
    const { rebalances } = database.open();
    expect(() => {
      rebalances.saveDriverRecord({ ...sample(driverRecord), seconds: NaN });
    }).toThrow(/saving how a driver does/);
  });
});

describe('verdicts', () => {
  it('are read back as they were written, and replace all those of the cycle before', () => {
    const { rebalances } = database.open();
    let before: ReturnType<typeof sample<Parameters<typeof rebalances.saveVerdicts>[0]>> = [];
    fc.assert(
      fc.property(verdicts, fc.nat({ max: 2_000_000_000 }).map(unixSec), (all, at) => {
        rebalances.saveVerdicts(all, at);
        const found = (verdict: (typeof all)[number]) => rebalances.verdict(verdict.channelId, verdict.role);
        for (const verdict of all) expect(found(verdict)).toEqual({ at, verdict });
        const reasons = all.map(({ channelId, role, reason }) => ({ channelId, role, reason }));
        expect(rebalances.verdictReasons()).toHaveLength(reasons.length);
        expect(rebalances.verdictReasons()).toEqual(expect.arrayContaining(reasons));
        for (const gone of before)
          if (!all.some(({ channelId, role }) => channelId === gone.channelId && role === gone.role))
            expect(found(gone)).toBeNull();
        before = all;
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['no JSON', '{"role": '],
    ['another reason', '{"reason":"whim"}'],
    ['an amount that is none', '{"pairs":[{"evaluation":{"amountMsat":"1.5"}}]}'],
    ['a count of what we do not know', '{"refused":{"whim":2}}'],
  ])('are none where there is %s', (_, patch) => {
    const store = database.open();
    const [verdict] =
      fc.sample(
        verdicts.filter(([first]) => first !== undefined),
        { numRuns: 1, seed: 3 },
      )[0] ?? [];
    if (verdict === undefined) throw new Error('no verdict');
    store.rebalances.saveVerdicts([verdict], NOW);
    store.close();
    const whole = patch.endsWith('}');
    alter(`UPDATE rebalance_verdicts SET verdict = ${whole ? 'json_patch(verdict, ?)' : '?'}`, patch);
    const { rebalances } = database.open();
    expect(rebalances.verdict(verdict.channelId, verdict.role)).toBeNull();
    const { channelId, role, reason } = verdict;
    const isReadable = whole && !patch.includes('"reason"');
    expect(rebalances.verdictReasons()).toEqual(isReadable ? [{ channelId, role, reason }] : []);
  });
});
