// How does a fee change, or a rebalance, become a row of the page?
import type { NameOf } from '../../app/channel-names.ts';
import { inNames } from '../../app/channel-names.ts';
import { FEE_REASONS } from '../../core/reasons.ts';
import { DRY_RUN_REASON, EXTERNAL_REASON, type ListedFeeChange, type ListedRebalance } from '../../ports.ts';
import type { FeeChangeRow, RebalanceRow } from '../api.ts';

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
  id: row.id,
  timestamp: row.timestamp,
  from_channel: nameOf(row.fromChannel),
  to_channel: nameOf(row.toChannel),
  amount_sats: row.amountSats,
  max_fee_sats: row.maxFeeSats,
  actual_fee_sats: row.actualFeeSats,
  expected_profit_sats: row.expectedProfitSats,
  actual_profit_sats: row.actualProfitSats,
  status: row.status,
  error_message: row.errorMessage === null ? null : inNames(row.errorMessage, nameOf),
  driver: row.driver,
  by: row.by === 'other' ? 'us' : row.by,
});
