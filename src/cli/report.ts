// What does a whole node's report say? Its measures, each month, each channel; then the figures of profit and loss.
import { percent } from '../app/profit/figures.ts';
import { readProfits, type ChannelProfit, type NodeProfit } from '../app/profit/channel-profits.ts';
import { asOf } from '../app/text/account-text.ts';
import { percentage, sats, signed } from '../app/text/layout.ts';
import { isCapital, type CashFlow } from '../core/profit/cash-flow.ts';
import { addMsat, msatToSats, ZERO_MSAT, type Msat } from '../core/units.ts';
import type { Ledger } from '../ports.ts';
import { measuresOf, type Pnl } from './pnl.ts';

export interface ReportTable {
  readonly title: string;
  readonly heads: readonly string[];
  /** The first cell is the row's name; the others are figures. */
  readonly rows: readonly (readonly string[])[];
}

/** @throws StoreError */
export function reportTables(ledger: Ledger, pnl: Pnl): ReportTable[] {
  const profit = readProfits(ledger, { now: pnl.now, channels: [], mutualClose: null, rate: pnl.rate });
  return [
    { title: `As of ${asOf(pnl.now)}`, heads: ['', ''], rows: measuresOf(pnl) },
    monthly(pnl.flows),
    byChannel(profit),
  ];
}

interface Month {
  revenue: Msat;
  rebalances: Msat;
  others: Msat;
}

/** Estimates of closing what is open are of no month yet. */
function monthly(flows: readonly CashFlow[]): ReportTable {
  const months = new Map<string, Month>();
  for (const flow of flows) {
    if (isCapital(flow) || (flow.kind === 'closing_fee' && flow.estimated)) continue;
    const name = new Date(flow.time * 1000).toISOString().slice(0, 7);
    const month = months.get(name) ?? { revenue: ZERO_MSAT, rebalances: ZERO_MSAT, others: ZERO_MSAT };
    months.set(name, month);
    const part = flow.kind === 'routing_fee' ? 'revenue' : flow.kind === 'rebalance_fee' ? 'rebalances' : 'others';
    month[part] = addMsat(month[part], flow.amount);
  }
  const rows = [...months]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, { revenue, rebalances, others }]) => [
      name,
      sats(msatToSats(revenue)),
      sats(msatToSats(rebalances)),
      sats(msatToSats(others)),
      signed(msatToSats(addMsat(addMsat(revenue, rebalances), others))),
    ]);
  return {
    title: 'By month, sats',
    heads: ['UTC', 'routing fees', 'rebalances', 'opening, closing, gifts', 'net'],
    rows,
  };
}

function byChannel({ channels }: NodeProfit): ReportTable {
  const net = ({ metrics }: ChannelProfit): Msat => metrics.totals.netProfit;
  const rows = [...channels]
    .sort((a, b) => (net(a) < net(b) ? 1 : net(a) > net(b) ? -1 : 0))
    .map(({ name, books, metrics: { totals, roi, carr } }) => [
      books.closing === null ? name : `${name}, closed`,
      asOf(books.openedAt.time).slice(0, 10),
      sats(msatToSats(totals.revenue)),
      sats(msatToSats(totals.rebalanceCost)),
      sats(msatToSats(totals.totalCost)),
      signed(msatToSats(totals.netProfit)),
      percentage(percent(roi.value)),
      percentage(percent(carr.carr)),
    ]);
  const heads = ['channel', 'opened', 'revenue', 'rebalances', 'all costs', 'net', 'ROI', 'CARR a year'];
  return { title: 'By channel, sats', heads, rows };
}
