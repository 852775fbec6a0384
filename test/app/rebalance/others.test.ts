// Which driver is asked, how does it do, what is left behind swept, and who else is at work?
import { describe, expect, it } from 'vitest';
import type { DriverName } from '../../../src/core/rebalance/types.ts';
import { NodeError } from '../../../src/ports.ts';
import { REBALANCE_COMMANDS } from '../../../src/node/drivers/rebalance/driver.ts';
import { SLING_COMMANDS } from '../../../src/node/drivers/sling/commands.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { Killed } from '../announced.ts';
import { settle } from '../manual-clock.ts';
import { failure, success } from '../rebalancing-in-memory.ts';
import { PayingNode } from './paying-node.ts';
import { ARRIVES } from './payments-in-memory.ts';

const database = temporaryDatabase();
const HOUR = 3600;
const asked = (node: PayingNode): DriverName[] => node.payments.orders.map(({ driver }) => driver);

describe('the driver', () => {
  it.each<[string, string[], DriverName]>([
    ['circular', ['circular', ...SLING_COMMANDS, ...REBALANCE_COMMANDS], 'circular'],
    ['else sling', [...SLING_COMMANDS, ...REBALANCE_COMMANDS], 'sling'],
    ['else rebalance', [...REBALANCE_COMMANDS], 'rebalance'],
    ['else native', [], 'native'],
  ])('is %s by itself', async (_, commands, expected) => {
    const node = new PayingNode(database);
    for (const command of commands) node.node.commands.add(command);
    await node.cycle();
    expect(new Set(asked(node))).toEqual(new Set([expected]));
    expect(new Set(node.ended.map(({ driver }) => driver))).toEqual(new Set([expected]));
  });

  it('is the one that is configured, as soon as it is there, and never another', async () => {
    const node = new PayingNode(database, { rebalancer: 'sling' });
    node.node.commands.add('circular');
    expect(await node.failureOf(node.cycle())).toBeInstanceOf(NodeError);
    for (const command of SLING_COMMANDS) node.node.commands.add(command);
    await node.cycle();
    expect(new Set(asked(node))).toEqual(new Set(['sling']));
  });

  it('that breaks down three times rests for an hour, and the next in line goes on in the same cycle', async () => {
    const node = new PayingNode(database);
    node.node.commands.add('circular');
    const conduct = node.payments.conduct;
    node.payments.conduct = (order, watch) =>
      asked(node).at(-1) === 'circular' ? Promise.resolve(failure('driver-error')) : conduct(order, watch);
    while (asked(node).length < 4) {
      await node.cycleAfter(900);
      node.fresh();
    }
    expect(asked(node).slice(0, 4)).toEqual(['circular', 'circular', 'circular', 'native']);
    // That is no fault of the channels.
    const subjects = [...node.store.rebalances.failures().keys()];
    expect(subjects.filter((subject) => !subject.startsWith('pair:'))).toEqual([]);
    const before = asked(node).length;
    await node.cycleAfter(HOUR);
    expect(asked(node)[before]).toBe('circular');
  });

  it('has a score: how often, for how much, how fast', async () => {
    const node = new PayingNode(database);
    node.payments.lasts = 10;
    node.payments.fate = () => (node.sent.length === 1 ? ARRIVES : { ...ARRIVES, end: 'refused' });
    await node.cycle();
    const orders = node.sent.length;
    const record = node.store.rebalances.driverRecords().get('native');
    const [row] = node.payments.rows;
    // Weeks halve what is remembered, seconds hardly.
    expect(record?.orders).toBeCloseTo(orders, 2);
    expect(record?.successes).toBeCloseTo(1, 2);
    expect(record?.movedMsat).toBeCloseTo(Number(row?.amountMsat), -7);
    expect((record?.seconds ?? 0) / (record?.orders ?? 1)).toBeCloseTo(10, 1);
  });

  it('that never comes to an end in its own time does not keep recovery or the operator waiting', async () => {
    const node = new PayingNode(database);
    node.payments.conduct = (order) =>
      order.from.scid === '101x1x0' ? new Promise(() => undefined) : Promise.resolve(success(order));
    void node.cycle();
    await node.clock.advance(100_000);
    expect((await node.byHand(4, 3, 500_000, 400)).outcome?.status).toBe('success');
    expect(node.open).toMatchObject([{ state: 'dispatched', from: { scid: '101x1x0' } }]);
    expect(node.spending.reservedMsat).toBe(node.open[0]?.maxFeeMsat);
  });
});

describe('what a run that was killed has left', () => {
  /** A process that is killed within its first order, by this driver. */
  async function killed(driver: DriverName): Promise<PayingNode> {
    const node = new PayingNode(database, { rebalancer: driver });
    node.node.commands.add('circular');
    node.before = (port, method) => {
      if (port === 'driver' && method === 'asked') throw new Killed('killed');
    };
    await node.failureOf(node.cycle());
    node.restart();
    node.config = { ...node.config, dailyBudgetSats: 0 };
    node.payments.sweeps = 0;
    return node;
  }

  it('is swept once, by the first cycle, where the native driver was at work', async () => {
    const node = await killed('native');
    expect(node.payments.sweeps).toBe(0);
    await node.cycle();
    await node.cycleAfter(900);
    expect(node.payments.sweeps).toBe(1);
  });

  it('is swept again once more could not be cleaned up', async () => {
    const node = await killed('native');
    await node.cycle();
    node.payments.unclean = true;
    await node.cycleAfter(900);
    expect(node.payments.sweeps).toBe(2);
  });

  it('is swept also where an order by hand had settled what was open before the first cycle', async () => {
    const node = await killed('native');
    await node.clock.advance(HOUR);
    expect(await node.failureOf(node.byHand(4, 3, 500_000, 400))).not.toBeNull();
    expect(node.open).toEqual([]);
    await node.cycle();
    expect(node.payments.sweeps).toBe(1);
  });

  it('is swept also where it never paid: it may have been asking what a way costs', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 0 });
    await node.cycle();
    expect(node.payments.sweeps).toBe(1);
  });

  it('is nothing where the node does not know the driver’s commands', async () => {
    const node = await killed('circular');
    node.payments.drivers = new Set(['circular']);
    await node.cycle();
    expect(node.payments.sweeps).toBe(0);
  });

  it('stays in dry-run, and is swept when that ends', async () => {
    const node = await killed('native');
    node.config = { ...node.config, dryRun: true };
    await node.cycle();
    expect(node.payments.sweeps).toBe(0);
    node.config = { ...node.config, dryRun: false };
    await node.cycle();
    expect(node.payments.sweeps).toBe(1);
  });

  it('and cannot be removed now: said, tried again, and in nobody’s way', async () => {
    const node = await killed('native');
    node.node.commands.delete('circular');
    node.config = { ...node.config, dailyBudgetSats: 5000 };
    const sweep = node.payments.sweep.bind(node.payments);
    node.payments.sweep = () => Promise.reject(new NodeError('timeout', 'askrene-listlayers: no reply'));
    await node.cycleAfter(HOUR);
    expect(node.log.lines.some((line) => line.includes('askrene-listlayers: no reply'))).toBe(true);
    expect(node.sent.length).toBeGreaterThan(1);
    node.payments.sweep = sweep;
    await node.cycle();
    expect(node.payments.sweeps).toBe(1);
  });
});

describe('other rebalancers', () => {
  it('are shown as of the last cycle, and go when they go', async () => {
    const node = new PayingNode(database);
    node.payments.others = ['sling has a job of its own for channel 101x1x0'];
    await node.cycle();
    expect(node.conflicts).toEqual(['sling has a job of its own for channel 101x1x0']);
    node.payments.others = [];
    await node.cycle();
    expect(node.conflicts).toEqual([]);
  });

  it('that cannot be asked change nothing', async () => {
    const node = new PayingNode(database);
    node.payments.others = ['sling has a job of its own for channel 101x1x0'];
    await node.cycle();
    node.payments.conflicts = () => Promise.reject(new NodeError('timeout', 'sling-jobsettings: no reply'));
    await node.cycle();
    expect(node.conflicts).toEqual(['sling has a job of its own for channel 101x1x0']);
  });

  it('that never answer keep no cycle from ending, and are not asked twice at once', async () => {
    const node = new PayingNode(database);
    await node.cycle();
    let questions = 0;
    let answer: (others: readonly string[]) => void = () => undefined;
    node.payments.conflicts = () => {
      questions++;
      return new Promise((done) => (answer = done));
    };
    for (let i = 0; i < 2; i++) {
      const cycle = node.cycle();
      await node.clock.advance(5);
      await cycle;
    }
    expect(questions).toBe(1);
    const cycle = node.cycle();
    await settle();
    answer(['sling at last']);
    await cycle;
    expect(node.conflicts).toEqual(['sling at last']);
  });
});
