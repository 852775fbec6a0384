// Is what left by each channel what its single forwards add up to, found by the index, and known where it is not whole?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catchUp } from '../../src/app/catch-up.ts';
import type { Forward } from '../../src/core/forward.ts';
import { rollupEntries } from '../../src/core/flow/rollup.ts';
import {
  addMsat,
  msat,
  scid,
  secondsToNs,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type Scid,
} from '../../src/core/units.ts';
import type { Outflow, Store } from '../../src/ports.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { OUTFLOWS } from '../../src/store/outflows.ts';
import { FakeNode, idOf, identity, scidOf } from './fake-node.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const START = 1_795_000_000;
/** A forward of 1005 msat and more counts so much where it came in, smaller ones by what they hold. */
const COUNTING = { wholeMsat: msat(1000), sourcedMsat: msat(1005) };

/** Names of three channels: a scid and an alias each, and the scid after a splice of the first; then two of nobody's. */
const NAMES = ['100x1x0', '7x7x100', '900x1x0', '101x1x0', '7x7x101', '102x1x0', '7x7x102', '50x5x5', '51x5x5'].map(
  scid,
);
const OWNERS = new Map<Scid, ChannelId>(
  NAMES.slice(0, 7).map((name, i) => [name, idOf(i < 3 ? 0 : i < 5 ? 1 : 2)] as const),
);
const learn = (store: Store): void => {
  for (const channel of [0, 1, 2]) {
    const scids = [...OWNERS].filter(([, owner]) => owner === idOf(channel)).map(([name]) => name);
    store.rememberChannels([{ ...identity(channel), scids }], unixSec(START));
  }
};

const name = fc.constantFrom(...NAMES);
/** Anything lightningd may tell, in a span of 40 seconds so that ends of windows are met exactly. */
const anyForward: fc.Arbitrary<Omit<Forward, 'inHtlcId'>> = fc
  .record({
    inChannel: name,
    outChannel: fc.option(name, { nil: null, freq: 8 }),
    status: fc.constantFrom('offered', 'settled', 'settled', 'settled', 'failed', 'local_failed', 'local_failed'),
    amount: fc.integer({ min: 990, max: 1010 }),
    fee: fc.nat({ max: 50 }),
    failcode: fc.constantFrom(0x1007, 0x1007, 0x100c, null),
    received: fc.integer({ min: 0, max: 20 }),
    took: fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1000),
  })
  .map(({ inChannel, outChannel, status, amount, fee, failcode, received, took }) => {
    const sent = status !== 'local_failed' && outChannel !== null;
    return {
      createdIndex: null,
      updatedIndex: null,
      inChannel,
      inMsat: msat(amount + fee),
      outChannel,
      outMsat: sent ? msat(amount) : null,
      feeMsat: sent ? msat(fee) : null,
      status,
      failcode: status === 'local_failed' ? failcode : null,
      receivedNs: secondsToNs(START + received),
      resolvedNs: status === 'offered' || status === 'local_failed' ? null : secondsToNs(START + received + took),
    } satisfies Omit<Forward, 'inHtlcId'>;
  });

/** The simplest way there is, by what the rollups count. */
function expectedOutflows(forwards: readonly Forward[], from: number, until: number): Map<ChannelId, Outflow> {
  const outflows = new Map<ChannelId, Outflow>();
  for (const forward of forwards)
    for (const { channel, direction, time, kind, amount, fee } of rollupEntries(forward)) {
      const owner = OWNERS.get(channel);
      if (direction === 'in' || kind === 'failed' || owner === undefined || time < from || time >= until) continue;
      const before = outflows.get(owner) ?? {
        forwards: 0,
        amountMsat: ZERO_MSAT,
        feeMsat: ZERO_MSAT,
        sources: [],
        unmet: 0,
      };
      if (kind === 'unmet') {
        outflows.set(owner, { ...before, unmet: before.unmet + 1 });
        continue;
      }
      const counted = Math.min(1, Number(amount) / 1000);
      const sourced = Math.min(1005, Number(amount)) / 1000;
      const source = OWNERS.get(forward.inChannel);
      const others = before.sources.filter(({ channelId }) => channelId !== source);
      const same = before.sources.find(({ channelId }) => channelId === source)?.forwards ?? 0;
      outflows.set(owner, {
        ...before,
        forwards: before.forwards + counted,
        amountMsat: addMsat(before.amountMsat, amount),
        feeMsat: addMsat(before.feeMsat, fee),
        sources: source === undefined ? before.sources : [...others, { channelId: source, forwards: same + sourced }],
      });
    }
  return outflows;
}

/** Parts of forwards, added in whatever order. */
const rounded = (forwards: number): number => Math.round(forwards * 1e6);

const inOrder = (outflows: ReadonlyMap<ChannelId, Outflow>): unknown[] =>
  [...outflows]
    .map(([channel, flow]) => ({
      channel,
      ...flow,
      forwards: rounded(flow.forwards),
      sources: flow.sources
        .map(({ channelId, forwards }) => ({ channelId, forwards: rounded(forwards) }))
        .sort((a, b) => (a.channelId < b.channelId ? -1 : 1)),
    }))
    .sort((a, b) => (a.channel < b.channel ? -1 : 1));

describe('what left', () => {
  it('is the sum of the forwards that ended in the window, by whatever name of a channel', () => {
    const store = database.open();
    learn(store);
    const told: Forward[] = [];
    fc.assert(
      fc.property(
        fc.array(anyForward, { maxLength: 60 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        (some, a, b) => {
          const forwards = some.map((forward, i) => ({ ...forward, inHtlcId: BigInt(told.length + i) }));
          told.push(...forwards);
          store.takeIn('event', forwards, { keepSince: unixSec(0) });
          const [from, until] = [START + Math.min(a, b), START + Math.max(a, b)];
          const found = store.fees.outflows(unixSec(from), unixSec(until), COUNTING);
          expect(inOrder(found)).toEqual(inOrder(expectedOutflows(told, from, until)));
        },
      ),
      { numRuns: 60 },
    );
    // Windows of everything and nothing, that no chance leaves out.
    const all = [unixSec(START), unixSec(START + 100)] as const;
    expect(inOrder(store.fees.outflows(...all, COUNTING))).toEqual(inOrder(expectedOutflows(told, ...all)));
    expect(store.fees.outflows(all[0], all[0], COUNTING).size).toBe(0);
  });

  it('by a name whose owner becomes known later is there from then on', () => {
    const store = database.open();
    const forward: Forward = {
      createdIndex: null,
      updatedIndex: null,
      inChannel: scid('50x5x5'),
      inHtlcId: 1n,
      inMsat: msat(2020),
      outChannel: scid('900x1x0'),
      outMsat: msat(2000),
      feeMsat: msat(20),
      status: 'settled',
      failcode: null,
      receivedNs: secondsToNs(START),
      resolvedNs: secondsToNs(START + 1),
    };
    store.takeIn('event', [forward], { keepSince: unixSec(0) });
    const read = () => store.fees.outflows(unixSec(START), unixSec(START + 2), COUNTING);
    expect(read().size).toBe(0);
    learn(store);
    expect(read()).toEqual(
      new Map([[idOf(0), { forwards: 1, amountMsat: 2000n, feeMsat: 20n, sources: [], unmet: 0 }]]),
    );
  });

  it('is found by the time at which forwards ended, never by going through the table', () => {
    database.open().close();
    const file = openDatabase(database.path, { readOnly: true, busyMs: 0 });
    const plan = (file.prepare(`EXPLAIN QUERY PLAN ${OUTFLOWS}`).all(0n, 1n, 0n, 0n) as { detail: string }[]).map(
      ({ detail }) => detail,
    );
    file.close();
    expect(plan[0]).toMatch(/^SEARCH forwards USING INDEX forwards_ended \(<expr>>\? AND <expr><\?\)/);
    expect(plan.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
  });
});

describe('since when single forwards are all there', () => {
  const run = (node: FakeNode, store: Store, startedAt: number, keepSince = 0) =>
    catchUp(node, store, {
      startedAt: unixSec(startedAt),
      keepSince: unixSec(keepSince),
      signal: new AbortController().signal,
    });
  const settle = (node: FakeNode, at: number): void => {
    node.end(node.offer({ from: 0, to: 1, outMsat: 2000, feeMsat: 2 }, at), 'settled', at);
  };

  it('is always, where nothing was pruned or deleted', async () => {
    const store = database.open();
    const node = new FakeNode();
    settle(node, START);
    expect(store.fees.outflowsSince()).toBe(0);
    await run(node, store, START + 10);
    expect(store.fees.outflowsSince()).toBe(0);
  });

  it('is where pruning has come to', async () => {
    const store = database.open();
    const node = new FakeNode();
    for (const at of [0, 10, 20]) settle(node, START + at);
    await run(node, store, START + 30);
    store.pruneForwards(unixSec(START + 15), 100);
    expect(store.fees.outflowsSince()).toBe(START + 15);
  });

  it('is after a span that the node deleted also where we stopped before it was filled in', async () => {
    const store = database.open();
    const node = new FakeNode();
    settle(node, START);
    await run(node, store, START + 10);
    for (const at of [100, 200]) settle(node, START + at);
    node.clean(START + 150);
    const stop = new AbortController();
    await catchUp(node, store, {
      startedAt: unixSec(START + 300),
      keepSince: unixSec(0),
      signal: stop.signal,
      onProgress: ({ added }) => {
        if (added > 0) stop.abort();
      },
    });
    expect(store.fees.outflowsSince()).toBe(START + 200);
  });

  it('is after the span that the node deleted while we were away, with accounts or without', async () => {
    for (const [accounts, path] of [
      [true, `${database.path}-1`],
      [false, `${database.path}-2`],
    ] as const) {
      const store = database.open(path);
      store.rememberChannels([identity(0), identity(1)], unixSec(START));
      const node = new FakeNode();
      if (!accounts) node.moves = null;
      settle(node, START);
      await run(node, store, START + 10);
      for (const at of [100, 110, 200]) settle(node, START + at);
      node.clean(START + 150);
      await run(node, store, START + 300);
      expect(store.fees.outflowsSince()).toBe(START + 200);
      const found = store.fees.outflows(unixSec(START + 200), unixSec(START + 300), COUNTING);
      expect(found.get(idOf(1))?.forwards).toBe(1);
      expect(scidOf(1)).toBe(NAMES[3]);
    }
  });
});
