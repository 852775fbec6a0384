// revenue-rebalance: does the operator get what he ordered, or the figures of what stands against it?
import { describe, expect, it } from 'vitest';
import { rebalanceCommand } from '../../../src/app/commands/rebalance.ts';
import type { Config } from '../../../src/core/config/options.ts';
import { CommandError, INVALID_PARAMS } from '../../../src/core/errors.ts';
import { msat, satsToMsat, unixSec } from '../../../src/core/units.ts';
import { NodeError, StoreError } from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import { settle } from '../manual-clock.ts';
import { failure, success } from '../rebalancing-in-memory.ts';
import { applications, pay, type Running } from '../setup.ts';
import { factsOf, price, unbalanced } from './paying-node.ts';

const { setup, started } = applications();
/** The loops that act come again after the test. */
const ONLY_BY_HAND = { rebalanceInterval: 100_000, feeInterval: 100_000, rebalanceMinProfit: 1_000_000 };
const WAY = ['101x1x0', '102x1x0'] as const;

async function ready(changes: Partial<Config> = {}): Promise<Running> {
  const one = await started({ ...ONLY_BY_HAND, ...changes }, (node, clock) => {
    node.snapshot = { ...node.snapshot, channels: unbalanced() };
    for (const n of [1, 2, 3, 4]) pay(node, 9, n, 1000, clock.now() - 3600);
  });
  one.accounts.facts = factsOf(one.node.snapshot.channels, one.clock.now());
  price(one.store, one.node.snapshot.channels, one.clock.now());
  return one;
}
const view = (one: Running, n: number, changes: Partial<Running['node']['snapshot']['channels'][number]>): void => {
  const { snapshot } = one.node;
  const channels = snapshot.channels.map((each) =>
    String(each.scid) === `10${n}x1x0` ? { ...each, ...changes } : each,
  );
  one.node.snapshot = { ...snapshot, channels };
};

describe('revenue-rebalance', () => {
  it('moves what was ordered and says what it cost, by place and by name', async () => {
    const one = await ready();
    const reply = await one.run('revenue-rebalance', [...WAY, 300_000, 150]);
    expect(reply).toEqual({
      status: 'success',
      moved_sats: 300_000,
      fee_sats: 1,
      fee_ppm: 3.333,
      max_fee_sats: 150,
      expected_fee_sats: 75,
      expected_profit_sats: expect.any(Number) as number,
      driver: 'native',
      payment_hash: null,
      message: 'arrived',
      attempts: 1,
    });
    // An order's id has its second.
    await one.clock.advance(1);
    const named = { from_channel: WAY[0], to_channel: WAY[1], amount_sats: '200000', max_fee_sats: '100' };
    expect(await one.run('revenue-rebalance', named)).toMatchObject({ status: 'success', moved_sats: 200_000 });
    expect(one.rebalancing.orders.map(({ order }) => order.maxFeeMsat)).toEqual([150_000n, 100_000n]);
    expect(await one.run('revenue-status')).toMatchObject({
      budget: { spent_24h_sats: 2, reserved_sats: 0, available_sats: 4998 },
      recent_rebalances: [
        { amount_sats: 200_000, status: 'success', actual_fee_sats: 1 },
        { amount_sats: 300_000, status: 'success', actual_fee_sats: 1 },
      ],
    });
  });

  it('names the channel that it really came in by', async () => {
    const one = await ready();
    const conduct = one.rebalancing.conduct;
    one.rebalancing.conduct = async (order, watch) => ({
      ...(await conduct(order, watch)),
      reason: `moved it, but the peer delivered by channel ${idOf(3)} instead of ${order.to.channelId}`,
    });
    expect(await one.run('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({
      message: 'moved it, but the peer delivered by channel 103x1x0 instead of 102x1x0',
    });
    expect(one.log.lines.join('\n')).toContain('delivered by channel 103x1x0 instead of 102x1x0');
    const { rebalance } = (await one.run('revenue-explain', ['102x1x0'])) as { rebalance: { last: unknown[] } };
    expect(rebalance.last).toMatchObject([
      { status: 'success', message: 'moved it, but the peer delivered by channel 103x1x0 instead of 102x1x0' },
    ]);
    const text = await one.run('revenue-explain', ['102x1x0', true]);
    expect(JSON.stringify(text)).toContain('delivered by channel 103x1x0');
  });

  it('without a cap may cost what the arithmetic says it is worth', async () => {
    const one = await ready();
    const { max_fee_sats, expected_fee_sats, expected_profit_sats } = await one.run('revenue-rebalance', [
      ...WAY,
      300_000,
    ]);
    expect(max_fee_sats).toBeCloseTo(Number(expected_fee_sats) + Number(expected_profit_sats), 3);
    expect(one.rebalancing.orders[0]?.order.maxFeeMsat).toBe(msat(Math.round(Number(max_fee_sats) * 1000)));
  });

  it.each([
    ['budget', (): Partial<Config> => ({ dailyBudgetSats: 20 })],
    [
      'wallet reserve',
      (one: Running): Partial<Config> => {
        const { funds, snapshot } = one.node;
        const all = funds + snapshot.channels.reduce((sum, { spendable }) => sum + spendable, 0n);
        return { minWalletReserve: Number(all / 1000n) - 300_020 };
      },
    ],
  ])('without a cap may cost what the %s leaves, where that is less', async (_, limits) => {
    const one = await ready();
    one.app.config = { ...one.app.config, ...limits(one) };
    expect(await one.run('revenue-rebalance', [...WAY, 300_000])).toMatchObject({
      status: 'success',
      max_fee_sats: 20,
    });
  });

  it('with a cap of his own is not bound by spread, policy, failures of late or a pause; nor by the class', async () => {
    const one = await ready();
    await one.run('revenue-policy', ['set', '102x1x0', 'dynamic', null, null, null, 'none']);
    await one.run('revenue-pause');
    one.rebalancing.conduct = () => Promise.resolve(failure());
    expect(await one.run('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({
      status: 'failed',
      moved_sats: 0,
      fee_sats: 0,
      fee_ppm: null,
      message: 'said no-route',
    });
    await one.clock.advance(1);
    // Against the stream, too: from the empty one to the full one, which is worth nothing.
    expect((await one.refused('revenue-rebalance', ['102x1x0', '101x1x0', 100_000])).message).toMatch(
      /^nothing was sent: .* \(spread\); a sat is worth -?[\d.,]+ ppm where it goes and [\d.,]+ ppm where it comes from, which leaves nothing .* max_fee_sats/,
    );
    expect(await one.run('revenue-rebalance', ['102x1x0', '101x1x0', 100_000, 50])).toMatchObject({ status: 'failed' });
    await one.clock.advance(1);
    expect(await one.run('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({ status: 'failed' });
  });

  it('that is under way when the plugin stops is settled before the database is closed', async () => {
    const one = await ready();
    one.rebalancing.conduct = async (order, { signal }) => {
      await new Promise((stopped) => {
        signal.addEventListener('abort', stopped);
      });
      // As after looking once more at the node.
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      return success(order);
    };
    const reply = one.run('revenue-rebalance', [...WAY, 300_000, 150]);
    while (one.rebalancing.orders.length === 0) await new Promise(setImmediate);
    await one.end();
    expect(await reply).toMatchObject({ status: 'success' });
  });

  it('of which nothing is known at the end is unknown, and stays reserved', async () => {
    const one = await ready();
    one.rebalancing.conduct = () => Promise.resolve({ ...failure('unknown'), paymentHash: 'a'.repeat(64) });
    expect(await one.run('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({
      status: 'unknown',
      payment_hash: 'a'.repeat(64),
    });
    expect(await one.run('revenue-status')).toMatchObject({
      budget: { spent_24h_sats: 0, reserved_sats: 150 },
      rebalancer: { in_flight: 0, unknown: 1 },
      recent_rebalances: [{ status: 'unknown' }],
    });
    expect((await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).message).toContain('(in-flight)');
  });

  it('shows how far it is, second by second, and is not alone under way', async () => {
    const one = await ready({ rebalanceTimeout: 60 });
    let arrive: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (arrive = resolve));
    const conduct = one.rebalancing.conduct;
    one.rebalancing.conduct = async (order, watch) => {
      await gate;
      return conduct(order, watch);
    };
    const told: [number, number][] = [];
    const params = { from_channel: WAY[0], to_channel: WAY[1], amount_sats: 300_000, max_fee_sats: 150 };
    const done = rebalanceCommand.run(params, one.app.context, { progress: (num, total) => told.push([num, total]) });
    await settle();
    await one.clock.advance(3);
    expect(await one.run('revenue-status')).toMatchObject({ rebalancer: { in_flight: 1 } });
    arrive();
    expect(await done).toMatchObject({ status: 'success' });
    expect(told).toEqual([0, 1, 2, 3].map((second) => [second, 60]));
    await one.clock.advance(10);
    expect(told).toHaveLength(4);
  });

  it('in dry-run is recorded and not sent, with or without a driver, and meets the same controls', async () => {
    const one = await ready({ dryRun: true });
    expect(await one.run('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({
      status: 'dry-run',
      moved_sats: 0,
      fee_sats: 0,
      max_fee_sats: 150,
      driver: 'native',
      message: 'dry-run: nothing was sent',
    });
    one.node.commands = new Set(['getinfo']);
    expect(await one.run('revenue-rebalance', [...WAY, 200_000, 150])).toMatchObject({
      status: 'dry-run',
      driver: null,
    });
    expect((await one.refused('revenue-rebalance', [...WAY, 300_000, 5001])).message).toContain('(budget-used)');
    expect(one.rebalancing.orders).toEqual([]);
    expect(await one.run('revenue-status')).toMatchObject({
      budget: { spent_24h_sats: 0, reserved_sats: 0 },
      recent_rebalances: [
        { status: 'dry-run', amount_sats: 200_000 },
        { status: 'dry-run', amount_sats: 300_000 },
      ],
    });
  });

  it('in dry-run is a question: what the loop pretends has neither moved nor cost it', async () => {
    const one = await ready({ dryRun: true });
    await one.run('revenue-rebalance', [...WAY, 300_000, 5000]);
    expect(await one.run('revenue-rebalance', [...WAY, 300_000, 5000])).toMatchObject({ status: 'dry-run' });
    expect(one.store.rebalances.dryRuns(unixSec(0))).toEqual([]);
    expect(await one.run('revenue-status')).toMatchObject({
      recent_rebalances: [{ error_message: 'asked for by revenue-rebalance' }, { max_fee_sats: 5000 }],
    });
  });

  it('where more was spent than the option allows now: nothing is available', async () => {
    const one = await ready();
    for (let i = 0; i < 2; i++) {
      await one.run('revenue-rebalance', [...WAY, 300_000, 150]);
      await one.clock.advance(1);
    }
    one.app.config = { ...one.app.config, dailyBudgetSats: 1 };
    expect((await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).message).toMatch(
      /needed 150 sats, available 0 sats$/,
    );
  });
});

describe('what stands against it is an error with its figures, and nothing is sent', () => {
  it.each<[string, unknown[], (one: Running) => void, RegExp]>([
    [
      'no-budget',
      [...WAY, 300_000, 150],
      (one) => (one.app.config = { ...one.app.config, dailyBudgetSats: 0 }),
      /daily budget is zero/,
    ],
    [
      'budget-used',
      [...WAY, 300_000, 5001],
      () => undefined,
      /: the cap is more than is left of the budget .*; needed 5001 sats, available 5000 sats$/,
    ],
    [
      'wallet-reserve',
      [...WAY, 300_000, 150],
      (one) => {
        one.node.funds = msat(0);
        for (const n of [2, 3, 4]) view(one, n, { spendable: msat(0) });
        view(one, 1, { spendable: satsToMsat(1_200_000) });
      },
      /; needed 300150 sats, available 200000 sats$/,
    ],
    ['too-much', [...WAY, 8_900_000, 1000], () => undefined, /; needed 8900000 sats, available 8811881\.188 sats$/],
    [
      'too-little',
      [...WAY, 10, 1],
      (one) => {
        view(one, 1, { htlcMin: satsToMsat(20) });
      },
      /; needed 20 sats, available 10 sats$/,
    ],
    [
      'same-peer',
      [...WAY, 100_000, 50],
      (one) => {
        const [first] = one.node.snapshot.channels;
        if (first) view(one, 2, { peerId: first.peerId });
      },
      /both channels lead to the same peer/,
    ],
    [
      'disconnected',
      [...WAY, 300_000, 150],
      (one) => {
        view(one, 2, { connected: false });
      },
      /the peer is not connected/,
    ],
    [
      'splicing',
      [...WAY, 300_000, 150],
      (one) => {
        view(one, 1, { state: 'CHANNELD_AWAITING_SPLICE' });
      },
      /being spliced/,
    ],
    [
      'not-synced',
      [...WAY, 300_000, 150],
      (one) => (one.node.snapshot = { ...one.node.snapshot, synced: false }),
      /catching up with the chain/,
    ],
    [
      'cap-below-one-ppm',
      [...WAY, 3_000_000, 2],
      () => undefined,
      /less than one ppm \(cap-below-one-ppm\); needed 3 sats, available 2 sats$/,
    ],
  ])('%s', async (reason, params, prepare, figures) => {
    const one = await ready();
    prepare(one);
    const error = await one.refused('revenue-rebalance', params);
    expect(error.errorName).toBe('rebalance-refused');
    expect(error.message).toMatch(/^nothing was sent: /);
    expect(error.message).toContain(`(${reason})`);
    expect(error.message).toMatch(figures);
    expect(error.message).not.toMatch(/undefined|NaN|null/);
    expect(one.rebalancing.orders).toEqual([]);
    expect(one.store.recentRebalances(9)).toEqual([]);
  });

  it.each([
    [300_000, 999_999],
    [200_000, 200_000],
    [100, '400'],
  ])(
    'a cap that is not below the amount, %j for %j, is a wrong parameter, which check tells too',
    async (amount, cap) => {
      const one = await ready();
      const message = `max_fee_sats: expected less than amount_sats (${amount}), got ${cap}`;
      expect(await one.refused('revenue-rebalance', [...WAY, amount, cap])).toMatchObject({
        errorName: 'invalid-parameter',
        code: INVALID_PARAMS,
        message,
      });
      expect(() => {
        rebalanceCommand.check([...WAY, amount, cap]);
      }).toThrow(message);
      expect(one.rebalancing.orders).toEqual([]);
    },
  );

  it('one channel given twice, by whatever names, is told as that', async () => {
    const one = await ready();
    for (const name of [WAY[0], idOf(1)])
      expect(await one.refused('revenue-rebalance', [WAY[0], name, 300_000])).toMatchObject({
        errorName: 'invalid-parameter',
        code: INVALID_PARAMS,
        message: `to_channel: expected another channel than from_channel (${WAY[0]}), got ${name}`,
      });
    expect(one.rebalancing.orders).toEqual([]);
  });

  it('no driver', async () => {
    const one = await ready({ rebalancer: 'circular' });
    expect((await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).message).toBe(
      'nothing was sent: circular is configured, but the node does not offer it',
    );
  });

  it('a plugin that has just been stopped, or put into dry-run', async () => {
    const one = await ready();
    one.rebalancing.payments.readPaymentsIndex = () => {
      one.app.config = { ...one.app.config, dryRun: true };
      return Promise.resolve(7);
    };
    expect(await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({
      errorName: 'rebalance-refused',
      message: 'nothing was sent: dry-run was switched on meanwhile',
    });
    expect(await one.run('revenue-status')).toMatchObject({ budget: { reserved_sats: 0 } });
  });

  it('a channel that closes between the look-up and the look', async () => {
    const one = await ready();
    const read = one.node.readSnapshot.bind(one.node);
    let reads = 0;
    one.node.readSnapshot = async () => {
      const all = await read();
      return ++reads === 1 ? all : { ...all, channels: all.channels.slice(1) };
    };
    expect((await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).errorName).toBe('unknown-channel');
  });

  it('a node that does not answer', async () => {
    const one = await ready();
    one.rebalancing.broken = new NodeError('timeout', 'listsendpays: no reply within 60000 ms');
    expect(await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).toMatchObject({
      errorName: 'node-unavailable',
      message: 'listsendpays: no reply within 60000 ms',
    });
    expect(one.store.recentRebalances(9)).toEqual([]);
  });

  it('a database that fails once it has been sent says that it was', async () => {
    const one = await ready();
    const addHash = one.store.rebalances.addPaymentHash.bind(one.store.rebalances);
    one.store.rebalances.addPaymentHash = () => {
      throw new StoreError('failed', 'database: the disk is full');
    };
    one.rebalancing.conduct = (order) =>
      Promise.resolve({ ...failure('unknown'), paymentHash: 'b'.repeat(64), movedMsat: order.amountMsat });
    const error = await one.refused('revenue-rebalance', [...WAY, 300_000, 150]);
    expect(error.errorName).toBe('database-failed');
    expect(error.message).toBe(
      'database: the disk is full; 300000 sats from 101x1x0 to 102x1x0 may have been sent: it stays reserved and is settled by the next cycle',
    );
    one.store.rebalances.addPaymentHash = addHash;
    expect(await one.run('revenue-status')).toMatchObject({ budget: { reserved_sats: 150 } });
  });

  it('a history that is still being read', async () => {
    const one = setup();
    expect((await one.refused('revenue-rebalance', [...WAY, 300_000, 150])).errorName).toBe('not-ready');
  });
});

describe('parameters', () => {
  it.each<[string, unknown]>([
    ['no amount', [...WAY]],
    ['nothing', {}],
    ['an amount of 0', [...WAY, 0]],
    ['less than nothing', [...WAY, -5]],
    ['part of a sat', [...WAY, 1.5]],
    ['words', [...WAY, 'many']],
    ['an empty amount', [...WAY, '']],
    ['more than there will ever be', [...WAY, 2_100_000_000_000_001]],
    ['a cap of 0', [...WAY, 1000, 0]],
    ['one too many', [...WAY, 1000, 10, 1]],
    ['a name that does not exist', { from_channel: WAY[0], to_channel: WAY[1], amount_sats: 1000, max_fee: 1 }],
    ['a number for a channel', [101, WAY[1], 1000]],
  ])('%s are refused by check and run alike', async (_, params) => {
    const one = await ready();
    expect(() => {
      rebalanceCommand.check(params);
    }).toThrow(CommandError);
    const error = await one.refused('revenue-rebalance', params);
    expect(error.code).toBe(INVALID_PARAMS);
    expect(error.message).toMatch(/from_channel|to_channel|amount_sats|max_fee|expected/);
  });

  it('that are right pass the check, which does nothing', async () => {
    const one = await ready();
    rebalanceCommand.check([...WAY, 1000]);
    rebalanceCommand.check({ from_channel: WAY[0], to_channel: WAY[1], amount_sats: '1000', max_fee_sats: 5 });
    expect(one.rebalancing.orders).toEqual([]);
  });

  it('channels are looked up by name, and one that is not there is named', async () => {
    const one = await ready();
    expect(await one.refused('revenue-rebalance', ['101x1x0', '999x1x0', 1000, 5])).toMatchObject({
      errorName: 'unknown-channel',
      message: 'to_channel: expected a usable channel of this node, got 999x1x0',
    });
  });
});
