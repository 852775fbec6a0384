// What do the dashboard's server and page say to each other? JSON over HTTP; this file, with those of
// api/ behind it, is all that both know.
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
import type { RebalanceRow } from './api/done.ts';
import type { Table } from './api/table.ts';

export type {
  AnalyzeReply,
  ChannelAccountReply,
  ExplainReply,
  HistoryReply,
  PeriodFigures,
  ProfitabilityReply,
  StatusReply,
};
export * from './api/channels.ts';
export * from './api/decisions.ts';
export * from './api/done.ts';
export * from './api/rebalances.ts';
export * from './api/table.ts';
export * from './api/what-if.ts';

/** Where a rune travels. There are no cookies. */
export const RUNE_HEADER = 'Rune';

/** What an order is known by, chosen by who gives it: one that comes twice is carried out once, and answered twice. */
export const ORDER_HEADER = 'Order-Id';

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
  /** The last ten, newest first: `recent_rebalances` of revenue-status with what they cost to the msat. */
  readonly rebalances: Table<keyof RebalanceRow>;
  readonly warnings: readonly string[];
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
