// What does the page get to know of rebalances?
import type { StatusReply } from '../../app/commands/status.ts';
import type { RebalanceRow } from './done.ts';
import type { Table } from './table.ts';

export const CANDIDATE_COLUMNS = [
  'channel_id',
  'alias',
  'role',
  'reason',
  'decided_at',
  'shortfall_unit',
  'shortfall_needed',
  'shortfall_available',
  'partner',
  'partner_reason',
  'amount_sats',
  'spread_ppm',
  'expected_fee_sats',
  'expected_profit_sats',
] as const satisfies readonly (keyof CandidateRow)[];
/** What the last search said of one channel in one role, with its best partner. */
export interface CandidateRow {
  readonly channel_id: string;
  readonly alias: string | null;
  readonly role: 'destination' | 'source';
  /** The gate that refused it, or `approved`; `reasons` has the sentence. */
  readonly reason: string;
  readonly decided_at: number;
  readonly shortfall_unit: 'ppm' | 'sats' | 'seconds' | 'share' | null;
  readonly shortfall_needed: number | null;
  readonly shortfall_available: number | null;
  readonly partner: string | null;
  readonly partner_reason: string | null;
  readonly amount_sats: number | null;
  readonly spread_ppm: number | null;
  readonly expected_fee_sats: number | null;
  readonly expected_profit_sats: number | null;
}

export const SPENDING_COLUMNS = [
  'day',
  'spent_sats',
  'moved_sats',
  'succeeded',
  'failed',
] as const satisfies readonly (keyof SpendingRow)[];
/** What ended on one day (UTC). */
export interface SpendingRow {
  readonly day: number;
  readonly spent_sats: number;
  readonly moved_sats: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** GET /api/rebalances. Needs revenue-status and revenue-explain. */
export interface Rebalances {
  readonly as_of: number;
  /** `rebalancer`, `budget` and `reserve` of revenue-status; `rebalancer.scores` are the drivers'. */
  readonly rebalancer: StatusReply['rebalancer'];
  readonly budget: StatusReply['budget'];
  readonly reserve: StatusReply['reserve'];
  /** Two rows per channel. */
  readonly candidates: Table<keyof CandidateRow>;
  /** Sentences for `reason`, by role where they differ not. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Newest first, at most 200; older ones by /api/decisions?kind=rebalance. */
  readonly history: Table<keyof RebalanceRow>;
  /** The last 90 days, oldest first, days without any left out. */
  readonly spending: Table<keyof SpendingRow>;
}
