// revenue-profitability: what does each channel really earn, and what is it to the pricing?
import { committedFlows, inOrder } from '../../core/profit/cash-flow.ts';
import type { ProfitClass } from '../../core/profit/classify.ts';
import { metricsOf, paidBackAt } from '../../core/profit/metrics.ts';
import { CommandError } from '../../core/errors.ts';
import { msatToSats } from '../../core/units.ts';
import { channelFigures, lotFigures, returnFigures, totalsFigures, type Judged } from '../profit/channel-figures.ts';
import { accountFigures } from '../profit/figures.ts';
import { gatherProfits, type Gathered } from '../profit/gather.ts';
import { isNamed } from '../profit/channel-profits.ts';
import { profitabilityText } from '../text/profitability-text.ts';
import { command } from './command.ts';
import { channelName, flag, optional, percentage, readParams, withDefault } from './params.ts';
import { asText } from './text-reply.ts';

const PARAMS = {
  channel_id: optional(channelName),
  rate_pct: withDefault(percentage, 0),
  text: withDefault(flag, false),
};

export const profitabilityCommand = command({
  name: 'revenue-profitability',
  usage: '[channel_id] [rate_pct] [text]',
  description: 'Show what each open channel, or any one channel, earned and cost, to the msat, and its yearly return',
  read: (params) => readParams(PARAMS, params),
  run: async ({ channel_id: name, rate_pct, text }, context) => {
    const rate = rate_pct / 100;
    const gathered = await gatherProfits(context, rate);
    const chosen = name === null ? openOnes(gathered.channels) : namedOnes(gathered.channels, name);
    const reply = profitabilityReply(gathered, chosen, rate);
    const account = name === null ? null : accountReply(chosen, gathered.now, rate);
    return text ? asText(profitabilityText(reply, account)) : { ...reply, ...account };
  },
});

export const openOnes = (channels: readonly Judged[]): Judged[] =>
  channels.filter(({ books }) => books.closing === null);

/** @throws CommandError unknown-channel */
export function namedOnes(channels: readonly Judged[], name: string): Judged[] {
  const chosen = channels.filter((channel) => isNamed(channel, name));
  if (chosen.length > 0) return chosen;
  throw new CommandError('unknown-channel', `channel_id: expected a channel that this node has or had, got ${name}`);
}

/** The reply for one channel. */
export const channelAccountReply = (gathered: Gathered, chosen: readonly Judged[], rate: number) => ({
  ...profitabilityReply(gathered, chosen, rate),
  ...accountReply(chosen, gathered.now, rate),
});
export type ChannelAccountReply = ReturnType<typeof channelAccountReply>;

function profitabilityReply(
  { now, windowDays, warnings }: Pick<Gathered, 'now' | 'windowDays' | 'warnings'>,
  channels: readonly Judged[],
  rate: number,
) {
  return {
    as_of: now,
    window_days: windowDays,
    rate_pct: rate * 100,
    summary: summaryOf(channels, now, rate),
    channels_by_class: {
      profitable: rowsOf(channels, 'profitable'),
      break_even: rowsOf(channels, 'break_even'),
      underwater: rowsOf(channels, 'underwater'),
      zombie: rowsOf(channels, 'zombie'),
    },
    warnings,
  };
}
export type ProfitabilityReply = ReturnType<typeof profitabilityReply>;

const rowsOf = (channels: readonly Judged[], profitClass: ProfitClass) =>
  channels.filter((channel) => channel.profitClass === profitClass).map(channelFigures);

/** The summary of the reply for these channels. */
export function summaryOf(channels: readonly Judged[], now: Gathered['now'], rate: number) {
  const metrics = metricsOf(channels, now, rate);
  const count = (profitClass: ProfitClass): number => channels.filter((one) => one.profitClass === profitClass).length;
  const { revenue_sats, total_cost_sats, net_profit_sats, ...parts } = totalsFigures(metrics.totals);
  const { roi_pct, roi_reason, ...returns } = returnFigures(metrics, paidBackAt(channels));
  return {
    total_channels: channels.length,
    profitable_count: count('profitable'),
    break_even_count: count('break_even'),
    underwater_count: count('underwater'),
    zombie_count: count('zombie'),
    total_revenue_sats: revenue_sats,
    total_costs_sats: total_cost_sats,
    net_profit_sats,
    ...parts,
    capital_sats: msatToSats(metrics.capital),
    overall_roi_pct: roi_pct,
    overall_roi_reason: roi_reason,
    ...returns,
    estimated: metrics.totals.estimated,
  };
}

/** One channel in full. Discounted at the channel's own return, at which the present values add up to zero; else at the rate asked for. */
function accountReply(channels: readonly Judged[], now: Gathered['now'], rate: number) {
  const flows = inOrder(channels.flatMap(({ account }) => committedFlows(account, now)));
  const own = channels.length === 1 ? channels[0]?.metrics.carr.carr : null;
  return { ...accountFigures(flows, own ?? rate), lots: channels.flatMap(lotFigures) };
}
