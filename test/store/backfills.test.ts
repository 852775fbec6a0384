// Where forwards are gone before we came: is their time filled from the accounts, once, and nothing counted twice?
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catchUp } from '../../src/app/catch-up.ts';
import { msat, unixSec } from '../../src/core/units.ts';
import type { Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { FakeNode, idOf, identity } from './fake-node.ts';
import { fold, plain, settledOnly } from './plain-fold.ts';
import { temporaryDatabase } from './temporary.ts';

const START = 1_700_000_000;
const ALL = { start: unixSec(0), end: unixSec(2 * START), days: 1 };
const signal = new AbortController().signal;

const run = (node: FakeNode, store: Store, now: number, stop = signal) =>
  catchUp(node, store, { startedAt: unixSec(now), keepSince: unixSec(0), signal: stop, paging: { rows: 5, pages: 2 } });

/** A settled forward every ten minutes in [from, to), between three channels, some of equal figures. */
function settle(node: FakeNode, from: number, to: number, bookedAfter = 0): void {
  for (let at = from; at < to; at += 600) {
    const n = Math.floor(at / 600);
    const payment = { from: n % 3, to: (n + 1) % 3, outMsat: 1000 * (1 + (n % 2)), feeMsat: 1 };
    node.end(node.offer(payment, at), 'settled', at + 1, bookedAfter);
  }
}

describe('a gap in the forwards', () => {
  const database = temporaryDatabase();
  const open = (): Store => {
    const store = database.open();
    store.rememberChannels([identity(0), identity(1), identity(2)], unixSec(START));
    return store;
  };
  const sources = (store: Store) => [...new Set([...store.flows(ALL).values()].map(({ source }) => source))];

  it('before the first start is filled, and says where it comes from', async () => {
    const node = new FakeNode();
    settle(node, START, START + 86_400);
    node.clean(START + 50_000);
    const store = open();
    expect((await run(node, store, START + 90_000)).moves).toBeGreaterThan(100);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
    expect(sources(store)).toEqual(['mixed']);
    expect(store.facts().oldestForward).toBe(START - (START % 3600));
    await run(node, store, START + 90_060);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('is filled up to now when no forward is left at all', async () => {
    const node = new FakeNode();
    settle(node, START, START + 7200);
    node.clean(START + 86_400);
    const store = open();
    await run(node, store, START + 90_000);
    expect(store.cursors().created).toBe(12);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
    expect(sources(store)).toEqual(['bookkeeper']);
  });

  it('is filled where a node without indexes lists no forward at all', async () => {
    const node = new FakeNode();
    node.indexed = false;
    settle(node, START, START + 7200);
    node.clean(START + 86_400);
    const store = open();
    await run(node, store, START + 90_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
    expect(sources(store)).toEqual(['bookkeeper']);
  });

  it('while we were away is filled between what we knew and what is left', async () => {
    const node = new FakeNode();
    const store = open();
    settle(node, START, START + 7200);
    await run(node, store, START + 7200);
    settle(node, START + 7200, START + 86_400);
    node.clean(START + 50_000);
    await run(node, store, START + 90_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('is not filled in between what is still listed', async () => {
    const node = new FakeNode();
    settle(node, START, START + 7200);
    node.history.forEach((f, i) => {
      if (i > 0 && i % 2 === 1) node.delete(f.createdIndex ?? 0);
    });
    node.refuse({ from: 0, to: 1, outMsat: 5, feeMsat: 1 }, START + 7300, 0x1007);
    const store = open();
    await run(node, store, START + 8000);
    // Only what settled before the first settlement still listed can be told apart from what is listed.
    expect(store.historyGap()).toEqual({ from: START + 8000, until: null, rowsMissing: false });
  });

  it('is not looked for where nothing is missing', async () => {
    const node = new FakeNode();
    settle(node, START, START + 7200);
    const store = open();
    expect((await run(node, store, START + 7200)).moves).toBe(0);
    expect(sources(store)).toEqual(['forwards']);
  });

  it('stays empty where there are no accounts', async () => {
    const node = new FakeNode();
    settle(node, START, START + 86_400);
    node.moves = null;
    node.clean(START + 50_000);
    const store = open();
    await run(node, store, START + 90_000);
    const left = node.history.filter((f) => f.createdIndex !== null && f.createdIndex > 84);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(left)));
    // For good, until no window reaches back there.
    await run(node, store, START + 90_060);
    const until = left[0]?.resolvedNs;
    const lost = [{ from: 0, until: Number(until) / 1e9 }];
    expect(store.historyLosses(unixSec(0))).toEqual(lost);
    expect(store.historyLosses(unixSec(START + 90_000))).toEqual([]);
  });

  it('is lost where a node without indexes and accounts shows that rows are gone, not at the first start', async () => {
    const node = new FakeNode();
    node.indexed = false;
    node.moves = null;
    settle(node, START, START + 7200);
    const store = open();
    await run(node, store, START + 7200);
    expect(store.historyLosses(unixSec(0))).toEqual([]);
    settle(node, START + 7200, START + 86_400);
    node.clean(START + 50_400);
    await run(node, store, START + 90_000);
    const until = START + 50_400 + 1;
    expect(store.historyLosses(unixSec(0))).toEqual([{ from: START + 7200, until: until }]);
  });

  it('stays open where we stop half-way, and is filled by the next', async () => {
    const node = new FakeNode();
    settle(node, START, START + 86_400);
    node.clean(START + 50_000);
    node.movesPerPage = 7;
    const store = open();
    const stop = new AbortController();
    const healthy = node.readRoutedMoves.bind(node);
    let pages = 0;
    node.readRoutedMoves = async (from, to) => {
      const all = await healthy(from, to);
      return (async function* () {
        for await (const page of all ?? []) {
          if (++pages === 3) stop.abort();
          yield page;
        }
      })();
    };
    await run(node, store, START + 90_000, stop.signal);
    expect(pages).toBe(3);
    expect(store.historyGap().rowsMissing).toBe(true);
    expect(sources(store)).toEqual(['forwards']);
    node.readRoutedMoves = healthy;
    await run(node, store, START + 90_060);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('is none, and nothing lost, while a clock that was set back stands before what is known', async () => {
    const node = new FakeNode();
    settle(node, START, START + 7200);
    node.moves = null;
    const store = open();
    await run(node, store, START + 7200);
    settle(node, START + 7200, START + 8400);
    node.clean(START + 86_400);
    await run(node, store, START + 7000);
    expect(store.historyLosses(unixSec(0))).toEqual([]);
    expect(store.historyGap().from).toBe(START + 7200);
  });

  it('that was filled is no loss', async () => {
    const node = new FakeNode();
    settle(node, START, START + 86_400);
    node.clean(START + 50_000);
    const store = open();
    await run(node, store, START + 90_000);
    expect(store.historyLosses(unixSec(0))).toEqual([]);
  });

  it('does not count what is booked late for a forward we know', async () => {
    const node = new FakeNode();
    const store = open();
    settle(node, START, START + 7200, 1500);
    await run(node, store, START + 7200);
    settle(node, START + 7200, START + 86_400);
    node.clean(START + 50_000);
    await run(node, store, START + 90_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  /** What a move of the same figures as the forwards known counts for, by when it was booked. */
  const movesCounted = (settledAt: readonly number[], bookedAt: readonly number[], until = START + 500_000): number => {
    const store = open();
    const node = new FakeNode();
    const payment = { from: 0, to: 1, outMsat: 1000, feeMsat: 1 };
    for (const at of settledAt) node.end(node.offer(payment, at - 1), 'settled', at);
    store.takeIn('created', node.history, { keepSince: unixSec(0) });
    const before = store.flows(ALL).get(idOf(0))?.in.settledCount ?? 0;
    store.beginBackfill(unixSec(START), unixSec(until));
    const booked = { channelId: idOf(0), creditMsat: msat(1001), debitMsat: msat(0), feeMsat: msat(1) };
    store.takeInMoves(bookedAt.map((at) => ({ ...booked, time: unixSec(at) })));
    store.closeGap(unixSec(until));
    return (store.flows(ALL).get(idOf(0))?.in.settledCount ?? 0) - before;
  };

  it('ends once', () => {
    const store = open();
    store.closeGap(unixSec(START));
    expect(() => {
      store.takeInMoves([]);
    }).toThrow('routed moves were given without a span to fill');
    store.beginBackfill(unixSec(START), unixSec(START + 10));
    store.closeGap(unixSec(START + 10));
    expect(() => {
      store.takeInMoves([]);
    }).toThrow('routed moves were given without a span to fill');
  });

  it.each<[string, readonly number[], readonly number[], number]>([
    ['within the gap, of forwards not known', [], [START, START + 499_999], 2],
    ['before and after it', [], [START - 1, START + 500_000, START + 500_001], 0],
    ['of a forward known, in the very second it settled', [START + 10], [START + 10], 0],
    ['before the only one known settled', [START + 10], [START + 9], 1],
    ['nearly a day after one that settled before the gap', [START - 86_000], [START + 100], 0],
    ['after one that settled more than a day before the gap', [START - 86_500], [START + 100], 1],
    ['between two known, and a second one before the later', [START + 10, START + 30], [START + 20, START + 25], 1],
    ['after two known', [START + 10, START + 30], [START + 20, START + 35, START + 40], 1],
  ])('counts what is booked %s', (_, settledAt, bookedAt, counted) => {
    expect(movesCounted(settledAt, bookedAt)).toBe(counted);
  });

  it('takes what is booked in a span filled before, its first second included, for no forward it knows', () => {
    const store = open();
    const booked = { channelId: idOf(0), creditMsat: msat(1001), debitMsat: msat(0), feeMsat: msat(1) };
    const fill = (from: number, until: number, ...times: readonly number[]): void => {
      store.beginBackfill(unixSec(from), unixSec(until));
      store.takeInMoves(times.map((at) => ({ ...booked, time: unixSec(at) })));
      store.closeGap(unixSec(until));
    };
    const counted = () => store.flows(ALL).get(idOf(0))?.in.settledCount;
    fill(START, START + 1000, START, START + 10);
    expect(counted()).toBe(2);
    // As one reads again that a new gap begins in it.
    fill(START, START + 2000, START, START + 10, START + 999, START + 1000, START + 1999);
    expect(counted()).toBe(4);
  });

  it('is begun anew after a failure half-way, and counts nothing until it is whole', async () => {
    const node = new FakeNode();
    settle(node, START, START + 86_400);
    node.clean(START + 50_000);
    node.movesPerPage = 7;
    const store = open();
    const healthy = node.readRoutedMoves.bind(node);
    node.readRoutedMoves = async (from, to) => {
      const pages = await healthy(from, to);
      return (async function* () {
        let left = 3;
        for await (const page of pages ?? []) {
          if (left-- === 0) throw new Error('accounts are gone');
          yield page;
        }
      })();
    };
    await expect(run(node, store, START + 90_000)).rejects.toThrow('accounts are gone');
    node.readRoutedMoves = healthy;
    expect(sources(store)).toEqual(['forwards']);
    settle(node, START + 86_400, START + 90_000);
    // Notifications while the gap is open do not narrow it.
    for (const event of node.events.slice(-4)) store.takeIn('event', [event], { keepSince: unixSec(0) });
    await run(node, store, START + 91_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('is bounded by the oldest row where the node has no indexes', async () => {
    const node = new FakeNode();
    node.indexed = false;
    settle(node, START, START + 86_400);
    node.clean(START + 50_000);
    const store = open();
    await run(node, store, START + 90_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
    settle(node, START + 90_000, START + 96_000);
    await run(node, store, START + 96_000);
    node.clean(START + 93_000);
    expect((await run(node, store, START + 97_000)).moves).toBe(0);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('is not hidden by failed forwards that a node without indexes still lists', async () => {
    const node = new FakeNode();
    node.indexed = false;
    node.end(node.offer({ from: 0, to: 1, outMsat: 5, feeMsat: 1 }, START), 'failed', START + 1);
    settle(node, START + 600, START + 7200);
    const store = open();
    await run(node, store, START + 7200);
    settle(node, START + 7200, START + 86_400);
    for (const { createdIndex, status, receivedNs } of node.history)
      if (status === 'settled' && receivedNs < BigInt(START + 50_000) * 1_000_000_000n) node.delete(createdIndex ?? 0);
    await run(node, store, START + 90_000);
    expect(plain(store.flows(ALL))).toEqual(plain(fold(node.history)));
  });

  it('never makes more of it than there was, whenever rows are deleted and moves booked', async () => {
    const visit = fc.record({
      hours: fc.integer({ min: 0, max: 30 }),
      keptHours: fc.integer({ min: 0, max: 20 }),
      bookedAfter: fc.integer({ min: 0, max: 1200 }),
      restart: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 6 }), async (visits) => {
        const folder = mkdtempSync(join(tmpdir(), 'revenue-gaps-'));
        const path = join(folder, 'db');
        const node = new FakeNode();
        let store = openStore(path, { lockWaitMs: 0 });
        store.rememberChannels([identity(0), identity(1), identity(2)], unixSec(START));
        try {
          let now = START;
          let late = 0;
          for (const { hours, keptHours, bookedAfter, restart } of visits) {
            const next = now + hours * 3600;
            settle(node, now, next, bookedAfter);
            late = Math.max(late, bookedAfter);
            node.clean(next - keptHours * 3600);
            now = next;
            if (restart) {
              store.close();
              store = openStore(path, { lockWaitMs: 0 });
            }
            await run(node, store, now);
          }
          const truth = fold(settledOnly(node.history));
          for (const channel of [0, 1, 2].map(idOf))
            for (const direction of ['in', 'out'] as const) {
              const found = store.flows(ALL).get(channel)?.[direction].settledCount ?? 0;
              const real = truth.get(channel)?.[direction].settledCount ?? 0;
              expect(found).toBeLessThanOrEqual(real);
              // Per visit, what was booked after the boundary of a forward settled before it, may be lost.
              expect(found).toBeGreaterThanOrEqual(real - visits.length * Math.ceil((late + 1) / 600));
            }
        } finally {
          store.close();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 60 },
    );
  });
});
