// What did one channel, one peer's channels or a whole node earn, by every measure we show?
import { groupBy } from '../group-by.ts';
import type { ChannelAccount, Entry } from './account.ts';
import { carrOf, told, type Carr } from './carr.ts';
import { committedFlows, incurredFlows, inOrder, isCapital, peakCapital } from './cash-flow.ts';
import { joinByDay } from './daily.ts';
import { npvOf } from './npv.ts';
import { measured, undefinedFor, type Measure } from './reasons.ts';
import { joinSeries, SECONDS_PER_YEAR, toSeries, type Series } from './series.ts';
import { totalsOf, type Totals } from './totals.ts';
import { msat, msatToFloat, SECONDS_PER_DAY, type Msat, type NodeId, type UnixSec } from '../units.ts';

/** A channel's history with the mean balance it had to earn with (employed.ts); null when that is not known. */
export interface Holding {
  readonly account: ChannelAccount;
  readonly employed: Msat | null;
}

/**
 * Costs, profit and the two ROIs hold what has happened; CARR and net present value also hold, for open channels, the
 * capital that would come back and the estimated fee if they were closed now: without an end there is no rate of return,
 * while a class that moved with the feerate of the hour would be of no use.
 */
export interface Metrics {
  readonly totals: Totals;
  /** The most capital of ours that was in at once. */
  readonly capital: Msat;
  /** Net profit by what was spent. */
  readonly roi: Measure;
  /** Net profit by capital: the article's ROI. */
  readonly returnOnCapital: Measure;
  readonly carr: Carr;
  /** In msat, at the rate asked for, seen from the first flow. */
  readonly netPresentValue: Measure;
  /** Net profit by mean local balance, a year; not compounded, since fees earned are not reinvested in the channel. */
  readonly employedReturn: Measure;
}

/** @param rate yearly discount rate of the net present value, a fraction above -1 */
export function metricsOf(holdings: readonly Holding[], now: UnixSec, rate: number): Metrics {
  // Routing fees are by far the most, and dated amounts as they are: only the rest is made into flows.
  const others = holdings.map(({ account }) => ({ ...account, routing: [] }));
  const { fees, estimated } = routedTogether(holdings);
  const incurred = inOrder(others.flatMap(incurredFlows));
  const committed = joinSeries(toSeries(inOrder(others.flatMap((one) => committedFlows(one, now)))), fees);
  const totals = totalsOf(incurred, { amount: msat(fees.total), estimated });
  const capital = peakCapital(incurred);
  return {
    totals,
    capital,
    roi: quotient(totals.netProfit, totals.totalCost, 'no_cost'),
    returnOnCapital: quotient(totals.netProfit, capital, 'no_capital'),
    carr: capital > 0n ? told(carrOf(committed)) : { carr: null, reason: 'no_capital', signChanges: 0, roots: 0 },
    netPresentValue: npvOf(committed, rate),
    employedReturn: employedReturn(holdings, totals.netProfit, now),
  };
}

/**
 * The second since which what was earned has covered what was spent: all that makes up the net profit. The first income
 * pays back what cost nothing.
 */
export function paidBackAt(holdings: readonly Holding[]): Measure {
  const others = holdings.flatMap(({ account }) => incurredFlows({ ...account, routing: [] }));
  const profits = others.filter((flow) => !isCapital(flow) && flow.kind !== 'push');
  const { start, seconds, values } = joinSeries(toSeries(inOrder(profits)), routedTogether(holdings).fees);
  if (values.length === 0) return profits.length === 0 ? undefinedFor('no_cost') : measured(profits[0]?.time ?? 0);
  let balance = 0;
  let since: number | null = 0;
  for (let i = 0; i < values.length; i++) {
    balance += values[i] as number;
    since = balance < 0 ? null : (since ?? (seconds[i] as number));
  }
  return since === null ? undefinedFor('not_paid_back') : measured(start + since);
}

interface Routed {
  readonly fees: Series;
  readonly estimated: boolean;
}

/** Years of fees do not change, so what was reckoned of a list once holds as long as someone has the list. */
const known = new WeakMap<readonly Entry[], Routed>();
const knownTogether = new WeakMap<readonly Holding[], Routed>();

function routedTogether(holdings: readonly Holding[]): Routed {
  const [only, ...others] = holdings;
  // One channel at a time is most of what is asked, each time in a list of its own.
  if (only !== undefined && others.length === 0) return routedBy(only);
  return remembered(knownTogether, holdings, () => {
    const each = holdings.map(routedBy);
    return { fees: joinByDay(each.map(({ fees }) => fees)), estimated: each.some(({ estimated }) => estimated) };
  });
}

const routedBy = ({ account: { routing } }: Holding): Routed =>
  remembered(known, routing, () => ({ fees: toSeries(routing), estimated: routing.some((fee) => fee.estimated) }));

function remembered<K extends object>(memory: WeakMap<K, Routed>, key: K, reckon: () => Routed): Routed {
  const before = memory.get(key);
  if (before !== undefined) return before;
  const routed = reckon();
  memory.set(key, routed);
  return routed;
}

/** Holdings by peer, in the order in which the peers first come; those whose peer is forgotten are together. */
export const byPeer = <H extends Holding>(holdings: readonly H[]): Map<NodeId | null, H[]> =>
  groupBy(holdings, ({ account }) => account.peerId);

function quotient(profit: Msat, base: Msat, reason: 'no_cost' | 'no_capital'): Measure {
  return base > 0n ? measured(msatToFloat(profit) / msatToFloat(base)) : undefinedFor(reason);
}

/** Each channel's balance counts for as long as the channel lived. */
function employedReturn(holdings: readonly Holding[], netProfit: Msat, now: UnixSec): Measure {
  let msatSeconds = 0;
  let longest = 0;
  for (const { account, employed } of holdings) {
    if (employed === null) return undefinedFor('balance_unknown');
    const seconds = (account.end.state === 'closed' ? account.end.time : now) - account.openedAt;
    msatSeconds += msatToFloat(employed) * seconds;
    longest = Math.max(longest, seconds);
  }
  if (longest < SECONDS_PER_DAY) return undefinedFor('lifetime_under_a_day');
  if (msatSeconds === 0) return undefinedFor('no_employed_capital');
  return measured((msatToFloat(netProfit) * SECONDS_PER_YEAR) / msatSeconds);
}
