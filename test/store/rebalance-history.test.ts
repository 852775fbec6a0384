// Does rebalance_history, the table that users query, show every rebalance as it stands, and hide no part of a sat?
import { describe, expect, it } from 'vitest';
import { msat, satsToMsat, unixSec, type Msat } from '../../src/core/units.ts';
import { openDatabase } from '../../src/store/engine.ts';
import { channelOf, NOW } from './fee-examples.ts';
import { later, lived, order, reserved } from './rebalance-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();

describe('rebalance_history', () => {
  const PENDING = {
    fromChannel: channelOf(1),
    toChannel: channelOf(2),
    amountSats: 500_000,
    maxFeeSats: 300,
    actualFeeSats: null,
    expectedProfitSats: 150,
    actualProfitSats: null,
    status: 'pending',
    errorMessage: null,
    driver: 'native',
    manual: false,
    movedMsat: null,
    feeMsat: null,
    timestamp: NOW,
  };
  const ended = (moved: number, fee: number) => ({
    exact: { movedMsat: msat(moved), feeMsat: msat(fee), actualFeeSats: Math.ceil(fee / 1000) },
  });
  const half = { movedMsat: satsToMsat(250_000), feeMsat: msat(60_001) };

  it.each([
    ['reserved', [], {}],
    ['dispatched', [['dispatch', {}]], {}],
    [
      'dropped',
      [['drop', { message: 'never sent' }]],
      { status: 'failed', ...ended(0, 0), profit: 0, error: 'never sent' },
    ],
    [
      'out of sight',
      [
        ['dispatch', {}],
        ['lose-sight', { ...half, failure: 'unknown', message: 'pending' }],
      ],
      { status: 'unknown', error: 'pending' },
    ],
    [
      // Half of the 270 sats that all of it was worth, less the fee: 74.999.
      'settled in part',
      [
        ['dispatch', {}],
        ['succeed', { ...half, message: 'found' }],
      ],
      { status: 'success', ...ended(250_000_000, 60_001), profit: 74 },
    ],
    [
      'settled as expected',
      [
        ['dispatch', {}],
        ['succeed', { movedMsat: satsToMsat(500_000), feeMsat: satsToMsat(120) }],
      ],
      { status: 'success', ...ended(500_000_000, 120_000), profit: 150 },
    ],
    [
      'failed at a cost',
      [
        ['dispatch', {}],
        ['fail', { feeMsat: msat(1), failure: 'no-route', message: 'no' }],
      ],
      { status: 'failed', ...ended(0, 1), profit: -1, error: 'no' },
    ],
  ] as const)('shows one that is %s, and no msat is hidden', (_, events, expected) => {
    const store = database.open();
    lived(store.rebalances, 'r', ...events);
    const { status = 'pending', exact = {}, profit = null, error = null } = expected as Record<string, never>;
    expect(store.recentRebalances(9)).toEqual([
      { ...PENDING, status, ...exact, actualProfitSats: profit, errorMessage: error },
    ]);
  });

  it.each([
    [1n, 1, 0],
    [1000n, 1, 1],
    [1001n, 2, 1],
    [-1n, 0, -1],
    [-1000n, -1, -1],
    [-1001n, -1, -2],
    [0n, 0, 0],
  ])('rounds %d msat of cost up to %d sats, of profit down to %d', (amount, up, down) => {
    const store = database.open();
    const maxFeeMsat = amount > 0n ? msat(amount) : msat(1);
    const dry = { from: channelOf(1), to: channelOf(2), amountMsat: satsToMsat(1), maxFeeMsat, at: NOW };
    store.rebalances.recordDryRun({ ...dry, expectedProfitMsat: amount as Msat }, { manual: false });
    expect(store.recentRebalances(1)[0]).toMatchObject({ maxFeeSats: amount > 0n ? up : 1, expectedProfitSats: down });
  });

  it('has dry runs that hold and cost nothing', () => {
    const store = database.open();
    const { amountMsat, maxFeeMsat } = order('r');
    const dry = { from: channelOf(1), to: channelOf(2), amountMsat, maxFeeMsat, at: NOW };
    store.rebalances.recordDryRun({ ...dry, expectedProfitMsat: satsToMsat(150) }, { manual: false });
    expect(store.recentRebalances(9)).toEqual([{ ...PENDING, status: 'dry-run', driver: null, manual: null }]);
    expect(store.rebalances.spending(unixSec(0))).toEqual({ spentMsat: 0n, reservedMsat: 0n });
    expect(store.rebalances.openIntents()).toEqual([]);
  });

  it('may lose rows to whoever tidies up: the ledger does not, and no row becomes that of another', () => {
    let store = database.open();
    lived(store.rebalances, 'old', ['dispatch', {}]);
    store.close();
    const file = openDatabase(database.path, { busyMs: 0 });
    file.exec('DELETE FROM rebalance_history');
    file.close();
    store = database.open();
    reserved(store.rebalances, 'new', { to: { ...order('x').to, channelId: channelOf(9) } });
    store.rebalances.advance('old', 'succeed', later(20), { feeMsat: satsToMsat(5) });
    expect(store.recentRebalances(9)).toMatchObject([{ toChannel: channelOf(9), status: 'pending' }]);
    expect(store.rebalances.spending(unixSec(0))).toEqual({ spentMsat: satsToMsat(5), reservedMsat: satsToMsat(300) });
  });
});
