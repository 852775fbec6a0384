// The cases behind "each forward counts once", one by one; and the failures others have met in the field.
import { describe, expect, it } from 'vitest';
import type { Forward } from '../../src/core/forward.ts';
import { msat, secondsToNs, unixSec } from '../../src/core/units.ts';
import { FakeNode, idOf, identity, scidOf } from './fake-node.ts';
import { fold, plain } from './plain-fold.ts';
import { temporaryDatabase } from './temporary.ts';

const NOW = 1_700_000_000;
const ALL = { start: unixSec(0), end: unixSec(2 * NOW), days: 1 };
const KEEP_ALL = { keepSince: unixSec(0) };

const settled = (change: Partial<Forward> = {}): Forward => ({
  createdIndex: 1,
  updatedIndex: 1,
  inChannel: scidOf(0),
  inHtlcId: 7n,
  inMsat: msat(1001),
  outChannel: scidOf(1),
  outMsat: msat(1000),
  feeMsat: msat(1),
  status: 'settled',
  failcode: null,
  receivedNs: secondsToNs(NOW),
  resolvedNs: secondsToNs(NOW + 1),
  ...change,
});
const offered = (change: Partial<Forward> = {}): Forward =>
  settled({ status: 'offered', updatedIndex: null, resolvedNs: null, ...change });

describe('takeIn', () => {
  const database = temporaryDatabase();
  const open = () => {
    const store = database.open();
    store.rememberChannels([identity(0), identity(1)], unixSec(NOW));
    const settledCount = () => store.flows(ALL).get(idOf(1))?.out.settledCount ?? 0;
    return { store, settledCount };
  };

  it('counts parts of one payment with equal amounts in the same instant each', () => {
    const { store, settledCount } = open();
    const parts = [1, 2, 3].map((n) => settled({ createdIndex: n, updatedIndex: n, inHtlcId: BigInt(n) }));
    expect(store.takeIn('created', parts, { ...KEEP_ALL, cursors: { created: 3 } })).toEqual({ added: 3, ended: 0 });
    expect(settledCount()).toBe(3);
  });

  it('counts nothing twice when a page comes again', () => {
    const { store, settledCount } = open();
    for (let i = 0; i < 3; i++)
      for (const pass of ['created', 'updated', 'event'] as const)
        store.takeIn(pass, [settled(), settled()], { ...KEEP_ALL, cursors: { created: 1 } });
    expect(settledCount()).toBe(1);
  });

  it('counts once what is too old to keep, though it leaves no row to know it by', () => {
    const { store, settledCount } = open();
    const old = { keepSince: unixSec(NOW + 1000) };
    store.takeIn('created', [settled(), settled()], old);
    store.takeIn('created', [settled()], old);
    store.takeIn('updated', [settled({ updatedIndex: 9 })], { ...old, cursors: { updated: 9 } });
    expect(settledCount()).toBe(1);
    expect(store.facts().forwards).toBe(0);
  });

  it.each(['updated', 'event'] as const)('learns from pass %s that a forward in flight has ended', (pass) => {
    const { store, settledCount } = open();
    store.takeIn('created', [offered()], KEEP_ALL);
    expect(settledCount()).toBe(0);
    expect(store.takeIn(pass, [settled()], KEEP_ALL)).toEqual({ added: 0, ended: 1 });
    expect(settledCount()).toBe(1);
  });

  it('keeps an end against a page that was read before it', () => {
    const { store, settledCount } = open();
    store.takeIn('event', [offered({ updatedIndex: null })], KEEP_ALL);
    store.takeIn('event', [settled({ createdIndex: null })], KEEP_ALL);
    store.takeIn('created', [offered()], KEEP_ALL);
    store.takeIn('updated', [settled()], KEEP_ALL);
    expect(settledCount()).toBe(1);
  });

  it('leaves to its created page what an updated page tells of a forward ahead', () => {
    const { store, settledCount } = open();
    store.takeIn('updated', [settled()], { ...KEEP_ALL, cursors: { updated: 1 } });
    expect(settledCount()).toBe(0);
    store.takeIn('created', [settled()], KEEP_ALL);
    expect(settledCount()).toBe(1);
  });

  describe('a late notification of a forward that counted and has no row', () => {
    it('is known by its created index', () => {
      const { store, settledCount } = open();
      store.takeIn('created', [settled()], { keepSince: unixSec(NOW + 1000) });
      const late = settled({ updatedIndex: null, receivedNs: secondsToNs(NOW + 2000), resolvedNs: null });
      store.takeIn('event', [late], KEEP_ALL);
      expect(settledCount()).toBe(1);
    });

    it('is known by its updated index', () => {
      const { store, settledCount } = open();
      store.takeIn('created', [settled()], { keepSince: unixSec(NOW + 1), cursors: { updated: 1 } });
      expect(settledCount()).toBe(1);
      store.pruneForwards(unixSec(NOW + 2), 10);
      // As if the clock had been set back, so that the horizon does not tell.
      store.takeIn('event', [settled({ createdIndex: null, resolvedNs: secondsToNs(NOW + 9) })], KEEP_ALL);
      expect(settledCount()).toBe(1);
    });

    it('is known by its age', () => {
      const { store, settledCount } = open();
      store.takeIn('created', [settled()], KEEP_ALL);
      expect(store.pruneForwards(unixSec(NOW + 2), 10)).toBe(1);
      store.takeIn('event', [settled({ createdIndex: null })], KEEP_ALL);
      expect(settledCount()).toBe(1);
      expect(store.facts().forwards).toBe(0);
    });

    it('is known by its age, also where it was too old to be kept from the first', () => {
      const { store, settledCount } = open();
      store.takeIn('created', [settled()], { keepSince: unixSec(NOW + 1000) });
      store.takeIn('event', [settled({ createdIndex: null, updatedIndex: null })], KEEP_ALL);
      expect(settledCount()).toBe(1);
      expect(store.facts().forwards).toBe(0);
    });
  });

  it('misses rows where created indexes have a hole, and only there', () => {
    const { store } = open();
    const at = (index: number) => settled({ createdIndex: index, inHtlcId: BigInt(index) });
    store.takeIn('created', [at(1), at(2)], KEEP_ALL);
    store.takeIn('created', [], { ...KEEP_ALL, cursors: { created: 2, updated: 0 } });
    store.takeIn('created', [at(3)], KEEP_ALL);
    expect(store.historyGap().rowsMissing).toBe(false);
    store.takeIn('created', [at(5)], KEEP_ALL);
    expect(store.historyGap().rowsMissing).toBe(true);
  });

  it('knows no less than before, whatever a later catch-up says of how far it has read', () => {
    const { store } = open();
    store.closeGap(unixSec(NOW + 60));
    store.closeGap(unixSec(NOW));
    expect(store.historyGap()).toEqual({ from: NOW + 60, until: null, rowsMissing: false });
  });

  it('takes a failure of the transaction back whole, the names it had made included', () => {
    const { store, settledCount } = open();
    const unbindable = settled({ createdIndex: 2, inHtlcId: 2n ** 64n, inChannel: scidOf(5) });
    expect(() => store.takeIn('created', [settled({ outChannel: scidOf(6) }), unbindable], KEEP_ALL)).toThrow(
      /taking in forwards/,
    );
    expect(store.cursors()).toEqual({ created: 0, updated: 0 });
    expect(store.facts()).toMatchObject({ forwards: 0, oldestForward: null });
    store.rememberChannels([{ ...identity(1), scids: [scidOf(6)] }], unixSec(NOW));
    store.takeIn('created', [settled({ outChannel: scidOf(6) })], KEEP_ALL);
    expect(settledCount()).toBe(1);
  });

  it('sums a window to its last hour, whatever came later on that day', () => {
    const { store, settledCount } = open();
    const midnight = NOW - (NOW % 86_400);
    const at = (hour: number, n: number) => {
      const ns = secondsToNs(midnight + hour * 3600);
      return settled({ createdIndex: n, inHtlcId: BigInt(n), receivedNs: ns, resolvedNs: ns });
    };
    store.takeIn('created', [at(9, 1), at(10, 2), at(11, 3), at(23, 4)], KEEP_ALL);
    const until = (hour: number) =>
      store.flows({ start: unixSec(midnight - 86_400), end: unixSec(midnight + hour * 3600), days: 1 }).get(idOf(1));
    expect([8, 9, 10, 22, 23].map((hour) => until(hour)?.out.settledCount ?? 0)).toEqual([0, 1, 2, 3, 4]);
    expect(settledCount()).toBe(4);
  });

  it('adds amounts beyond 2^53 msat exactly', () => {
    const { store } = open();
    const huge = 2n ** 53n + 1n;
    store.takeIn(
      'created',
      [1, 2].map((n) =>
        settled({ createdIndex: n, inHtlcId: BigInt(n), outMsat: msat(huge), inMsat: msat(huge + 1n) }),
      ),
      KEEP_ALL,
    );
    expect(store.flows(ALL).get(idOf(1))?.out.settledMsat).toBe(2n * huge);
    expect(store.flows(ALL).get(idOf(0))?.in.settledMsat).toBe(2n * huge + 2n);
  });

  it('keeps what was refused for want of liquidity apart, at the channel that lacked it', () => {
    const { store } = open();
    const node = new FakeNode();
    const payment = { from: 0, to: 1, outMsat: 5000, feeMsat: 5 };
    node.refuse(payment, NOW, 0x1007);
    node.refuse(payment, NOW, 0x100c);
    node.end(node.offer(payment, NOW), 'failed', NOW + 3);
    store.takeIn('created', node.history, KEEP_ALL);
    expect(store.flows(ALL).get(idOf(1))?.out).toMatchObject({
      unmetCount: 1,
      unmetMsat: 5005n,
      failedCount: 2,
      settledCount: 0,
    });
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });
});

describe('pruning', () => {
  const database = temporaryDatabase();

  it('lets go of ended, rolled up, old rows behind the cursor only, as many as asked', () => {
    const store = database.open();
    store.rememberChannels([identity(0), identity(1)], unixSec(NOW));
    const old = (n: number, change: Partial<Forward> = {}) =>
      settled({ createdIndex: n, updatedIndex: n, inHtlcId: BigInt(n), ...change });
    store.takeIn('created', [old(1), old(2), old(3), offered({ createdIndex: 4, inHtlcId: 4n })], KEEP_ALL);
    store.takeIn('event', [old(9), old(10, { createdIndex: null })], KEEP_ALL);
    store.takeIn('created', [old(5, { resolvedNs: secondsToNs(NOW + 500) })], KEEP_ALL);
    const before = plain(store.flows(ALL));
    expect(store.pruneForwards(unixSec(NOW + 100), 2)).toBe(2);
    expect(store.pruneForwards(unixSec(NOW + 100), 100)).toBe(1);
    expect(store.pruneForwards(unixSec(NOW + 100), 100)).toBe(0);
    expect(store.facts().forwards).toBe(4);
    expect(plain(store.flows(ALL))).toEqual(before);
  });
});

describe('names of channels', () => {
  const database = temporaryDatabase();

  it('finds flow under an alias or an scid that a splice has changed, whenever the node says whose it is', () => {
    const store = database.open();
    const alias = scidOf(90);
    const respliced = scidOf(91);
    store.takeIn(
      'created',
      [alias, scidOf(1), respliced].map((outChannel, i) =>
        settled({ createdIndex: i + 1, inHtlcId: BigInt(i), outChannel }),
      ),
      KEEP_ALL,
    );
    expect(store.flows(ALL).size).toBe(0);
    store.rememberChannels([{ ...identity(1), scids: [scidOf(1), alias] }], unixSec(NOW));
    expect(store.flows(ALL).get(idOf(1))?.out.settledCount).toBe(2);
    store.rememberChannels([{ ...identity(1), scids: [respliced, alias] }], unixSec(NOW + 1));
    expect(store.flows(ALL).get(idOf(1))?.out.settledCount).toBe(3);
  });
});
