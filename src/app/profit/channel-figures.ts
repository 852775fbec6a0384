// What does a reply say of one channel's return?
import { classify, FEE_MULTIPLIERS, type ProfitClass } from '../../core/profit/classify.ts';
import { onHand } from '../../core/profit/lots.ts';
import { paidBackAt, type Metrics } from '../../core/profit/metrics.ts';
import type { Measure } from '../../core/profit/reasons.ts';
import type { Totals } from '../../core/profit/totals.ts';
import type { ChannelFlow, Window } from '../../core/flow/analyze.ts';
import { msatToSats, SECONDS_PER_DAY, sumMsat } from '../../core/units.ts';
import type { ChannelProfit } from './channel-profits.ts';
import { estimatesIn } from './account-of.ts';
import { carriedIn } from './carried.ts';
import { approximateSats, carrFigures, ratio, rounded } from './figures.ts';

export interface Judged extends ChannelProfit {
  readonly profitClass: ProfitClass;
  /** Settled forwards in or out within the window. */
  readonly forwardsInWindow: number;
}

/** @param flow what the channel carried in the window; undefined when that is nothing */
export function judge(profit: ChannelProfit, flow: ChannelFlow | undefined, window: Window): Judged {
  const { totals } = profit.metrics;
  const forwardsInWindow = flow === undefined ? 0 : flow.in.settledCount + flow.out.settledCount;
  const profitClass = classify({
    netProfit: totals.netProfit,
    totalCost: totals.totalCost,
    forwards: forwardsInWindow,
    ageSeconds: profit.age,
    windowSeconds: window.days * SECONDS_PER_DAY,
    open: profit.books.closing === null,
  });
  return { ...profit, profitClass, forwardsInWindow };
}

/** What was spent and earned, cost by cost. */
export const totalsFigures = (totals: Totals) => ({
  revenue_sats: msatToSats(totals.revenue),
  lease_income_sats: msatToSats(totals.leaseIncome),
  open_cost_sats: msatToSats(totals.openCost),
  close_cost_sats: msatToSats(totals.closeCost),
  splice_cost_sats: msatToSats(totals.spliceCost),
  rebalance_cost_sats: msatToSats(totals.rebalanceCost),
  lease_cost_sats: msatToSats(totals.leaseCost),
  total_cost_sats: msatToSats(totals.totalCost),
  net_profit_sats: msatToSats(totals.netProfit),
  pushed_sats: msatToSats(totals.pushed),
});

const rateFigures = ({ roi, returnOnCapital, carr, employedReturn }: Metrics) => ({
  ...ratio('roi', roi),
  ...ratio('return_on_capital', returnOnCapital),
  ...carrFigures(carr),
  ...ratio('return_on_employed', employedReturn),
});

const worthFigures = ({ netPresentValue }: Metrics, paidBack: Measure) => ({
  npv_sats: netPresentValue.value === null ? null : approximateSats(netPresentValue.value),
  paid_back_at: paidBack.value,
  paid_back_reason: paidBack.reason,
});

/** The returns of one channel, or of several together. */
export const returnFigures = (metrics: Metrics, paidBack: Measure) => ({
  ...rateFigures(metrics),
  ...worthFigures(metrics, paidBack),
});

/** Those that stand in tables of all channels; the same as in channelFigures, which takes twice as long. */
export const rowFigures = ({ account, days, metrics, age, profitClass, marginalRoi }: Judged) => ({
  class: profitClass,
  opened_at: account.openedAt,
  ...totalsFigures(metrics.totals),
  sourced_revenue_sats: msatToSats(carriedIn(days).sourced),
  ...rateFigures(metrics),
  ...ratio('marginal_roi', marginalRoi),
  days_active: rounded(age / SECONDS_PER_DAY, 3),
});

export function channelFigures(channel: Judged) {
  const { name, books, view, days, lots, metrics, profitClass } = channel;
  const stock = onHand(lots);
  const carried = carriedIn(days);
  return {
    channel_id: name,
    peer_id: books.peerId,
    alias: view?.peerAlias ?? null,
    opener: books.opener,
    closed_at: books.closing?.time ?? null,
    capital_sats: msatToSats(metrics.capital),
    employed_sats: channel.employed === null ? null : msatToSats(channel.employed),
    ...rowFigures(channel),
    ...worthFigures(metrics, paidBackAt([channel])),
    forwards: carried.forwards,
    forwards_in_window: channel.forwardsInWindow,
    fee_multiplier: FEE_MULTIPLIERS[profitClass],
    bought_on_hand_sats: msatToSats(stock.amount),
    bought_on_hand_cost_sats: msatToSats(stock.cost),
    bought_realised_profit_sats: msatToSats(sumMsat(lots.map(({ realisedProfit }) => realisedProfit))),
    data_source: books.source,
    estimated: estimatesIn(books),
  };
}
export type ChannelFigures = ReturnType<typeof channelFigures>;

/** The lots of one channel, oldest first. */
export const lotFigures = ({ lots }: ChannelProfit) =>
  lots.map((lot) => ({
    payment_hash: lot.rebalance,
    time: lot.time,
    amount_sats: msatToSats(lot.amount),
    cost_sats: msatToSats(lot.cost),
    sold_sats: msatToSats(lot.sold),
    lost_sats: msatToSats(lot.lost),
    revenue_sats: msatToSats(lot.revenue),
    remaining_sats: msatToSats(lot.remaining),
    remaining_cost_sats: msatToSats(lot.remainingCost),
    realised_profit_sats: msatToSats(lot.realisedProfit),
  }));
