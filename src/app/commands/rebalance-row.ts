// How is a row of rebalance_history told? In its columns' names, channels by the names people type.
import type { RecordedRebalance } from '../../ports.ts';
import { inNames, type NameOf } from '../channel-names.ts';

export const rebalanceFigures = (row: RecordedRebalance, nameOf: NameOf) => ({
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
  timestamp: row.timestamp,
});
