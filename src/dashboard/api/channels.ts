// What does the page get to know of channels?
import type { ExplainReply } from '../../app/commands/explain.ts';
import type { ChannelAccountReply } from '../../app/commands/profitability.ts';
import type { FeeChangeRow, RebalanceRow } from './done.ts';
import type { Table } from './table.ts';

export const CHANNEL_COLUMNS = [
  'channel_id',
  'peer_id',
  'alias',
  'connected',
  'private',
  'capacity_sats',
  'local_sats',
  'local_ratio',
  'state',
  'flow_ratio',
  'sats_in',
  'sats_out',
  'forwards_in',
  'forwards_out',
  'fee_ppm',
  'bid_price_ppm',
  'fee_reason',
  'fee_outcome',
  'hold_until',
  'strategy',
  'rebalance_policy',
  'revenue_sats',
  'sourced_revenue_sats',
  'rebalance_cost_sats',
  'total_cost_sats',
  'net_profit_sats',
  'roi_pct',
  'marginal_roi_pct',
  'carr_pct',
  'return_on_employed_pct',
  'class',
  'opened_at',
  'days_active',
] as const satisfies readonly (keyof ChannelRow)[];

/** One open channel. The columns up to forwards_out are revenue-analyze's, those from revenue_sats on revenue-profitability's. */
export interface ChannelRow {
  readonly channel_id: string;
  readonly peer_id: string;
  readonly alias: string | null;
  readonly connected: boolean;
  readonly private: boolean;
  readonly capacity_sats: number;
  /** Our balance, reserve included. */
  readonly local_sats: number;
  readonly local_ratio: number;
  readonly state: string;
  readonly flow_ratio: number;
  /** Of the flow window (`window_days`). */
  readonly sats_in: number;
  readonly sats_out: number;
  readonly forwards_in: number;
  readonly forwards_out: number;
  readonly fee_ppm: number;
  /** Of the last fee decision; null before one. */
  readonly bid_price_ppm: number | null;
  /** Why the fee is what it is (`fee_reasons` has the sentence), and what became of the decision. */
  readonly fee_reason: string | null;
  readonly fee_outcome: string | null;
  readonly hold_until: number | null;
  readonly strategy: 'dynamic' | 'static' | 'passive';
  readonly rebalance_policy: string;
  /** From here on over the channel's whole life; null where the node has told nothing of its opening yet. */
  readonly revenue_sats: number | null;
  readonly sourced_revenue_sats: number | null;
  readonly rebalance_cost_sats: number | null;
  readonly total_cost_sats: number | null;
  readonly net_profit_sats: number | null;
  readonly roi_pct: number | null;
  readonly marginal_roi_pct: number | null;
  readonly carr_pct: number | null;
  readonly return_on_employed_pct: number | null;
  readonly class: 'profitable' | 'break_even' | 'underwater' | 'zombie' | null;
  readonly opened_at: number | null;
  readonly days_active: number | null;
}

/** GET /api/channels. Needs revenue-analyze and revenue-profitability. */
export interface Channels {
  readonly as_of: number;
  readonly window_days: number;
  readonly channels: Table<keyof ChannelRow>;
  /** Sentences for fee_reason. */
  readonly fee_reasons: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export const CHANNEL_DAY_COLUMNS = [
  'day',
  'revenue_sats',
  'sourced_revenue_sats',
  'rebalance_cost_sats',
  'forwards_out',
  'forwards_in',
  'sats_out',
  'sats_in',
] as const satisfies readonly (keyof ChannelDayRow)[];
export interface ChannelDayRow {
  readonly day: number;
  readonly revenue_sats: number;
  readonly sourced_revenue_sats: number;
  readonly rebalance_cost_sats: number;
  readonly forwards_out: number;
  readonly forwards_in: number;
  readonly sats_out: number;
  readonly sats_in: number;
}

/** GET /api/channels/:channel (any of its names; closed ones too). Needs revenue-profitability and revenue-explain. */
export interface ChannelPage {
  readonly as_of: number;
  readonly channel_id: string;
  readonly peer_id: string | null;
  readonly alias: string | null;
  readonly open: boolean;
  /** The row of /api/channels; null for a channel that is closed or not usable. */
  readonly row: ChannelRow | null;
  /** revenue-profitability of this channel: class, P&L statement, waterfall, cash flows, lots. */
  readonly profitability: ChannelAccountReply;
  /** revenue-explain of this channel; null for one that is closed or not usable. */
  readonly explain: ExplainReply | null;
  /** What revenue-policy has of this very channel, in force for its fee (`explain.policy`) or not: a new one replaces it. */
  readonly own_policy: OwnPolicy | null;
  /** Days with any movement, oldest first, up to two years. */
  readonly days: Table<keyof ChannelDayRow>;
  /** Of the last two years, oldest first. */
  readonly fee_changes: Table<keyof FeeChangeRow>;
  readonly balance: BalanceHistory;
  /** Of the last two years, newest first, at most 100. */
  readonly rebalances: Table<keyof RebalanceRow>;
}

export interface OwnPolicy {
  readonly strategy: ChannelRow['strategy'];
  readonly fee_ppm: number | null;
  readonly min_ppm: number | null;
  readonly max_ppm: number | null;
  readonly rebalance: string;
  readonly expires_at: number | null;
}

/**
 * What the balance was after each movement that is known: opening, forwards day by day, rebalances, splices. Payments
 * and invoices of the operator's own are not among them; `unexplained_sats` is what they have moved by now.
 */
export interface BalanceHistory {
  readonly capacity_sats: number | null;
  readonly points: Table<'time' | 'balance_sats'>;
  readonly unexplained_sats: number | null;
}
