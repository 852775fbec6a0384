// Is every forward of the Python plugin there once, from whatever copies of its file in whatever order?
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Forward } from '../../../src/core/forward.ts';
import { channelId, msat, nodeId, scid, unixSec, type UnixNs } from '../../../src/core/units.ts';
import type { HistoryLoss } from '../../../src/ports.ts';
import { takeOverPython } from '../../../src/store/python/take-over.ts';
import { temporaryDatabase } from '../temporary.ts';
import { makePython } from './python-database.ts';

const B = channelId('bb'.repeat(32));
const PEER = nodeId(`03${'bb'.repeat(32)}`);
const DAY = 86_400;
/** 2025-12-01 00:00 UTC. */
const THEN = 1_764_547_200;
/** The first forward that the node still knew when our plugin started. */
const OURS = THEN + 10 * DAY;
/** When it was stopped again. */
const STOPPED = OURS + DAY;
/** When it came back; the node had deleted what was before. */
const BACK = STOPPED + 20 * DAY;

const database = temporaryDatabase();

/** Told by the node, with figures of its own. */
function told(at: number, index: number): Forward {
  const ns = (BigInt(at) * 1_000_000_000n) as UnixNs;
  return {
    createdIndex: index,
    updatedIndex: null,
    inChannel: scid('1x1x0'),
    inHtlcId: BigInt(index),
    inMsat: msat(1_000_000 + index + 1000),
    outChannel: scid('2x1x0'),
    outMsat: msat(1_000_000 + index),
    feeMsat: msat(1000),
    status: 'settled',
    failcode: null,
    receivedNs: ns,
    resolvedNs: ns,
  };
}

function run(options: { forwards: readonly Forward[]; until: number; lost: HistoryLoss }): void {
  const store = database.open();
  const channel = { channelId: B, peerId: PEER, scids: [scid('2x1x0')], capacity: msat(5_000_000_000), closed: false };
  store.rememberChannels([channel], unixSec(options.until));
  const created = options.forwards.at(-1)?.createdIndex ?? 0;
  store.takeIn('created', options.forwards, { cursors: { created, updated: 0 }, keepSince: unixSec(0) });
  store.closeGap(unixSec(options.until), options.lost);
  store.close();
}

const started = (): void => {
  run({ forwards: [told(OURS + 100, 7)], until: STOPPED, lost: { from: unixSec(0), until: unixSec(OURS) } });
};
const cameBack = (): void => {
  const lost = { from: unixSec(STOPPED), until: unixSec(BACK) };
  run({ forwards: [told(BACK, 90)], until: BACK + DAY, lost });
};

/** Rows of the original: its id, when, and whose figures it has. */
type Row = readonly [id: number, at: number, figures?: number];

let copies = 0;
/** A copy of the original's file, which keeps some days and forgets the rest. */
function copy(...rows: readonly Row[]): string {
  const path = join(database.folder, `python-${++copies}.db`);
  const values = rows.map(([id, at, figures = 0]) => {
    const amount = 1_000_000 + figures;
    return `INSERT INTO forwards VALUES (${id}, '1x1x0', '2x1x0', ${amount + 1000}, ${amount}, 1000, ${at});`;
  });
  makePython(path, values.join('\n'));
  return path;
}

const take = (path: string) => takeOverPython(path, database.path);
const settled = (): number | undefined => {
  const store = database.open();
  const count = store.flows({ start: unixSec(THEN), end: unixSec(BACK + DAY), days: 40 }).get(B)?.out.settledCount;
  store.close();
  return count;
};
const losses = () => {
  const store = database.open();
  const lost = store.historyLosses(unixSec(0));
  store.close();
  return lost;
};

const EARLY: Row = [1, THEN + 60];
const MIDDLE: Row = [2, THEN + 2 * DAY];
/** In the same second as the last before it, and one that settled before it but was written down after. */
const SAME_SECOND: Row = [3, THEN + 2 * DAY];
const WRITTEN_LATE: Row = [4, THEN + 2 * DAY - 30];
const LATE: Row = [5, THEN + 5 * DAY];

describe('forwards of several copies of the original', () => {
  beforeEach(started);

  it('are there once, from an older copy and then a newer one', () => {
    expect(take(copy(EARLY, MIDDLE)).forwards).toMatchObject({ taken: 2, known: 0 });
    // Nobody has told of what came after.
    expect(losses()).toEqual([
      { from: 0, until: THEN },
      { from: THEN + 2 * DAY, until: OURS },
    ]);
    const newer = copy(EARLY, MIDDLE, SAME_SECOND, WRITTEN_LATE, LATE, [6, OURS + 100, 7]);
    expect(take(newer)).toMatchObject({ before: OURS, forwards: { taken: 3, known: 3 } });
    expect(losses()).toEqual([{ from: 0, until: THEN }]);
    expect(take(newer).forwards).toMatchObject({ taken: 0, known: 6 });
    expect(settled()).toBe(6);
  });

  it('are there once, from a newer copy that has forgotten some and then an older one', () => {
    expect(take(copy(SAME_SECOND, LATE)).forwards).toMatchObject({ taken: 2 });
    expect(take(copy(EARLY, MIDDLE, SAME_SECOND)).forwards).toMatchObject({ taken: 2, known: 1 });
    expect(settled()).toBe(5);
  });

  it('are there once though their rows are pruned in between', () => {
    take(copy(EARLY, MIDDLE));
    const store = database.open();
    expect(store.pruneForwards(unixSec(OURS), 100)).toBe(2);
    store.close();
    expect(take(copy(EARLY, MIDDLE, LATE)).forwards).toMatchObject({ taken: 1, known: 2 });
    expect(settled()).toBe(4);
  });

  it('are there from a file that was begun anew, and gives the same ids again', () => {
    take(copy(EARLY, MIDDLE));
    expect(take(copy([1, THEN + 3 * DAY], [2, THEN + 4 * DAY])).forwards).toMatchObject({ taken: 2, known: 0 });
    expect(settled()).toBe(5);
  });

  it('wait until the node has been asked about their time, and fill what it has lost since', () => {
    const first = [EARLY, [5, OURS + 100, 7]] as const;
    expect(take(copy(...first))).toMatchObject({ unread: 0, forwards: { taken: 1, known: 1 } });
    // The original went on while our plugin was stopped.
    const last = copy(...first, [6, STOPPED + 5 * DAY], [7, STOPPED + 6 * DAY], [8, BACK, 90]);
    const unread = { readUntil: STOPPED, unread: 3, forwards: { taken: 0, known: 2 } };
    expect(take(last)).toMatchObject(unread);
    cameBack();
    expect(take(last)).toMatchObject({ before: OURS, unread: 0, forwards: { taken: 2, known: 3 } });
    expect(take(last)).toMatchObject({ unread: 0, forwards: { taken: 0, known: 5 } });
    expect(settled()).toBe(5);
    expect(losses()).toEqual([{ from: 0, until: THEN }]);
  });

  it('are not there again where the node told of them at the edge of what it lost', () => {
    const store = database.open();
    store.takeIn('event', [told(STOPPED + 1, 8)], { keepSince: unixSec(0) });
    store.close();
    cameBack();
    expect(take(copy([7, STOPPED + 1, 8], [8, STOPPED + 5 * DAY, 8])).forwards).toMatchObject({ taken: 1, known: 1 });
    expect(settled()).toBe(4);
  });

  it('are there each, where the node told of fewer of equal figures at the edge of what it lost', () => {
    const store = database.open();
    store.takeIn('event', [told(STOPPED + 1, 8)], { keepSince: unixSec(0) });
    store.close();
    cameBack();
    const first = [
      [7, STOPPED + 1, 8],
      [8, STOPPED + 5 * DAY, 8],
      [9, STOPPED + 6 * DAY, 8],
    ] as const;
    expect(take(copy(...first)).forwards).toMatchObject({ taken: 2, known: 1 });
    expect(settled()).toBe(5);
    // Those taken over before do not stand for others of the same figures.
    expect(take(copy(...first, [10, STOPPED + 7 * DAY, 8])).forwards).toMatchObject({ taken: 1, known: 3 });
    expect(settled()).toBe(6);
  });
});
