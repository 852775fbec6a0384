// What do the dashboard's server and page say to each other? JSON over HTTP; this file is all that both know.
//
// Amounts `*_sats` are JSON numbers in sats with at most three decimals, exact to the millisatoshi, as in the replies of
// the commands. Times are Unix seconds, percentages numbers with at most six decimals, `null` is "not known" or "none",
// and where a figure can be undefined a `*_reason` beside it says why. What a command also tells is the command's own
// reply: it is reckoned in one place.
import type { AnalyzeReply } from '../app/commands/analyze.ts';
import type { ExplainReply } from '../app/commands/explain.ts';
import type { HistoryReply } from '../app/commands/history.ts';
import type { ChannelAccountReply, ProfitabilityReply } from '../app/commands/profitability.ts';
import type { StatusReply } from '../app/commands/status.ts';
import type { PeriodFigures } from '../app/profit/period.ts';
import type { BacktestFigures } from '../core/backtest/figures.ts';

export type {
  AnalyzeReply,
  ChannelAccountReply,
  ExplainReply,
  HistoryReply,
  PeriodFigures,
  ProfitabilityReply,
  StatusReply,
};

/** Where a rune travels. There are no cookies. */
export const RUNE_HEADER = 'Rune';

export type Cell = string | number | boolean | null;

/** Rows without repeated names: a thousand channels stay below half a megabyte. `rowsOf` makes objects of it. */
export interface Table<Column extends string> {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The rows of a table as objects, typed by the caller who knows the columns. */
export function rowsOf<Row extends object>(table: Table<Extract<keyof Row, string>>): Row[] {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((name, i) => [name, row[i]])) as Row);
}

/** The other way round. */
export const tableOf = <Row extends { readonly [K in keyof Row]: Cell }>(
  columns: readonly Extract<keyof Row, string>[],
  rows: readonly Row[],
): Table<Extract<keyof Row, string>> => ({ columns, rows: rows.map((row) => columns.map((name) => row[name])) });

/** The body of every reply that is not 2xx or 304. */
export interface ApiError {
  readonly error: {
    /** For programs: an ApiErrorName, or the name of a command's own error (docs/errors.md). */
    readonly name: string;
    /** For people: what was expected, what was got, what to do. */
    readonly message: string;
  };
}

/** Names of the server's own refusals, with their HTTP status. */
export const API_ERRORS = {
  'rune-missing': 401,
  'rune-invalid': 401,
  'rune-not-permitted': 403,
  'runes-unavailable': 503,
  'host-not-allowed': 403,
  'origin-not-allowed': 403,
  'too-many-failures': 429,
  'not-found': 404,
  'method-not-allowed': 405,
  'json-expected': 415,
  'body-too-large': 413,
  'invalid-request': 400,
  defect: 500,
} as const satisfies Record<string, number>;
export type ApiErrorName = keyof typeof API_ERRORS;

/** What an action does, and which command the rune must allow for it. */
export const ACTIONS = {
  'set-fee': 'revenue-set-fee',
  hold: 'revenue-set-fee',
  policy: 'revenue-policy',
  rebalance: 'revenue-rebalance',
  pause: 'revenue-pause',
  resume: 'revenue-resume',
} as const;
export type ActionName = keyof typeof ACTIONS;

/**
 * GET /api/session. What may this rune do? Needs a rune that is the node's, whatever it allows. A command that the rune
 * allows only with certain parameters shows as not allowed, and `reason` says what is missing.
 */
export interface Session {
  readonly version: string;
  readonly node_id: string | null;
  readonly commands: Readonly<Record<string, { readonly allowed: boolean; readonly reason: string | null }>>;
  readonly actions: Readonly<Record<ActionName, boolean>>;
  /** Seconds between two questions of a page that is open: what the server reckons anew is not younger. */
  readonly poll_seconds: number;
  /** The node's time, Unix seconds, and how many of its seconds pass in one of the browser's (1 but in a demonstration). */
  readonly now: number;
}

export const PERIODS = ['1d', '7d', '30d', '90d', '365d', 'all'] as const;
export type Period = (typeof PERIODS)[number];

export const DAY_COLUMNS = [
  'day',
  'revenue_sats',
  'rebalance_cost_sats',
  'chain_cost_sats',
  'net_profit_sats',
] as const;
export interface DayRow {
  /** The day's first second (UTC). */
  readonly day: number;
  readonly revenue_sats: number;
  readonly rebalance_cost_sats: number;
  /** Opening, closing, splice and lease costs. */
  readonly chain_cost_sats: number;
  readonly net_profit_sats: number;
}

/** GET /api/overview?period=30d. Needs revenue-status, revenue-profitability and revenue-history. */
export interface Overview {
  readonly as_of: number;
  readonly period: Period;
  readonly figures: PeriodFigures;
  /** One row per day of the period, the present one last. */
  readonly days: Table<keyof DayRow>;
  /** revenue-status. */
  readonly status: StatusReply;
  /** `summary` of revenue-profitability: all open channels over their whole life. */
  readonly open_channels: ProfitabilityReply['summary'];
  /** `lifetime` of revenue-history: all channels that ever were. */
  readonly lifetime: HistoryReply['lifetime'];
  readonly warnings: readonly string[];
}

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
  /** Days with any movement, oldest first, up to two years. */
  readonly days: Table<keyof ChannelDayRow>;
  /** Of the last two years, oldest first. */
  readonly fee_changes: Table<keyof FeeChangeRow>;
  readonly balance: BalanceHistory;
  /** Of the last two years, newest first, at most 100. */
  readonly rebalances: Table<keyof RebalanceRow>;
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
  'status',
  'error_message',
  'driver',
  'by',
] as const satisfies readonly (keyof RebalanceRow)[];
/** A row of rebalance_history. */
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
  readonly status: 'pending' | 'success' | 'failed' | 'unknown' | 'dry-run';
  readonly error_message: string | null;
  readonly driver: string | null;
  readonly by: 'us' | 'hand' | 'dry-run';
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

/** GET /api/whatif. Needs revenue-status. */
export interface WhatIf {
  /** The last reply of revenue-backtest since the plugin started; null where there was none. */
  readonly backtest: { readonly ran_at: number; readonly report: BacktestFigures } | null;
  /** The benchmark of the release, of npm run bench:market; null where none was built in. */
  readonly benchmark: Benchmark | null;
}

export interface Benchmark {
  /** By which command, with how many seeds and days, of which commit. */
  readonly made: string;
  readonly scenarios: readonly BenchmarkScenario[];
}
export interface BenchmarkScenario {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly BenchmarkRow[];
}
/** Net profit over the most that any fees and rebalances could earn, with its 95 % interval; best first. */
export interface BenchmarkRow {
  readonly tool: string;
  readonly kind: 'ours' | 'rival' | 'control' | 'oracle';
  readonly of_bound: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * POST /api/actions/:name with Content-Type application/json. Needs the action's command, asked with these very
 * parameters. `dry_run`: the preview; nothing is changed or recorded, and what the action would be refused for is refused.
 *
 * | action | params |
 * | --- | --- |
 * | set-fee | channel_id, fee_ppm, hold_hours? (24) |
 * | hold | channel_id, hold_hours; 0 lifts the hold. The fee stays as it is. |
 * | policy | action `set` or `delete`, subject, and for `set` strategy?, fee_ppm?, min_ppm?, max_ppm?, rebalance?, expires_hours? |
 * | rebalance | from_channel, to_channel, amount_sats, max_fee_sats? |
 * | pause, resume | none |
 */
export interface ActionRequest {
  readonly params: Readonly<Record<string, string | number | null>>;
  readonly dry_run: boolean;
}
export interface ActionReply {
  readonly action: ActionName;
  readonly command: string;
  readonly dry_run: boolean;
  /** The command's own reply (docs/commands.md), or what it would be. */
  readonly reply: Readonly<Record<string, unknown>>;
}

/** GET /export/NAME.csv, streamed; `from` and `until` in Unix seconds or YYYY-MM-DD. Needs revenue-history. */
export const EXPORTS = ['forwards', 'rebalances', 'cashflows'] as const;
export type ExportName = (typeof EXPORTS)[number];
