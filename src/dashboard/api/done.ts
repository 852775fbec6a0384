// What is a row of what was done: of fee_changes, of rebalance_history?

export const FEE_CHANGE_COLUMNS = [
  'timestamp',
  'old_fee_ppm',
  'new_fee_ppm',
  'reason',
  'sentence',
  'by',
] as const satisfies readonly (keyof FeeChangeRow)[];
export interface FeeChangeRow {
  readonly timestamp: number;
  readonly old_fee_ppm: number;
  readonly new_fee_ppm: number;
  readonly reason: string;
  /** The reason in words. */
  readonly sentence: string;
  readonly by: ChangedBy;
}
/** `us`: the controller; `hand`: the operator by command; `other`: somebody else; `dry-run`: nobody, it was only decided. */
export type ChangedBy = 'us' | 'hand' | 'other' | 'dry-run';

export const REBALANCE_COLUMNS = [
  'id',
  'timestamp',
  'from_channel',
  'to_channel',
  'amount_sats',
  'max_fee_sats',
  'actual_fee_sats',
  'expected_profit_sats',
  'actual_profit_sats',
  'moved_sats',
  'fee_sats',
  'status',
  'error_message',
  'driver',
  'by',
] as const satisfies readonly (keyof RebalanceRow)[];
/** A row of rebalance_history, which is in whole sats, and what really happened. */
export interface RebalanceRow {
  readonly id: number;
  readonly timestamp: number;
  readonly from_channel: string;
  readonly to_channel: string;
  readonly amount_sats: number;
  readonly max_fee_sats: number;
  readonly actual_fee_sats: number | null;
  readonly expected_profit_sats: number;
  readonly actual_profit_sats: number | null;
  /** What arrived, and what the way cost: exact, but for those that were taken over in whole sats; null until the end. */
  readonly moved_sats: number | null;
  readonly fee_sats: number | null;
  readonly status: 'pending' | 'success' | 'failed' | 'unknown' | 'dry-run';
  readonly error_message: string | null;
  readonly driver: string | null;
  readonly by: 'us' | 'hand' | 'dry-run';
}
