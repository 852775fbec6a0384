// What has the plugin written down? Read from its file beside it, with SQL of the test's own.
import { DatabaseSync } from '@photostructure/sqlite';
import type { Totals } from './by-hand.ts';

/** Sums of all hours, and of all days, by `direction channel`. */
export function readTotals(path: string): { hours: Record<string, Totals>; days: Record<string, Totals> } {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const sumsOf = (table: string): Record<string, Totals> => {
    const rows = file
      .prepare(
        `SELECT iif(direction = 0, 'in ', 'out ') || n.name AS key,
           sum(settled_count) AS settled_count, sum(settled_msat) AS settled_msat, sum(fee_msat) AS fee_msat,
           sum(failed_count) AS failed_count, sum(failed_msat) AS failed_msat,
           sum(unmet_count) AS unmet_count, sum(unmet_msat) AS unmet_msat
         FROM ${table} JOIN channel_names n ON n.id = ${table}.name GROUP BY key`,
      )
      .all() as (Totals & { key: string })[];
    return Object.fromEntries(rows.map(({ key, ...sums }) => [key, sums]));
  };
  try {
    return { hours: sumsOf('flow_hours'), days: sumsOf('flow_days') };
  } finally {
    file.close();
  }
}

export interface FeeChange {
  readonly channel_id: string;
  readonly peer_id: string;
  readonly old_fee_ppm: number;
  readonly new_fee_ppm: number;
  readonly reason: string;
  readonly manual: number;
  readonly timestamp: number;
}

/** In the order in which they were written. */
export function readFeeChanges(path: string): FeeChange[] {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    return file
      .prepare(
        'SELECT channel_id, peer_id, old_fee_ppm, new_fee_ppm, reason, manual, timestamp FROM fee_changes ORDER BY id',
      )
      .all() as FeeChange[];
  } finally {
    file.close();
  }
}
