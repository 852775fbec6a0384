import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/engine.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();
const NOW = 1_795_227_000;

/** A store over these rebalances: status, timestamp, cap and what it cost. */
function withRebalances(rows: readonly (readonly [string, number, number, number])[]) {
  database.open().close();
  const file = openDatabase(database.path, { busyMs: 0 });
  const insert = file.prepare(
    'INSERT INTO rebalance_history (from_channel, to_channel, amount_sats, max_fee_sats, actual_fee_sats, expected_profit_sats, status, timestamp) VALUES (?, ?, 1000, ?, ?, 5, ?, ?)',
  );
  for (const [status, timestamp, cap, fee] of rows) insert.run('1x1x1', '2x2x2', cap, fee, status, timestamp);
  file.close();
  return database.open();
}

describe('recent rows', () => {
  it('come newest first, and no more than asked for', () => {
    const store = withRebalances(Array.from({ length: 12 }, (_, i) => ['success', NOW + i, 100, i] as const));
    const recent = store.recentRebalances(10);
    expect(recent.map(({ actualFeeSats }) => actualFeeSats)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    expect(recent[0]).toEqual({
      fromChannel: '1x1x1',
      toChannel: '2x2x2',
      amountSats: 1000,
      maxFeeSats: 100,
      actualFeeSats: 11,
      expectedProfitSats: 5,
      actualProfitSats: null,
      status: 'success',
      errorMessage: null,
      driver: null,
      manual: null,
      movedMsat: null,
      feeMsat: null,
      timestamp: NOW + 11,
    });
  });

  it('of fee changes say who made them', () => {
    database.open().close();
    const file = openDatabase(database.path, { busyMs: 0 });
    file.exec(
      `INSERT INTO fee_changes (channel_id, peer_id, old_fee_ppm, new_fee_ppm, reason, manual, timestamp)
       VALUES ('1x1x1', '02ab', 100, 120, 'operator', 1, ${NOW}), ('1x1x1', '02ab', 120, 110, 'drift', 0, ${NOW})`,
    );
    file.close();
    expect(database.open().recentFeeChanges(10)).toEqual([
      {
        channelId: '1x1x1',
        peerId: '02ab',
        oldFeePpm: 120,
        newFeePpm: 110,
        reason: 'drift',
        manual: false,
        timestamp: NOW,
      },
      {
        channelId: '1x1x1',
        peerId: '02ab',
        oldFeePpm: 100,
        newFeePpm: 120,
        reason: 'operator',
        manual: true,
        timestamp: NOW,
      },
    ]);
  });
});
