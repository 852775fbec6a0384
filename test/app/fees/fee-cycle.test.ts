// Does a cycle set what was decided, once, and learn only from what was live?
import { describe, expect, it, vi } from 'vitest';
import { msat, nodeId, ppm, scid, unixSec } from '../../../src/core/units.ts';
import { cellOf } from '../../../src/core/fee/cells.ts';
import { FEE_ALGORITHMS } from '../../../src/core/fee/types.ts';
import { sourcesOf } from '../../../src/core/fee/sources.ts';
import type { ChannelView } from '../../../src/core/snapshot.ts';
import { NodeError, type RivalFee } from '../../../src/ports.ts';
import { channelNumber } from '../node-in-memory.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { HIGH, LOWER, PricedNode } from './priced-node.ts';

const database = temporaryDatabase();
const priced = (...[changes]: [ConstructorParameters<typeof PricedNode>[1]?]): PricedNode =>
  new PricedNode(database, changes);
/** What names a channel. */
const nameOf = (n: number): Pick<ChannelView, 'channelId' | 'scid'> => {
  const { channelId, scid: name } = channelNumber(n);
  return { channelId, scid: name };
};
/** What someone else asks. */
const other = (fee: number, n = fee): RivalFee => ({
  channelId: scid(`7x${n}x0`),
  feePpm: ppm(fee),
  baseMsat: msat(0),
  capacity: msat(1),
});
const policy = {
  strategy: 'dynamic',
  staticPpm: null,
  minPpm: null,
  maxPpm: null,
  rebalance: 'both',
  expiresAt: null,
  setAt: unixSec(1),
} as const;

describe('a cycle', () => {
  it('sets what was decided, writes it down, and says what became of it', async () => {
    const node = priced();
    node.change(1, LOWER);
    await node.cycle();
    const fee = node.fee(1) ?? 0;
    expect(fee).toBeGreaterThan(290);
    expect(node.changes(1)).toEqual([[250, fee, 'bid-price']]);
    expect(node.decision(1)).toMatchObject({
      outcome: 'set',
      decision: { kind: 'set', ppm: fee },
      at: node.clock.now(),
    });
    expect(node.store.fees.intents()).toEqual([]);
    expect(node.log.lines).toContain(`info fees: 101x1x0 250 -> ${fee} ppm (bid-price)`);
  });

  it('sets nothing twice', async () => {
    const node = priced();
    node.change(1, LOWER);
    await node.cycles(10);
    expect([1, 2, 3].map((n) => node.calls(n).length)).toEqual([1, 1, 1]);
    expect(node.decision(1)).toMatchObject({ outcome: 'held', decision: { kind: 'hold' } });
  });

  it('asks what dry runs would have set in dry-run alone: it takes going through all changes there ever were', async () => {
    for (const dryRun of [false, true]) {
      const node = priced({ dryRun });
      const asked = vi.spyOn(node.store.fees, 'dryRuns');
      await node.cycle();
      expect(asked).toHaveBeenCalledTimes(dryRun ? 1 : 0);
      node.store.close();
    }
  });

  it('does not read the changes of years for a peer that comes back, or has but a hidden channel', async () => {
    const node = priced();
    await node.cycle();
    const closed = node.node.snapshot.channels;
    for (const later of [nameOf(4), { ...nameOf(5), private: true }]) {
      const others = closed.slice(1);
      node.node.snapshot = { ...node.node.snapshot, channels: others };
      await node.cycles(2, 365 * 24);
      node.node.snapshot = {
        ...node.node.snapshot,
        channels: [...others, channelNumber(4, { ...closed[0], ...later })],
      };
      const asked = vi.spyOn(node.store.fees, 'changesSince');
      await node.cycle();
      expect(asked.mock.calls).toEqual([[node.clock.now() - 7 * 86_400]]);
      asked.mockRestore();
    }
  });

  it('goes on where a clock that ran ahead has been set back', async () => {
    const ahead = 400 * 86_400;
    const node = priced();
    await node.cycles(4);
    await node.cycle(ahead / 3600);
    node.change(1, LOWER);
    await node.cycles(2);
    const before = node.calls(1).length;
    expect(before).toBeGreaterThan(0);
    node.clock.setBack(ahead);
    node.change(1, HIGH);
    await node.cycles(48);
    node.change(1, LOWER);
    await node.cycles(48);
    expect(node.changes(1).map(([, , reason]) => reason)).not.toContain('external-change');
    // Down, and up again.
    expect(node.calls(1).length).toBeGreaterThan(before + 1);
    const { state } = node.store.fees.pricing().get(node.peer(1)) ?? {};
    expect(state?.observedUntil).toBe(node.clock.now());
  });

  it('does nothing while the node catches up with the chain', async () => {
    const node = priced();
    node.change(1, LOWER);
    node.node.snapshot = { ...node.node.snapshot, synced: false };
    await node.cycles(3);
    expect(node.fees.calls).toEqual([]);
    expect(node.store.fees.pricing().size).toBe(0);
    node.node.snapshot = { ...node.node.snapshot, synced: true };
    await node.cycle();
    expect(node.calls(1)).toHaveLength(1);
  });

  it('stops before the next peer when paused meanwhile', async () => {
    const node = priced();
    // Liquidity is dear at one, so what leaves to the others costs less.
    node.change(1, LOWER);
    node.fees.onCall = (method) => {
      if (method === 'setFee') node.paused = true;
    };
    await node.cycle();
    expect(node.fees.calls).toHaveLength(1);
    const outcomes = [1, 2, 3].map((n) => node.decision(n).outcome).sort();
    expect(outcomes).toEqual(['not set: paused meanwhile', 'not set: paused meanwhile', 'set']);
    expect(node.store.fees.intents()).toEqual([]);
    node.paused = false;
    node.fees.onCall = () => undefined;
    await node.cycle();
    expect(node.fees.calls).toHaveLength(3);
  });

  it.each(['clboss', 'the node'])('sets nothing more where paused while %s takes its time', async (who) => {
    const node = priced();
    node.clboss.present = true;
    node.change(1, LOWER);
    node.before = (port, method) => {
      if (who === 'clboss' ? method === 'replaceTags' : port === 'fees' && method === 'readFees') node.paused = true;
    };
    await node.cycle();
    expect(node.fees.calls).toEqual([]);
    expect([1, 2, 3].map((n) => node.decision(n).outcome)).toEqual(Array(3).fill('not set: paused meanwhile'));
    expect(node.store.fees.intents()).toEqual([]);
  });

  it('reads back what of a peer was set before it was paused', async () => {
    const node = priced();
    node.twin();
    node.change(1, LOWER);
    node.change(4, LOWER);
    node.fees.onCall = (method) => {
      if (method === 'setFee') node.paused = true;
    };
    for (let i = 0; i < 3 && node.fees.calls.length === 0; i++) await node.cycle();
    expect(node.fees.calls).toHaveLength(1);
    expect(node.store.fees.intents()).toEqual([]);
    expect([1, 4].flatMap((n) => node.changes(n)).length + [2, 3].flatMap((n) => node.changes(n)).length).toBe(1);
    node.paused = false;
    node.fees.onCall = () => undefined;
    await node.cycles(2);
    expect(node.fee(1)).toBe(node.fee(4));
  });

  it('counts what left, at the fee that was live, while the peer was there', async () => {
    const node = priced();
    await node.cycle();
    for (let i = 0; i < 4; i++) node.pay(2, 1, 50_000);
    node.pay(3, 1, 999);
    await node.cycle(1);
    const state = node.store.fees.pricing().get(node.peer(1))?.state;
    expect(state?.learner.window.cells).toEqual([[expect.any(Number), 4.0999, 1]]);
    expect(state?.flow).toMatchObject({ forwards: 4.0999, sats: 200_999 });
    // By sats: 50,000 as five forwards of 10,000.
    expect(state?.sources).toEqual(sourcesOf({ [node.peer(2)]: 20, [node.peer(3)]: 0.0999 }));
    node.change(1, { connected: false });
    await node.cycle(1);
    await node.cycle(1);
    // Half of the hour in which it went, none of the next.
    expect(node.store.fees.pricing().get(node.peer(1))?.state.learner.window.cells).toEqual([
      [expect.any(Number), 4.0999, 1.5],
    ]);
    expect(node.decision(1).decision.reason).toBe('disconnected');
  });

  it('counts nothing twice and loses nothing between two cycles', async () => {
    const node = priced();
    await node.cycle();
    let sent = 0;
    for (let i = 0; i < 20; i++) {
      for (let j = 0; j < i % 4; j++, sent++) node.pay(2, 1, 20_000);
      if (i % 5 === 0) node.restart();
      await node.cycle(0.25);
    }
    await node.cycle();
    const state = node.store.fees.pricing().get(node.peer(1))?.state;
    expect(state?.learner.window.cells.reduce((sum, [, forwards]) => sum + forwards, 0)).toBe(sent);
  });

  it('knows nothing of prices for a time in which nobody looked', async () => {
    const node = priced();
    await node.cycle();
    node.pay(2, 1, 20_000);
    await node.cycle(30);
    const state = node.store.fees.pricing().get(node.peer(1))?.state;
    expect(state?.learner.window.cells).toEqual([]);
    expect(state?.flow.forwards).toBe(1);
    await node.cycle(0.5);
    expect(node.store.fees.pricing().get(node.peer(1))?.state.learner.window.cells).toEqual([
      [expect.any(Number), 0, 0.5],
    ]);
  });

  it('credits no fee with the half hour in which it was changed by hand', async () => {
    const node = priced();
    await node.cycle();
    node.pay(2, 1, 20_000);
    await node.clock.advance(900);
    const intent = {
      channelId: idOf(1),
      peerId: node.peer(1),
      oldFeePpm: ppm(250),
      newFeePpm: ppm(260),
      reason: 'by hand',
    };
    node.store.fees.saveManual({ ...intent, manual: true, at: node.clock.now() }, null);
    node.change(1, { feePpm: ppm(260) });
    node.store.fees.settleIntent(idOf(1), 'done');
    await node.cycle(0.25);
    const state = node.store.fees.pricing().get(node.peer(1))?.state;
    expect(state?.learner.window.cells).toEqual([]);
    expect(state?.flow.forwards).toBe(1);
  });
});

describe('a restart', () => {
  it('changes no decision: the same state gives the same decision, byte for byte', async () => {
    const live = async (restarts: boolean, path: string): Promise<string[]> => {
      const node = new PricedNode({ ...database, open: () => database.open(path) });
      node.fees.rivals = [200, 300, 400].map((fee) => other(fee));
      const told: string[] = [];
      for (let i = 0; i < 40; i++) {
        if (i === 7) node.change(1, LOWER);
        if (i === 20) node.change(2, HIGH);
        if (i === 25) node.change(3, { feePpm: ppm(77) });
        for (let j = 0; j < (i * 7) % 5; j++) node.pay(1 + (i % 2), 3 - (i % 2), 20_000 * (j + 1));
        if (restarts) node.restart();
        await node.cycle(i % 3 === 0 ? 1 : 0.5);
        told.push(JSON.stringify([1, 2, 3].map((n) => node.decision(n))), node.memory);
      }
      return told;
    };
    const always = await live(false, `${database.path}.always`);
    const restarted = await live(true, `${database.path}.restarted`);
    expect(always.some((text) => text.includes('"kind":"set"'))).toBe(true);
    expect(restarted).toEqual(always);
  });
});

describe('dry-run', () => {
  it('sends not one call that changes anything, and writes each wish down once', async () => {
    const node = priced({ dryRun: true });
    node.change(1, LOWER);
    node.clboss.present = true;
    await node.cycles(5);
    expect(node.fees.calls).toEqual([]);
    expect(node.clboss.calls).toEqual([]);
    expect(node.changes(1)).toEqual([[250, expect.any(Number), 'dry-run: bid-price']]);
    expect(node.decision(1)).toMatchObject({ outcome: 'dry-run', decision: { kind: 'set' } });
    // Another wish is another row.
    node.change(1, HIGH);
    await node.cycles(5);
    expect(node.changes(1)).toHaveLength(2);
    expect(node.fees.calls).toEqual([]);
  });

  it.each(FEE_ALGORITHMS)(
    'learns nothing by %s from fees that were never live, and acts when it ends',
    async (name) => {
      const node = priced({ dryRun: true, feeAlgorithm: name });
      node.change(1, LOWER);
      await node.cycles(5);
      const state = node.store.fees.pricing().get(node.peer(1))?.state;
      expect(state).toMatchObject({ learner: { kind: name }, memory: [] });
      expect(state?.learner.window.cells.map(([cell]) => cell)).toEqual([cellOf(250)]);
      node.config = { ...node.config, dryRun: false };
      await node.cycle();
      expect(node.calls(1)).toHaveLength(1);
      expect(node.changes(1).map(([, , reason]) => reason)).toEqual(['dry-run: bid-price', 'bid-price']);
    },
  );
});

describe('other people’s changes', () => {
  it('are noticed, written down once, and left alone for a day', async () => {
    const node = priced();
    await node.cycles(2);
    node.change(1, { feePpm: ppm(252) });
    await node.cycle();
    expect(node.decision(1).decision).toMatchObject({ kind: 'hold', reason: 'external-change' });
    node.change(1, LOWER);
    await node.cycles(46);
    expect(node.changes(1)).toEqual([[250, 252, 'external-change']]);
    expect(node.calls(1)).toEqual([]);
    // From there the search goes on.
    await node.cycles(3);
    expect(node.calls(1)).toEqual([]);
    node.change(1, HIGH);
    await node.cycle();
    expect(node.calls(1)).toHaveLength(1);
  });

  it('made while we were away are noticed at the start', async () => {
    const node = priced();
    await node.cycle();
    node.change(1, { feePpm: ppm(400), ...LOWER });
    node.restart();
    await node.cycle(100);
    expect(node.changes(1)).toEqual([[250, 400, 'external-change']]);
    expect(node.calls(1)).toEqual([]);
  });

  it('that undo ours at once are noticed too', async () => {
    const node = priced();
    node.change(1, LOWER);
    await node.cycle();
    node.change(1, { feePpm: ppm(250) });
    await node.cycle();
    expect(node.changes(1).map(([, , reason]) => reason)).toEqual(['bid-price', 'external-change']);
    expect(node.fee(1)).toBe(250);
  });

  it('are not what was set by hand with our command', async () => {
    const node = priced();
    await node.cycles(2);
    const intent = {
      channelId: idOf(1),
      peerId: node.peer(1),
      oldFeePpm: ppm(250),
      newFeePpm: ppm(900),
      reason: 'revenue-set-fee',
    };
    const until = unixSec(node.clock.now() + 3600);
    node.store.fees.saveManual({ ...intent, manual: true, at: node.clock.now() }, { until, by: 'revenue-set-fee' });
    node.change(1, { feePpm: ppm(900) });
    node.store.fees.settleIntent(idOf(1), 'done');
    await node.cycle();
    expect(node.decision(1).decision).toMatchObject({ kind: 'hold', reason: 'held-by-hand', foreign: [] });
    await node.cycles(4);
    // The search starts from there.
    expect(node.decision(1).decision.reason).not.toMatch(/held|external/);
    expect(node.fee(1)).toBe(900);
    expect(node.changes(1)).toEqual([[250, 900, 'revenue-set-fee']]);
  });
});

describe('holds and policies', () => {
  it('a hold keeps the peer until its end', async () => {
    const node = priced();
    node.store.fees.saveHold(node.peer(1), { until: unixSec(node.clock.now() + 2 * 3600), by: 'operator' });
    await node.cycles(2);
    node.change(1, LOWER);
    expect(node.decision(1).decision.reason).toBe('held-by-hand');
    await node.cycle();
    expect(node.calls(1)).toEqual([]);
    node.change(1, HIGH);
    await node.cycles(2);
    expect(node.calls(1)[0]).toBe(125);
  });

  it('a static fee of a peer is set as it is, beside all bounds; a passive one is never touched', async () => {
    const node = priced();
    node.store.fees.savePolicy({ ...policy, subject: node.peer(1), strategy: 'static', staticPpm: ppm(3) });
    node.store.fees.savePolicy({ ...policy, subject: idOf(2), strategy: 'passive' });
    node.change(2, LOWER);
    await node.cycles(3);
    expect(node.calls(1)).toEqual([3]);
    expect(node.calls(2)).toEqual([]);
    expect(node.decision(2).decision.reason).toBe('passive');
  });

  it('a policy that expires is over', async () => {
    const node = priced();
    const expiresAt = unixSec(node.clock.now() + 3600);
    node.store.fees.savePolicy({ ...policy, subject: node.peer(1), strategy: 'passive', expiresAt });
    await node.cycle();
    node.change(1, LOWER);
    expect(node.decision(1).decision.reason).toBe('passive');
    await node.cycles(2);
    expect(node.calls(1)).toHaveLength(1);
  });
});

describe('channels', () => {
  it('to one peer get one fee', async () => {
    const node = priced();
    node.twin({ feePpm: ppm(400) });
    await node.cycle();
    expect(node.fee(1)).toBe(node.fee(4));
    expect(node.decision(1).decision.reason).toBe('align');
    await node.cycles(3);
    expect(node.fees.calls).toHaveLength(1);
  });

  it('that are private keep theirs, and a peer with no other is left alone', async () => {
    const node = priced();
    node.twin({ private: true, feePpm: ppm(9) });
    node.change(2, { private: true, ...LOWER });
    node.change(1, LOWER);
    await node.cycle();
    expect(node.fee(4)).toBe(9);
    expect(node.calls(1)).toHaveLength(1);
    expect(node.calls(2)).toEqual([]);
    expect(node.decision(2).decision.reason).toBe('private');
  });

  it('that are free by choice stay free', async () => {
    const node = priced();
    node.change(1, { feePpm: ppm(0), ...LOWER });
    await node.cycles(3);
    expect(node.fee(1)).toBe(0);
    expect(node.decision(1).decision.reason).toBe('zero-by-choice');
  });

  it('that are gone take nothing with them: their peer is remembered', async () => {
    const node = priced();
    await node.cycles(2);
    const { channels } = node.node.snapshot;
    node.node.snapshot = { ...node.node.snapshot, channels: channels.slice(1) };
    const before = node.store.fees.pricing().size;
    await node.cycles(2);
    expect(node.store.fees.pricing().size).toBe(before);
  });
});

describe('what others charge', () => {
  const many = (node: PricedNode): void => {
    const channels = Array.from({ length: 25 }, (_, i) =>
      channelNumber(i + 1, { peerId: nodeId(`02${String(i + 1).padStart(64, '0')}`), feePpm: ppm(250) }),
    );
    node.node.snapshot = { ...node.node.snapshot, channels };
    node.fees.rivals = [100, 200, 300, 400].map((fee) => other(fee));
  };

  it('is asked of ten peers a cycle, once in two hours each, restarts or not', async () => {
    const node = priced();
    many(node);
    await node.cycle();
    expect(node.fees.asked).toHaveLength(10);
    node.restart();
    await node.cycles(3);
    expect(node.fees.asked).toHaveLength(25);
    expect(new Set(node.fees.asked).size).toBe(25);
    await node.cycles(4);
    expect(node.fees.asked).toHaveLength(50);
    expect([...node.store.fees.pricing().values()][0]?.rivals?.fees).toEqual({
      p25: 100,
      p50: 200,
      p75: 300,
      channels: 4,
    });
  });

  it('may be unknown: the cycle goes on, the others are asked in turn, and what was known stays', async () => {
    const node = priced();
    many(node);
    await node.cycles(3);
    node.fees.failing.set('readFeesToward', new NodeError('refused', 'listchannels: no'));
    node.fees.asked.length = 0;
    await node.cycles(60);
    expect(new Set(node.fees.asked).size).toBe(25);
    expect([...node.store.fees.pricing().values()].every(({ rivals }) => rivals?.fees?.p50 === 200)).toBe(true);
  });
});
