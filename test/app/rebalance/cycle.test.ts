// Does a cycle do the best that is possible, one thing after the other, and nothing where it must not?
import { describe, expect, it } from 'vitest';
import { SECONDS_PER_DAY, satsToMsat } from '../../../src/core/units.ts';
import { NodeError, StoreError } from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { settle } from '../manual-clock.ts';
import { pay } from '../setup.ts';
import { factsOf, holding, PayingNode, WANT } from './paying-node.ts';
import { ARRIVES, type Fate } from './payments-in-memory.ts';

const database = temporaryDatabase();
const REFUSED: Fate = { ...ARRIVES, end: 'refused' };
const INTERVAL = 900;

/** How often each call was made. */
function counted(node: PayingNode): (name: string) => number {
  const calls: string[] = [];
  node.before = (port, method) => void calls.push(`${port}.${method}`);
  return (name) => calls.filter((call) => call === name).length;
}

describe('a cycle', () => {
  it('moves the best first, and looks again after each that arrived', async () => {
    const node = new PayingNode(database, { rebalanceMinProfit: 20 });
    const times = counted(node);
    await node.cycle();
    const profits = [...node.history].reverse().map(({ expectedProfitSats }) => expectedProfitSats);
    expect(profits.length).toBeGreaterThan(2);
    expect(profits[0]).toBe(Math.max(...profits));
    expect(profits.at(-1)).toBeGreaterThanOrEqual(node.config.rebalanceMinProfit);
    expect(times('node.readSnapshot')).toBeGreaterThanOrEqual(2 * profits.length);
    expect(times('ledger.saveVerdicts')).toBe(profits.length + 1);
    expect(node.history.map(({ status }) => status)).toEqual(profits.map(() => 'success'));
    // Filled to where one more chunk does not pay, and no source below its own target.
    const locals = node.node.snapshot.channels.map(({ toUs }) => Number(toUs) / 1e10);
    expect(Math.min(...locals.slice(0, 2))).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...locals.slice(2))).toBeLessThanOrEqual(0.5);
    expect(node.store.rebalances.verdict(idOf(2), 'destination')?.verdict.reason).toBe('min-profit');
  });

  it('keeps clboss off the balance of both peers, once something has arrived', async () => {
    const node = new PayingNode(database);
    node.clboss.present = true;
    node.payments.fate = ({ to }) => (to.channelId === idOf(2) ? ARRIVES : REFUSED);
    await node.cycle();
    const [from = 0, to = 0] = node.sent[0] ?? [];
    const peers = [from, to].map(
      (n) => node.node.snapshot.channels.find(({ channelId }) => channelId === idOf(n))?.peerId,
    );
    const tags = [...(await node.clboss.readClboss()).unmanaged];
    expect(
      tags
        .filter(([, taken]) => taken.includes('balance'))
        .map(([peer]) => peer)
        .sort(),
    ).toEqual(peers.sort());
  });

  it('goes on to the next destination after a failure, and leaves alone what failed', async () => {
    const node = new PayingNode(database);
    node.payments.fate = () => REFUSED;
    const times = counted(node);
    await node.cycle();
    expect(node.sent).toEqual([
      [1, 2],
      [1, 3],
    ]);
    // Looked at anew each time, and once more to find that nobody is left.
    expect(times('ledger.saveVerdicts')).toBe(3);
    node.before = () => undefined;
    await node.cycleAfter(INTERVAL);
    expect(node.sent.slice(2)).toEqual([
      [4, 2],
      [4, 3],
    ]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    // The memory is the database's: a restart does not set it free.
    node.restart();
    await node.cycle();
    expect(node.sent).toHaveLength(4);
    node.payments.fate = () => ARRIVES;
    await node.cycleAfter(2 * 3600);
    expect(node.history[0]?.status).toBe('success');
    expect([...node.store.rebalances.failures().keys()].filter((subject) => subject.startsWith('to:'))).toEqual([]);
  });

  it('gives up after five failures, however many are left that could be served', async () => {
    const node = new PayingNode(database);
    const [giving, wanting] = [
      [1, 4, 5, 6],
      [2, 3, 7, 8, 10, 11, 12, 13],
    ];
    const channels = [...giving.map((n) => holding(n, 9_000_000)), ...wanting.map((n) => holding(n, 500_000))];
    node.node.snapshot = { ...node.node.snapshot, channels };
    node.accounts.facts = factsOf(channels, node.clock.now());
    for (const n of wanting) pay(node.node, 9, n, 1000, node.clock.now() - 3600);
    node.price();
    node.payments.fate = () => REFUSED;
    await node.cycle();
    expect(node.sent).toHaveLength(5);
    expect(new Set(node.sent.map(([, to]) => to)).size).toBe(5);
  });

  it('does not look again where a payment is out of sight beyond it, and counts it as arrived', async () => {
    const node = new PayingNode(database, { rebalanceTimeout: 60 });
    node.payments.fate = () => ({ ...ARRIVES, end: 'held' });
    await node.cycle();
    const pairs = node.sent.map((pair) => pair.join());
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(node.open.map(({ state }) => state)).toEqual(pairs.map(() => 'unknown'));
  });

  it.each([
    ['arrive', ARRIVES],
    ['fail', REFUSED],
  ])('stops when its time is over, where payments %s slowly', async (_, fate) => {
    const node = new PayingNode(database);
    node.payments.fate = () => fate;
    node.payments.lasts = INTERVAL + 1;
    await node.cycle();
    expect(node.sent).toHaveLength(1);
  });

  it('ends where the capital controls, asked again, refuse what was just worth it', async () => {
    const node = new PayingNode(database);
    let reserves = 0;
    node.before = (_, method) => {
      if (method === 'readPaymentsIndex') node.config = { ...node.config, dailyBudgetSats: 100 };
      if (method === 'reserve') reserves++;
    };
    await node.cycle();
    expect(reserves).toBe(1);
    expect(node.sent).toEqual([]);
    expect(node.history).toEqual([]);
  });

  it('sends nothing that a policy forbids which was set a moment ago', async () => {
    const node = new PayingNode(database);
    const policy = { strategy: 'dynamic', staticPpm: null, minPpm: null, maxPpm: null, expiresAt: null } as const;
    node.before = (_, method) => {
      if (method === 'readPaymentsIndex')
        node.store.fees.savePolicy({ ...policy, subject: idOf(2), rebalance: 'source_only', setAt: node.clock.now() });
    };
    await node.cycle();
    expect(node.sent).toEqual([]);
    expect(node.open).toEqual([]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    expect(node.history.map(({ errorMessage }) => errorMessage)).toEqual([
      'not sent: a policy set meanwhile forbids it',
    ]);
    await node.cycleAfter(INTERVAL);
    expect(node.sent.length).toBeGreaterThan(0);
    expect(node.sent.map(([, to]) => to)).not.toContain(2);
  });

  it('sends nothing against an order by hand that has begun since it looked', async () => {
    const node = new PayingNode(database);
    const { payments } = node.payments;
    const read = payments.readPaymentsIndex;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    payments.readPaymentsIndex = () => {
      payments.readPaymentsIndex = read;
      return answered.then(read);
    };
    const cycle = node.cycle();
    await settle();
    let land = (): void => undefined;
    const conduct = node.payments.conduct;
    node.payments.conduct = async (order, watch) => {
      await new Promise<void>((landed) => (land = landed));
      return conduct(order, watch);
    };
    const byHand = node.byHand(2, 1, 100_000, 500);
    await settle();
    expect(node.sent).toEqual([[2, 1]]);
    answer();
    await settle();
    expect(node.sent).toEqual([[2, 1]]);
    land();
    await Promise.all([cycle, byHand]);
    expect(node.history.map(({ status }) => status)).toEqual(['success']);
  });

  it('without a driver fails with a sentence, and reserves nothing; with nothing to do it does not mind', async () => {
    const node = new PayingNode(database);
    node.node.commands = new Set(['getinfo']);
    const failure = await node.failureOf(node.cycle());
    expect(failure).toBeInstanceOf(NodeError);
    expect((failure as NodeError).message).toBe('nothing is rebalanced: the node offers no way to rebalance');
    node.config = { ...node.config, rebalancer: 'sling' };
    expect(await node.failureOf(node.cycle())).toMatchObject({
      message: 'nothing is rebalanced: sling is configured, but the node does not offer it',
    });
    expect(node.history).toEqual([]);
    node.config = { ...node.config, rebalanceMinProfit: 1_000_000 };
    await node.cycle();
  });
});

describe('between the look and the payment', () => {
  it.each<[string, (node: PayingNode) => void]>([
    ['paused meanwhile', (node) => (node.paused = true)],
    ['dry-run was switched on meanwhile', (node) => (node.config = { ...node.config, dryRun: true })],
    [
      'the plugin is stopping',
      (node) => {
        node.stop();
      },
    ],
  ])('%s: the reservation is given back, and nothing is sent', async (because, change) => {
    const node = new PayingNode(database);
    node.before = (_, method) => {
      if (method === 'reserve') change(node);
    };
    await node.cycle();
    expect(node.sent).toEqual([]);
    expect(node.open).toEqual([]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    expect(node.history).toMatchObject([{ status: 'failed', actualFeeSats: 0, errorMessage: `not sent: ${because}` }]);
    expect([...node.store.rebalances.failures()]).toEqual([]);
  });

  it('paused before the first: nothing is even reserved', async () => {
    const node = new PayingNode(database);
    node.paused = true;
    await node.cycle();
    expect(node.history).toEqual([]);
  });

  it('paused after the first: that one ends, and no other begins', async () => {
    const node = new PayingNode(database);
    node.before = (port, method) => {
      if (port === 'driver' && method === 'sent') node.paused = true;
    };
    await node.cycle();
    expect(node.history).toMatchObject([{ status: 'success' }]);
  });
});

describe('dry-run', () => {
  it('records and sends nothing, does not repeat itself, and keeps to the budget of each day', async () => {
    const dailyBudgetSats = 1200;
    const node = new PayingNode(database, { dryRun: true, dailyBudgetSats });
    node.clboss.present = true;
    const asked = new Set<string>();
    node.before = (port, method) => asked.add(`${port}.${method}`);
    await node.cycle();
    const first = node.history.length;
    expect(first).toBeGreaterThan(0);
    for (let hour = 1; hour <= 23; hour++) await node.cycleAfter(3600);
    const rows = node.history;
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['dry-run']));
    const pairs = rows.map(({ fromChannel, toChannel }) => fromChannel + toChannel);
    expect(new Set(pairs).size).toBe(pairs.length);
    // Each is written down in whole sats, rounded up; those of one look share what is left to the msat.
    const caps = rows.reduce((sum, { maxFeeSats }) => sum + maxFeeSats, 0);
    expect(caps).toBeLessThan(dailyBudgetSats + first);
    expect(node.sent).toEqual([]);
    expect(node.spending).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    expect(node.payments.sweeps).toBe(0);
    expect([...asked].filter((call) => /^(driver|clboss)|reserve$|advance$/.test(call))).toEqual([]);
    // A day later the budget is free again.
    node.price();
    await node.cycleAfter(2 * 3600);
    expect(node.history.length).toBeGreaterThan(rows.length);
  });

  it('that ends gives way to real ones at once: what was pretended holds nothing', async () => {
    const node = new PayingNode(database, { dryRun: true });
    await node.cycle();
    const pretended = node.history.length;
    node.config = { ...node.config, dryRun: false };
    await node.cycle();
    expect(node.history.length).toBeGreaterThan(pretended);
    expect(node.sent.length).toBeGreaterThan(0);
  });

  it('switched off during the look writes nothing down', async () => {
    const node = new PayingNode(database, { dryRun: true });
    node.before = (_, method) => {
      if (method === 'saveVerdicts') node.config = { ...node.config, dryRun: false };
    };
    await node.cycle();
    expect(node.history).toEqual([]);
  });
});

describe('what is not known', () => {
  it('prices of more than a day ago move nothing', async () => {
    const node = new PayingNode(database);
    node.price(node.clock.now() - SECONDS_PER_DAY - 1);
    await node.cycle();
    expect(node.sent).toEqual([]);
    for (const n of WANT)
      expect(node.store.rebalances.verdict(idOf(n), 'destination')?.verdict.reason).toBe('no-price');
    node.price(node.clock.now() - SECONDS_PER_DAY);
    await node.cycle();
    expect(node.sent).not.toEqual([]);
  });

  it('a node that catches up with the chain moves nothing', async () => {
    const node = new PayingNode(database);
    node.node.snapshot = { ...node.node.snapshot, synced: false };
    await node.cycle();
    expect(node.sent).toEqual([]);
  });

  it('whatever cannot be read: nothing moves, nothing is reserved, and the last verdicts stay', async () => {
    // What a whole cycle asks before its first payment, each of which fails once.
    const calls: string[] = [];
    const whole = new PayingNode({ ...database, open: () => database.open(`${database.path}.whole`) });
    whole.config = { ...whole.config, dailyBudgetSats: 0 };
    await whole.cycle();
    whole.config = { ...whole.config, dailyBudgetSats: 5000 };
    whole.before = (port, method) => {
      if (whole.sent.length === 0) calls.push(`${port}.${method}`);
    };
    await whole.cycle();
    expect(calls.length).toBeGreaterThan(20);
    // Its own record of how it did may be lost: the money is in the ledger by then.
    const reading = calls.filter((call) => !call.startsWith('driver.'));

    const node = new PayingNode(database, { dailyBudgetSats: 0 });
    await node.cycle();
    const verdict = node.store.rebalances.verdict(idOf(2), 'destination');
    expect(verdict?.verdict.reason).toBe('no-budget');
    node.config = { ...node.config, dailyBudgetSats: 5000 };
    const beforeSaving = reading.indexOf('ledger.saveVerdicts');
    for (let at = 0; at < reading.length; at++) {
      let step = 0;
      node.before = (port, method) => {
        if (step++ !== at) return;
        const said = `${port}.${method} is out of reach`;
        throw port === 'ledger' || port === 'fees' ? new StoreError('failed', said) : new NodeError('timeout', said);
      };
      const failure = await node.failureOf(node.cycle());
      expect(failure, reading[at]).toMatchObject({ message: expect.stringContaining('out of reach') as string });
      node.before = () => undefined;
      expect(node.sent, reading[at]).toEqual([]);
      expect(node.spending.spentMsat, reading[at]).toBe(0n);
      if (at <= beforeSaving) expect(node.store.rebalances.verdict(idOf(2), 'destination')).toEqual(verdict);
      // What was reserved and not sent the next cycle gives back.
      node.config = { ...node.config, dailyBudgetSats: 0 };
      await node.cycle();
      expect(node.spending, reading[at]).toEqual({ spentMsat: 0n, reservedMsat: 0n });
      node.config = { ...node.config, dailyBudgetSats: 5000 };
    }
    await node.cycle();
    expect(node.spending.spentMsat).toBeGreaterThan(0n);
    expect(node.spending.spentMsat).toBeLessThanOrEqual(satsToMsat(5000));
  });
});
