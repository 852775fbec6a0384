// How does revenue-profitability look on a terminal?
import type { ProfitabilityReply } from '../commands/profitability.ts';
import type { ChannelFigures } from '../profit/channel-figures.ts';
import { accountLines, asOf } from './account-text.ts';
import { left, pairs, peerName, percentage, percentageOrWhy, right, sats, table } from './layout.ts';

const COLUMNS = [
  left('channel'),
  left('peer'),
  left('class'),
  right('revenue'),
  right('sourced'),
  right('costs'),
  right('net profit'),
  right('ROI'),
  right('on capital'),
  right('CARR'),
  right('marginal'),
  right('forwards'),
  right('days'),
];

/** Costs or capital that are estimates are marked, with a word for it below. */
const ESTIMATE = '~';

const rowOf = (channel: ChannelFigures): string[] => [
  channel.channel_id,
  peerName(channel.alias, channel.peer_id),
  channel.class.replace('_', '-'),
  sats(channel.revenue_sats),
  sats(channel.sourced_revenue_sats),
  (channel.estimated.length > 0 ? ESTIMATE : '') + sats(channel.total_cost_sats),
  sats(channel.net_profit_sats),
  percentage(channel.roi_pct),
  percentage(channel.return_on_capital_pct),
  percentage(channel.carr_pct),
  percentage(channel.marginal_roi_pct),
  String(channel.forwards),
  channel.days_active.toFixed(1),
];

function channelLines(channels: readonly ChannelFigures[]): string[] {
  const estimates = channels.some(({ estimated }) => estimated.length > 0);
  return [
    ...table(COLUMNS, channels.map(rowOf)),
    ...(estimates ? [`${ESTIMATE} holds an estimate, because the node's books are silent`] : []),
  ];
}

/** @param account of one channel that is shown in full; null for a list */
export function profitabilityText(
  reply: ProfitabilityReply,
  account: Parameters<typeof accountLines>[0] | null,
): string {
  const { summary, channels_by_class: classes } = reply;
  const channels = [classes.profitable, classes.break_even, classes.underwater, classes.zombie].flat();
  const { profitable_count, break_even_count, underwater_count, zombie_count } = summary;
  const lines = [
    ...pairs([
      ['As of', asOf(reply.as_of)],
      [
        'Channels',
        `${summary.total_channels}: ${profitable_count} profitable, ${break_even_count} break-even, ` +
          `${underwater_count} underwater, ${zombie_count} zombie (no forward in ${reply.window_days} days)`,
      ],
      ['Revenue', `${sats(summary.total_revenue_sats)} sats`],
      ['Costs', `${sats(summary.total_costs_sats)} sats${summary.estimated ? ', estimates among them' : ''}`],
      ['Net profit', `${sats(summary.net_profit_sats)} sats`],
      ['ROI on cost', percentageOrWhy(summary.overall_roi_pct, summary.overall_roi_reason)],
      ['On capital', percentageOrWhy(summary.return_on_capital_pct, summary.return_on_capital_reason)],
      ['CARR', percentageOrWhy(summary.carr_pct, summary.carr_reason)],
      ['On employed', percentageOrWhy(summary.return_on_employed_pct, summary.return_on_employed_reason)],
    ]),
    '',
    ...channelLines(channels),
  ];
  if (account !== null) lines.push('', ...accountLines(account));
  return [...lines, ...reply.warnings.map((warning) => `! ${warning}`)].join('\n');
}
