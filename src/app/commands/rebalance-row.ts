// How is a row of rebalance_history told? In its columns' names, channels by the names people type, and to the msat beside.
import { msatToSats } from '../../core/units.ts';
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
  ...outcomeOf(row),
});

/** No order of ours is behind those that were taken over from the Python plugin: their row is all there is. */
const outcomeOf = ({ movedMsat, feeMsat, amountSats, actualFeeSats, status }: RecordedRebalance) => ({
  moved_sats: movedMsat === null ? (status === 'success' ? amountSats : null) : msatToSats(movedMsat),
  fee_sats: feeMsat === null ? actualFeeSats : msatToSats(feeMsat),
});
