// What does the screen show? Pure: figures in, lines out.
import type { ChannelFigures, Figures, LoopFigures } from './figures.ts';
import { bar, count, date, sats, span, type Paint } from './paint.ts';
import type { Settlement } from './settle.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const BAR_CELLS = 14;
const NAME_CELLS = 16;
/** Lines of the view beside the channels. */
const OTHER_ROWS = 10;

/** Speed in words: 86400 is "1 d per second". */
const pace = (speed: number): string => `${span(speed)} per second`;

/** The live view. `progress` is the share of the ordered days that has passed; null without an end. */
export function liveView(figures: Figures, paint: Paint, size: Size, progress: number | null): string[] {
  const { now, speed, node, status, analysis } = figures;
  const heading = [
    `${paint.bold('cl-revenue-ops')} ${status.version} on ${node.alias} ${paint.dim(`(simulated ${node.version})`)}`,
    `${paint.bold(date(now))}  ${pace(speed)}   block ${count(node.blockheight)}   ` +
      `forwards ${paint.bold(count(status.database.forwards))}   ` +
      `fees ${paint.bold(sats(BigInt(node.fees_collected_msat)))} sat`,
  ];
  const room = Math.max(1, size.rows - OTHER_ROWS);
  const table = analysis
    ? [
        header(analysis.window_days, paint),
        ...analysis.channels.slice(0, room).map((channel) => channelRow(channel, paint)),
        ...(analysis.channels.length > room ? [paint.dim(`… and ${analysis.channels.length - room} more`)] : []),
      ]
    : [paint.dim('the plugin reads the history of forwards …')];
  return [
    ...heading,
    '',
    ...table,
    '',
    loopsLine(figures, paint),
    ...(status.alerts.length > 0 ? [paint.yellow(`alerts: ${alertText(status.alerts)}`)] : []),
    paint.dim(status.database.path),
    progress === null ? paint.dim('Ctrl-C ends') : progressLine(progress, paint),
  ].map((line) => clip(line, size.columns));
}

/** One line for where there is no terminal. */
export function plainLine({ now, node, status, analysis }: Figures): string {
  const states = analysis?.channels.map(({ state }) => state) ?? [];
  const of = (state: string): string => `${states.filter((one) => one === state).length} ${state}`;
  return (
    `${date(now)}  ${count(status.database.forwards)} forwards  ` +
    `${sats(BigInt(node.fees_collected_msat))} sat fees  ${['source', 'sink', 'balanced'].map(of).join(', ')}`
  );
}

/** What a run of days came to. */
export function summary(settlement: Settlement, days: number, paint: Paint): string[] {
  const { analysis, figures, pluginFees, nodeFees } = settlement;
  const equal = pluginFees === nodeFees;
  const total = (of: (channel: ChannelFigures) => number): string =>
    count(analysis.channels.reduce((sum, channel) => sum + of(channel), 0));
  return [
    '',
    `${paint.bold(`${days} simulated days`)}, up to ${date(figures.now)}`,
    '',
    header(null, paint),
    ...analysis.channels.map((channel) => channelRow(channel, paint)),
    '',
    `forwards settled   ${total((channel) => channel.forwards_out)}`,
    `sats in            ${total((channel) => channel.sats_in)}`,
    `sats out           ${total((channel) => channel.sats_out)}`,
    `fees, plugin       ${sats(pluginFees)} sat  ${paint.dim('(sats in less sats out, by revenue-analyze)')}`,
    `fees, node         ${sats(nodeFees)} sat  ${paint.dim('(fees_collected_msat of getinfo)')}`,
    equal
      ? paint.green('The plugin agrees with the node to the millisatoshi.')
      : paint.red(`The plugin disagrees with the node by ${sats(pluginFees - nodeFees)} sat.`),
  ];
}

function header(windowDays: number | null, paint: Paint): string {
  const [into, out] = windowDays === null ? ['sats in', 'sats out'] : [`in ${windowDays} d`, `out ${windowDays} d`];
  const titles = [
    'channel'.padEnd(13),
    'peer'.padEnd(NAME_CELLS),
    'capacity'.padStart(12),
    'our balance'.padEnd(BAR_CELLS + 5),
    into.padStart(13),
    out.padStart(13),
    'flow'.padStart(6),
    'class',
  ];
  return paint.dim(titles.join('  '));
}

function channelRow(channel: ChannelFigures, paint: Paint): string {
  const { full, empty } = bar(channel.local_ratio, BAR_CELLS);
  const ratio = `${channel.flow_ratio < 0 ? '−' : '+'}${Math.abs(channel.flow_ratio).toFixed(2)}`;
  return [
    channel.channel_id.padEnd(13),
    (channel.alias ?? '-').slice(0, NAME_CELLS).padEnd(NAME_CELLS),
    count(channel.capacity_sats).padStart(12),
    `${paint.blue(full)}${paint.dim(empty)} ${`${Math.round(channel.local_ratio * 100)}%`.padStart(4)}`,
    count(channel.sats_in).padStart(13),
    count(channel.sats_out).padStart(13),
    ratio.padStart(6),
    CLASSES[channel.state](paint),
  ].join('  ');
}

const CLASSES = {
  source: (paint: Paint) => paint.yellow('▲ source'),
  sink: (paint: Paint) => paint.blue('▼ sink'),
  balanced: (paint: Paint) => paint.green('● balanced'),
} as const;

function loopsLine({ status, now }: Figures, paint: Paint): string {
  const parts = Object.entries(status.loops)
    .filter(([, loop]) => loop.last_run !== null)
    .map(([name, loop]) => `${name} ${heartbeat(loop, now, paint)}`);
  return `${paint.dim('loops')}  ${parts.length === 0 ? 'none has run yet' : parts.join('   ')}   ${paint.dim(status.mode)}`;
}

function heartbeat(loop: LoopFigures, now: number, paint: Paint): string {
  const ago = span(Math.max(0, now - (loop.last_run ?? now)));
  const outcome = loop.consecutive_failures === 0 ? paint.green('ok') : paint.red(loop.last_outcome ?? 'failed');
  return `${outcome} ${ago} ago`;
}

function progressLine(share: number, paint: Paint): string {
  const { full, empty } = bar(share, 30);
  return `${paint.green(full)}${paint.dim(empty)} ${Math.floor(Math.min(1, share) * 100)}%`;
}

const alertText = (alerts: readonly unknown[]): string =>
  alerts.map((alert) => (typeof alert === 'string' ? alert : JSON.stringify(alert))).join('; ');

/** Cuts a line to so many visible characters; colours count nothing. */
export function clip(line: string, columns: number): string {
  let room = columns;
  // eslint-disable-next-line no-control-regex -- the escape sequences are our own
  return line.replace(/\x1b\[\d+m|./gu, (piece) => (piece.startsWith('\x1b') ? piece : room-- > 0 ? piece : ''));
}
