// What does `top` show? Pure: figures in, lines out.
import { bar, clip, count, date, span, type Paint } from '../../app/text/paint.ts';
import { left, right, table } from '../../app/text/layout.ts';
import { plainText } from '../../core/plain-text.ts';
import { amountText } from '../charts/words.ts';
import type { Figures, Loop, Row, Status } from './figures.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Lines beside the table of channels. */
const OTHER_ROWS = 13;
/** Changes told, of each kind. */
const LATEST = 3;
const BAR_CELLS = 10;
const ALIAS_CELLS = 16;

/** @param now Unix seconds */
export function view(figures: Figures, now: number, size: Size, paint: Paint): string[] {
  const { alias, status, summary, windowDays } = figures;
  const mode = status.mode === 'live' ? paint.green('live') : paint.yellow(status.mode);
  const carr = summary.carr_pct === null ? '-' : `${summary.carr_pct.toFixed(2)} %`;
  return [
    `${paint.bold('cl-revenue-ops')} ${status.version} on ${alias}   ${mode}   ${date(now)}`,
    `${directions(status)}   revenue ` +
      `${count(summary.total_revenue_sats)}   net ${paint.bold(count(summary.net_profit_sats))} sat   CARR ${carr}`,
    money(status, paint),
    `next: ${Object.entries(status.loops)
      .map(([name, loop]) => `${name} ${due(loop, now)}`)
      .join(', ')}`,
    ...status.alerts.map((alert) => paint.yellow(`! ${alert}`)),
    '',
    ...channels(figures.rows, windowDays, Math.max(3, size.rows - OTHER_ROWS - status.alerts.length)),
    '',
    ...latest(status, paint),
  ].map((line) => clip(line, size.columns));
}

function directions({ channels }: Status): string {
  if (channels === null) return 'channels unknown';
  const { total, source, sink, balanced } = channels;
  return `${total} channels: ${source} source, ${balanced} balanced, ${sink} sink`;
}

function money({ budget, reserve, rebalancer }: Status, paint: Paint): string {
  const taken = budget.spent_24h_sats + budget.reserved_sats;
  const used = `rebalancing ${count(taken)} of ${count(budget.daily_sats)} sat in 24 h by ${rebalancer.active ?? 'nobody'}`;
  const held = (reserve.onchain_sats ?? 0) + (reserve.channels_sats ?? 0);
  const safe =
    reserve.ok === true
      ? `reserve ${count(held)} of ${count(reserve.minimum_sats)} sat`
      : paint.red(
          reserve.ok === false
            ? `reserve low: ${count(held)} of ${count(reserve.minimum_sats)} sat`
            : 'reserve unknown',
        );
  return `${taken >= budget.daily_sats ? paint.yellow(used) : used}   ${safe}`;
}

function due({ next_run: next, running, last_outcome: outcome }: Loop, now: number): string {
  const failed = outcome !== null && outcome.startsWith('failed') ? ' (failed)' : '';
  if (running) return `now${failed}`;
  if (next === null) return `-${failed}`;
  return next <= now ? `due${failed}` : `in ${span(next - now)}${failed}`;
}

function channels(rows: readonly Row[], windowDays: number, room: number): string[] {
  // Head and rule take two lines, what is hidden one.
  const shown = rows.slice(0, Math.max(1, room - 3));
  const heads = [
    left('channel'),
    left('peer'),
    left('our balance'),
    right('fee ppm'),
    right(`in ${windowDays} d`),
    right(`out ${windowDays} d`),
    right('revenue'),
    right('net'),
    right('CARR'),
    left('flow'),
    left('class'),
  ];
  const cells = shown.map(({ profit, ...row }) => {
    const { full, empty } = bar(row.local_ratio, BAR_CELLS);
    return [
      row.channel_id,
      Array.from(plainText(row.alias ?? '-'))
        .slice(0, ALIAS_CELLS)
        .join(''),
      `${full}${empty} ${`${Math.round(row.local_ratio * 100)}%`.padStart(4)}`,
      row.fee_ppm === null ? '-' : count(row.fee_ppm),
      count(row.sats_in),
      count(row.sats_out),
      profit === null ? '-' : count(profit.revenue_sats),
      profit === null ? '-' : count(profit.net_profit_sats),
      profit?.carr_pct == null ? '-' : `${profit.carr_pct.toFixed(1)} %`,
      row.state,
      profit?.class ?? '-',
    ];
  });
  const hidden = rows.length - shown.length;
  return [...table(heads, cells), ...(hidden > 0 ? [`… and ${hidden} more`] : [])];
}

function latest({ recent_fee_changes: fees, recent_rebalances: rebalances }: Status, paint: Paint): string[] {
  const fee = fees
    .slice(0, LATEST)
    .map(
      (one) =>
        `${paint.dim(date(one.timestamp))}  fee  ${one.channel_id}  ${one.old_fee_ppm} → ${one.new_fee_ppm} ppm  ${one.reason}`,
    );
  const moved = rebalances.slice(0, LATEST).map((one) => {
    const cost = one.fee_sats === null ? '' : ` for ${amountText(one.fee_sats)} sat`;
    return `${paint.dim(date(one.timestamp))}  move ${one.from_channel} → ${one.to_channel}  ${count(one.amount_sats)} sat${cost}  ${one.status}`;
  });
  return [...fee, ...moved];
}
