// What did a channel, or the whole node, earn by the plugin's database? `cl-revenue-ops pnl`.
import { accountFigures, carrFigures, ratio } from '../app/profit/figures.ts';
import { isNamed, readProfits, type ChannelProfit, type NodeProfit } from '../app/profit/channel-profits.ts';
import { accountLines, asOf } from '../app/text/account-text.ts';
import { pairs, percentageOrWhy, signed } from '../app/text/layout.ts';
import { committedFlows, inOrder, type CashFlow } from '../core/profit/cash-flow.ts';
import { metricsOf, paidBackAt, type Metrics } from '../core/profit/metrics.ts';
import { UNDEFINED_REASONS, type Measure } from '../core/profit/reasons.ts';
import { msatToSats, type UnixSec } from '../core/units.ts';
import type { Ledger } from '../ports.ts';
import { InputError } from './input-error.ts';

export interface Pnl {
  /** Such as `Channel 112x1x0` or `Node, 12 channels`. */
  readonly title: string;
  readonly now: UnixSec;
  readonly flows: readonly CashFlow[];
  readonly metrics: Metrics;
  /** Yearly, a fraction above -1: at which the cash flows are discounted. */
  readonly rate: number;
  readonly paidBack: Measure;
}

/**
 * @param channel a name of the one channel asked for; null for the whole node
 * @param rate to discount at; null for the CARR, or 0 where there is none
 * @throws InputError when there is no such channel, or none at all; StoreError
 */
export function reckonPnl(ledger: Ledger, channel: string | null, now: UnixSec, rate: number | null): Pnl {
  const profit = readProfits(ledger, { now, channels: [], mutualClose: null, rate: rate ?? 0 });
  const chosen = choose(profit, channel);
  const metrics = metricsOf(chosen, profit.now, rate ?? 0);
  return {
    title: channel === null ? nodeTitle(chosen) : channelTitle(chosen),
    now: profit.now,
    flows: inOrder(chosen.flatMap(({ account }) => committedFlows(account, profit.now))),
    metrics,
    rate: rate ?? metrics.carr.carr ?? 0,
    paidBack: paidBackAt(chosen),
  };
}

function choose({ channels }: NodeProfit, name: string | null): readonly ChannelProfit[] {
  if (channels.length === 0)
    throw new InputError('the database holds no channel yet; the plugin reads them soon after it starts');
  if (name === null) return channels;
  const named = channels.filter((each) => isNamed(each, name));
  if (named.length > 0) return named;
  throw new InputError(`--channel: expected one of ${some(channels.map((each) => each.name))}, got ${name}`);
}

/** As many names as a message bears. */
const MOST_NAMES = 12;
const some = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '');

function nodeTitle(channels: readonly ChannelProfit[]): string {
  const closed = channels.filter(({ books }) => books.closing !== null).length;
  const plural = channels.length === 1 ? 'channel' : 'channels';
  return `Node, ${channels.length} ${plural}${closed > 0 ? `, ${closed} of them closed` : ''}`;
}

const channelTitle = (channels: readonly ChannelProfit[]): string =>
  channels.map(({ name, books }) => `Channel ${short(name)}${books.closing === null ? '' : ', closed'}`).join('; ');

/** As much of a channel id, which stands in for a short one, as fits a title. */
const TITLE_CHARACTERS = 20;
const short = (name: string): string =>
  name.length > TITLE_CHARACTERS ? `${name.slice(0, TITLE_CHARACTERS - 2)}..` : name;

/** What stands below a statement. */
export function measuresOf({ metrics, paidBack }: Pnl): [string, string][] {
  const { carr_pct, carr_reason } = carrFigures(metrics.carr);
  const { roi_pct, roi_reason } = ratio('roi', metrics.roi);
  const { capital_pct, capital_reason } = ratio('capital', metrics.returnOnCapital);
  const { employed_pct, employed_reason } = ratio('employed', metrics.employedReturn);
  return [
    // The result without presents, and without the close of what is open.
    ['Net profit so far', signed(msatToSats(metrics.totals.netProfit))],
    ['CARR, a year', percentageOrWhy(carr_pct, carr_reason)],
    ['Return on capital', percentageOrWhy(capital_pct, capital_reason)],
    ['ROI on cost', percentageOrWhy(roi_pct, roi_reason)],
    ['On employed, a year', percentageOrWhy(employed_pct, employed_reason)],
    ['Paid back', paidBack.value === null ? `no: ${UNDEFINED_REASONS[paidBack.reason]}` : asOf(paidBack.value)],
  ];
}

export const pnlText = (pnl: Pnl): string =>
  [
    pnl.title,
    '',
    ...pairs([['As of', asOf(pnl.now)], ...measuresOf(pnl)]),
    '',
    ...accountLines(accountFigures(pnl.flows, pnl.rate)),
  ].join('\n');

/** One object: the account and its measures in the words of revenue-profitability. */
export const pnlJson = ({ title, now, flows, metrics, rate, paidBack }: Pnl): string =>
  JSON.stringify({
    title,
    as_of: now,
    net_profit_sats: msatToSats(metrics.totals.netProfit),
    ...carrFigures(metrics.carr),
    ...ratio('return_on_capital', metrics.returnOnCapital),
    ...ratio('roi', metrics.roi),
    ...ratio('return_on_employed', metrics.employedReturn),
    paid_back_at: paidBack.value,
    paid_back_reason: paidBack.reason,
    ...accountFigures(flows, rate),
  });
