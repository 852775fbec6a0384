// revenue-history: what did closed channels bring in the end, and what has the node earned in its whole life?
import { committedFlows, type CashFlow } from '../../core/profit/cash-flow.ts';
import { byPeer, metricsOf, paidBackAt } from '../../core/profit/metrics.ts';
import { statementOf } from '../../core/profit/statement.ts';
import { CommandError } from '../../core/errors.ts';
import { addMsat, msatToSats, subMsat, sumMsat } from '../../core/units.ts';
import { carriedIn } from '../profit/carried.ts';
import { channelFigures, returnFigures, totalsFigures, type Judged } from '../profit/channel-figures.ts';
import { statementFigures, waterfallFigures } from '../profit/figures.ts';
import { gatherProfits, type Gathered } from '../profit/gather.ts';
import { isNamed } from '../profit/channel-profits.ts';
import { historyText } from '../text/history-text.ts';
import { command } from './command.ts';
import { channelName, flag, optional, percentage, readParams, withDefault } from './params.ts';
import { asText } from './text-reply.ts';

const PARAMS = {
  channel_id: optional(channelName),
  rate_pct: withDefault(percentage, 0),
  text: withDefault(flag, false),
};

export const historyCommand = command({
  name: 'revenue-history',
  usage: '[channel_id] [rate_pct] [text]',
  description: "Show the final statement of closed channels, the return of each peer, and the node's whole life",
  read: (params) => readParams(PARAMS, params),
  run: async ({ channel_id: name, rate_pct, text }, context) => {
    const rate = rate_pct / 100;
    const gathered = await gatherProfits(context, rate);
    const closed = gathered.channels.filter(({ books }) => books.closing !== null);
    const chosen = name === null ? closed : closed.filter((channel) => isNamed(channel, name));
    if (name !== null && chosen.length === 0)
      throw new CommandError('unknown-channel', `channel_id: expected a closed channel of this node, got ${name}`);
    const reply = historyReply(gathered, chosen, rate);
    return text ? asText(historyText(reply)) : reply;
  },
});

function historyReply(gathered: Gathered, closed: readonly Judged[], rate: number) {
  const { now, channels } = gathered;
  return {
    as_of: now,
    rate_pct: rate * 100,
    lifetime: lifetimeOf(gathered, rate),
    closed_channels: closed.map((channel) => closedFigures(channel, now)),
    peers: [...byPeer(channels)].map(([peerId, own]) => peerFigures(peerId, own, now, rate)),
    warnings: gathered.warnings,
  };
}
export type HistoryReply = ReturnType<typeof historyReply>;

/** All channels, and what is the node's alone. */
export function lifetimeOf({ now, channels, unattributed, snapshot }: Gathered, rate: number) {
  const metrics = metricsOf(channels, now, rate);
  const statement = statementOf(channels.flatMap((channel) => committedTotals(channel, now)));
  const revenue = addMsat(metrics.totals.revenue, unattributed.revenue);
  return {
    channels: channels.length,
    closed_channels: channels.filter(({ books }) => books.closing !== null).length,
    first_opened_at: channels.length === 0 ? null : Math.min(...channels.map(({ account }) => account.openedAt)),
    capital_sats: msatToSats(metrics.capital),
    ...totalsFigures(metrics.totals),
    ...returnFigures(metrics, paidBackAt(channels)),
    unattributed_revenue_sats: msatToSats(unattributed.revenue),
    unattributed_rebalance_cost_sats: msatToSats(unattributed.rebalanceCost),
    fees_collected_sats: msatToSats(snapshot.feesCollected),
    // Fees that the node counts and no forward or account of it tells of any more.
    untold_revenue_sats: msatToSats(subMsat(snapshot.feesCollected, revenue)),
    statement: statementFigures(statement),
    waterfall: waterfallFigures(statement),
    estimated: metrics.totals.estimated,
  };
}

/** A statement adds up, whenever that was: years of routing fees need not be flows of their own. */
const committedTotals = ({ account, days }: Judged, now: Gathered['now']): CashFlow[] =>
  committedFlows({ ...account, routing: [{ time: now, amount: carriedIn(days).revenue, estimated: false }] }, now);

/** Once all its outputs are home, nothing in it changes any more. */
function closedFigures(channel: Judged, now: Gathered['now']) {
  const statement = statementOf(committedFlows(channel.account, now));
  return {
    ...channelFigures(channel),
    final: channel.books.closing?.resolved ?? false,
    statement: statementFigures(statement),
    waterfall: waterfallFigures(statement),
  };
}

function peerFigures(peerId: string | null, channels: readonly Judged[], now: Gathered['now'], rate: number) {
  const metrics = metricsOf(channels, now, rate);
  return {
    peer_id: peerId,
    alias: channels.find(({ view }) => view !== null)?.view?.peerAlias ?? null,
    channels: channels.map(({ name }) => name),
    open_channels: channels.filter(({ books }) => books.closing === null).length,
    capital_sats: msatToSats(metrics.capital),
    ...totalsFigures(metrics.totals),
    sourced_revenue_sats: msatToSats(sumMsat(channels.map(({ days }) => carriedIn(days).sourced))),
    ...returnFigures(metrics, paidBackAt(channels)),
    estimated: metrics.totals.estimated,
  };
}
