// Do the field failures of fee setters before ours happen to the cycle? One test per failure; those of the arithmetic are
// in test/core/fee/failures.test.ts.
import { describe, expect, it } from 'vitest';
import { nodeId, ppm } from '../../../src/core/units.ts';
import { NodeError } from '../../../src/ports.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { LOW, PricedNode } from './priced-node.ts';

const database = temporaryDatabase();
const timeout = new NodeError('timeout', 'setchannel: no reply within 60000 ms');
const refused = new NodeError('refused', 'setchannel: Channel is closing', -32602);

/** Some history, then liquidity becomes dear. */
async function lived(): Promise<PricedNode> {
  const node = new PricedNode(database);
  for (let i = 0; i < 6; i++) {
    node.pay(2, 1, 40_000);
    await node.cycle();
  }
  node.change(1, LOW);
  return node;
}

describe('a failed read', () => {
  // Every read of a cycle, by the port it goes through.
  const reads = [
    ['node', 'readForwardIndexes'],
    ['node', 'readForwards'],
    ['node', 'readSnapshot'],
    ['accounts', 'readOnchainFees'],
    ['store', 'pricing'],
    ['store', 'intents'],
    ['store', 'holds'],
    ['store', 'policies'],
    ['store', 'changesSince'],
    ['store', 'outflowsSince'],
    ['store', 'outflows'],
    ['store', 'saveCycle'],
  ] as const;

  it.each(reads)('%s.%s ends the cycle: nothing erased, nothing learned, nothing set', async (port, method) => {
    const node = await lived();
    node.pay(2, 1, 40_000);
    const before = node.memory;
    const rows = [1, 2, 3].map((n) => node.changes(n));
    let asked = 0;
    node.before = (at, name) => {
      if (at === port && name === method && ++asked > 0) throw timeout;
    };
    expect(await node.failure()).toBe(timeout);
    expect(asked).toBe(1);
    node.before = () => undefined;
    expect(node.memory).toBe(before);
    expect([1, 2, 3].map((n) => node.changes(n))).toEqual(rows);
    const set = node.fees.calls.length;
    // And the next one takes in what this one could not.
    await node.cycle();
    expect(node.fees.calls.length).toBeGreaterThan(set);
    const flow = node.store.fees.pricing().get(node.peer(1))?.state.flow;
    expect(flow?.forwards).toBeCloseTo(6, 1);
  });

  it('of no channels at all wipes no learned state', async () => {
    const node = await lived();
    const before = node.memory;
    node.node.snapshot = { ...node.node.snapshot, channels: [] };
    await node.cycles(3);
    expect(node.memory).toBe(before);
  });
});

describe('a set that fails', () => {
  const learned = (node: PricedNode): string =>
    JSON.stringify(
      [...node.store.fees.pricing().values()].map(({ state }) => [state.memory, { ...state.learner, window: 0 }]),
    );

  it('refused: teaches nothing, is no change, is said, and the others are set', async () => {
    const node = await lived();
    const before = learned(node);
    node.before = (port, method) => {
      if (port === 'fees' && method === 'setFee' && node.fees.calls.length === 0) {
        node.fees.failing.set('setFee', refused);
      } else node.fees.failing.delete('setFee');
    };
    const failure = await node.failure();
    expect(failure).toMatchObject({ kind: 'refused' });
    expect((failure as Error).message).toMatch(
      /^1 of 3 fees could not be set; first: 10\dx1x0: setchannel: Channel is closing$/,
    );
    expect(node.fees.calls).toHaveLength(3);
    const outcomes = [1, 2, 3].map((n) => node.decision(n).outcome);
    expect(outcomes.filter((outcome) => outcome === 'set')).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome.startsWith('not set: 10'))).toHaveLength(1);
    expect(node.store.fees.intents()).toEqual([]);
    expect([1, 2, 3].flatMap((n) => node.changes(n))).toHaveLength(2);
    expect(learned(node)).toBe(before);
  });

  it('unanswered and not done: stays open, then is dropped; nothing is learned', async () => {
    const node = await lived();
    const before = learned(node);
    node.fees.failing.set('setFee', timeout);
    expect(await node.failure()).toBe(timeout);
    expect(node.fees.calls).toHaveLength(1);
    expect(node.store.fees.intents()).toHaveLength(1);
    expect([1, 2, 3].map((n) => node.decision(n).outcome).sort()).toEqual([
      `not known whether it was set: ${timeout.message}`,
      'not set: the node did not answer',
      'not set: the node did not answer',
    ]);
    expect(learned(node)).toBe(before);
    node.fees.failing.clear();
    await node.cycle();
    expect([1, 2, 3].map((n) => node.changes(n).length)).toEqual([1, 1, 1]);
    expect(node.store.fees.intents()).toEqual([]);
  });

  it('unanswered and done all the same: one change, of when it was sent, and not someone else’s', async () => {
    const node = await lived();
    node.fees.failing.set('setFee', timeout);
    node.fees.doesThenFails = true;
    expect(await node.failure()).toBe(timeout);
    const at = node.clock.now();
    node.fees.failing.clear();
    await node.cycle();
    const [first] = node.fees.calls;
    const n = Number(first?.channelId.slice(-1));
    expect(node.changes(n)).toEqual([[250, first?.feePpm, 'drain']]);
    expect(node.store.fees.changesSince(at).some((change) => change.at === at)).toBe(true);
    expect(node.decision(n).decision.foreign).toEqual([]);
  });

  it('accepted and not done is told by reading back', async () => {
    const node = await lived();
    node.fees.forgets = true;
    expect((await node.failure()) as Error).toMatchObject({
      message: expect.stringMatching(
        /^3 of 3 fees could not be set; first: 10\dx1x0: set to \d+ ppm, but the node reports 250 ppm$/,
      ) as string,
    });
    expect([1, 2, 3].flatMap((n) => node.changes(n))).toEqual([]);
  });

  it('not read back: is open until the next cycle sees it', async () => {
    const node = await lived();
    node.fees.onCall = (method) => {
      if (method === 'setFee') node.fees.failing.set('readFees', timeout);
    };
    expect(await node.failure()).toBe(timeout);
    expect(node.store.fees.intents()).toHaveLength(1);
    node.fees.onCall = () => undefined;
    node.fees.failing.clear();
    await node.cycle();
    expect([1, 2, 3].flatMap((n) => node.changes(n))).toHaveLength(3);
  });

  it('of a channel that someone changed a moment ago is not sent', async () => {
    const node = await lived();
    node.before = (port, method) => {
      // Between the snapshot and the act.
      if (port === 'store' && method === 'saveCycle') node.change(1, { feePpm: ppm(333) });
    };
    expect(((await node.failure()) as Error).message).toContain('expected 250 ppm as a moment ago, got 333 ppm');
    expect(node.calls(1)).toEqual([]);
    node.before = () => undefined;
    await node.cycle();
    expect(node.changes(1)).toEqual([[250, 333, 'external-change']]);
  });

  it('that has become true by itself is written down and not sent', async () => {
    const node = await lived();
    node.before = (port, method) => {
      if (port !== 'fees' || method !== 'readFees') return;
      const wanted = node.store.fees.intents().find(({ peerId }) => peerId === node.peer(1))?.newFeePpm;
      if (wanted !== undefined) node.change(1, { feePpm: wanted });
    };
    await node.cycle();
    expect(node.calls(1)).toEqual([]);
    expect(node.changes(1)).toEqual([[250, node.fee(1), 'drain']]);
  });
});

describe('restless neighbours', () => {
  it('a program that sets the fee back is given way, and never fought within a day', async () => {
    const node = await lived();
    for (let i = 0; i < 96; i++) {
      await node.failure();
      if (node.fee(1) !== 250) node.change(1, { feePpm: ppm(250) });
    }
    // Once before it was noticed, then once a day.
    expect(node.calls(1).length).toBeLessThanOrEqual(3);
    expect(node.changes(1).filter(([, , reason]) => reason === 'external-change').length).toBe(node.calls(1).length);
  });
});

describe('clboss', () => {
  const withClboss = async (): Promise<PricedNode> => {
    const node = await lived();
    node.clboss.present = true;
    return node;
  };

  it('gives up lnfee of a peer before its fee is set, and nothing else of it', async () => {
    const node = await withClboss();
    const order: string[] = [];
    node.before = (port, method) => {
      if (['setFee', 'replaceTags', 'saveTakenTags'].includes(method)) order.push(`${port}.${method}`);
    };
    await node.cycle();
    expect(order.slice(0, 3)).toEqual(['store.saveTakenTags', 'clboss.replaceTags', 'fees.setFee']);
    expect(node.clboss.unmanaged.get(node.peer(1))).toEqual(['lnfee']);
  });

  it('keeps what the operator has taken: tags are merged, never replaced, never ours', async () => {
    const node = await withClboss();
    node.clboss.unmanaged.set(node.peer(1), ['balance', 'close', 'open']);
    node.clboss.unmanaged.set(node.peer(2), ['lnfee']);
    await node.cycle();
    expect(node.clboss.unmanaged.get(node.peer(1))).toEqual(['balance', 'close', 'lnfee', 'open']);
    expect(node.store.fees.takenTags().get(node.peer(1))).toEqual(['lnfee']);
    expect(node.store.fees.takenTags().get(node.peer(2)) ?? []).toEqual([]);
  });

  it('that refuses keeps the fee: not set, said so, tried again', async () => {
    const node = await withClboss();
    node.clboss.failing.set('replaceTags', new NodeError('refused', 'Unknown tag: lnfee', -32602));
    const failure = (await node.failure()) as Error;
    expect(failure.message).toContain('Unknown tag');
    expect(node.fees.calls).toEqual([]);
    expect(node.decision(1).outcome).toMatch(/^not set: .*Unknown tag/);
    expect([...node.store.fees.takenTags().values()].flat()).toEqual([]);
    node.clboss.failing.clear();
    await node.cycle();
    expect(node.calls(1)).toHaveLength(1);
  });

  it('that forgot what we took, after a restart of its own, is told again each time, whether or not a fee is due', async () => {
    const node = await withClboss();
    await node.cycles(3);
    const told = node.clboss.calls.length;
    const set = node.fees.calls.length;
    await node.cycle();
    expect(node.clboss.calls.length).toBe(told);
    node.clboss.unmanaged.clear();
    await node.cycle();
    for (const n of [1, 2, 3]) expect(node.clboss.unmanaged.get(node.peer(n))).toEqual(['lnfee']);
    expect(node.fees.calls).toHaveLength(set);
  });

  it('that does not answer ends the cycle before anything is decided, and is not waited for at every peer', async () => {
    const node = await withClboss();
    const before = node.memory;
    let asked = 0;
    node.before = (port, method) => {
      if (port === 'clboss' && method === 'readClboss') asked++;
    };
    node.clboss.failing.set('readClboss', timeout);
    expect(await node.failure()).toBe(timeout);
    expect(asked).toBe(1);
    expect(node.memory).toBe(before);
    expect(node.fees.calls).toEqual([]);
    node.clboss.failing.clear();
    await node.cycle();
    expect(node.calls(1)).toHaveLength(1);
  });

  it('that is older than the command, or gone, is no obstacle', async () => {
    const node = await lived();
    await node.cycle();
    expect(node.calls(1)).toHaveLength(1);
    expect(node.log.lines.filter((line) => /clboss/.test(line) && !line.startsWith('debug'))).toEqual([]);
  });

  it('is not spoken to where the operator does not want that', async () => {
    const node = await withClboss();
    node.config = { ...node.config, clbossEnabled: false };
    await node.cycle();
    expect(node.clboss.calls).toEqual([]);
    expect(node.calls(1)).toHaveLength(1);
  });

  it('that comes later is told of all peers we have priced', async () => {
    const node = await lived();
    await node.cycle();
    node.clboss.present = true;
    await node.cycle();
    for (const n of [1, 2, 3]) expect(node.clboss.unmanaged.get(node.peer(n))).toEqual(['lnfee']);
    // And of no one else.
    expect([...node.clboss.unmanaged.keys()]).not.toContain(nodeId(`02${'ff'.repeat(32)}`));
  });
});
