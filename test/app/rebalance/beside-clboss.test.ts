// Does clboss keep off the balance of what we have rebalanced, also where it could not be told at once?
import { describe, expect, it } from 'vitest';
import { unixSec, type ChannelId, type NodeId } from '../../../src/core/units.ts';
import { NodeError, type Policy } from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { PayingNode } from './paying-node.ts';
import { ARRIVES, type Fate } from './payments-in-memory.ts';

const database = temporaryDatabase();
const REFUSED: Fate = { ...ARRIVES, end: 'refused' };
const INTERVAL = 900;
const DAY = 86_400;

/** One rebalance has arrived while clboss was as `meanwhile` left it; from then on nothing moves any more. */
async function rebalanced(meanwhile: (node: PayingNode) => void = () => undefined): Promise<PayingNode> {
  const node = new PayingNode(database);
  node.clboss.present = true;
  node.payments.fate = () => (node.sent.length === 1 ? ARRIVES : REFUSED);
  meanwhile(node);
  await node.cycle();
  expect(node.history.filter(({ status }) => status === 'success')).toHaveLength(1);
  node.payments.fate = () => REFUSED;
  return node;
}

/** The channels that were rebalanced, and their peers. */
const channelsOf = (node: PayingNode): readonly ChannelId[] => (node.sent[0] ?? []).map(idOf);
const peersOf = (node: PayingNode): readonly NodeId[] =>
  channelsOf(node).flatMap((id) =>
    node.node.snapshot.channels.filter(({ channelId }) => channelId === id).map(({ peerId }) => peerId),
  );
/** Of whom clboss leaves the balance alone. */
const left = (node: PayingNode): readonly NodeId[] =>
  [...node.clboss.unmanaged].filter(([, tags]) => tags.includes('balance')).map(([peer]) => peer);
const sorted = (peers: readonly NodeId[]): readonly NodeId[] => [...peers].sort();
const logged = (node: PayingNode): readonly string[] => node.log.lines.filter((line) => line.includes('took balance'));

describe('clboss that could not be told of a success', () => {
  it('since it was away, is told when it is back', async () => {
    const node = await rebalanced(({ clboss }) => (clboss.present = false));
    await node.cycleAfter(INTERVAL);
    expect(left(node)).toEqual([]);
    node.clboss.present = true;
    await node.cycleAfter(INTERVAL);
    expect(sorted(left(node))).toEqual(sorted(peersOf(node)));
    expect(node.store.fees.takenTags().get(peersOf(node)[0] as NodeId)).toEqual(['balance']);
    expect(sorted(logged(node) as NodeId[])).toEqual(
      sorted(peersOf(node)).map((peer) => `info clboss: took balance of ${peer}: we have rebalanced it lately`),
    );
  });

  it.each(['readClboss', 'replaceTags'] as const)('since %s failed, is told by the next cycle', async (call) => {
    const node = await rebalanced(({ clboss }) =>
      clboss.failing.set(call, new NodeError('refused', 'not now', -32602)),
    );
    await node.cycleAfter(INTERVAL);
    expect(left(node)).toEqual([]);
    // It keeps no rebalance from being tried.
    expect(node.sent.length).toBeGreaterThan(1);
    node.clboss.failing.clear();
    await node.cycleAfter(INTERVAL);
    expect(sorted(left(node))).toEqual(sorted(peersOf(node)));
  });

  it('since the operator had paused meanwhile, is told once he lets us go on, after a restart too', async () => {
    const node = await rebalanced((it) => {
      it.before = (port, method) => {
        if (port === 'driver' && method === 'sent') it.paused = true;
      };
    });
    node.before = () => undefined;
    expect(node.paused).toBe(true);
    await node.cycleAfter(INTERVAL);
    expect(node.clboss.calls).toEqual([]);
    node.restart();
    node.paused = false;
    await node.cycleAfter(INTERVAL);
    expect(sorted(left(node))).toEqual(sorted(peersOf(node)));
  });
});

describe('clboss that was told of a success', () => {
  it('and forgets balance, but not lnfee, is told again', async () => {
    const node = await rebalanced();
    const [peer] = peersOf(node) as [NodeId];
    node.clboss.unmanaged.set(peer, ['balance', 'lnfee', 'open']);
    node.clboss.lose('balance');
    await node.cycleAfter(INTERVAL);
    expect(node.clboss.unmanaged.get(peer)).toEqual(['balance', 'lnfee', 'open']);
    expect(sorted(left(node))).toEqual(sorted(peersOf(node)));
    expect(logged(node)[0]).toMatch(/ again: we have rebalanced it lately$/);
  });

  it('and keeps to it is asked once a cycle, and told nothing', async () => {
    const node = await rebalanced();
    const told = node.clboss.calls.length;
    let asked = 0;
    node.before = (port) => void (asked += port === 'clboss' ? 1 : 0);
    await node.cycleAfter(INTERVAL);
    expect([asked, node.clboss.calls.length]).toEqual([1, told]);
  });
});

describe('clboss may move again', () => {
  const policy = {
    strategy: 'dynamic',
    staticPpm: null,
    minPpm: null,
    maxPpm: null,
    rebalance: 'none',
    expiresAt: null,
    setAt: unixSec(1),
  } as const satisfies Partial<Policy>;

  it.each<[string, (node: PayingNode) => void]>([
    ['in dry-run', (node) => (node.config = { ...node.config, dryRun: true })],
    ['while paused', (node) => (node.paused = true)],
    ['where we are not to speak to it', (node) => (node.config = { ...node.config, clbossEnabled: false })],
    [
      'where the policies of the peers leave it to others',
      (node) => {
        for (const subject of peersOf(node)) node.store.fees.savePolicy({ ...policy, subject });
      },
    ],
    [
      'where the policies of the channels do',
      (node) => {
        for (const subject of channelsOf(node)) node.store.fees.savePolicy({ ...policy, subject });
      },
    ],
  ])('%s', async (_, arrange) => {
    const node = await rebalanced();
    node.clboss.lose('balance');
    const told = node.clboss.calls.length;
    arrange(node);
    await node.cycleAfter(INTERVAL);
    expect(node.clboss.calls.length).toBe(told);
    expect(left(node)).toEqual([]);
  });

  it('what the operator has given back while a rebalance was under way, be it his own', async () => {
    const node = new PayingNode(database);
    node.clboss.present = true;
    node.before = (port, method) => {
      if (port === 'driver' && method === 'sent')
        for (const subject of peersOf(node)) node.store.fees.savePolicy({ ...policy, subject });
    };
    await node.byHand(1, 2, 100_000, 1000);
    expect(node.history.map(({ status }) => status)).toEqual(['success']);
    expect(node.clboss.calls).toEqual([]);
    node.before = () => undefined;
    await node.cycle();
    const [giver, taker] = peersOf(node);
    expect(left(node)).not.toContain(giver);
    expect(left(node)).not.toContain(taker);
  });

  it('what the operator has given back before it was found out that a rebalance has arrived', async () => {
    const node = new PayingNode(database, { rebalanceTimeout: 60 });
    node.clboss.present = true;
    node.payments.fate = () => (node.sent.length === 1 ? { ...ARRIVES, end: 'held' } : REFUSED);
    await node.cycle();
    expect(node.open.map(({ state }) => state)).toEqual(['unknown']);
    for (const subject of peersOf(node)) node.store.fees.savePolicy({ ...policy, subject });
    node.payments.endAll();
    node.payments.fate = () => REFUSED;
    await node.cycleAfter(INTERVAL);
    expect(node.history.map(({ status }) => status)).toContain('success');
    expect(left(node)).toEqual([]);
  });

  it('what was rebalanced a week ago', async () => {
    const node = await rebalanced();
    node.clboss.lose('balance');
    await node.cycleAfter(8 * DAY);
    expect(left(node)).toEqual([]);
  });

  it('only where nothing at all is left to us: what we may still empty, or fill, it leaves alone', async () => {
    const node = await rebalanced();
    node.clboss.lose('balance');
    for (const subject of peersOf(node)) node.store.fees.savePolicy({ ...policy, subject, rebalance: 'source_only' });
    await node.cycleAfter(INTERVAL);
    expect(sorted(left(node))).toEqual(sorted(peersOf(node)));
  });
});
