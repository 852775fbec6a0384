// What does the screen show? Pure: figures in, lines out.
import { FEE_REASONS } from '../core/reasons.ts';
import { SECONDS_PER_DAY } from '../core/units.ts';
import type { Figures, LoopFigures, Market, RecentChange } from './figures.ts';
import { bar, clip, count, date, sats, span, wrap, type Paint } from '../app/text/paint.ts';
import { costText, endsText, latest, movedText, rebalanceLine } from './rebalance-view.ts';
import { netRevenue, totalsOf } from './rebalances.ts';
import { agrees, type Settlement } from './settle.ts';
import { HISTORY_DAYS, START } from './session.ts';
import { spendingAgrees } from './spending.ts';
import { channelTable, WIDE } from './table.ts';
import { trendOf, type Trend } from './trend.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Lines of the live view beside channels and fee changes; the last one is where the cursor stands. */
const OTHER_ROWS = 13;
/** Fee changes, and rebalances, told at most. */
const LATEST = 6;

/** Speed in words: 86400 is "1 d per second". */
const pace = (speed: number): string => `${span(speed)} per second`;

/**
 * The live view. `progress` is the share of the ordered days that has passed; null without an end. The address of the
 * dashboard is told whole, however narrow the screen is: half of it leads nowhere.
 */
export function liveView(
  figures: Figures,
  paint: Paint,
  size: Size,
  progress: number | null,
  dashboard: string | null = null,
): string[] {
  const { now, speed, node, status, market } = figures;
  const line = dashboard === null ? null : `Dashboard: ${dashboard}`;
  const taken = line === null ? 0 : Math.ceil(line.length / size.columns);
  const lines = [
    `${paint.bold('cl-revenue-ops')} ${status.version} on ${node.alias} ${paint.dim(`(simulated ${node.version})`)}`,
    `${paint.bold(date(now))}  ${pace(speed)}   block ${count(node.blockheight)}   ` +
      `forwards ${paint.bold(count(status.database.forwards))}`,
    ...(market
      ? marketLines(figures, market, paint, { ...size, rows: size.rows - taken })
      : [paint.dim('the plugin reads the history of forwards …')]),
    '',
    loopsLine(figures, paint),
    ...(status.alerts.length > 0 ? [paint.yellow(`alerts: ${alertText(status.alerts)}`)] : []),
    progress === null ? paint.dim('Ctrl-C ends') : progressLine(progress, paint),
  ];
  const clipped = lines.map((one) => clip(one, size.columns));
  return line === null ? clipped : [...clipped.slice(0, -1), line, ...clipped.slice(-1)];
}

/** Channels first: what is left of the screen is for the latest rebalances and changes of fees, half of it for each. */
function marketLines(figures: Figures, market: Market, paint: Paint, { columns, rows }: Size): string[] {
  const { windowDays, channels, written } = market;
  const room = Math.max(1, rows - OTHER_ROWS);
  const shown = channels.slice(0, channels.length > room ? room - 1 : room);
  const hidden = channels.length - shown.length;
  // An empty line stands above each.
  const left = Math.max(0, room - shown.length - 2);
  const rebalances = latest(written.rebalances, Math.min(LATEST, Math.floor(left / 2)));
  const recent = figures.status.recent_fee_changes.slice(0, Math.min(LATEST, left - rebalances.length));
  const totals = totalsOf(written.rebalances, channels);
  const trend = trendOf(netRevenue(written), figures.now);
  return [
    `earned ${paint.bold(sats(BigInt(figures.node.fees_collected_msat)))} sat   ` +
      `fee changes ${paint.bold(count(written.changes.length))} ${paint.dim(`(${rateOf(figures, market)} per channel and day)`)}`,
    `net a day  ${trend ? trendText(trend, paint) : paint.dim('to be compared after a whole day')}`,
    `rebalances ${endsText(totals)}   ${paint.dim(`moved ${movedText(totals)}`)}`,
    costText(totals, paint),
    '',
    ...channelTable(shown, windowDays, paint, columns),
    ...(hidden > 0 ? [paint.dim(`… and ${hidden} more`)] : []),
    ...(recent.length > 0 ? ['', ...recent.map((change) => changeLine(change, paint, columns))] : []),
    ...(rebalances.length > 0 ? ['', ...rebalances.map((one) => rebalanceLine(one, paint))] : []),
  ];
}

/** One line for where there is no terminal. */
export function plainLine({ now, node, status, market }: Figures): string {
  const told = market
    ? `  ${count(market.written.changes.length)} fee changes, now at ` +
      `${market.channels.map(({ fee_ppm }) => fee_ppm ?? '-').join(' ')} ppm  ` +
      `${count(totalsOf(market.written.rebalances, market.channels).arrived)} rebalances`
    : '';
  return (
    `${date(now)}  ${count(status.database.forwards)} forwards  ` +
    `${sats(BigInt(node.fees_collected_msat))} sat earned${told}`
  );
}

/** What a run of days came to: examples first, the sum of it last, where a terminal shows it. */
export function summary(settlement: Settlement, days: number, paint: Paint, columns: number): string[] {
  const { market, figures, explained } = settlement;
  const { recent_fee_changes: recent } = figures.status;
  const rebalances = latest(market.written.rebalances, LATEST);
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length > 0 ? ['', paint.bold(title), ...lines] : [];
  return [
    ...(explained === null
      ? []
      : part(
          `revenue-explain ${explained.channel} text=true`,
          explained.text.split('\n').flatMap((line) => wrap(line, columns)),
        )),
    ...part(
      'Latest fee changes',
      recent.slice(0, LATEST).map((change) => changeLine(change, paint, columns)),
    ),
    ...part(
      'Latest rebalances',
      rebalances.flatMap((one) => wrap(rebalanceLine(one, paint), columns)),
    ),
    ...part(`${days} simulated days, up to ${date(figures.now)}, after ${HISTORY_DAYS} days without the plugin`, [
      '',
      ...channelTable(market.channels, null, paint, columns),
    ]),
    '',
    ...totalLines(settlement, paint),
    ...checkLines(settlement, paint),
  ];
}

function totalLines({ market, figures }: Settlement, paint: Paint): string[] {
  const total = (of: (channel: Market['channels'][number]) => number): string =>
    count(market.channels.reduce((sum, channel) => sum + of(channel), 0));
  const totals = totalsOf(market.written.rebalances, market.channels);
  return [
    `forwards settled   ${total((channel) => channel.forwards_out)}`,
    `sats in            ${total((channel) => channel.sats_in)}`,
    `sats out           ${total((channel) => channel.sats_out)}`,
    `fee changes        ${count(market.written.changes.length)}, ${rateOf(figures, market)} per channel and day`,
    ...trendLines(trendOf(netRevenue(market.written), figures.now), paint),
    `rebalances         ${endsText(totals)}`,
    `sats rebalanced    ${movedText(totals)}`,
    capitalized(`${costText(totals, paint)}.`),
  ];
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Everything twice or more, by whom it is said. */
function checkLines(settlement: Settlement, paint: Paint): string[] {
  const { market, pluginFees, nodeFees, spending, feeDifferences } = settlement;
  const { ledger, charged, node, open, bookkeeper } = spending;
  const published = market.channels.filter(({ published_ppm }) => published_ppm !== null).length;
  const money = (what: string, msat: bigint, by: string): string =>
    `${what.padEnd(18)} ${sats(msat).padStart(14)} sat  ${paint.dim(`(${by})`)}`;
  return [
    '',
    money('earned, plugin', pluginFees, 'sats in less sats out, by revenue-analyze'),
    money('earned, node', nodeFees, 'fees_collected_msat of getinfo'),
    money('spent, ledger', ledger, 'rebalances by the ledger that the budget is counted by'),
    money('spent, plugin', charged, 'rebalance_cost_sats of revenue-profitability'),
    money('spent, node', node, 'payments to ourselves, by listsendpays'),
    money('spent, bookkeeper', bookkeeper, 'rebalance_fee of bkpr-listincome'),
    ...(open > 0n ? [money('of it still open', open, 'arrived, and by the ledger reserved until its next cycle')] : []),
    pluginFees === nodeFees && spendingAgrees(spending)
      ? paint.green('The plugin agrees with the node to the millisatoshi, on what was earned and what was spent.')
      : paint.red(
          `The plugin disagrees with the node by ${sats(pluginFees - nodeFees)} sat on what was earned, ` +
            `by ${sats(ledger + open - node)} sat on what was spent.`,
        ),
    feeDifferences.length === 0
      ? paint.green(
          `Every live fee in fee_changes is what the node announces (${published} of ${market.channels.length} channels).`,
        )
      : paint.red(`Fees differ from fee_changes: ${feeDifferences.join('; ')}`),
    ...(agrees(settlement) ? [] : [paint.red('That is a fault of the plugin or of the simulation.')]),
  ];
}

/** How often the plugin changes a fee. */
function rateOf({ now }: Figures, { channels, written }: Market): string {
  const channelDays = (channels.length * (now - START)) / SECONDS_PER_DAY;
  return channelDays > 0 ? (written.changes.length / channelDays).toFixed(2) : '0.00';
}

const daysOf = (days: number): string => (days === 1 ? 'day' : `${days} days`);
const whole = (msat: number): string => count(msat / 1000);

function trendText({ days, before, last, changePct, clear }: Trend, paint: Paint): string {
  const by = changePct === null ? '' : ` (${changePct < 0 ? '−' : '+'}${Math.abs(changePct)}%)`;
  const text = `${whole(last)} sat in the last ${daysOf(days)}${by}`;
  return `${whole(before)} sat before the plugin, ${clear && last > before ? paint.green(text) : paint.yellow(text)}`;
}

function trendLines(trend: Trend | null, paint: Paint): string[] {
  if (!trend) return [];
  const { days, before, last, changePct, clear } = trend;
  const by = changePct === null ? '' : ` by ${Math.abs(changePct)} %`;
  const rose = changePct === null ? last > before : changePct > 0;
  const fell = changePct !== null && changePct < 0;
  const what = rose ? `Net revenue rose${by}` : `Net revenue did not rise${fell ? `: it fell${by}` : ''}`;
  const doubt = clear ? '' : '; with so few and unequal days that may be luck';
  return [
    `net revenue a day  ${whole(before)} sat before the plugin, ${whole(last)} sat in the last ${daysOf(days)}`,
    `${(rose && clear ? paint.green : paint.yellow)(`${what}${doubt}`)}, what rebalancing cost taken off.`,
  ];
}

/** The reason in a sentence only where there is room for it. */
function changeLine(change: RecentChange, paint: Paint, columns: number): string {
  const { timestamp, channel_id, old_fee_ppm, new_fee_ppm, reason } = change;
  const arrow = new_fee_ppm > old_fee_ppm ? paint.yellow('▲') : paint.blue('▼');
  const sentence = columns < WIDE ? undefined : Object.entries(FEE_REASONS).find(([name]) => name === reason)?.[1];
  const line =
    `${paint.dim(date(timestamp).slice(5))}  ${channel_id.padEnd(9)}  ${arrow} ${count(old_fee_ppm).padStart(5)} → ` +
    `${paint.bold(`${count(new_fee_ppm).padStart(5)} ppm`)}  ${reason}${paint.dim(sentence === undefined ? '' : `: ${sentence}`)}`;
  return clip(line, columns);
}

function loopsLine({ status, now }: Figures, paint: Paint): string {
  const parts = Object.entries(status.loops)
    .filter(([, loop]) => loop.last_run !== null)
    .map(([name, loop]) => heartbeat(name, loop, now, paint));
  return `${paint.dim('loops')}  ${parts.length === 0 ? 'none has run yet' : `${parts.join(', ')} ago`}  ${paint.dim(status.mode)}`;
}

function heartbeat(name: string, loop: LoopFigures, now: number, paint: Paint): string {
  const ago = span(Math.max(0, now - (loop.last_run ?? now)));
  const failure = `${name} ${loop.last_outcome ?? 'failed'}`;
  return `${loop.consecutive_failures === 0 ? paint.green(name) : paint.red(failure)} ${ago}`;
}

function progressLine(share: number, paint: Paint): string {
  const { full, empty } = bar(share, 30);
  return `${paint.green(full)}${paint.dim(empty)} ${Math.floor(Math.min(1, share) * 100)}%`;
}

const alertText = (alerts: readonly unknown[]): string =>
  alerts.map((alert) => (typeof alert === 'string' ? alert : JSON.stringify(alert))).join('; ');
