// What have we done of late, and what has it cost? Reads the two tables that users query by hand, too.
import type { FeeChangeRecord, RebalanceRecord, RebalanceSpend } from '../ports.ts';
import { unixSec, type UnixSec } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, numberOrNull, textOf, textOrNull } from './rows.ts';

export const toFeeChange = (row: unknown): FeeChangeRecord => ({
  channelId: textOf(row, 'channel_id'),
  peerId: textOf(row, 'peer_id'),
  oldFeePpm: numberOf(row, 'old_fee_ppm'),
  newFeePpm: numberOf(row, 'new_fee_ppm'),
  reason: textOf(row, 'reason'),
  manual: numberOf(row, 'manual') === 1,
  timestamp: unixSec(numberOf(row, 'timestamp')),
});

export class ActionRecords {
  readonly #feeChanges: Statement;
  readonly #rebalances: Statement;
  readonly #spend: Statement;

  constructor(connection: Connection) {
    this.#feeChanges = connection.prepare('SELECT * FROM fee_changes ORDER BY timestamp DESC, id DESC LIMIT ?');
    this.#rebalances = connection.prepare('SELECT * FROM rebalance_history ORDER BY timestamp DESC, id DESC LIMIT ?');
    // A rebalance that may still settle holds its whole cap, however old it is; a dry run holds and costs nothing.
    this.#spend = connection.prepare(`
      SELECT
        coalesce(sum(actual_fee_sats) FILTER (WHERE timestamp >= ?1 AND status NOT IN ('pending', 'unknown')), 0) AS spent,
        coalesce(sum(max_fee_sats) FILTER (WHERE status IN ('pending', 'unknown')), 0) AS reserved
      FROM rebalance_history
      WHERE status <> 'dry-run' AND (timestamp >= ?1 OR status IN ('pending', 'unknown'))`);
  }

  /** Newest first. */
  recentFeeChanges(limit: number): FeeChangeRecord[] {
    return this.#feeChanges.all(limit).map(toFeeChange);
  }

  /** Newest first. */
  recentRebalances(limit: number): RebalanceRecord[] {
    return this.#rebalances.all(limit).map((row) => ({
      fromChannel: textOf(row, 'from_channel'),
      toChannel: textOf(row, 'to_channel'),
      amountSats: numberOf(row, 'amount_sats'),
      maxFeeSats: numberOf(row, 'max_fee_sats'),
      actualFeeSats: numberOrNull(row, 'actual_fee_sats'),
      expectedProfitSats: numberOf(row, 'expected_profit_sats'),
      actualProfitSats: numberOrNull(row, 'actual_profit_sats'),
      status: textOf(row, 'status'),
      errorMessage: textOrNull(row, 'error_message'),
      timestamp: unixSec(numberOf(row, 'timestamp')),
    }));
  }

  /** What rebalances begun since then have cost, and what open ones of any age may still cost. */
  rebalanceSpend(since: UnixSec): RebalanceSpend {
    const row = this.#spend.get(since);
    return { spentSats: numberOf(row, 'spent'), reservedSats: numberOf(row, 'reserved') };
  }
}
