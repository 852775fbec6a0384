// Is no fee lost from the books or doubled in them, wherever the process ends?
import { describe, expect, it } from 'vitest';
import { ppm } from '../../../src/core/units.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { Killed } from '../announced.ts';
import { LOW, PricedNode } from './priced-node.ts';

const database = temporaryDatabase();
/** Beyond the last step of the cycle that is cut off. */
const MOST_STEPS = 200;

/** Changes that really happened to a channel's fee, as the books should have them. */
interface Real {
  readonly from: number;
  readonly to: number;
}

/** Cycles with clboss there; the one under test is cut off before its step number `at`. Null when it has fewer. */
async function cutOff(at: number): Promise<{ node: PricedNode; real: Map<number, Real[]> } | null> {
  const node = new PricedNode({ ...database, open: () => database.open(`${database.path}.${String(at)}`) });
  node.clboss.present = true;
  const real = new Map<number, Real[]>([1, 2, 3].map((n) => [n, []]));
  const change = node.fees.change.bind(node.fees);
  node.fees.change = (channel, changes) => {
    const n = [1, 2, 3].find((each) => idOf(each) === channel) ?? 0;
    if (changes.feePpm !== undefined && changes.feePpm !== node.fee(n))
      real.get(n)?.push({ from: node.fee(n) ?? 0, to: changes.feePpm });
    change(channel, changes);
  };
  await node.cycle();
  node.change(1, LOW);
  node.pay(2, 1, 30_000);
  let step = 0;
  node.before = () => {
    // Whoever is dead stays dead.
    if (step++ >= at) throw new Killed('killed');
  };
  const end = await node.failure();
  if (end === null) return null;
  if (!(end instanceof Killed)) throw end as Error;
  node.restart();
  return { node, real };
}

describe('a process that ends between any two steps of a cycle', () => {
  it('leaves books that say what happened to the node, once, after the next cycle', async () => {
    let steps = 0;
    const ends = new Set<string>();
    for (; steps < MOST_STEPS; steps++) {
      const life = await cutOff(steps);
      if (life === null) break;
      const { node, real } = life;
      const open = node.store.fees.intents().length;
      const sent = node.fees.calls.length;
      await node.cycles(2);
      const said = [1, 2, 3].map((n) => node.changes(n).map(([from, to]) => ({ from, to })));
      expect(said, `killed before step ${String(steps)}`).toEqual([1, 2, 3].map((n) => real.get(n)));
      expect(node.store.fees.intents()).toEqual([]);
      expect(said.flat().length).toBeGreaterThan(0);
      expect(said.flat().every(({ from, to }) => from !== to)).toBe(true);
      // What clboss has lost is what we remember, and nothing that it still has.
      for (const [peer, tags] of node.store.fees.takenTags()) expect(node.clboss.unmanaged.get(peer)).toEqual(tags);
      ends.add(`${String(open)} open, ${String(sent)} sent`);
      node.store.close();
    }
    // It was cut off before, within and after the acts.
    expect(steps).toBeGreaterThan(30);
    expect(ends.size).toBeGreaterThan(4);
  });

  it('ends where it would have without the kill', async () => {
    const whole = await cutOff(MOST_STEPS);
    expect(whole).toBeNull();
    const fees = new Set<string>();
    for (let at = 0; at < MOST_STEPS; at += 5) {
      const life = await cutOff(at);
      if (life === null) break;
      await life.node.cycles(4);
      fees.add(String(life.node.calls(1).at(-1)));
      life.node.store.close();
    }
    // The hour of the next cycle moves a price by its slow part, no more.
    const values = [...fees].map(Number);
    expect(Math.max(...values) - Math.min(...values)).toBeLessThanOrEqual(3);
  });
});

describe('an order by hand that was cut off', () => {
  const order = (node: PricedNode) => {
    const at = node.clock.now();
    const intent = { channelId: idOf(1), peerId: node.peer(1), oldFeePpm: ppm(250), newFeePpm: ppm(900), at };
    node.store.fees.saveManual(
      { ...intent, reason: 'revenue-set-fee', manual: true },
      { until: node.clock.now(), by: 'revenue-set-fee' },
    );
    return at;
  };

  it('counts from when it was given, if the node has it', async () => {
    const node = new PricedNode(database);
    await node.cycle();
    const at = order(node);
    node.change(1, { feePpm: ppm(900) });
    node.restart();
    await node.cycle();
    expect(node.store.fees.changesOf(idOf(1), 9)).toMatchObject([
      { oldFeePpm: 250, newFeePpm: 900, reason: 'revenue-set-fee', manual: true, timestamp: at },
    ]);
    expect(node.decision(1).decision.foreign).toEqual([]);
  });

  it('holds nothing if the node does not', async () => {
    const node = new PricedNode(database);
    await node.cycle();
    order(node);
    node.restart();
    await node.cycle();
    expect(node.changes(1)).toEqual([]);
    expect(node.store.fees.holds(node.clock.now()).size).toBe(0);
    expect(node.decision(1).decision.reason).not.toBe('held-by-hand');
  });

  it('waits for a channel that is not usable at the moment', async () => {
    const node = new PricedNode(database);
    await node.cycle();
    order(node);
    node.change(1, { feePpm: ppm(900) });
    const { channels } = node.node.snapshot;
    node.node.snapshot = { ...node.node.snapshot, channels: channels.slice(1) };
    node.restart();
    await node.cycle();
    expect(node.store.fees.intents()).toHaveLength(1);
    node.node.snapshot = { ...node.node.snapshot, channels };
    await node.cycle();
    expect(node.store.fees.intents()).toEqual([]);
    expect(node.changes(1)).toHaveLength(1);
  });

  it('waits no longer than a day: one that is closed will not tell any more', async () => {
    const node = new PricedNode(database);
    await node.cycle();
    order(node);
    node.node.snapshot = { ...node.node.snapshot, channels: node.node.snapshot.channels.slice(1) };
    node.restart();
    await node.cycles(2, 11.5);
    expect(node.store.fees.intents()).toHaveLength(1);
    await node.cycle(1.5);
    expect(node.store.fees.intents()).toEqual([]);
    expect(node.changes(1)).toEqual([]);
    expect(node.store.fees.holds(node.clock.now()).size).toBe(0);
  });
});
