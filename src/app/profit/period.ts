// What did the whole node earn, and spend, since a given day? In total and day by day, of the same records as its returns.
import { carrOf, told } from '../../core/profit/carr.ts';
import { peakCapital, type CashFlow } from '../../core/profit/cash-flow.ts';
import { periodFlows } from '../../core/profit/period.ts';
import { joinSeries, toSeries } from '../../core/profit/series.ts';
import { totalsOf, type Totals } from '../../core/profit/totals.ts';
import {
  dayOf,
  daysBefore,
  dayStart,
  msat,
  msatToFloat,
  msatToSats,
  negMsat,
  subMsat,
  sumMsat,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
  type UnixSec,
} from '../../core/units.ts';
import type { Ledger } from '../../ports.ts';
import type { ChannelProfit } from './channel-profits.ts';
import { totalsFigures } from './channel-figures.ts';
import { approximateSats, carrFigures } from './figures.ts';
import type { RoutedDay, RoutedDays } from './routed-days.ts';

export interface PeriodDay {
  /** Its first second (UTC). */
  readonly day: UnixSec;
  readonly revenue: Msat;
  readonly rebalanceCost: Msat;
  /** Opening, closing, splices and leases, less lease income. */
  readonly chainCost: Msat;
}

export interface NodePeriod {
  readonly from: UnixSec;
  readonly until: UnixSec;
  readonly totals: Totals;
  /** Settled forwards that left, and what they moved. */
  readonly forwards: number;
  readonly volume: Msat;
  readonly capital: Msat;
  readonly carr: ReturnType<typeof carrOf>;
  /** One per day from `from` to `until`. */
  readonly days: readonly PeriodDay[];
}

/** The beginning of the day that lies so many full days before the present one. */
export const daysBack = (now: UnixSec, days: number): UnixSec => dayStart(dayOf(daysBefore(now, days)));

/**
 * @param channels every channel that ever was, closed ones too
 * @param from the beginning of a day
 * @param now no earlier than the last movement
 * @param everyDay what all channels routed
 */
export function periodOf(
  ledger: Ledger,
  channels: readonly ChannelProfit[],
  from: UnixSec,
  now: UnixSec,
  everyDay: RoutedDays,
): NodePeriod {
  const routed = new Map([...everyDay].filter(([day]) => day >= dayOf(from)));
  const known = new Set<ChannelId | null>(channels.map(({ books }) => books.channelId));
  const flows = [
    ...channels.flatMap(({ account }) => periodFlows({ ...account, routing: [] }, from, now)),
    // Fees of payments by channels that nobody can name any more are the node's.
    ...ledger
      .selfPayments()
      .filter(({ time, inChannel }) => time >= from && !known.has(inChannel))
      .map(({ time, fee }): CashFlow => ({ time, amount: negMsat(fee), kind: 'rebalance_fee', estimated: false })),
  ].sort((a, b) => a.time - b.time);
  const revenue = sumMsat([...routed.values()].map(({ fees }) => fees));
  const series = joinSeries(toSeries(flows), toSeries([...routed.values()].map(datedFees)));
  const capital = peakCapital(flows);
  return {
    from,
    until: now,
    totals: totalsOf(flows, { amount: revenue, estimated: false }),
    forwards: [...routed.values()].reduce((sum, { forwards }) => sum + forwards, 0),
    volume: sumMsat([...routed.values()].map(({ sent }) => sent)),
    capital,
    carr: capital > 0n ? told(carrOf(series)) : { carr: null, reason: 'no_capital', signChanges: 0, roots: 0 },
    days: byDay(routed, flows, from, now),
  };
}

const datedFees = ({ fees, time }: RoutedDay) => ({ time, amount: fees });

/** Costs of the chain, in totals' words. */
const CHAIN: ReadonlySet<CashFlow['kind']> = new Set(['opening_fee', 'closing_fee', 'splice_fee', 'lease_fee']);

function byDay(
  routed: ReadonlyMap<number, RoutedDay>,
  flows: readonly CashFlow[],
  from: UnixSec,
  now: UnixSec,
): PeriodDay[] {
  const costs = new Map<number, { rebalance: Msat; chain: Msat }>();
  for (const { time, kind, amount } of flows) {
    const isChain = CHAIN.has(kind);
    if (!isChain && kind !== 'rebalance_fee') continue;
    const { rebalance, chain } = costs.get(dayOf(time)) ?? { rebalance: ZERO_MSAT, chain: ZERO_MSAT };
    costs.set(dayOf(time), {
      rebalance: isChain ? rebalance : subMsat(rebalance, amount),
      chain: isChain ? subMsat(chain, amount) : chain,
    });
  }
  const days: PeriodDay[] = [];
  for (let key = dayOf(from); key <= dayOf(now); key++) {
    const cost = costs.get(key);
    days.push({
      day: dayStart(key),
      revenue: routed.get(key)?.fees ?? ZERO_MSAT,
      rebalanceCost: cost?.rebalance ?? ZERO_MSAT,
      chainCost: cost?.chain ?? ZERO_MSAT,
    });
  }
  return days;
}

/** In a reply's words. */
export const periodFigures = ({ from, until, totals, forwards, volume, capital, carr }: NodePeriod) => ({
  from,
  until,
  ...totalsFigures(totals),
  forwards,
  // What years have moved may be more than all bitcoin there is, and is asked for as a size.
  volume_sats: approximateSats(msatToFloat(volume)),
  /** The most capital that was in at once. */
  capital_sats: msatToSats(capital),
  ...carrFigures(carr),
});
export type PeriodFigures = ReturnType<typeof periodFigures>;

export const periodDayFigures = ({ day, revenue, rebalanceCost, chainCost }: PeriodDay) => ({
  day,
  revenue_sats: msatToSats(revenue),
  rebalance_cost_sats: msatToSats(rebalanceCost),
  chain_cost_sats: msatToSats(chainCost),
  net_profit_sats: msatToSats(msat(revenue - rebalanceCost - chainCost)),
});
