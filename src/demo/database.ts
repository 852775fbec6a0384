// What does the plugin's database tell that no command of it does? Every fee it published, every rebalance, and revenue
// day by day.
import type { PastChange } from '../core/fee/types.ts';
import type { Intent } from '../core/rebalance/intent.ts';
import { dayOf, unixSec } from '../core/units.ts';
import { ChannelDays } from '../store/channel-days.ts';
import { ChannelNames } from '../store/channel-names.ts';
import { Connection } from '../store/connection.ts';
import { openDatabase } from '../store/engine.ts';
import { FeeChanges } from '../store/fee-changes.ts';
import { RebalanceHistory } from '../store/rebalance-history.ts';
import { RebalanceIntents } from '../store/rebalance-intents.ts';

/** In WAL mode readers wait for nobody but while the file itself is put in order. */
const BUSY_MS = 5000;

export interface Written {
  /** Published fees, oldest first. */
  readonly changes: readonly PastChange[];
  /** By the ledger of capital: those that have ended, in the order of their end, then those that have not. */
  readonly rebalances: readonly Intent[];
  /** Fees earned by the whole node on a UTC day, counted from the epoch; millisatoshi. */
  readonly revenue: ReadonlyMap<number, bigint>;
}

/** As it is at one moment, read beside the plugin, which is not held up. @throws StoreError; Error of SQLite's */
export function readDatabase(path: string): Written {
  const database = openDatabase(path, { readOnly: true, busyMs: BUSY_MS });
  try {
    database.exec('BEGIN');
    const connection = new Connection(database);
    const revenue = new Map<number, bigint>();
    for (const days of new ChannelDays(connection, new ChannelNames(connection)).all().values())
      for (const { time, amount } of days) {
        const day = dayOf(time);
        revenue.set(day, (revenue.get(day) ?? 0n) + amount);
      }
    const intents = new RebalanceIntents(connection, new RebalanceHistory(connection));
    return {
      changes: new FeeChanges(connection).since(unixSec(0)),
      rebalances: [...intents.ended(unixSec(0)), ...intents.open()],
      revenue,
    };
  } finally {
    // Statements may keep the connection until they are collected; the plugin would wait for its end to close the file.
    database.exec('ROLLBACK');
    database.close();
  }
}
