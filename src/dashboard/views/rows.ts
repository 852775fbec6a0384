// How does a fee change, or a rebalance, become a row of the page?
import type { NameOf } from '../../app/channel-names.ts';
import { rebalanceFigures } from '../../app/commands/rebalance-row.ts';
import { FEE_REASONS } from '../../core/reasons.ts';
import type { Gathered } from '../../app/profit/gather.ts';
import { SECONDS_PER_DAY, unixSec } from '../../core/units.ts';
import { DRY_RUN_REASON, EXTERNAL_REASON, type ListedFeeChange, type ListedRebalance } from '../../ports.ts';
import { REBALANCE_COLUMNS, tableOf, type FeeChangeRow, type RebalanceRow, type Table } from '../api.ts';
import type { Readings } from '../readings.ts';

/** A reason of fee_changes in words; a command's name stands for itself. */
export function feeSentence(reason: string): string {
  if (reason === EXTERNAL_REASON) return 'somebody else changed it';
  if (reason.startsWith(DRY_RUN_REASON)) return feeSentence(reason.slice(DRY_RUN_REASON.length));
  const known: Readonly<Record<string, string>> = FEE_REASONS;
  return known[reason] ?? (reason.startsWith('revenue-') ? `set by hand with ${reason}` : reason);
}

export const feeChangeRow = ({ timestamp, oldFeePpm, newFeePpm, reason, by }: ListedFeeChange): FeeChangeRow => ({
  timestamp,
  old_fee_ppm: oldFeePpm,
  new_fee_ppm: newFeePpm,
  reason,
  sentence: feeSentence(reason),
  by,
});

export const rebalanceRow = (row: ListedRebalance, nameOf: NameOf): RebalanceRow => ({
  ...rebalanceFigures(row, nameOf),
  id: row.id,
  by: row.by === 'other' ? 'us' : row.by,
});

export const rebalanceTable = (rows: readonly ListedRebalance[], nameOf: NameOf): Table<keyof RebalanceRow> =>
  tableOf<RebalanceRow>(
    REBALANCE_COLUMNS,
    rows.map((row) => rebalanceRow(row, nameOf)),
  );

export function latestRebalances(readings: Readings, gathered: Gathered, most: number): Table<keyof RebalanceRow> {
  const everything = { subjects: null, by: null, text: null, before: null };
  const until = unixSec(gathered.now + SECONDS_PER_DAY);
  const rows = readings.context.store.history.rebalances({ ...everything, from: unixSec(0), until }, most);
  return rebalanceTable(rows, readings.nameOf(gathered));
}
