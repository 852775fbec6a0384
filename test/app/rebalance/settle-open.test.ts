// Does each rebalance that nobody works on any more end as the node says, and stay reserved as long as it says nothing?
import { describe, expect, it } from 'vitest';
import type { DriverName, SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import type { SelfPayment } from '../../../src/core/profit/books.ts';
import { msat, SECONDS_PER_DAY, unixSec } from '../../../src/core/units.ts';
import { REBALANCE_COMMANDS } from '../../../src/node/drivers/rebalance/driver.ts';
import { NodeError } from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { Killed } from '../announced.ts';
import { numberOf, PayingNode, WANT } from './paying-node.ts';
import { ARRIVES, type Fate } from './payments-in-memory.ts';

const database = temporaryDatabase();
const TIMEOUT = 300;
/** Nothing of ours is at work any more: 120 s after the dispatch for native, 600 s after the deadline for plugins. */
const QUIET = TIMEOUT + 600 + 1;

/** A process that ended at a step of its first order, and the one after it, which begins nothing of its own. */
async function killedAt(
  step: string,
  driver: DriverName = 'native',
  fate: Partial<Fate> = {},
  index: number | null = 0,
): Promise<PayingNode> {
  const node = new PayingNode(database, { rebalanceTimeout: TIMEOUT, rebalancer: driver });
  for (const command of ['circular', ...REBALANCE_COMMANDS]) node.node.commands.add(command);
  node.payments.index = index;
  const tells = driver === 'native' ? 'before' : 'after';
  node.payments.fate = () => ({ ...ARRIVES, tells, ...fate });
  let dead = false;
  node.before = (port, method) => {
    dead ||= `${port}.${method}` === step;
    if (dead) throw new Killed('killed');
  };
  await node.failureOf(node.cycle());
  expect(dead).toBe(true);
  node.restart();
  node.config = { ...node.config, dailyBudgetSats: 0 };
  return node;
}

/** Changes what the node lists of its only payment. */
function relist(node: PayingNode, changes: Partial<SelfPaymentRow>): void {
  node.payments.rows = node.payments.rows.map((row) => ({ ...row, ...changes }));
}
const feeOf = ({ payments: { rows } }: PayingNode): bigint =>
  rows.reduce((sum, { amountMsat, amountSentMsat }) => sum + amountSentMsat - (amountMsat ?? 0n), 0n);
const held = (node: PayingNode) => ({ spentMsat: 0n, reservedMsat: node.open[0]?.maxFeeMsat });

describe('a process that ended', () => {
  it('between reservation and dispatch: dropped, and the reservation with it', async () => {
    const node = await killedAt('ledger.advance');
    expect(node.open).toMatchObject([{ state: 'planned' }]);
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'failed', failure: 'driver-error', feeMsat: 0n }]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    expect(node.store.rebalances.failures().size).toBe(0);
  });

  it.each<[string, DriverName, number]>([
    ['before anything was sent', 'native', 121],
    ['before anything was sent', 'circular', QUIET],
  ])('%s by %s: open as long as it could have been, then failed for nothing', async (_, driver, seconds) => {
    const node = await killedAt('driver.before it is sent', driver);
    await node.cycleAfter(seconds - 2);
    expect(node.open).toMatchObject([{ state: 'dispatched' }]);
    expect(node.spending).toEqual(held(node));
    await node.cycleAfter(3);
    expect(node.ended).toMatchObject([{ state: 'failed', feeMsat: 0n }]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
  });

  it.each<DriverName>(['native', 'circular'])(
    'after %s had sent, and it arrived: settled with what it cost',
    async (driver) => {
      const node = await killedAt('driver.sent', driver);
      node.clboss.present = true;
      node.payments.endAll();
      const at = node.clock.now();
      await node.cycleAfter(60);
      const { rows } = node.payments;
      expect(node.ended).toMatchObject([
        {
          state: 'settled',
          movedMsat: rows[0]?.amountMsat,
          feeMsat: feeOf(node),
          paymentHashes: [rows[0]?.paymentHash],
          endedAt: at,
          failure: null,
        },
      ]);
      expect(node.spending).toEqual({ spentMsat: feeOf(node), reservedMsat: 0n });
      expect(node.history).toMatchObject([{ status: 'success' }]);
      // What follows a success follows it now.
      expect([...node.clboss.unmanaged.values()]).toEqual([['balance'], ['balance']]);
    },
  );

  it('and while paused: settled all the same, and nothing else is done', async () => {
    const node = await killedAt('driver.sent', 'native');
    node.clboss.present = true;
    node.paused = true;
    node.payments.endAll();
    await node.clock.advance(60);
    await node.settleOpen();
    expect(node.ended).toMatchObject([{ state: 'settled' }]);
    expect(node.spending).toEqual({ spentMsat: feeOf(node), reservedMsat: 0n });
    expect(node.clboss.unmanaged.size).toBe(0);
  });

  it.each<DriverName>(['native', 'circular'])(
    'after %s had sent, and it failed: failed, and the pair rests',
    async (driver) => {
      const node = await killedAt('driver.sent', driver, { end: 'fails' });
      node.payments.endAll();
      await node.cycleAfter(QUIET);
      expect(node.ended).toMatchObject([{ state: 'failed', failure: 'unknown', feeMsat: 0n }]);
      expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
      const records = [...node.store.rebalances.failures().values()];
      const record = records.find(({ subject }) => subject.startsWith('pair:'));
      expect(record).toMatchObject({ kind: 'unknown' });
      expect(record?.until).toBeGreaterThan(node.clock.now());
    },
  );

  it('with an order queued in the plugin: unknown and reserved until that has got round to it, then what it cost', async () => {
    const node = await killedAt('driver.before it is sent', 'rebalance', { queued: true });
    await node.cycleAfter(TIMEOUT - 1);
    expect(node.open).toMatchObject([{ state: 'dispatched' }]);
    for (const seconds of [QUIET, 3600, SECONDS_PER_DAY]) {
      node.restart();
      await node.cycleAfter(seconds);
      expect(node.open).toMatchObject([{ state: 'unknown' }]);
      expect(node.spending).toEqual(held(node));
    }
    node.payments.serve();
    node.payments.endAll();
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled', feeMsat: feeOf(node) }]);
    expect(node.spending).toEqual({ spentMsat: feeOf(node), reservedMsat: 0n });
  });

  it('with an order in a plugin that answers nothing at all: unknown and reserved, and the cycle goes on', async () => {
    const node = await killedAt('driver.before it is sent', 'rebalance', { queued: true });
    const answers = node.payments.recall;
    node.payments.recall = () => new Promise(() => undefined);
    await node.clock.advance(QUIET);
    const cycle = node.cycle();
    await node.clock.advance(5);
    await cycle;
    expect(node.open).toMatchObject([{ state: 'unknown' }]);
    expect(node.spending).toEqual(held(node));
    expect(node.clock.sleeping).toBe(0);
    node.payments.recall = answers;
    node.payments.serve();
    node.payments.endAll();
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled', feeMsat: feeOf(node) }]);
    // Nobody waits on for a plugin that has answered.
    expect(node.clock.sleeping).toBe(0);
  });

  it('with an order that never reached the plugin: failed for nothing, once that has answered', async () => {
    const node = await killedAt('driver.asked', 'rebalance', { queued: true });
    await node.cycleAfter(QUIET);
    expect(node.ended).toMatchObject([{ state: 'failed', feeMsat: 0n }]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
  });

  it('on a node that knew no indexes of payments: its payment is found by its time', async () => {
    const node = await killedAt('driver.sent', 'circular', {}, null);
    expect(node.open).toMatchObject([{ paymentsBefore: null }]);
    node.payments.endAll();
    await node.cycleAfter(60);
    expect(node.ended).toMatchObject([{ state: 'settled', feeMsat: feeOf(node) }]);
    expect(node.spending).toEqual({ spentMsat: feeOf(node), reservedMsat: 0n });
  });

  it('and left one out of sight: what another order has paid and ended with is not taken for it either', async () => {
    const node = await killedAt('driver.before it is sent', 'circular');
    const [[from, to] = [0, 0]] = node.sent;
    const amount = Number(node.open[0]?.amountMsat) / 1000;
    node.config = { ...node.config, dailyBudgetSats: 5000 };
    node.payments.fate = () => ({ ...ARRIVES, tells: 'after' });
    const other = WANT.find((n) => n !== to) ?? 0;
    expect((await node.byHand(from, other, amount, 300)).outcome?.status).toBe('success');
    node.config = { ...node.config, dailyBudgetSats: 0 };
    // Nodes before v25.09 without bookkeeper never say by which channel it has come back.
    relist(node, { inChannel: null });
    await node.cycleAfter(QUIET);
    const ends = new Map(node.ended.map((intent) => [numberOf(intent.to.channelId), intent]));
    expect(ends.get(to)).toMatchObject({ state: 'failed', feeMsat: 0n, paymentHashes: [] });
    expect(node.spending).toEqual({ spentMsat: feeOf(node), reservedMsat: 0n });
  });

  it('and left one out of sight: what another order pays from that channel meanwhile is not taken for it', async () => {
    const node = await killedAt('driver.before it is sent', 'circular');
    const [[from, to] = [0, 0]] = node.sent;
    const amount = Number(node.open[0]?.amountMsat) / 1000;
    node.config = { ...node.config, dailyBudgetSats: 5000 };
    // What has passed is its deadline, and not yet the time in which circular may go on.
    await node.clock.advance(TIMEOUT + 1);
    node.payments.fate = () => ({ ...ARRIVES, tells: 'after', end: 'held' });
    const looks: Promise<unknown>[] = [];
    node.before = (port, method) => {
      if (port === 'driver' && method === 'sent') looks.push(node.settleOpen());
    };
    const other = WANT.find((n) => n !== to) ?? 0;
    expect((await node.byHand(from, other, amount, 300)).outcome?.status).toBe('unknown');
    expect(looks).toHaveLength(1);
    await Promise.all(looks);
    expect(node.open.map(({ paymentHashes }) => paymentHashes)).toEqual([[], []]);
    node.before = () => undefined;
    node.config = { ...node.config, dailyBudgetSats: 0 };
    node.payments.endAll();
    await node.cycleAfter(QUIET);
    const ends = new Map(node.ended.map((intent) => [numberOf(intent.to.channelId), intent]));
    expect(ends.get(to)).toMatchObject({ state: 'failed', feeMsat: 0n, paymentHashes: [] });
    expect(ends.get(other)).toMatchObject({ state: 'settled', feeMsat: feeOf(node) });
  });

  it.each<[string, 'complete' | 'failed', string]>([
    ['arrives', 'complete', 'settled'],
    ['fails', 'failed', 'failed'],
  ])('with an HTLC held: pending, unknown after the deadline, and what it became once it %s', async (_, end, state) => {
    const node = await killedAt('driver.sent');
    await node.cycleAfter(TIMEOUT - 1);
    expect(node.open).toMatchObject([{ state: 'dispatched' }]);
    await node.cycleAfter(2);
    expect(node.open).toMatchObject([{ state: 'unknown' }]);
    expect(node.history).toMatchObject([{ status: 'unknown' }]);
    // For days, through restarts, and against the budget all the time.
    for (let day = 0; day < 3; day++) {
      node.restart();
      await node.cycleAfter(SECONDS_PER_DAY);
      expect(node.spending).toEqual(held(node));
    }
    node.payments.end(node.payments.rows[0]?.paymentHash ?? '', end);
    await node.cycle();
    expect(node.ended).toMatchObject([{ state }]);
    expect(node.spending).toEqual({ spentMsat: end === 'complete' ? feeOf(node) : 0n, reservedMsat: 0n });
  });

  it('with its row deleted: unknown and reserved, until no HTLC can live so long', async () => {
    const node = await killedAt('driver.sent', 'circular');
    node.payments.rows = [];
    node.payments.gapless = false;
    await node.cycleAfter(QUIET);
    expect(node.open).toMatchObject([{ state: 'unknown' }]);
    await node.cycleAfter(13 * SECONDS_PER_DAY);
    expect(node.spending).toEqual(held(node));
    await node.cycleAfter(2 * SECONDS_PER_DAY);
    expect(node.ended).toMatchObject([{ state: 'failed' }]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
  });

  it('arrived, and its row deleted by autoclean before we looked: settled by the books of the node', async () => {
    const node = await killedAt('driver.sent');
    const [row] = node.payments.rows;
    if (!row) throw new Error('nothing was sent');
    const fee = feeOf(node);
    node.payments.rows = [];
    node.payments.gapless = false;
    await node.cycleAfter(QUIET);
    expect(node.open).toMatchObject([{ state: 'unknown' }]);
    const time = unixSec(node.clock.now() - 100);
    const payment: SelfPayment = {
      ...{ paymentHash: row.paymentHash, part: 0, outChannel: row.outChannel, inChannel: row.inChannel },
      ...{ amount: row.amountMsat ?? msat(0), fee: msat(fee), time },
    };
    node.store.ledger.takeInSelfPayments({
      moves: [{ ...payment, paymentHash: 'f'.repeat(64) }, payment],
      cursor: 1,
      last: true,
    });
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled', movedMsat: payment.amount, feeMsat: fee, endedAt: time }]);
    expect(node.spending).toEqual({ spentMsat: fee, reservedMsat: 0n });
  });

  it('with rows of the time deleted, but its own noted and still listed: settled by that', async () => {
    const node = await killedAt('driver.sent');
    node.payments.gapless = false;
    relist(node, { createdIndex: null, createdAt: node.clock.now() });
    node.payments.endAll();
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled' }]);
  });

  it.each<[string, Partial<SelfPaymentRow>]>([
    ['by another channel', { outChannel: idOf(8) }],
    ['to another channel', { inChannel: idOf(8) }],
    ['of another amount', { amountMsat: 1_000n as SelfPaymentRow['amountMsat'] }],
    ['from before it', { createdIndex: 0 }],
  ])('a payment %s is never claimed', async (_, changes) => {
    const node = await killedAt('driver.sent', 'circular');
    relist(node, { ...changes, status: 'complete' });
    await node.cycleAfter(QUIET);
    expect(node.ended).toMatchObject([{ state: 'failed', feeMsat: 0n, paymentHashes: [] }]);
    expect(node.spending.spentMsat).toBe(0n);
  });

  it('a payment whose channel nobody can name claims nothing, and keeps it open', async () => {
    const node = await killedAt('driver.sent', 'circular');
    relist(node, { outChannel: null, inChannel: null, status: 'complete' });
    await node.cycleAfter(QUIET);
    expect(node.open).toMatchObject([{ state: 'unknown', paymentHashes: [] }]);
    // Then the moves say by which.
    relist(node, { outChannel: node.open[0]?.from.channelId ?? null, inChannel: node.open[0]?.to.channelId ?? null });
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled', feeMsat: feeOf(node) }]);
  });

  it('a payment that a rebalance before it had made is not counted again', async () => {
    const node = await killedAt('driver.sent', 'circular');
    node.payments.endAll();
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'settled' }]);
    const spent = feeOf(node);
    node.config = { ...node.config, dailyBudgetSats: 5000 };
    node.fresh();
    node.payments.fate = () => ({ ...ARRIVES, end: 'refused' });
    node.before = (port, method) => {
      if (port === 'driver' && method === 'asked') throw new Killed('killed');
    };
    await node.failureOf(node.cycle());
    node.restart();
    node.config = { ...node.config, dailyBudgetSats: 0 };
    await node.cycleAfter(QUIET);
    expect(node.spending).toEqual({ spentMsat: spent, reservedMsat: 0n });
  });
});

describe('recovery', () => {
  it.each(['readSince', 'readByHash'] as const)(
    'settles nothing where the payments cannot be read (%s)',
    async (read) => {
      const node = await killedAt('driver.sent');
      if (read === 'readByHash') relist(node, { createdIndex: 0, createdAt: node.clock.now() });
      node.payments.endAll();
      node.before = (port, method) => {
        if (method === read) throw new NodeError('timeout', `${port}: no reply`);
      };
      expect(await node.failureOf(node.cycle())).toBeInstanceOf(NodeError);
      expect(node.open).toMatchObject([{ state: 'dispatched' }]);
      expect(node.spending).toEqual(held(node));
      node.before = () => undefined;
      await node.cycle();
      expect(node.ended).toMatchObject([{ state: 'settled' }]);
    },
  );

  it('goes on in dry-run', async () => {
    const node = await killedAt('driver.sent', 'native', { end: 'fails' });
    node.payments.endAll();
    await node.clock.advance(121);
    node.config = { ...node.config, dryRun: true, dailyBudgetSats: 0 };
    await node.cycle();
    expect(node.ended).toMatchObject([{ state: 'failed' }]);
  });

  it('comes before each order by hand: what has ended gives its reservation back', async () => {
    const node = await killedAt('driver.sent', 'native', { end: 'fails' });
    node.payments.endAll();
    await node.clock.advance(121);
    node.payments.fate = () => ARRIVES;
    const cap = Number(node.open[0]?.maxFeeMsat ?? 0n) / 1000;
    node.config = { ...node.config, dailyBudgetSats: Math.ceil(cap) };
    expect((await node.byHand(4, 3, 500_000, Math.floor(cap))).outcome?.status).toBe('success');
  });

  it('asks the node nothing where nothing is open', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 0 });
    const asked: string[] = [];
    node.before = (port, method) => port === 'payments' && asked.push(method);
    await node.cycle();
    expect(asked).toEqual([]);
  });

  it('never touches what a driver of this process works on', async () => {
    const node = new PayingNode(database);
    const asked: string[] = [];
    const inner: Promise<unknown>[] = [];
    node.payments.fate = () => (node.sent.length === 1 ? ARRIVES : { ...ARRIVES, end: 'refused' });
    node.before = (port, method) => {
      if (port !== 'driver') {
        if (inner.length > 0 && node.sent.length === 1) asked.push(method);
        return;
      }
      if (method === 'sent' && inner.length === 0) inner.push(node.failureOf(node.byHand(4, 3, 100, 1)));
    };
    await node.cycle();
    await Promise.all(inner);
    expect(asked).not.toContain('readSince');
    expect(node.ended.filter(({ state }) => state === 'settled')).toHaveLength(1);
  });
});
