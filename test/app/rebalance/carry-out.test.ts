// Is money sent only as reserved, once, and does every end of it come into the ledger?
import { describe, expect, it } from 'vitest';
import type { RebalanceOrder } from '../../../src/core/rebalance/types.ts';
import { msatToSats, satsToMsat, sumMsat, ZERO_MSAT } from '../../../src/core/units.ts';
import { NodeError, StoreError } from '../../../src/ports.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { settle } from '../manual-clock.ts';
import { PayingNode } from './paying-node.ts';
import { ARRIVES, type Fate } from './payments-in-memory.ts';

const database = temporaryDatabase();
const HELD: Fate = { ...ARRIVES, end: 'held' };
const REFUSED: Fate = { ...ARRIVES, end: 'refused' };
/** By then no driver works on an order any more. */
const LONG = 2000;
const NOTHING = { spentMsat: 0n, reservedMsat: 0n };

/** Only the first order of a driver is as said; what comes after is refused. */
function onlyFirst(node: PayingNode, fate: Fate): void {
  node.payments.fate = () => (node.sent.length === 1 ? fate : REFUSED);
}

describe('before anything is sent', () => {
  it('the order is in the ledger as dispatched, with its cap reserved and where the list of payments stood', async () => {
    const node = new PayingNode(database);
    node.payments.index = 41;
    onlyFirst(node, REFUSED);
    const seen: unknown[] = [];
    node.before = (port, method) => {
      if (port === 'driver' && method === 'asked' && seen.length === 0) seen.push(node.open, node.spending);
    };
    await node.cycle();
    const [order] = node.payments.orders;
    const { maxFeeMsat, id, amountMsat } = order?.order as RebalanceOrder;
    expect(seen).toMatchObject([
      [{ id, state: 'dispatched', amountMsat, maxFeeMsat, paymentsBefore: 41, paymentHashes: [] }],
      { spentMsat: 0n, reservedMsat: maxFeeMsat },
    ]);
    expect(order?.order.deadline).toBe(node.clock.now() + node.config.rebalanceTimeout);
  });

  it('its payment hash is in the ledger', async () => {
    const node = new PayingNode(database);
    onlyFirst(node, ARRIVES);
    let hashes: readonly string[] = [];
    node.before = (_, method) => {
      if (method === 'before it is sent') hashes = node.open[0]?.paymentHashes ?? [];
    };
    await node.cycle();
    expect(hashes).toEqual([node.payments.rows[0]?.paymentHash]);
  });

  it('funds are read again: what has left meanwhile is not there', async () => {
    const node = new PayingNode(database, { minWalletReserve: 15_000_000 });
    let reads = 0;
    node.before = (_, method) => {
      if (method === 'readOnchainFunds' && ++reads === 2) {
        node.node.funds = ZERO_MSAT;
        node.balance();
        const channels = node.node.snapshot.channels.map((view) => ({ ...view, spendable: satsToMsat(1_000_000) }));
        node.node.snapshot = { ...node.node.snapshot, channels };
      }
    };
    await node.cycle();
    expect(reads).toBe(2);
    expect(node.sent).toEqual([]);
    expect(node.history).toEqual([]);
  });

  it('funds that cannot be read again stop it', async () => {
    const node = new PayingNode(database);
    let reads = 0;
    node.before = (_, method) => {
      if (method === 'readOnchainFunds' && ++reads === 2) throw new NodeError('timeout', 'listfunds: no reply');
    };
    expect(await node.failureOf(node.cycle())).toBeInstanceOf(NodeError);
    expect(node.sent).toEqual([]);
    expect(node.history).toEqual([]);
  });
});

describe('two at once, the cycle and the operator', () => {
  /** Drivers that send nothing until told, so that others come between. */
  function slow(node: PayingNode) {
    const under: RebalanceOrder[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const conduct = node.payments.conduct;
    node.payments.conduct = async (order, watch) => {
      under.push(order);
      await gate;
      return conduct(order, watch);
    };
    return { under, open };
  }

  it('never send by the same pair', async () => {
    const node = new PayingNode(database);
    const { under, open } = slow(node);
    const cycle = node.cycle();
    const byHand = node.failureOf(node.byHand(1, 2, 500_000, 400));
    const another = node.failureOf(node.byHand(1, 2, 500_000, 400));
    await settle();
    expect(under.map(({ from, to }) => [from.scid, to.scid])).toEqual([['101x1x0', '102x1x0']]);
    open();
    await cycle;
    const refusals = [await byHand, await another].filter((failure) => failure !== null);
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        errorName: 'rebalance-refused',
        message: expect.stringContaining('a rebalance of this pair has not ended yet') as string,
      });
    expect(node.open).toEqual([]);
  });

  it('never use the same room of the budget', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 600 });
    const { under, open } = slow(node);
    const cycle = node.cycle();
    const byHand = node.failureOf(node.byHand(4, 3, 500_000, 400));
    await settle();
    expect(under).toHaveLength(1);
    expect(node.spending.reservedMsat).toBeLessThanOrEqual(satsToMsat(600));
    open();
    await cycle;
    expect(await byHand).toMatchObject({ errorName: 'rebalance-refused' });
    expect(node.spending.spentMsat).toBeLessThanOrEqual(satsToMsat(600));
  });

  it('never use the same room above the wallet reserve, though neither has left when the other reads the funds', async () => {
    const node = new PayingNode(database);
    const { channels } = node.node.snapshot;
    const funds = node.node.funds + channels.reduce((sum, { spendable }) => sum + spendable, 0n);
    node.config = { ...node.config, minWalletReserve: Number(funds / 1000n) - 1_600_000 };
    const { under, open } = slow(node);
    const cycle = node.cycle();
    const byHand = node.failureOf(node.byHand(4, 3, 1_000_000, 400));
    await settle();
    expect(under).toHaveLength(1);
    const outOfReach = sumMsat(under.flatMap(({ amountMsat, maxFeeMsat }) => [amountMsat, maxFeeMsat]));
    expect(outOfReach).toBeLessThanOrEqual(satsToMsat(1_600_000));
    open();
    await cycle;
    expect(await byHand).toMatchObject({ message: expect.stringContaining('wallet-reserve') as string });
  });

  it('but what is out of sight had left before the funds were read, and is not taken off them again', async () => {
    const node = new PayingNode(database, { rebalanceTimeout: 60 });
    node.payments.fate = () => HELD;
    await node.byHand(1, 2, 1_000_000, 400);
    expect(node.open).toMatchObject([{ state: 'unknown' }]);
    const { channels } = node.node.snapshot;
    const funds = node.node.funds + channels.reduce((sum, { spendable }) => sum + spendable, 0n);
    node.config = { ...node.config, minWalletReserve: Number(funds / 1000n) - 1_000_400 };
    node.payments.fate = () => ARRIVES;
    expect((await node.byHand(4, 3, 1_000_000, 400)).outcome?.status).toBe('success');
  });

  it('are both carried out where there is room', async () => {
    const node = new PayingNode(database);
    const { under, open } = slow(node);
    const cycle = node.cycle();
    const byHand = node.byHand(4, 3, 500_000, 400);
    await settle();
    expect(under).toHaveLength(2);
    open();
    await cycle;
    expect((await byHand).outcome?.status).toBe('success');
  });

  it('settle what is open once, and neither fails for the other', async () => {
    const node = new PayingNode(database, { rebalanceTimeout: 60 });
    onlyFirst(node, HELD);
    await node.cycle();
    node.payments.endAll();
    node.payments.fate = () => ARRIVES;
    const [cycle, byHand] = await Promise.all([
      node.failureOf(node.cycle()),
      node.failureOf(node.byHand(4, 3, 500_000)),
    ]);
    expect([cycle, byHand]).toEqual([null, null]);
    expect(node.open).toEqual([]);
  });
});

describe('the end', () => {
  it('is in ledger and history: what arrived, what it cost, by which payment', async () => {
    const node = new PayingNode(database);
    onlyFirst(node, ARRIVES);
    await node.cycle();
    const [row] = node.payments.rows;
    const fee = (row?.amountSentMsat ?? 0n) - (row?.amountMsat ?? 0n);
    const settled = node.ended.filter(({ state }) => state === 'settled');
    expect(settled).toMatchObject([{ movedMsat: row?.amountMsat, feeMsat: fee, paymentHashes: [row?.paymentHash] }]);
    expect(node.spending).toEqual({ spentMsat: fee, reservedMsat: 0n });
    expect(node.history.filter(({ status }) => status === 'success')).toMatchObject([
      { actualFeeSats: Math.ceil(msatToSats(settled[0]?.feeMsat ?? ZERO_MSAT)), errorMessage: null },
    ]);
  });

  it('of a driver that paid more than its cap counts as what it was, and holds the next ones back', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 600 });
    onlyFirst(node, { ...ARRIVES, costs: 3 });
    await node.cycle();
    expect(node.sent).toHaveLength(1);
    expect(node.spending.spentMsat).toBeGreaterThan(satsToMsat(600));
    expect(await node.failureOf(node.byHand(4, 3, 500_000, 100))).toMatchObject({
      message: expect.stringContaining('budget-used') as string,
    });
  });

  it('of a driver that breaks down keeps its reservation, until the node has told what was sent', async () => {
    const node = new PayingNode(database);
    node.before = (port, method) => {
      if (port === 'driver' && method === 'asked') throw new TypeError('undefined is not a function');
    };
    expect(await node.failureOf(node.cycle())).toBeInstanceOf(TypeError);
    node.before = () => undefined;
    const cap = node.open[0]?.maxFeeMsat;
    expect(node.open).toMatchObject([{ state: 'dispatched' }]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: cap });
    node.config = { ...node.config, rebalanceMinProfit: 1_000_000 };
    await node.cycleAfter(LONG);
    expect(node.ended).toMatchObject([{ state: 'failed', failure: 'driver-error' }]);
    expect(node.spending).toEqual(NOTHING);
  });

  it('of a driver that breaks down after it has sent is the payment’s', async () => {
    const node = new PayingNode(database);
    node.before = (port, method) => {
      if (port === 'driver' && method === 'sent') throw new TypeError('undefined is not a function');
    };
    expect(await node.failureOf(node.cycle())).toBeInstanceOf(TypeError);
    node.before = () => undefined;
    node.payments.endAll();
    node.config = { ...node.config, rebalanceMinProfit: 1_000_000 };
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled', paymentHashes: [node.payments.rows[0]?.paymentHash] }]);
    expect(node.spending.spentMsat).toBeGreaterThan(0n);
  });

  it('after we were stopped teaches nothing of the pair or the driver, and stays reserved', async () => {
    const node = new PayingNode(database);
    onlyFirst(node, HELD);
    node.before = (port, method) => {
      if (port === 'driver' && method === 'sent') node.stop();
    };
    await node.cycle();
    expect(node.sent).toHaveLength(1);
    expect(node.open).toMatchObject([{ state: 'unknown' }]);
    expect(node.store.rebalances.driverRecords().size).toBe(0);
    expect(node.store.rebalances.failures().size).toBe(0);
    node.restart();
    node.payments.endAll();
    node.config = { ...node.config, dailyBudgetSats: 0 };
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled' }]);
  });

  it('does not depend on clboss or the books, which are told after it', async () => {
    const node = new PayingNode(database);
    onlyFirst(node, ARRIVES);
    node.clboss.present = true;
    for (const call of ['readClboss', 'replaceTags'] as const)
      node.clboss.failing.set(call, new NodeError('refused', 'not now'));
    await node.cycle();
    for (const read of ['readChannelFacts', 'readSelfPayments'] as const)
      node.accounts.failing.set(read, new NodeError('timeout', 'listpays: no reply'));
    expect((await node.byHand(4, 3, 500_000, 400)).outcome?.status).toBe('failed');
    node.payments.fate = () => ARRIVES;
    expect((await node.byHand(4, 2, 500_000, 400)).outcome?.status).toBe('success');
  });

  it('is learned: a failure rests the pair, a success forgives it, and the driver gets its score', async () => {
    const node = new PayingNode(database);
    onlyFirst(node, ARRIVES);
    await node.cycle();
    const { failures, driverRecords } = {
      failures: node.store.rebalances.failures(),
      driverRecords: node.store.rebalances.driverRecords(),
    };
    expect([...failures.values()].filter(({ subject }) => subject.startsWith('pair:'))).toMatchObject(
      node.sent.slice(1).map(() => ({ kind: 'too-expensive' })),
    );
    expect(driverRecords.get('native')).toMatchObject({ orders: node.sent.length, successes: 1, errorsInRow: 0 });
  });
});

describe('a database that fails once', () => {
  it.each<[string, Fate]>([
    ['arrives', ARRIVES],
    ['arrives, its hash told late', { ...ARRIVES, tells: 'after' }],
    ['fails', { ...ARRIVES, end: 'fails' }],
    ['is held', HELD],
  ])('at whatever step of a payment that %s: nothing is lost, doubled or held for ever', async (_, fate) => {
    const node = new PayingNode(database, { dailyBudgetSats: 50_000 });
    if (fate.tells === 'after') node.node.commands.add('circular');
    let at = -1;
    let calls: number;
    do {
      at++;
      node.fresh();
      const before = node.sent.length;
      node.payments.fate = () => (node.sent.length === before + 1 ? fate : REFUSED);
      calls = 0;
      node.before = (port, method) => {
        if (port === 'ledger' && calls++ === at) throw new StoreError('failed', `${method}: the disk is full`);
      };
      await node.failureOf(node.cycle());
      node.before = () => undefined;
      node.payments.endAll();
      node.config = { ...node.config, dailyBudgetSats: 0 };
      await node.cycle();
      await node.cycleAfter(LONG);
      node.config = { ...node.config, dailyBudgetSats: 50_000 };
      const fees = node.payments.rows.map(({ status, amountMsat, amountSentMsat }) =>
        status === 'complete' ? amountSentMsat - (amountMsat ?? 0n) : 0n,
      );
      const counted = node.ended.map(({ feeMsat }) => feeMsat).filter((fee) => fee > 0n);
      expect(counted, `call ${String(at)}`).toEqual(fees.filter((fee) => fee > 0n));
      expect(node.open, `call ${String(at)}`).toEqual([]);
      // Until the cycle under test has come to its end without a failure.
    } while (calls > at);
    expect(at).toBeGreaterThan(15);
  });
});
