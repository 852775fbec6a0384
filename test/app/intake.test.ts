// Does intake go on from wherever it was, in pages, without holding anybody up, and say so when it cannot?
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { catchUp, type CatchUpProgress } from '../../src/app/catch-up.ts';
import { Intake } from '../../src/app/intake.ts';
import { unixSec } from '../../src/core/units.ts';
import { StoreError, type Store } from '../../src/ports.ts';
import { FakeNode, idOf, identity } from '../store/fake-node.ts';
import { fold, plain } from '../store/plain-fold.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { recordingLog } from './recording-log.ts';

const NOW = 1_700_000_000;
const ALL = { start: unixSec(0), end: unixSec(2 * NOW), days: 1 };
const PAYMENT = { from: 0, to: 1, outMsat: 1000, feeMsat: 1 };
const NEVER = new AbortController().signal;

const settle = (node: FakeNode, count: number, at = NOW): void => {
  for (let i = 0; i < count; i++) node.end(node.offer(PAYMENT, at + i), 'settled', at + i + 0.5);
};

describe('catchUp', () => {
  const database = temporaryDatabase();
  const begin = (count: number) => {
    const node = new FakeNode();
    node.moves = null;
    settle(node, count);
    const store = database.open();
    store.rememberChannels([identity(0), identity(1)], unixSec(NOW));
    const run = (signal = NEVER, onProgress?: (progress: CatchUpProgress) => void) =>
      catchUp(node, store, {
        startedAt: unixSec(NOW + 10_000),
        keepSince: unixSec(0),
        signal,
        paging: { rows: 10, pages: 2 },
        ...(onProgress ? { onProgress } : {}),
      });
    return { node, store, run };
  };

  it('reads pages of a thousand where nothing else is asked for', async () => {
    const node = new FakeNode();
    node.moves = null;
    settle(node, 2500);
    const asked: number[] = [];
    const read = node.readForwards.bind(node);
    node.readForwards = (by, start, limit) => {
      asked.push(start, limit);
      return read(by, start, limit);
    };
    const store = database.open();
    await catchUp(node, store, { startedAt: unixSec(NOW), keepSince: unixSec(0), signal: NEVER });
    expect(asked).toEqual([1, 1000, 1001, 1000, 2001, 1000]);
    expect(store.facts().forwards).toBe(2500);
  });

  it('tells how far it is, and how much may still come', async () => {
    const { run } = begin(45);
    const told: (number | null)[][] = [];
    const progress = await run(NEVER, ({ read, ahead }) => told.push([read, ahead]));
    expect(told).toEqual([
      [0, null],
      [20, 25],
      [40, 5],
      [45, 0],
      [45, 0],
    ]);
    expect(progress).toMatchObject({ read: 45, added: 45, ended: 0, moves: 0 });
  });

  it('asks only for the indexes where nothing is new', async () => {
    const { node, run } = begin(5);
    await run();
    node.reads = 0;
    expect(await run()).toMatchObject({ read: 0, added: 0 });
    expect(node.reads).toBe(1);
  });

  it('lets others in between two transactions', async () => {
    const { run } = begin(100);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    let transactions = 0;
    const turnsAt: number[] = [];
    await run(NEVER, () => {
      transactions++;
      setImmediate(() => turnsAt.push(transactions));
    });
    clearInterval(timer);
    // Each immediate came before the next transaction, not after them all.
    expect(turnsAt.slice(1, 5)).toEqual([2, 3, 4, 5]);
  });

  it('stops when told, and goes on from there', async () => {
    const { node, store, run } = begin(100);
    const stop = new AbortController();
    const progress = await run(stop.signal, ({ read }) => {
      if (read >= 40) stop.abort();
    });
    expect(progress.read).toBe(40);
    expect(store.cursors().created).toBe(40);
    expect(store.historyGap().from).toBe(0);
    expect(await run()).toMatchObject({ read: 60, added: 60 });
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('stops when told within a listing, and does not take the rest for known', async () => {
    const { node, store, run } = begin(45);
    node.indexed = false;
    const stop = new AbortController();
    const stopped = await run(stop.signal, () => {
      stop.abort();
    });
    expect(stopped).toMatchObject({ read: 20, listed: true });
    expect(store.historyGap().from).toBe(0);
    expect(await run()).toMatchObject({ read: 45, added: 25 });
    expect(store.historyGap().from).toBe(NOW + 10_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('learns the ends of forwards that were in flight, also of those that arrived long before', async () => {
    const { node, store, run } = begin(3);
    const held = [1, 2, 3].map(() => node.offer(PAYMENT, NOW + 5));
    settle(node, 30);
    await run();
    for (const created of held) node.end(created, 'settled', NOW + 9000);
    expect(await run()).toMatchObject({ read: 3, added: 0, ended: 3 });
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('passes over deleted rows, at the end of the list too', async () => {
    const { node, store, run } = begin(30);
    for (const created of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 29, 30]) node.delete(created);
    expect(await run()).toMatchObject({ read: 15 });
    expect(store.cursors().created).toBe(30);
  });

  it.each(['created', 'updated'] as const)('says so when the node knows a lower %s index than we', async (which) => {
    const { node, store, run } = begin(5);
    await run();
    settle(node, 1);
    await run();
    const indexes = { created: 6, updated: 6, [which]: 5 };
    node.readForwardIndexes = () => Promise.resolve(indexes);
    await expect(run()).rejects.toMatchObject({
      kind: 'diverged',
      message: expect.stringMatching(/restored from an older state; move our database away/) as string,
    });
    expect(store.facts().forwards).toBe(6);
  });

  it('never takes a failed read for an empty one', async () => {
    const { node, store, run } = begin(25);
    let pages = 0;
    const read = node.readForwards.bind(node);
    node.readForwards = (by, start, limit) =>
      ++pages === 2 ? Promise.reject(new Error('timeout')) : read(by, start, limit);
    await expect(run()).rejects.toThrow('timeout');
    expect(store.cursors().created).toBe(0);
    expect(await run()).toMatchObject({ added: 25 });
    expect(store.cursors().created).toBe(25);
  });

  it('refuses pages that do not move on', async () => {
    const { node, run } = begin(25);
    const read = node.readForwards.bind(node);
    node.readForwards = (by, _, limit) => read(by, 1, limit);
    await expect(run()).rejects.toThrow('forwards by created index: expected one above 10, got 10');
  });
});

describe('Intake', () => {
  const database = temporaryDatabase();
  const begin = (retentionDays = 90) => {
    const node = new FakeNode();
    const store = database.open();
    store.rememberChannels([identity(0), identity(1)], unixSec(NOW));
    const time = { now: NOW };
    const clock = { now: () => unixSec(time.now), sleep: () => Promise.resolve() };
    const log = recordingLog();
    const intake = new Intake({ reader: node, store, clock, log, retentionDays: () => retentionDays });
    /** All that the node has told since, in one turn of the event loop. */
    const tell = async (): Promise<void> => {
      for (const event of node.events.splice(0)) intake.onForward(event);
      await nextTurn();
    };
    return { node, store, time, log, intake, tell };
  };
  const count = (store: Store) => store.flows(ALL).get(idOf(1))?.out.settledCount ?? 0;

  it('leaves notifications to the pages until it has caught up once, then takes them in at once', async () => {
    const { node, store, intake, tell } = begin();
    settle(node, 3);
    await tell();
    expect(count(store)).toBe(0);
    await intake.catchUp(NEVER);
    expect(count(store)).toBe(3);
    settle(node, 2, NOW + 100);
    await tell();
    expect(count(store)).toBe(5);
    await intake.catchUp(NEVER);
    expect(count(store)).toBe(5);
  });

  it('still leaves them to the pages once it was stopped before it had caught up', async () => {
    const { node, store, intake, tell } = begin();
    settle(node, 3);
    await intake.catchUp(AbortSignal.abort());
    settle(node, 2, NOW + 100);
    await tell();
    expect(count(store)).toBe(0);
    await intake.catchUp(NEVER);
    expect(count(store)).toBe(5);
  });

  it('takes in one transaction what came in one turn of the event loop, in its order', async () => {
    const { node, store, intake, tell } = begin();
    await intake.catchUp(NEVER);
    const transactions = vi.spyOn(store, 'takeIn');
    settle(node, 100, NOW + 100);
    const [offered, settled] = node.events;
    await tell();
    settle(node, 1, NOW + 300);
    await tell();
    expect(transactions.mock.calls.map(([pass, { length }]) => [pass, length])).toEqual([
      ['event', 200],
      ['event', 2],
    ]);
    expect(transactions.mock.calls[0]?.[1].slice(0, 2)).toEqual([offered, settled]);
    expect(count(store)).toBe(101);
  });

  it('leaves to the pages what the database refused, and what a kill has lost, without counting any of it twice', async () => {
    const { node, store, log, intake, tell } = begin();
    await intake.catchUp(NEVER);
    const refusal = new StoreError('failed', 'database: taking in forwards: disk full');
    const takeIn = vi.spyOn(store, 'takeIn').mockImplementationOnce(() => {
      throw refusal;
    });
    settle(node, 3, NOW + 100);
    await tell();
    expect(log.lines).toEqual([`debug forward_event: ${refusal.message}`]);
    expect(count(store)).toBe(0);
    settle(node, 2, NOW + 200);
    await tell();
    expect(count(store)).toBe(2);
    takeIn.mockRestore();
    // Told of, but never taken in: as if killed within the turn.
    settle(node, 4, NOW + 300);
    node.events = [];
    await intake.catchUp(NEVER);
    expect(count(store)).toBe(9);
  });

  it('lists a node without indexes once an hour, and knows nothing more in between', async () => {
    const { node, store, time, intake } = begin();
    node.indexed = false;
    settle(node, 5);
    let listings = 0;
    const list = node.readAllForwards.bind(node);
    node.readAllForwards = () => {
      listings++;
      return list();
    };
    for (const [seconds, expected] of [
      [100, 1],
      [160, 1],
      [3699, 1],
      [3700, 2],
    ] as const) {
      time.now = NOW + seconds;
      const { listed } = await intake.catchUp(NEVER);
      expect([seconds, listings, listed]).toEqual([seconds, expected, seconds === 100 || seconds === 3700]);
      expect(store.historyGap().from).toBe(NOW + (expected === 1 ? 100 : 3700));
    }
  });

  it('finds the gap of the time it was away, whatever is notified before it has caught up', async () => {
    const { node, store, time } = begin();
    const catchUpAnew = async () => {
      const intake = new Intake({
        reader: node,
        store,
        clock: { now: () => unixSec(time.now), sleep: () => Promise.resolve() },
        log: recordingLog(),
        retentionDays: () => 90,
      });
      for (const event of node.events.splice(0).slice(-2)) intake.onForward(event);
      await intake.catchUp(NEVER);
    };
    settle(node, 5);
    time.now = NOW + 1000;
    await catchUpAnew();
    settle(node, 50, NOW + 50_000);
    node.clean(NOW + 50_040);
    time.now = NOW + 60_000;
    await catchUpAnew();
    expect(count(store)).toBe(55);
  });

  /** Of these fifty the node deletes some before anybody has told us of them. */
  const catchUpCleaned = async ({ node, time, intake }: ReturnType<typeof begin>): Promise<void> => {
    settle(node, 50, NOW + 50_000);
    node.events = [];
    node.clean(NOW + 50_040);
    time.now = NOW + 60_000;
    await intake.catchUp(NEVER);
  };

  it('finds it too after a clock that ran decades ahead has been set back', async () => {
    const begun = begin();
    const { node, store, time, intake } = begun;
    settle(node, 5);
    await intake.catchUp(NEVER);
    time.now = NOW + 54 * 365 * 86_400;
    await intake.catchUp(NEVER);
    time.now = NOW + 1000;
    await intake.catchUp(NEVER);
    await catchUpCleaned(begun);
    expect(count(store)).toBe(55);
  });

  it('counts nothing once more where the clock stood far behind in between', async () => {
    const begun = begin();
    const { node, store, time, intake } = begun;
    const DAY = 86_400;
    settle(node, 10, NOW - 200 * DAY);
    settle(node, 5);
    await intake.catchUp(NEVER);
    // Of the first ten the sums alone are kept, by which no move of theirs can be told.
    expect(store.facts().forwards).toBe(5);
    time.now = NOW - 300 * DAY;
    await intake.catchUp(NEVER);
    await catchUpCleaned(begun);
    expect(count(store)).toBe(65);
  });

  it('keeps forwards one by one for as long as asked for, and their sums for good', async () => {
    const { node, store, time, intake } = begin(8);
    settle(node, 10);
    for (const end = NOW + 8 * 86_400; time.now <= end; time.now += 600) await intake.catchUp(NEVER);
    expect(store.facts().forwards).toBe(10);
    await intake.catchUp(NEVER);
    expect(store.facts()).toMatchObject({ forwards: 0, oldestForward: NOW - (NOW % 3600) });
    expect(count(store)).toBe(10);
  });

  it('keeps them where the clock runs decades ahead for an hour, in which there are forwards too', async () => {
    const { node, store, time, intake } = begin();
    const DAY = 86_400;
    settle(node, 10);
    await intake.catchUp(NEVER);
    time.now = NOW + 30 * DAY;
    await intake.catchUp(NEVER);
    const ahead = NOW + 54 * 365 * DAY;
    for (time.now = ahead; time.now < ahead + 3600; time.now += 60) {
      settle(node, 1, time.now);
      await intake.catchUp(NEVER);
    }
    time.now = NOW + 31 * DAY;
    settle(node, 1, time.now);
    await intake.catchUp(NEVER);
    expect(store.facts().forwards).toBe(71);
    // And what single forwards teach can be learned: they are all there.
    expect(store.fees.outflowsSince()).toBeLessThan(NOW);
  });
});
