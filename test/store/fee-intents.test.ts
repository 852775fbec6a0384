// Is every fee that was about to be set known, and does fee_changes say who changed which fee, or would have?
import { describe, expect, it } from 'vitest';
import { ppm, unixSec } from '../../src/core/units.ts';
import { StoreError, type ActionFilter, type FeeIntent, type FeeStore } from '../../src/ports.ts';
import { Connection } from '../../src/store/connection.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { FeeChanges, IN_FORCE_SINCE, PRICED_PEERS } from '../../src/store/fee-changes.ts';
import { FEE_CHANGES_OF } from '../../src/store/sqlite-history.ts';
import { channelOf, intent, NOW, peerOf } from './fee-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const NOTHING = { pricing: new Map(), decisions: new Map(), intents: [], changes: [] };
const at = (seconds: number) => ({ at: unixSec(NOW + seconds) });

/** Intended and done. */
function done(fees: FeeStore, ...intents: FeeIntent[]): void {
  for (const one of intents) {
    fees.saveCycle({ ...NOTHING, intents: [one] });
    fees.settleIntent(one.channelId, 'done');
  }
}
const noted = (fees: FeeStore, ...changes: FeeIntent[]): void => {
  fees.saveCycle({ ...NOTHING, changes });
};

describe('intents', () => {
  it('are open in the order in which they were made, through a restart, until they end', () => {
    const store = database.open();
    const [first, second, third] = [intent(9), intent(2, { manual: true, reason: 'manual' }), intent(5)];
    store.fees.saveCycle({ ...NOTHING, intents: [first] });
    store.fees.saveManual(second, { until: unixSec(NOW + 60), by: 'revenue-set-fee' });
    store.fees.saveCycle({ ...NOTHING, intents: [third] });
    store.close();
    const reopened = database.open();
    const { fees } = reopened;
    expect(fees.intents()).toEqual([first, second, third]);
    expect([...fees.holds(NOW).keys()]).toEqual([peerOf(2)]);

    fees.settleIntent(second.channelId, 'done');
    fees.settleIntent(third.channelId, 'dropped');
    expect(fees.intents()).toEqual([first]);
    expect(reopened.recentFeeChanges(10)).toEqual([
      {
        channelId: channelOf(2),
        peerId: peerOf(2),
        oldFeePpm: 100,
        newFeePpm: 120,
        reason: 'manual',
        manual: true,
        timestamp: NOW,
      },
    ]);
  });

  it('of a channel that has an open one are refused, and nothing of the cycle is kept', () => {
    const { fees } = database.open();
    fees.saveCycle({ ...NOTHING, intents: [intent(1)] });
    const cycle = { ...NOTHING, intents: [intent(2), intent(1, at(1))], changes: [intent(3)] };
    expect(() => {
      fees.saveCycle(cycle);
    }).toThrow(/channel 0+1: expected no open intent/);
    expect(() => {
      fees.saveManual(intent(1), { until: unixSec(NOW + 60), by: 'x' });
    }).toThrow(/settle it first/);
    expect(fees.intents()).toEqual([intent(1)]);
    expect(fees.changesSince(unixSec(0))).toEqual([]);
    expect(fees.holds(NOW)).toEqual(new Map());
    fees.settleIntent(channelOf(1), 'dropped');
    fees.saveCycle(cycle);
    expect(fees.intents()).toHaveLength(2);
  });

  it('end once', () => {
    const { fees } = database.open();
    done(fees, intent(1));
    expect(() => {
      fees.settleIntent(channelOf(1), 'done');
    }).toThrow(/expected an open intent, got none/);
    expect(fees.changesSince(unixSec(0))).toHaveLength(1);
  });

  it.each([
    ['no hold lifts', null],
    ['a shorter hold replaces', { until: unixSec(NOW + 30), by: 'y' }],
    ['a longer hold replaces', { until: unixSec(NOW + 90), by: 'y' }],
  ])('by hand with %s the one before once done, and leave it as it was otherwise', (_, hold) => {
    const store = database.open();
    const before = { until: unixSec(NOW + 60), by: 'x' };
    const longer = hold !== null && hold.until > before.until ? hold : before;
    store.fees.saveHold(peerOf(1), before);
    store.fees.saveManual(intent(1), hold);
    store.close();
    const { fees } = database.open();
    expect(fees.holds(NOW)).toEqual(new Map([[peerOf(1), longer]]));
    fees.settleIntent(channelOf(1), 'dropped');
    expect(fees.holds(NOW)).toEqual(new Map([[peerOf(1), before]]));
    fees.saveManual(intent(1), hold);
    fees.settleIntent(channelOf(1), 'done');
    expect(fees.holds(NOW)).toEqual(hold === null ? new Map() : new Map([[peerOf(1), hold]]));
    // What we set of ourselves holds nothing and lifts nothing.
    done(fees, intent(1));
    expect(fees.holds(NOW)).toEqual(hold === null ? new Map() : new Map([[peerOf(1), hold]]));
  });

  it('are on the disk, not only in its cache, before the node is asked', () => {
    database.open().close();
    const file = openDatabase(database.path, { busyMs: 0 });
    file.exec('PRAGMA synchronous = NORMAL');
    const connection = new Connection(file);
    const level = () => (file.prepare('PRAGMA synchronous').get() as { synchronous: number }).synchronous;
    expect(connection.writeDurably('asking', level)).toBe(2);
    expect(level()).toBe(1);
    expect(() =>
      connection.writeDurably('failing', () => {
        throw new Error('no');
      }),
    ).toThrow(/failing: no/);
    expect(level()).toBe(1);
    file.close();
  });
});

describe('changes since', () => {
  it('are those published by whomever, from that second on, in order of time', () => {
    const { fees } = database.open();
    done(fees, intent(1, at(20)));
    noted(fees, intent(2, { ...at(10), reason: 'external-change', manual: true }));
    noted(fees, intent(3, { ...at(15), reason: 'dry-run: step' }));
    done(fees, intent(4, { ...at(20), newFeePpm: ppm(7) }), intent(5, at(9)));
    fees.saveCycle({ ...NOTHING, intents: [intent(6, at(30))] });
    const since = fees.changesSince(unixSec(NOW + 10));
    expect(since.map(({ channelId }) => channelId)).toEqual([2, 1, 4].map(channelOf));
    expect(since[2]).toEqual({ channelId: channelOf(4), at: NOW + 20, fromPpm: 100, toPpm: 7 });
  });
});

describe('changes of a channel', () => {
  it('are all its rows, newest first, and no more than asked for', () => {
    const { fees } = database.open();
    done(fees, intent(1, at(1)), intent(2, at(2)), intent(1, { ...at(3), newFeePpm: ppm(5) }));
    noted(fees, intent(1, { ...at(4), reason: 'dry-run: step' }));
    expect(fees.changesOf(channelOf(1), 10).map(({ timestamp }) => timestamp - NOW)).toEqual([4, 3, 1]);
    expect(fees.changesOf(channelOf(1), 1)).toMatchObject([{ reason: 'dry-run: step', newFeePpm: 120 }]);
    expect(fees.changesOf(channelOf(3), 1)).toEqual([]);
  });
});

describe('dry runs', () => {
  const dry = (channel: number, fee: number, seconds: number) =>
    intent(channel, { ...at(seconds), newFeePpm: ppm(fee), reason: 'dry-run: step' });

  it('are the newest of each channel, until its fee really changes', () => {
    const { fees } = database.open();
    noted(fees, dry(1, 10, 1), dry(1, 20, 2), dry(2, 30, 3), dry(3, 40, 3));
    expect(fees.dryRuns()).toEqual(
      new Map([
        [channelOf(1), 20],
        [channelOf(2), 30],
        [channelOf(3), 40],
      ]),
    );
    done(fees, intent(1, at(4)));
    noted(fees, intent(2, { ...at(4), reason: 'external-change', manual: true }));
    expect(fees.dryRuns()).toEqual(new Map([[channelOf(3), 40]]));
    // Written down later, though the clock was set back.
    noted(fees, dry(1, 50, 0));
    expect(fees.dryRuns().get(channelOf(1))).toBe(50);
  });
});

describe('priced peers', () => {
  it('are those whose fees we have set, of ourselves or by order', () => {
    const { fees } = database.open();
    done(fees, intent(1), intent(2, { manual: true, reason: 'manual' }), intent(1, at(5)));
    noted(fees, intent(3, { reason: 'external-change', manual: true }), intent(4, { reason: 'dry-run: step' }));
    fees.saveCycle({ ...NOTHING, intents: [intent(5), intent(6)] });
    fees.settleIntent(channelOf(6), 'dropped');
    expect(fees.pricedPeers()).toEqual(new Set([peerOf(1), peerOf(2)]));
  });

  it('are read once, like dry runs, and kept up with what is written and undone', () => {
    const { fees } = database.open();
    done(fees, intent(1));
    const [priced, dryRuns] = [fees.pricedPeers(), fees.dryRuns()];
    noted(fees, intent(2), intent(3, { reason: 'dry-run: step' }), intent(4, { reason: 'external-change' }));
    expect(fees.pricedPeers()).toBe(priced);
    expect(fees.dryRuns()).toBe(dryRuns);
    expect([...priced]).toEqual([1, 2].map(peerOf));
    expect([...dryRuns.keys()]).toEqual([channelOf(3)]);
    const broken = intent(6, { newFeePpm: 2.5 as ReturnType<typeof ppm> });
    expect(() => {
      noted(fees, intent(5), intent(3), broken);
    }).toThrow(StoreError);
    expect([...fees.pricedPeers()]).toEqual([1, 2].map(peerOf));
    expect([...fees.dryRuns().keys()]).toEqual([channelOf(3)]);
  });
});

describe('years of changes', () => {
  it.each([
    ['whose fees we have set', PRICED_PEERS],
    ['those of some channels', FEE_CHANGES_OF],
    ['which were in force at a time, and later ones', IN_FORCE_SINCE],
  ])('are not gone through to tell %s', (_, sql) => {
    database.open().close();
    const file = openDatabase(database.path, { readOnly: true, busyMs: 0 });
    const plan = (file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail);
    file.close();
    const steps = plan.filter((detail) => / fee_changes\b/.test(detail));
    // Not by a span of time, which may be all there ever was.
    const narrow = /^SEARCH .*(fee_changes_by_channel|PRIMARY KEY|\(timestamp>\?\)$)/;
    expect(steps.filter((detail) => !narrow.test(detail))).toEqual([]);
    expect(steps.length).toBeGreaterThan(2);
  });

  it('are told from a time on, with what each channel had then', () => {
    const store = database.open();
    const dry = { reason: 'dry-run: step' };
    noted(
      store.fees,
      intent(1, at(5)),
      intent(1, at(1)),
      intent(2, { ...at(9), ...dry }),
      intent(3, { ...at(3), ...dry }),
    );
    noted(store.fees, intent(3, at(2)), intent(4, at(10)), intent(1, at(6)), intent(1, at(10)), intent(2, at(11)));
    store.close();
    const file = openDatabase(database.path, { busyMs: 0 });
    const told = (seconds: number) =>
      new FeeChanges(new Connection(file))
        .inForceSince(unixSec(NOW + seconds))
        .map(({ channelId, at: time }) => [Number(channelId), time - NOW]);
    const later = [
      [4, 10],
      [1, 10],
      [2, 11],
    ];
    expect(told(10)).toEqual([[3, 2], [1, 6], ...later]);
    expect(told(6)).toEqual([[3, 2], [1, 5], [1, 6], ...later]);
    expect(told(0)).toHaveLength(7);
    file.close();
  });

  it('are listed by channel, by peer, and of several, newest first', () => {
    const { fees, history } = database.open();
    expect(history.feeChanges(filterOf([channelOf(1)]), 9)).toEqual([]);
    // Two channels of one peer, which the order of channel ids does not bring together.
    const [second, other] = [intent(5, { peerId: peerOf(1), ...at(2) }), intent(3, { ...at(1), reason: 'bid-price' })];
    noted(fees, intent(1), other, second, intent(1, at(3)), intent(4, at(3)));
    const listed = (subjects: readonly string[] | null, limit = 9, changes = {}) =>
      history.feeChanges({ ...filterOf(subjects), ...changes }, limit).map(({ id }) => id);
    expect(listed(null)).toEqual([5, 4, 3, 2, 1]);
    expect(listed([channelOf(1)])).toEqual([4, 1]);
    expect(listed([peerOf(1)])).toEqual([4, 3, 1]);
    expect(listed([peerOf(1), channelOf(4)], 2)).toEqual([5, 4]);
    expect(listed([peerOf(1), channelOf(4)], 2, { before: { time: NOW + 3, id: 4 } })).toEqual([3, 1]);
    expect(listed([peerOf(3), peerOf(1)], 9, { text: 'BID' })).toEqual([2]);
    expect(listed([peerOf(1)], 9, { from: NOW + 2, until: NOW + 3 })).toEqual([3]);
    expect(listed([peerOf(2)])).toEqual([]);
    expect(listed([])).toEqual([]);
  });
});

const filterOf = (subjects: readonly string[] | null): ActionFilter => ({
  ...{ from: unixSec(0), until: unixSec(NOW + 9) },
  ...{ subjects, by: null, text: null, before: null },
});
