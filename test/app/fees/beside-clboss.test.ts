// Does a clboss that goes on setting fees lose every peer that we are to price, and none that we are not?
import { describe, expect, it } from 'vitest';
import { ppm, unixSec } from '../../../src/core/units.ts';
import { NodeError } from '../../../src/ports.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { LOWER, PricedNode } from './priced-node.ts';

const database = temporaryDatabase();
const CYCLES_A_DAY = 48;
const EXTERNAL = 'external-change';

/** Calm channels, so that nothing is to be set, and a clboss that manages them all. */
function beside(...[changes]: [ConstructorParameters<typeof PricedNode>[1]?]): PricedNode {
  const node = new PricedNode(database, changes);
  node.clboss.present = true;
  return node;
}

/** Sets another fee on the channel, if it still may: as clboss does about hourly. */
function clbossPrices(node: PricedNode, n = 1): void {
  const fee = node.fee(n) ?? 0;
  if (node.clboss.manages(node.peer(n), 'lnfee')) node.change(n, { feePpm: ppm(fee === 300 ? 310 : 300) });
}

const tagsOf = (node: PricedNode, n = 1): readonly string[] => node.clboss.unmanaged.get(node.peer(n)) ?? [];
const foreign = (node: PricedNode, n = 1): number =>
  node.changes(n).filter(([, , reason]) => reason === EXTERNAL).length;

/** Cycles of so many days in which the peer was left alone for somebody else's change. */
async function heldCycles(node: PricedNode, days: number): Promise<number> {
  let held = 0;
  for (let i = 0; i < days * CYCLES_A_DAY; i++) {
    if (i % 12 === 0) clbossPrices(node);
    await node.cycle();
    if (node.decision(1).decision.reason === EXTERNAL) held++;
  }
  return held;
}

describe('a clboss that changes fees several times a day', () => {
  it('has the peer taken at its first change; one hold later we price it', async () => {
    const node = beside();
    await node.cycles(2);
    expect(node.decision(1).decision).toMatchObject({ kind: 'hold', reason: 'no-change' });
    expect(tagsOf(node)).toEqual([]);
    clbossPrices(node);
    await node.cycle();
    // Whose change it was cannot be told, so the fee stays for a day; that clboss goes on can be prevented.
    expect(node.decision(1).decision).toMatchObject({ kind: 'hold', reason: EXTERNAL });
    expect(tagsOf(node)).toEqual(['lnfee']);
    // Of peers whose fees nobody has changed it keeps what it had.
    expect(tagsOf(node, 2)).toEqual([]);
    expect(node.fee(1)).toBe(300);
    expect(await heldCycles(node, 3)).toBeLessThan(CYCLES_A_DAY);
    expect(foreign(node)).toBe(1);
    node.change(1, LOWER);
    await node.cycle();
    expect(node.calls(1).length).toBeGreaterThan(0);
  });

  it('says in the log what was taken, and why', async () => {
    const node = beside();
    await node.cycles(2);
    clbossPrices(node);
    await node.cycle();
    expect(node.log.lines.filter((line) => line.includes('took'))).toEqual([
      `info clboss: took lnfee of ${node.peer(1)}: someone changed its fee, and clboss may have`,
    ]);
  });

  it('also where the change came just before dry-run was switched off', async () => {
    const node = beside({ dryRun: true });
    await node.cycles(2);
    clbossPrices(node);
    node.config = { ...node.config, dryRun: false };
    expect(await heldCycles(node, 3)).toBeLessThanOrEqual(CYCLES_A_DAY + 1);
    expect(tagsOf(node)).toEqual(['lnfee']);
  });

  it('also where the peer is away', async () => {
    const node = beside();
    node.change(1, { connected: false });
    await node.cycles(2);
    expect(node.decision(1).decision.reason).toBe('disconnected');
    await heldCycles(node, 1);
    expect(tagsOf(node)).toEqual(['lnfee']);
  });

  it('also where it comes only while the fee is left alone', async () => {
    const node = beside();
    node.clboss.present = false;
    await node.cycles(2);
    node.change(1, { feePpm: ppm(300) });
    await node.cycle();
    expect(node.store.fees.takenTags().size).toBe(0);
    node.clboss.present = true;
    await node.cycle();
    expect(tagsOf(node)).toEqual(['lnfee']);
  });

  it('also where it sets another fee than the operator has ordered by hand', async () => {
    const node = beside();
    await node.cycles(2);
    node.store.fees.saveHold(node.peer(1), { until: unixSec(node.clock.now() + 7200), by: 'revenue-set-fee' });
    await node.cycle();
    // The order alone takes nothing here: it has taken the fee when it was given.
    expect(tagsOf(node)).toEqual([]);
    clbossPrices(node);
    await node.cycle();
    expect(node.decision(1).decision.reason).toBe('held-by-hand');
    expect(tagsOf(node)).toEqual(['lnfee']);
  });

  it('is told again when it has forgotten, though we have never set a fee there', async () => {
    const node = beside();
    await node.cycles(2);
    clbossPrices(node);
    await node.cycles(CYCLES_A_DAY + 2);
    expect(node.decision(1).decision.reason).not.toBe(EXTERNAL);
    expect(node.store.fees.pricedPeers().size).toBe(0);
    node.clboss.lose('lnfee');
    await node.cycle();
    expect(tagsOf(node)).toEqual(['lnfee']);
    expect(node.log.lines.at(-1)).toBe(`info clboss: took lnfee of ${node.peer(1)} again: its fees are ours to set`);
  });

  it('that refuses is asked again by every cycle, which says so', async () => {
    const node = beside();
    await node.cycles(2);
    clbossPrices(node);
    node.clboss.failing.set('replaceTags', new NodeError('refused', 'Unknown tag: lnfee', -32602));
    expect((await node.failure()) as Error).toMatchObject({
      message: 'clboss sets the fees of 1 of our peers; first: Unknown tag: lnfee',
    });
    node.clboss.failing.clear();
    await node.cycle();
    expect(tagsOf(node)).toEqual(['lnfee']);
  });
});

describe('a clboss that falls silent', () => {
  const silent = new NodeError('timeout', 'clboss-unmanage: no reply within 60000 ms');
  const asked = (node: PricedNode): (() => number) => {
    let times = 0;
    node.before = (port, method) => void (times += port === 'clboss' && method === 'replaceTags' ? 1 : 0);
    return () => times;
  };

  it('keeps a cycle, and the orders behind it, waiting once and not at every peer', async () => {
    const node = beside();
    node.change(1, LOWER);
    node.clboss.failing.set('replaceTags', silent);
    const times = asked(node);
    expect(await node.failure()).toMatchObject({ kind: 'timeout', message: silent.message });
    expect(times()).toBe(1);
    expect(node.fees.calls).toEqual([]);
    expect(node.store.fees.intents()).toEqual([]);
    node.clboss.failing.clear();
    await node.cycle();
    expect(node.fees.calls).toHaveLength(3);
  });

  it('likewise where it has forgotten them all', async () => {
    const node = beside();
    node.change(1, LOWER);
    await node.cycle();
    node.clboss.lose('lnfee');
    node.clboss.failing.set('replaceTags', silent);
    const times = asked(node);
    await node.failure();
    expect(times()).toBe(1);
    node.clboss.failing.clear();
    await node.cycle();
    expect([1, 2, 3].flatMap((n) => tagsOf(node, n))).toEqual(Array(3).fill('lnfee'));
  });
});

describe('nothing is taken for somebody else’s change', () => {
  const passive = {
    strategy: 'passive',
    staticPpm: null,
    minPpm: null,
    maxPpm: null,
    rebalance: 'both',
    expiresAt: null,
    setAt: unixSec(1),
  } as const;

  it.each<[string, (node: PricedNode) => void]>([
    ['in dry-run', (node) => (node.config = { ...node.config, dryRun: true })],
    ['while paused', (node) => (node.paused = true)],
    [
      'where the policy leaves the fee to others',
      (node) => {
        node.store.fees.savePolicy({ ...passive, subject: node.peer(1) });
      },
    ],
    ['where we are not to speak to clboss', (node) => (node.config = { ...node.config, clbossEnabled: false })],
    ['where there is no clboss', (node) => (node.clboss.present = false)],
  ])('%s', async (_, arrange) => {
    const node = beside();
    await node.cycles(2);
    arrange(node);
    node.change(1, { feePpm: ppm(300) });
    await node.cycles(3);
    expect(foreign(node)).toBe(1);
    expect(node.clboss.calls).toEqual([]);
    expect(node.store.fees.takenTags().size).toBe(0);
    expect(node.log.lines.filter((line) => line.includes('clboss'))).toEqual([]);
  });

  it('once it is over', async () => {
    const node = beside();
    node.clboss.present = false;
    await node.cycles(2);
    node.change(1, { feePpm: ppm(300) });
    await node.cycles(CYCLES_A_DAY + 2);
    node.clboss.present = true;
    await node.cycles(2);
    expect(node.clboss.calls).toEqual([]);
  });
});
