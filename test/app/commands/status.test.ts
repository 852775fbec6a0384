import { describe, expect, it } from 'vitest';
import { msat } from '../../../src/core/units.ts';
import { REBALANCE_COMMANDS } from '../../../src/node/drivers/rebalance/driver.ts';
import { SLING_COMMANDS } from '../../../src/node/drivers/sling/commands.ts';
import { snapshot } from '../../channel-views.ts';
import { channelNumber } from '../node-in-memory.ts';
import { alertsOf, applications, pay, timeout } from '../setup.ts';

const { database, started } = applications();

describe('revenue-status', () => {
  it('has every field of the contract', async () => {
    const { run, node, clock } = await started({}, (of, time) => {
      pay(of, 1, 2, 6_000_000, time.now() - 10);
      of.snapshot = snapshot([1, 2, 3].map((n) => channelNumber(n, { spendable: msat(1_500) })));
    });
    expect(await run('revenue-status')).toEqual({
      version: '1.2.3',
      node_id: node.snapshot.nodeId,
      mode: 'live',
      ready: true,
      channels: { total: 3, source: 1, sink: 1, balanced: 1 },
      loops: {
        flow: expect.objectContaining({ interval_seconds: 3600, last_outcome: 'ok' }) as unknown,
        intake: expect.objectContaining({ interval_seconds: 60, last_outcome: 'ok' }) as unknown,
        accounts: expect.objectContaining({ interval_seconds: 3600, last_outcome: 'ok' }) as unknown,
        fees: expect.objectContaining({ interval_seconds: 1800, last_outcome: 'ok' }) as unknown,
        rebalance: expect.objectContaining({ interval_seconds: 900, last_outcome: 'ok' }) as unknown,
      },
      rebalancer: {
        configured: 'auto',
        active: 'native',
        because: 'the first of circular, sling, rebalance, native that is there',
        available: ['native'],
        in_flight: 0,
        unknown: 0,
        scores: [],
        foreign_24h: { payments: 0, moved_sats: 0, fee_sats: 0 },
      },
      clboss: { enabled: true, available: false, unmanaged_peers: [] },
      budget: { daily_sats: 5000, spent_24h_sats: 0, reserved_sats: 0, available_sats: 5000 },
      reserve: { minimum_sats: 1_000_000, onchain_sats: 2_000_000, channels_sats: 4.5, ok: true },
      database: {
        path: database.path,
        schema_version: expect.any(Number) as number,
        forwards: 1,
        oldest_forward: Math.floor(clock.now() / 3600) * 3600,
      },
      alerts: [],
      recent_fee_changes: [],
      recent_rebalances: [],
    });
  });

  it('sees plugins come and go', async () => {
    const { run, node, clboss } = await started({ rebalancer: 'sling' });
    expect(alertsOf(await run('revenue-status'))).toEqual([
      'nothing is rebalanced: sling is configured, but the node does not offer it; start it, or set revenue-ops-rebalancer to auto',
    ]);
    for (const command of ['circular', ...SLING_COMMANDS, ...REBALANCE_COMMANDS]) node.commands.add(command);
    clboss.present = true;
    const status = await run('revenue-status');
    expect(status).toMatchObject({
      rebalancer: {
        active: 'sling',
        because: 'as configured',
        available: ['circular', 'sling', 'rebalance', 'native'],
      },
      clboss: { available: true },
      alerts: [],
    });
    clboss.present = false;
    expect(await run('revenue-status')).toMatchObject({ clboss: { available: false } });
  });

  it.each([
    [2_000_000_000, 0, true],
    [0, 1_000_000_000, true],
    [0, 999_999_999, false],
    [400_000_000, 600_000_000, true],
    [399_999_999, 600_000_000, false],
  ])('counts %s msat on chain and %s in channels toward the reserve', async (onchain, spendable, ok) => {
    const { run } = await started({}, (node) => {
      node.funds = msat(onchain);
      node.snapshot = snapshot([channelNumber(1, { spendable: msat(spendable) })]);
    });
    const status = await run('revenue-status');
    expect(status['reserve']).toMatchObject({ ok });
    const short = alertsOf(status).filter((alert) => alert.includes('less than the wallet reserve of 1,000,000 sats'));
    expect(short).toHaveLength(ok ? 0 : 1);
  });

  it('shows what was rebalanced, by whom, between channels as people know them', async () => {
    const full = { toUs: msat(9_000_000_000), spendable: msat(8_900_000_000), receivable: msat(900_000_000) };
    const empty = { toUs: msat(500_000_000), spendable: msat(400_000_000), receivable: msat(9_400_000_000) };
    const { run, clock } = await started({}, (node) => {
      node.snapshot = snapshot([channelNumber(1, full), channelNumber(2, empty)]);
    });
    await run('revenue-rebalance', ['101x1x0', '102x1x0', 300_000, 150]);
    expect((await run('revenue-status'))['recent_rebalances']).toEqual([
      {
        from_channel: '101x1x0',
        to_channel: '102x1x0',
        amount_sats: 300_000,
        max_fee_sats: 150,
        actual_fee_sats: 1,
        expected_profit_sats: expect.any(Number) as number,
        actual_profit_sats: expect.any(Number) as number,
        status: 'success',
        error_message: null,
        driver: 'native',
        manual: true,
        timestamp: clock.now(),
        moved_sats: 300_000,
        fee_sats: 1,
      },
    ]);
    expect(await run('revenue-explain', ['102x1x0'])).toMatchObject({
      rebalance: { last: [{ status: 'success', manual: true, moved_sats: 300_000, fee_sats: 1, fee_ppm: 3.33 }] },
    });
  });

  it('tells what it can when the node does not answer, and what it cannot', async () => {
    const { run, node, clboss } = await started();
    clboss.failing.set('readClboss', timeout);
    const { nodeId: id } = node.snapshot;
    for (const read of ['readSnapshot', 'readOnchainFunds', 'readCommandNames'] as const)
      node.failing.set(read, timeout);
    const status = await run('revenue-status');
    expect(status).toMatchObject({
      node_id: id,
      channels: null,
      rebalancer: { available: null },
      clboss: { available: null, unmanaged_peers: null },
      reserve: { onchain_sats: null, channels_sats: null, ok: null },
      database: { forwards: 0 },
    });
    expect(alertsOf(status)).toContain(`the node could not be asked: ${timeout.message}`);
  });

  it('raises what an operator should look at', async () => {
    const { run, node, clock } = await started({ dryRun: true, flowInterval: 60 });
    node.snapshot = { ...node.snapshot, synced: false };
    node.failing.set('readChannelIdentities', timeout);
    await clock.advance(130);
    expect(alertsOf(await run('revenue-status'))).toEqual([
      `loop flow failed twice, last: ${timeout.message}`,
      'the node is catching up with the chain: it is read, but nothing will be changed until it has',
      'dry-run: decisions are recorded, but nothing is changed',
    ]);
  });

  it('says which history is lost for good, and what to do', async () => {
    const { run } = await started({}, (of, time) => {
      of.moves = null;
      for (let i = 0; i < 9; i++) pay(of, 1, 2, 10, time.now() - 900 + 100 * i);
      of.clean(time.now() - 450);
    });
    const [alert, ...others] = alertsOf(await run('revenue-status'));
    expect(others).toEqual([]);
    expect(alert).toMatch(
      /^history: forwards settled until 20\d\d-\d\d-\d\dT[\d:]+Z are missing, as far as there were any/,
    );
    expect(alert).toContain('Let autoclean keep forwards for longer than the plugin is ever away, and bookkeeper run');
  });

  it('names legacy options that are still set', async () => {
    const { app, run } = await started();
    Object.assign(app.context, { legacyOptionsSet: ['revenue-ops-pid-kp'] });
    expect(alertsOf(await run('revenue-status'))).toEqual([
      'no longer used, remove from the configuration: revenue-ops-pid-kp',
    ]);
  });
});
