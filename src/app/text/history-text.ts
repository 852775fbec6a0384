// How does revenue-history look on a terminal?
import type { HistoryReply } from '../commands/history.ts';
import { asOf, statementLines } from './account-text.ts';
import { left, pairs, peerName, percentage, percentageOrWhy, right, sats, table, utc } from './layout.ts';

type Closed = HistoryReply['closed_channels'][number];
type Peer = HistoryReply['peers'][number];

const CLOSED = [
  left('channel'),
  left('peer'),
  left('opened'),
  left('closed'),
  right('capital'),
  right('revenue'),
  right('costs'),
  right('net profit'),
  right('on capital'),
  right('CARR'),
  left(''),
];
const closedRow = (channel: Closed): string[] => [
  channel.channel_id,
  peerName(channel.alias, channel.peer_id),
  dateOf(channel.opened_at),
  channel.closed_at === null ? '-' : dateOf(channel.closed_at),
  sats(channel.capital_sats),
  sats(channel.revenue_sats),
  sats(channel.total_cost_sats),
  sats(channel.net_profit_sats),
  percentage(channel.return_on_capital_pct),
  percentage(channel.carr_pct),
  [channel.final ? '' : 'not all is home yet', channel.estimated.length > 0 ? 'estimates' : '']
    .filter((word) => word !== '')
    .join(', '),
];
const dateOf = (time: number): string => utc(time).slice(0, 10);

const PEERS = [
  left('peer'),
  right('channels'),
  right('revenue'),
  right('costs'),
  right('net profit'),
  right('on capital'),
  right('CARR'),
];
const peerRow = (peer: Peer): string[] => [
  peerName(peer.alias, peer.peer_id),
  `${peer.open_channels} of ${peer.channels.length} open`,
  sats(peer.revenue_sats),
  sats(peer.total_cost_sats),
  sats(peer.net_profit_sats),
  percentage(peer.return_on_capital_pct),
  percentage(peer.carr_pct),
];

export function historyText({ as_of, lifetime, closed_channels, peers, warnings }: HistoryReply): string {
  const opened = lifetime.first_opened_at;
  const [only] = closed_channels.length === 1 ? closed_channels : [];
  return [
    ...pairs([
      ['As of', asOf(as_of)],
      ['Channels', `${lifetime.channels}, ${lifetime.closed_channels} of them closed`],
      ['Since', opened === null ? '-' : asOf(opened)],
      [
        'Net profit',
        `${sats(lifetime.net_profit_sats)} sats${lifetime.estimated ? ', estimates among the costs' : ''}`,
      ],
      ['On capital', percentageOrWhy(lifetime.return_on_capital_pct, lifetime.return_on_capital_reason)],
      ['CARR', percentageOrWhy(lifetime.carr_pct, lifetime.carr_reason)],
      [
        'Unattributed',
        `${sats(lifetime.unattributed_revenue_sats)} sats of revenue, by channels that nobody can name any more`,
      ],
      ['Untold', `${sats(lifetime.untold_revenue_sats)} sats of revenue, in getinfo's count but in no forward`],
    ]),
    '',
    'Node',
    ...statementLines(lifetime.statement, lifetime.waterfall),
    '',
    'Closed channels',
    ...(closed_channels.length === 0 ? ['none'] : table(CLOSED, closed_channels.map(closedRow))),
    ...(only ? ['', `Channel ${only.channel_id}`, ...statementLines(only.statement, only.waterfall)] : []),
    '',
    'Peers',
    ...table(PEERS, peers.map(peerRow)),
    ...warnings.map((warning) => `! ${warning}`),
  ].join('\n');
}
