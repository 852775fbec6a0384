// What have we done of late? Reads the two tables that users query by hand, too.
import type { FeeChangeRecord, RebalanceRecord, RecordedRebalance } from '../ports.ts';
import { unixSec, type Msat } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, choiceOf, numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';

export const toFeeChange = (row: unknown): FeeChangeRecord => ({
  channelId: textOf(row, 'channel_id'),
  peerId: textOf(row, 'peer_id'),
  oldFeePpm: numberOf(row, 'old_fee_ppm'),
  newFeePpm: numberOf(row, 'new_fee_ppm'),
  reason: textOf(row, 'reason'),
  manual: numberOf(row, 'manual') === 1,
  timestamp: unixSec(numberOf(row, 'timestamp')),
});

const STATUSES = ['pending', 'success', 'failed', 'unknown', 'dry-run'] as const;

/** Joined with its intent, which knows the driver, and what was moved to the msat. */
export const toRebalance = (row: unknown): RecordedRebalance => ({
  fromChannel: textOf(row, 'from_channel'),
  toChannel: textOf(row, 'to_channel'),
  amountSats: numberOf(row, 'amount_sats'),
  maxFeeSats: numberOf(row, 'max_fee_sats'),
  actualFeeSats: numberOrNull(row, 'actual_fee_sats'),
  expectedProfitSats: numberOf(row, 'expected_profit_sats'),
  actualProfitSats: numberOrNull(row, 'actual_profit_sats'),
  status: choiceOf(row, 'status', STATUSES),
  errorMessage: textOrNull(row, 'error_message'),
  driver: textOrNull(row, 'driver'),
  movedMsat: atItsEnd(row, 'moved_msat'),
  feeMsat: atItsEnd(row, 'fee_msat'),
  timestamp: unixSec(numberOf(row, 'timestamp')),
});

const atItsEnd = (row: unknown, name: string): Msat | null =>
  numberOrNull(row, 'ended_at') === null ? null : (bigintOf(row, name) as Msat);

export class ActionRecords {
  readonly #feeChanges: Statement;
  readonly #rebalances: Statement;

  constructor(connection: Connection) {
    this.#feeChanges = connection.prepare('SELECT * FROM fee_changes ORDER BY timestamp DESC, id DESC LIMIT ?');
    this.#rebalances = connection.prepare(`
      SELECT h.*, i.driver, i.manual, i.moved_msat, i.fee_msat, i.ended_at FROM rebalance_history h LEFT JOIN rebalance_intents i ON i.history_id = h.id
      ORDER BY h.timestamp DESC, h.id DESC LIMIT ?`);
  }

  /** Newest first. */
  recentFeeChanges(limit: number): FeeChangeRecord[] {
    return this.#feeChanges.all(limit).map(toFeeChange);
  }

  /** Newest first. */
  recentRebalances(limit: number): RebalanceRecord[] {
    return this.#rebalances.all(limit).map((row) => ({ ...toRebalance(row), manual: manualOf(row) }));
  }
}

const manualOf = (row: unknown): boolean | null => {
  const manual = numberOrNull(row, 'manual');
  return manual === null ? null : manual === 1;
};
