// Is what the Python plugin knew there afterwards, once, and its file as it was?
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Forward } from '../../../src/core/forward.ts';
import { channelId, msat, nodeId, scid, unixSec, type UnixNs } from '../../../src/core/units.ts';
import { openDatabase } from '../../../src/store/engine.ts';
import { takeOverPython } from '../../../src/store/python/take-over.ts';
import { temporaryDatabase } from '../temporary.ts';
import { makePython } from './python-database.ts';

const [A, B] = [channelId('aa'.repeat(32)), channelId('bb'.repeat(32))];
const [PEER_A, PEER_B] = [nodeId(`02${'aa'.repeat(32)}`), nodeId(`03${'bb'.repeat(32)}`)];
/** 2025-12-01 00:00 UTC; our plugin's own knowledge begins ten days later. */
const THEN = 1_764_547_200;
const DAY = 86_400;
const OURS = THEN + 10 * DAY;

const database = temporaryDatabase();
let python = '';

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function forward(at: number, index: number, status: 'settled' | 'failed' = 'settled'): Forward {
  const ns = (BigInt(at) * 1_000_000_000n) as UnixNs;
  return {
    createdIndex: index,
    updatedIndex: null,
    inChannel: scid('1x1x0'),
    inHtlcId: BigInt(index),
    inMsat: msat(1_001_000),
    outChannel: scid('2x1x0'),
    outMsat: msat(1_000_000),
    feeMsat: msat(1000),
    status,
    failcode: null,
    receivedNs: ns,
    resolvedNs: ns,
  };
}

/** As a first start leaves it: the channels, one forward that the node still knew, the time before written off. */
function started(...earlier: readonly Forward[]): void {
  const store = database.open();
  const identity = { capacity: msat(5_000_000_000), closed: false };
  store.rememberChannels(
    [
      { ...identity, channelId: A, peerId: PEER_A, scids: [scid('1x1x0')] },
      { ...identity, channelId: B, peerId: PEER_B, scids: [scid('2x1x0')] },
    ],
    unixSec(OURS + DAY),
  );
  const options = { cursors: { created: 7, updated: 0 }, keepSince: unixSec(0) };
  store.takeIn('created', [...earlier, forward(OURS + 100, 7)], options);
  store.closeGap(unixSec(OURS + DAY), { from: unixSec(0), until: unixSec(OURS) });
  store.close();
}

const insert = (table: string, ...rows: readonly string[]): string =>
  rows.map((row) => `INSERT INTO ${table} VALUES (${row});`).join('\n');

function fill(): void {
  makePython(
    python,
    [
      insert(
        'forwards',
        `1, '1x1x0', '2x1x0', 2002000, 2000000, 2000, ${THEN + 60}`,
        `2, '1:1:0', '2:1:0', 3003000, 3000000, 3000, ${THEN + DAY}`,
        // The node has told of this one itself.
        `3, '1x1x0', '2x1x0', 1001000, 1000000, 1000, ${OURS + 100}`,
        `4, 'nonsense', '2x1x0', 1001000, 1000000, 1000, ${THEN + 70}`,
      ),
      insert(
        'fee_changes',
        `1, '1x1x0', '${PEER_A}', 100, 150, 'trend up', 0, ${THEN + 5}`,
        `2, '2x1x0', '${PEER_B}', 200, 180, 'manual', 1, ${THEN + 6}`,
        `3, '9x9x9', '${PEER_B}', 200, 180, 'gone', 0, ${THEN + 7}`,
      ),
      insert(
        'rebalance_history',
        `1, '2x1x0', '1x1x0', 100000, 50, 20, 30, 40, 'success', NULL, ${THEN + 8}`,
        `2, '2x1x0', '1x1x0', 100000, 50, NULL, 30, NULL, 'pending', NULL, ${THEN + 9}`,
        `3, '2x1x0', '9x9x9', 100000, 50, NULL, 30, NULL, 'failed', 'no route', ${THEN + 10}`,
      ),
      insert('rebalance_costs', `1, '1x1x0', '${PEER_A}', 20, 100000, ${THEN + 8}`),
      insert('channel_costs', `'1x1x0', '${PEER_A}', 1500, 5000000, ${THEN - DAY}`),
      insert('clboss_unmanaged', `'${PEER_A}', 'lnfee', ${THEN}`, `'${PEER_A}', 'nonsense', ${THEN}`),
    ].join('\n'),
  );
}

/** Costs as the original kept them of as many refills of A, every two hours, at 12 to 14 sats for 200,000. */
function refilled(times: number): void {
  const cost = (n: number) => `${n}, '1x1x0', '${PEER_A}', ${12 + (n % 3)}, 200000, ${THEN + 7200 * n}`;
  makePython(python, insert('rebalance_costs', ...Array.from({ length: times }, (_, i) => cost(i + 1))));
}

/** What the node's own books hold of refills of A. */
function booked(...payments: readonly { hash: string; part?: number; sats?: number; feeMsat: number; at: number }[]) {
  const sql = openDatabase(database.path, { busyMs: 0 });
  const add = sql.prepare('INSERT INTO self_payments VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const { hash, part = 0, sats = 200_000, feeMsat, at } of payments)
    add.run(hash, part, B, A, sats * 1000, feeMsat, at);
  sql.close();
}

describe('what the Python plugin knew', () => {
  beforeEach(() => {
    python = join(database.folder, 'revenue_ops-python.db');
  });

  it('is there afterwards, and its file is untouched', () => {
    started();
    fill();
    const before = hashOf(python);
    const taken = takeOverPython(python, database.path);
    expect(hashOf(python)).toBe(before);
    const none = { taken: 0, known: 0, strange: 0, bad: 0 };
    expect(taken).toEqual({
      before: OURS,
      readUntil: OURS + DAY,
      unread: 0,
      forwards: { ...none, taken: 2, known: 1, bad: 1 },
      feeChanges: { ...none, taken: 2, strange: 1 },
      rebalances: { ...none, taken: 3 },
      rebalanceCosts: { ...none, taken: 1 },
      // Our books do not know the channel yet: the next start derives them.
      openings: { ...none, strange: 1 },
      tags: { ...none, taken: 1, bad: 1 },
    });
    const store = database.open();
    const flows = store.flows({ start: unixSec(THEN), end: unixSec(OURS + DAY), days: 13 });
    expect(flows.get(B)?.out).toMatchObject({ settledCount: 3, settledMsat: 6_000_000n, feeMsat: 6000n });
    expect(store.recentFeeChanges(5)).toMatchObject([
      { channelId: B, oldFeePpm: 200, newFeePpm: 180, manual: true, reason: 'python: manual' },
      { channelId: A, oldFeePpm: 100, newFeePpm: 150, manual: false },
    ]);
    expect(
      store.recentRebalances(5).map(({ fromChannel, toChannel, status }) => [fromChannel, toChannel, status]),
    ).toEqual([
      [B, '9x9x9', 'failed'],
      [B, A, 'unknown'],
      [B, A, 'success'],
    ]);
    expect(store.history.spendingDays(unixSec(THEN))).toEqual([
      { day: THEN, feeMsat: 20_000n, movedMsat: 100_000_000n, succeeded: 1, failed: 1 },
    ]);
    expect(store.history.spendingDays(unixSec(THEN + DAY))).toEqual([]);
    expect(store.ledger.selfPayments()).toMatchObject([{ inChannel: A, fee: 20_000n, amount: 100_000_000n }]);
    expect(store.fees.takenTags().get(PEER_A)).toEqual(['lnfee']);
    // Only what lies before its first forward remains unknown.
    expect(store.historyLosses(unixSec(0))).toEqual([{ from: 0, until: THEN }]);
    expect(store.facts().forwards).toBe(3);
  });

  it('is not counted again by doing it again, and what comes after is counted once', () => {
    started();
    fill();
    takeOverPython(python, database.path);
    const again = takeOverPython(python, database.path);
    for (const table of [again.forwards, again.feeChanges, again.rebalances, again.rebalanceCosts, again.tags])
      expect(table.taken).toBe(0);
    const store = database.open();
    store.takeIn('created', [forward(OURS + 2 * DAY, 8)], {
      cursors: { created: 8, updated: 0 },
      keepSince: unixSec(OURS),
    });
    expect(store.flows({ start: unixSec(THEN), end: unixSec(OURS + 3 * DAY), days: 13 }).get(B)?.out.settledCount).toBe(
      4,
    );
    // Old rows go once they are rolled up, like any other.
    expect(store.pruneForwards(unixSec(OURS), 100)).toBe(2);
    expect(store.flows({ start: unixSec(THEN), end: unixSec(OURS + 3 * DAY), days: 13 }).get(B)?.out.settledCount).toBe(
      4,
    );
  });

  it('is not counted again where the node has told of a channel meanwhile', () => {
    started();
    fill();
    takeOverPython(python, database.path);
    const store = database.open();
    const identity = { capacity: msat(5_000_000_000), closed: true, peerId: PEER_B, scids: [scid('9x9x9')] };
    store.rememberChannels([{ ...identity, channelId: channelId('cc'.repeat(32)) }], unixSec(OURS + DAY));
    store.close();
    expect(takeOverPython(python, database.path)).toMatchObject({ rebalances: { taken: 0, known: 3 } });
    expect(database.open().recentRebalances(9)).toHaveLength(3);
  });

  it.each([
    ['forwards', `7, '1x1x0', '2x1x0', 9000000000000000000, 9000000000000000000, 1, ${THEN + 70}`],
    ['forwards', `7, '1x1x0', '2x1x0', 1001000, 1000000, 1000, 1`],
    ['forwards', `7, '1x1x0', '2x1x0', 1001000, 1000000, 1000, 1e300`],
    ['fee_changes', `7, '1x1x0', '${PEER_A}', 5000000000, 2, '', 0, ${THEN}`],
    ['fee_changes', `7, '1x1x0', '${PEER_A}', 1, 2, '', 0, 1e300`],
    ['rebalance_history', `7, '1x1x0', '2x1x0', 1000, 5, 5, 100000000000000000, 5, 'success', NULL, ${THEN}`],
    ['rebalance_history', `7, '1x1x0', '2x1x0', 1000, 5, 5, 1e300, 5, 'success', NULL, ${THEN}`],
    ['rebalance_history', `7, '1x1x0', '2x1x0', 9007199254740991, 5, 5, 5, 5, 'success', NULL, ${THEN}`],
    ['rebalance_costs', `7, '1x1x0', '${PEER_A}', 9007199254740991, 9007199254740991, ${THEN}`],
    ['rebalance_costs', `7, '1x1x0', '${PEER_A}', 20, 100000, ${THEN}000`],
  ])('is there but for what makes no sense, which is counted: %s (%s)', (table, row) => {
    started();
    fill();
    const bad = (taken: ReturnType<typeof takeOverPython>) =>
      [taken.forwards, taken.feeChanges, taken.rebalances, taken.rebalanceCosts].map((rows) => rows.bad);
    const sql = openDatabase(python, { busyMs: 0 });
    sql.exec(insert(table, row));
    sql.close();
    const taken = takeOverPython(python, database.path);
    const tables = ['forwards', 'fee_changes', 'rebalance_history', 'rebalance_costs'];
    expect(bad(taken)).toEqual(tables.map((each) => Number(each === table) + Number(each === 'forwards')));
    expect(taken).toMatchObject({ forwards: { taken: 2 }, feeChanges: { taken: 2 }, rebalances: { taken: 3 } });
    const store = database.open();
    expect(store.historyLosses(unixSec(0))).toEqual([{ from: 0, until: THEN }]);
    expect(store.recentRebalances(9)).toHaveLength(3);
    expect(store.ledger.selfPayments()).toHaveLength(1);
  });

  it('is there where the node lists an old forward that failed: the original kept settled ones only', () => {
    started(forward(THEN - 30 * DAY, 6, 'failed'));
    fill();
    expect(takeOverPython(python, database.path)).toMatchObject({ before: OURS, forwards: { taken: 2, known: 1 } });
  });

  it.each([
    ['no figure', 'local', 0, true, 1_500_000n],
    ['an estimate', 'local', 2_000_000, true, 2_000_000n],
    ['a fact', 'local', 0, false, 0n],
    ['nothing to pay, since the peer opened it', 'remote', 0, true, 0n],
  ])('gives openings a figure where ours have none: %s', (_, opener, msats, estimated, fee) => {
    started();
    fill();
    const sql = openDatabase(database.path, { readOnly: false, busyMs: 0 });
    sql.exec(`INSERT INTO channel_books VALUES ('${A}', '${PEER_A}', '1x1x0', '${opener}', ${THEN}, 1, 5000000000, 1,
      ${msats}, ${Number(estimated)}, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 'node', NULL)`);
    sql.close();
    const taken = fee === 1_500_000n ? { taken: 1, known: 0 } : { taken: 0, known: 1 };
    expect(takeOverPython(python, database.path).openings).toMatchObject(taken);
    const store = database.open();
    const books = store.ledger.books().find(({ channelId }) => channelId === A);
    expect(books?.openingFee).toEqual({ amount: fee, estimated });
  });

  it('ends where the first hour begins of which the node knows, to the second', () => {
    started();
    const at = (id: number, time: number) => `${id}, '1x1x0', '2x1x0', 2002000, 2000000, 2000, ${time}`;
    makePython(python, insert('forwards', at(1, OURS - 1), at(2, OURS)));
    expect(takeOverPython(python, database.path)).toMatchObject({ before: OURS, forwards: { taken: 1, known: 1 } });
    const flows = database.open().flows({ start: unixSec(THEN), end: unixSec(OURS + DAY), days: 13 });
    expect(flows.get(B)?.out).toMatchObject({ settledCount: 2, feeMsat: 3000n });
  });

  it('waits for what the node itself knows', () => {
    fill();
    database.open().close();
    expect(() => takeOverPython(python, database.path)).toThrow(/start the plugin once/);
  });

  it('makes no database where there is none', () => {
    fill();
    const absent = join(database.folder, 'elsewhere.db');
    expect(() => takeOverPython(python, absent)).toThrow(
      /elsewhere\.db: expected the one of this plugin, it is absent/,
    );
    expect(existsSync(absent)).toBe(false);
  });

  it('is refused where the file is not of the Python plugin, absent, or no database', () => {
    started();
    expect(() => takeOverPython(database.path, database.path)).toThrow(/expected that of the Python plugin/);
    expect(() => takeOverPython(python, database.path)).toThrow(
      /revenue_ops-python\.db: expected a file, it is absent/,
    );
    writeFileSync(python, 'not a database at all, whatever its name may say');
    expect(() => takeOverPython(python, database.path)).toThrow(/revenue_ops-python\.db/);
  });

  it('is asked for in another place where the index of its log cannot be made', () => {
    started();
    fill();
    const sql = openDatabase(python, { busyMs: 0 });
    sql.exec('PRAGMA journal_mode = WAL');
    sql.close();
    // As in a folder where one may not write, which nothing keeps root from.
    symlinkSync(join(database.folder, 'none'), `${python}-shm`);
    expect(() => takeOverPython(python, database.path)).toThrow(
      /revenue_ops-python\.db: expected to be allowed to write beside it.*; run as its owner, or copy it, with its -wal/,
    );
  });

  it('is not what the plugin begins to write into', () => {
    makePython(python);
    const before = hashOf(python);
    expect(() => database.open(python)).toThrow(/that of the Python plugin; move it out of the way/);
    expect(hashOf(python)).toBe(before);
  });
});

describe('what rebalances cost by the Python plugin', () => {
  const costsTaken = () => takeOverPython(python, database.path).rebalanceCosts;
  const kept = () => database.open().ledger.selfPayments();

  beforeEach(() => {
    python = join(database.folder, 'revenue_ops-python.db');
    started();
  });

  it('is there to the last of many that are nearly equal, once', () => {
    refilled(36);
    expect(costsTaken()).toMatchObject({ taken: 36, known: 0 });
    expect(costsTaken()).toMatchObject({ taken: 0, known: 36 });
    expect(kept()).toHaveLength(36);
  });

  it('is known of one refill for each payment that the node has told of, part by part', () => {
    refilled(12);
    booked(
      { hash: 'aa', feeMsat: 13_400, at: THEN + 7190 },
      { hash: 'bb', part: 0, feeMsat: 13_400, at: THEN + 9 * 7200 - 10 },
      { hash: 'bb', part: 1, feeMsat: 12_700, at: THEN + 9 * 7200 - 10 },
    );
    expect(costsTaken()).toMatchObject({ taken: 9, known: 3 });
    expect(costsTaken()).toMatchObject({ taken: 0, known: 12 });
    expect(kept()).toHaveLength(12);
  });

  it('is known of both where one payment is near to both, and another to the first alone', () => {
    refilled(2);
    booked({ hash: 'aa', feeMsat: 13_500, at: THEN + 7300 - DAY }, { hash: 'bb', feeMsat: 13_500, at: THEN + 7200 });
    expect(costsTaken()).toMatchObject({ taken: 0, known: 2 });
  });

  it.each([
    ['another amount', { sats: 190_000, feeMsat: 13_000, at: THEN + 7200 }],
    ['another fee', { feeMsat: 14_001, at: THEN + 7200 }],
    ['another day', { feeMsat: 13_000, at: THEN + 7199 - DAY }],
  ])('is not known by a payment of %s', (_, payment) => {
    refilled(1);
    booked({ hash: 'aa', ...payment });
    expect(costsTaken()).toMatchObject({ taken: 1, known: 0 });
  });
});
