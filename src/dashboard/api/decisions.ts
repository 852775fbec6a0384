// What is asked of the audit trail, and what does it answer?
import type { ChangedBy, FeeChangeRow, RebalanceRow } from './done.ts';

/** GET /api/decisions. Needs revenue-status and revenue-explain. All parameters may be left out. */
export interface DecisionsQuery {
  readonly kind?: 'fee' | 'rebalance';
  /** Any name of a channel, or a node id. */
  readonly channel?: string;
  /** Part of the reason's name, or of what went wrong. */
  readonly reason?: string;
  readonly by?: ChangedBy;
  /** Unix seconds, inclusive and exclusive. */
  readonly from?: string;
  readonly until?: string;
  /** `next` of the page before. */
  readonly after?: string;
  /** 1 to 500; 100. */
  readonly limit?: string;
}
export interface FeeEntry extends FeeChangeRow {
  readonly kind: 'fee';
  readonly id: number;
  readonly channel_id: string;
  readonly peer_id: string;
  readonly alias: string | null;
}
export interface RebalanceEntry extends RebalanceRow {
  readonly kind: 'rebalance';
}
export interface Decisions {
  /** Newest first. */
  readonly entries: readonly (FeeEntry | RebalanceEntry)[];
  /** Null on the last page. */
  readonly next: string | null;
}
