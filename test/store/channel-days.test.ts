// Are the days of a channel those that its forwards add up to, and is what was read before still true?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catchUp } from '../../src/app/catch-up.ts';
import type { Forward } from '../../src/core/forward.ts';
import type { ChannelDay } from '../../src/core/profit/books.ts';
import { channelId, msat, scid, secondsToNs, SECONDS_PER_DAY, unixSec } from '../../src/core/units.ts';
import { BOUNDS } from '../../src/store/channel-days.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { FakeNode, idOf, identity, scidOf } from './fake-node.ts';
import { temporaryDatabase } from './temporary.ts';

const DAY = 19_700;
const START = DAY * SECONDS_PER_DAY;
const database = temporaryDatabase();

interface Settled {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly fee: number;
}

let htlc = 0n;
const settled = ({ from, to, at, fee }: Settled): Forward => ({
  createdIndex: null,
  updatedIndex: null,
  inChannel: scidOf(from),
  inHtlcId: htlc++,
  inMsat: msat(1000 + fee),
  outChannel: scidOf(to),
  outMsat: msat(1000),
  feeMsat: msat(fee),
  status: 'settled',
  failcode: null,
  receivedNs: secondsToNs(at - 1),
  resolvedNs: secondsToNs(at),
});
const takeIn = (store: ReturnType<typeof database.open>, forwards: readonly Forward[]) =>
  store.takeIn('event', forwards, { keepSince: unixSec(0) });
const know = (store: ReturnType<typeof database.open>, ...channels: number[]): void => {
  store.rememberChannels(channels.map(identity), unixSec(START));
};

describe('days of a channel', () => {
  it('hold fees at their mean second, amounts and counts both ways', () => {
    const store = database.open();
    know(store, 0, 1);
    takeIn(store, [
      settled({ from: 0, to: 1, at: START + 100, fee: 30 }),
      settled({ from: 0, to: 1, at: START + 1300, fee: 10 }),
      settled({ from: 1, to: 0, at: START + SECONDS_PER_DAY, fee: 0 }),
    ]);
    expect(store.ledger.days().get(idOf(1))).toEqual([
      {
        time: START + 400,
        estimated: false,
        amount: 40n,
        sentCount: 2,
        sent: 2000n,
        receivedCount: 0,
        received: 0n,
        sourced: 0n,
      },
      {
        time: START + SECONDS_PER_DAY,
        estimated: false,
        amount: 0n,
        sentCount: 0,
        sent: 0n,
        receivedCount: 1,
        received: 1000n,
        sourced: 0n,
      },
    ]);
    expect(store.ledger.days().get(idOf(0))).toMatchObject([
      { amount: 0n, received: 2040n, sourced: 40n },
      { amount: 0n, sent: 1000n },
    ]);
  });

  it('are the same array while nothing has changed in them, also where other channels have', () => {
    const store = database.open();
    know(store, 0, 1, 2, 3);
    takeIn(store, [settled({ from: 0, to: 1, at: START, fee: 5 }), settled({ from: 2, to: 3, at: START, fee: 5 })]);
    const before = store.ledger.days().get(idOf(1));
    expect(store.ledger.days().get(idOf(1))).toBe(before);
    takeIn(store, [settled({ from: 2, to: 3, at: START + SECONDS_PER_DAY, fee: 7 })]);
    const days = store.ledger.days();
    expect(days.get(idOf(1))).toBe(before);
    expect(days.get(idOf(3))?.map(({ amount }) => amount)).toEqual([5n, 7n]);
    takeIn(store, [settled({ from: 2, to: 3, at: START + 9, fee: 1 })]);
    const again = store.ledger.days();
    expect(again.get(idOf(1))).toBe(before);
    expect(again.get(idOf(3))?.map(({ amount }) => amount)).toEqual([6n, 7n]);
  });

  it('are the same arrays where a channel has opened by which nothing has gone yet', () => {
    const store = database.open();
    know(store, 0, 1);
    takeIn(store, [settled({ from: 0, to: 1, at: START, fee: 5 })]);
    const before = store.ledger.days().get(idOf(1));
    know(store, 2);
    expect(store.ledger.days().get(idOf(1))).toBe(before);
    takeIn(store, [settled({ from: 0, to: 2, at: START + 9, fee: 3 })]);
    expect(store.ledger.days().get(idOf(2))).toMatchObject([{ amount: 3n }]);
  });

  it('are found at either end of the table, never by going through it', () => {
    database.open().close();
    const file = openDatabase(database.path, { readOnly: true, busyMs: 0 });
    const plan = file.prepare(`EXPLAIN QUERY PLAN ${BOUNDS}`).all() as { readonly detail: string }[];
    file.close();
    expect(plan.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN flow_days'))).toEqual([]);
  });

  it('stand under nobody until a name has an owner', () => {
    const store = database.open();
    takeIn(store, [settled({ from: 0, to: 1, at: START, fee: 5 })]);
    expect([...store.ledger.days().keys()]).toEqual([null]);
    know(store, 1);
    const days = store.ledger.days();
    expect(days.get(idOf(1))).toMatchObject([{ amount: 5n }]);
    expect(days.get(null)).toMatchObject([{ amount: 0n, received: 1005n, sourced: 5n }]);
    know(store, 0);
    expect(store.ledger.days().get(idOf(0))).toMatchObject([{ amount: 0n, received: 1005n, sourced: 5n }]);
    expect(store.ledger.days().has(null)).toBe(false);
  });

  it('are one for each day, however many of them are read at once', () => {
    const store = database.open();
    know(store, 0, 1);
    const times = Array.from({ length: 50 }, (_, day) => START + day * SECONDS_PER_DAY);
    takeIn(
      store,
      times.map((at) => settled({ from: 0, to: 1, at, fee: 7 })),
    );
    const days = store.ledger.days().get(idOf(1)) ?? [];
    expect(days.map(({ time, amount, sentCount }) => [time, amount, sentCount])).toEqual(
      times.map((at) => [at, 7n, 1]),
    );
  });

  it('are one where a splice has given the channel another name', () => {
    const store = database.open();
    const again = { ...identity(1), scids: [scidOf(1), scid('900x1x0')] };
    store.rememberChannels([identity(0), again], unixSec(START));
    const second = { ...settled({ from: 0, to: 1, at: START + 200, fee: 30 }), outChannel: scid('900x1x0') };
    takeIn(store, [settled({ from: 0, to: 1, at: START + 100, fee: 10 }), second]);
    expect(store.ledger.days().get(idOf(1))).toMatchObject([{ time: START + 175, amount: 40n, sentCount: 2 }]);
  });

  it('count what was filled in from accounts once that is complete', () => {
    const store = database.open();
    know(store, 0);
    store.beginBackfill(unixSec(START), unixSec(START + 1000));
    const channel = channelId(idOf(0));
    store.takeInMoves([
      { channelId: channel, time: unixSec(START + 10), creditMsat: msat(0), debitMsat: msat(500), feeMsat: msat(5) },
    ]);
    expect(store.ledger.days().size).toBe(0);
    store.closeGap(unixSec(START + 1000));
    expect(store.ledger.days().get(idOf(0))).toMatchObject([{ amount: 5n, sent: 500n }]);
  });

  it('are not read again after a catch-up that has filled nothing', async () => {
    const store = database.open();
    know(store, 0, 1, 2);
    const node = busyNode(START);
    await catchUpAt(node, store, START + 3600);
    const days = store.ledger.days();
    expect(days.size).toBe(3);
    await catchUpAt(node, store, START + 3660);
    expect(store.ledger.days()).toBe(days);
    // A row is gone, so that the accounts are asked; they know of nothing that we do not.
    node.refuse({ from: 0, to: 1, outMsat: 5, feeMsat: 1 }, START + 3670, 0x1007);
    node.delete(node.history.length);
    expect((await catchUpAt(node, store, START + 3720)).moves).toBeGreaterThan(0);
    expect(store.ledger.days()).toBe(days);
  });

  it('are read again after a catch-up that has filled something', async () => {
    const store = database.open();
    know(store, 0, 1, 2);
    const node = busyNode(START);
    await catchUpAt(node, store, START + 3600);
    const days = store.ledger.days();
    settleAt(node, START + 7200);
    // Somebody looks while the filling is under way, and sees nothing of it yet.
    const take = store.takeInMoves.bind(store);
    store.takeInMoves = (moves) => {
      take(moves);
      expect(plain(store.ledger.days())).toEqual(plain(days));
    };
    node.clean(START + 10_000);
    expect((await catchUpAt(node, store, START + 10_000)).moves).toBeGreaterThan(0);
    const filled = store.ledger.days();
    expect(filled).not.toBe(days);
    for (const [channel, list] of filled) expect(list).not.toBe(days.get(channel));
    store.close();
    expect(plain(filled)).toEqual(plain(database.open().ledger.days()));
  });

  it('are the same read bit by bit or at once, and lose no fee', () => {
    const channel = fc.nat(3);
    const one = fc.record({
      from: channel,
      to: channel,
      at: fc.integer({ min: START, max: START + 5 * SECONDS_PER_DAY }),
      fee: fc.nat(1000),
    });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.array(one, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constant('fails' as const) },
      { weight: 1, arbitrary: channel },
    );
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const path = `${database.path}.${String(run++)}`;
        const store = database.open(path);
        let fees = 0;
        for (const each of steps) {
          if (typeof each === 'number') know(store, each);
          else if (each !== 'fails') {
            takeIn(store, each.map(settled));
            fees += each.reduce((sum, { fee }) => sum + fee, 0);
          } else {
            // An amount SQLite cannot hold, after others of the same transaction.
            const tooLarge = { ...settled({ from: 0, to: 1, at: START, fee: 1 }), inMsat: msat(2n ** 70n) };
            expect(() => takeIn(store, [settled({ from: 1, to: 0, at: START, fee: 9 }), tooLarge])).toThrow();
          }
          expect(sumOf(store.ledger.days())).toBe(fees);
        }
        const bitByBit = plain(store.ledger.days());
        store.close();
        const atOnce = database.open(path);
        expect(bitByBit).toEqual(plain(atOnce.ledger.days()));
        atOnce.close();
      }),
      { numRuns: 25 },
    );
  });
});

/** One forward around each of three channels. */
function settleAt(node: FakeNode, at: number): void {
  for (const from of [0, 1, 2])
    node.end(node.offer({ from, to: (from + 1) % 3, outMsat: 1000, feeMsat: 1 }, at), 'settled', at + 1);
}

function busyNode(at: number): FakeNode {
  const node = new FakeNode();
  settleAt(node, at);
  return node;
}

const catchUpAt = (node: FakeNode, store: ReturnType<typeof database.open>, now: number) =>
  catchUp(node, store, { startedAt: unixSec(now), keepSince: unixSec(0), signal: new AbortController().signal });

type Days = ReadonlyMap<string | null, readonly ChannelDay[]>;
const sumOf = (days: Days): number => Number([...days.values()].flat().reduce((sum, { amount }) => sum + amount, 0n));
const plain = (days: Days): unknown[] =>
  [...days].map(([id, list]) => ({ id: String(id), list })).sort((a, b) => a.id.localeCompare(b.id));
