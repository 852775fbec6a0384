// Does the operator's own fee stay as long as was ordered, and does pricing start from it after, whatever goes wrong?
import { describe, expect, it } from 'vitest';
import { FEE_ALGORITHMS } from '../../../src/core/fee/types.ts';
import { ppm } from '../../../src/core/units.ts';
import { NodeError } from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { Killed } from '../announced.ts';
import { PricedNode } from './priced-node.ts';

const database = temporaryDatabase();
const HOUR = 3600;
/** Beyond the last step of the order that is cut off. */
const MOST_STEPS = 100;
const silence = new NodeError('timeout', 'setchannel: no reply within 60000 ms');

/** Hours for which the peer of the first channel is held; null where it is not. */
function heldFor(node: PricedNode): number | null {
  const now = node.clock.now();
  const hold = node.store.fees.holds(now).get(node.peer(1));
  return hold === undefined ? null : (hold.until - now) / HOUR;
}

describe.each(FEE_ALGORITHMS)('one of two channels to a peer, by %s', (feeAlgorithm) => {
  const twins = async (): Promise<{ node: PricedNode; other: number }> => {
    const node = new PricedNode(database, { feeAlgorithm });
    const other = node.twin();
    await node.cycles(2);
    expect([node.fee(1), node.fee(other)]).toEqual([250, 250]);
    return { node, other };
  };

  it.each([
    [180, 24],
    [180, 0],
    [900, 24],
    [900, 0],
  ])('set to %d ppm for %d hours: then the other one gets that fee too', async (fee, hours) => {
    const { node, other } = await twins();
    await node.order(1, fee, hours);
    for (let i = 0; i < 2 * hours - 1; i++) {
      node.restart();
      await node.cycle();
      expect([node.fee(1), node.fee(other)]).toEqual([fee, 250]);
    }
    node.restart();
    await node.cycles(4);
    expect([node.calls(1), node.calls(other)]).toEqual([[fee], [fee]]);
    expect(node.changes(other)).toEqual([[250, fee, 'align']]);
  });

  it('set by somebody else: a day later the other one gets that fee too', async () => {
    const { node, other } = await twins();
    node.change(other, { feePpm: ppm(180) });
    await node.cycles(48);
    expect([node.fee(1), node.fee(other)]).toEqual([250, 180]);
    await node.cycles(4);
    expect([node.calls(1), node.calls(other)]).toEqual([[180], []]);
  });

  it('ordered as it is: pricing starts from it, not from what somebody else has set on the other one', async () => {
    const { node, other } = await twins();
    node.change(other, { feePpm: ppm(180) });
    await node.cycle();
    await node.order(1, 250, 24);
    await node.cycles(52);
    expect([node.calls(1), node.calls(other)]).toEqual([[], [250]]);
  });
});

describe('a private channel beside the public one of a peer', () => {
  const POLICY = { strategy: 'dynamic', staticPpm: null, minPpm: null, rebalance: 'both', expiresAt: null } as const;

  it('is bound by its own policy, which says nothing of the public one', async () => {
    const node = new PricedNode(database);
    const own = node.twin({ private: true });
    node.store.fees.savePolicy({ ...POLICY, subject: idOf(own), maxPpm: ppm(300), setAt: node.clock.now() });
    await node.cycles(2);
    await node.order(1, 900, 24);
    expect(node.fee(1)).toBe(900);
    await expect(node.order(own, 301, 0)).rejects.toMatchObject({ errorName: 'fee-out-of-bounds' });
  });

  it('has a fee of its own by hand, which is not where the search goes on for the others', async () => {
    const node = new PricedNode(database);
    const own = node.twin({ private: true });
    await node.cycles(2);
    const lastPpm = () => node.store.fees.pricing().get(node.peer(1))?.state.lastPpm;
    const before = lastPpm();
    await node.order(own, 777, 0);
    expect([node.fee(own), lastPpm()]).toEqual([777, before]);
    await node.order(1, 400, 0);
    expect(lastPpm()).toBe(400);
  });
});

describe('an order of which the node does not answer', () => {
  let node: PricedNode;

  /** Held for 72 hours by an order; then another one, unanswered. */
  const unanswered = async (hours: number, done: boolean): Promise<void> => {
    node = new PricedNode(database);
    await node.cycles(2);
    await node.order(1, 300, 72);
    node.fees.failing.set('setFee', silence);
    node.fees.doesThenFails = done;
    // What was not answered is not known as long as the fee cannot be read either.
    let asked = false;
    node.fees.onCall = (method) => {
      if (method === 'setFee') asked = true;
      else if (asked) throw silence;
    };
    await expect(node.order(1, 400, hours)).rejects.toMatchObject({ errorName: 'fee-unconfirmed' });
    node.fees.failing.clear();
    node.fees.onCall = () => undefined;
    node.restart();
  };

  it.each([0, 24, 96])('and that was not done, leaves the earlier hold as it was (for %d hours)', async (hours) => {
    await unanswered(hours, false);
    expect(heldFor(node)).toBeGreaterThanOrEqual(72);
    await node.cycle();
    expect(node.fee(1)).toBe(300);
    expect(heldFor(node)).toBe(71.5);
    expect(node.store.fees.intents()).toEqual([]);
  });

  it.each([
    [0, null],
    [24, 23.5],
    [96, 95.5],
  ])('and that was done, holds from then on (for %d hours)', async (hours, left) => {
    await unanswered(hours, true);
    await node.cycle();
    expect(node.fee(1)).toBe(400);
    expect(heldFor(node)).toBe(left);
  });

  it('holds the peer while the channel cannot tell, and nothing once it was not done', async () => {
    node = new PricedNode(database);
    const other = node.twin();
    await node.cycles(2);
    node.fees.failing.set('setFee', silence);
    await expect(node.order(1, 400, 24)).rejects.toMatchObject({ errorName: 'fee-unconfirmed' });
    node.fees.failing.clear();
    const { channels } = node.node.snapshot;
    node.node.snapshot = { ...node.node.snapshot, channels: channels.slice(1) };
    await node.cycle();
    expect(node.store.fees.decision(channels[0]?.peerId ?? node.peer(other))?.decision.reason).toBe('held-by-hand');
    node.node.snapshot = { ...node.node.snapshot, channels };
    await node.cycle();
    expect(node.store.fees.holds(node.clock.now()).size).toBe(0);
  });
});

describe('a process that ends between any two steps of an order', () => {
  it.each([
    [24, 23.5],
    [0, null],
  ])('keeps the fee for %d hours if the node has it, and the earlier hold if it has not', async (hours, left) => {
    const ends = new Set<string>();
    let steps = 0;
    for (; steps < MOST_STEPS; steps++) {
      const node = new PricedNode({ ...database, open: () => database.open(`${database.path}.${hours}.${steps}`) });
      await node.cycles(2);
      await node.order(1, 300, 72);
      let step = 0;
      node.before = () => {
        if (step++ >= steps) throw new Killed('killed');
      };
      const end: unknown = await node.order(1, 400, hours).then(
        () => null,
        (error: unknown) => error,
      );
      if (end !== null && !(end instanceof Killed)) throw end as Error;
      node.restart();
      const done = node.fee(1) === 400;
      await node.cycle();
      expect([node.fee(1), heldFor(node)], `killed before step ${steps}`).toEqual(done ? [400, left] : [300, 71.5]);
      expect(node.store.fees.intents()).toEqual([]);
      ends.add(done ? 'done' : 'not done');
      node.store.close();
      if (end === null) break;
    }
    expect(steps).toBeGreaterThan(5);
    expect([...ends].sort()).toEqual(['done', 'not done']);
  });
});
