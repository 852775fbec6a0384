// How does a rebalance look in rebalance_history, the table that users query, in whole sats?
//
// Costs and caps are rounded up and profits down, so that no part of a sat is hidden that we have paid.
import { isFinal, STATUS_OF_STATE, type Intent } from '../core/rebalance/intent.ts';
import { channelId, negMsat, satsToMsat, unixSec, type Msat, type UnixSec } from '../core/units.ts';
import type { DryRebalance } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { SqlValue, Statement } from './engine.ts';
import { numberOf, textOf } from './rows.ts';

/** What tells an operator's dry run from one of our own. */
export const MANUAL_DRY_RUN = 'asked for by revenue-rebalance';

const SAT = 1000n;
const floorSats = (amount: Msat): bigint => (amount - (((amount % SAT) + SAT) % SAT)) / SAT;
const ceilSats = (amount: Msat): bigint => -floorSats(negMsat(amount));

/**
 * What was expected of what has arrived, before the cost of the way, less what the way has really cost: liquidity that
 * has not been sold yet has earned nothing, and nobody knows better.
 */
function profitOf({ amountMsat, movedMsat, feeMsat, expectedFeeMsat, expectedProfitMsat }: Intent): Msat {
  const worth = ((expectedProfitMsat + expectedFeeMsat) * movedMsat) / amountMsat;
  return (worth - feeMsat) as Msat;
}

export class RebalanceHistory {
  readonly #add: Statement;
  readonly #update: Statement;
  readonly #dryRuns: Statement;

  constructor(connection: Connection) {
    // Not an id that an intent still refers to, even where someone has deleted rows here.
    this.#add = connection.prepare(`
      INSERT INTO rebalance_history
        (id, from_channel, to_channel, amount_sats, max_fee_sats, expected_profit_sats, status, timestamp, error_message)
      SELECT 1 + max(
        coalesce((SELECT max(id) FROM rebalance_history), 0),
        coalesce((SELECT max(history_id) FROM rebalance_intents), 0)
      ), ?, ?, ?, ?, ?, ?, ?, ?
      RETURNING id`);
    this.#update = connection.prepare(`
      UPDATE rebalance_history SET status = ?2, actual_fee_sats = ?3, actual_profit_sats = ?4, error_message = ?5
      WHERE id = ?1`);
    this.#dryRuns = connection.prepare(
      `SELECT * FROM rebalance_history
       WHERE status = 'dry-run' AND timestamp > ?1 AND error_message IS NOT '${MANUAL_DRY_RUN}'
       ORDER BY timestamp, id`,
    );
  }

  /** Returns the row's id. Only within a write. */
  add(
    { from, to, amountMsat, maxFeeMsat, expectedProfitMsat, at }: DryRebalance,
    status: 'pending' | 'dry-run',
    message: string | null = null,
  ) {
    const sats = [ceilSats(amountMsat), ceilSats(maxFeeMsat), floorSats(expectedProfitMsat)];
    return numberOf(this.#add.get(from, to, ...sats, status, at, message), 'id');
  }

  /** A row that someone has deleted stays so: the ledger is elsewhere. Only within a write. */
  update(id: number, intent: Intent): void {
    const { state, feeMsat, message } = intent;
    const actual: readonly SqlValue[] = isFinal(state)
      ? [ceilSats(feeMsat), floorSats(profitOf(intent))]
      : [null, null];
    this.#update.run(id, STATUS_OF_STATE[state], ...actual, state === 'settled' ? null : message);
  }

  dryRuns(since: UnixSec): DryRebalance[] {
    return this.#dryRuns.all(since).map((row) => ({
      from: channelId(textOf(row, 'from_channel')),
      to: channelId(textOf(row, 'to_channel')),
      amountMsat: satsToMsat(numberOf(row, 'amount_sats')),
      maxFeeMsat: satsToMsat(numberOf(row, 'max_fee_sats')),
      expectedProfitMsat: satsToMsat(numberOf(row, 'expected_profit_sats')),
      at: unixSec(numberOf(row, 'timestamp')),
    }));
  }
}
