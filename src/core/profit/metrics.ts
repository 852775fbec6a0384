// What did one channel, one peer's channels or a whole node earn, by every measure we show?
import type { ChannelAccount } from './account.ts';
import { carrOf, type Carr } from './carr.ts';
import { committedFlows, incurredFlows, inOrder, isCapital, peakCapital } from './cash-flow.ts';
import { npvOf } from './npv.ts';
import { measured, undefinedFor, type Measure } from './reasons.ts';
import { SECONDS_PER_YEAR, toSeries, type DatedAmount } from './series.ts';
import { totalsOf, type Totals } from './totals.ts';
import { msatToFloat, SECONDS_PER_DAY, type Msat, type NodeId, type UnixSec } from '../units.ts';

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
  /** The second since which what was earned has covered what was spent. */
  readonly paidBackAt: Measure;
}

/** @param rate yearly discount rate of the net present value, a fraction above -1 */
export function metricsOf(holdings: readonly Holding[], now: UnixSec, rate: number): Metrics {
  // Routing fees are by far the most, and dated amounts as they are: only the rest is made into flows.
  const accounts = holdings.map(({ account }) => ({ ...account, routing: [] }));
  const routing = holdings.flatMap(({ account }) => account.routing);
  const incurred = inOrder(accounts.flatMap(incurredFlows));
  const committed = toSeries([...accounts.flatMap((account) => committedFlows(account, now)), ...routing]);
  const totals = totalsOf(incurred, routing);
  const capital = peakCapital(incurred);
  return {
    totals,
    capital,
    roi: quotient(totals.netProfit, totals.totalCost, 'no_cost'),
    returnOnCapital: quotient(totals.netProfit, capital, 'no_capital'),
    carr: capital > 0n ? carrOf(committed) : { carr: null, reason: 'no_capital', signChanges: 0, roots: 0 },
    netPresentValue: npvOf(committed, rate),
    employedReturn: employedReturn(holdings, totals.netProfit, now),
    paidBackAt: paidBackAt([...incurred.filter((flow) => !isCapital(flow) && flow.kind !== 'push'), ...routing]),
  };
}

/** Holdings by peer, in the order in which the peers first come; those whose peer is forgotten are together. */
export function byPeer<H extends Holding>(holdings: readonly H[]): Map<NodeId | null, H[]> {
  const peers = new Map<NodeId | null, H[]>();
  for (const holding of holdings) {
    const { peerId } = holding.account;
    const others = peers.get(peerId);
    if (others) others.push(holding);
    else peers.set(peerId, [holding]);
  }
  return peers;
}

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

/** Of what makes up the net profit. The first income pays back what cost nothing. */
function paidBackAt(profits: readonly DatedAmount[]): Measure {
  if (profits.length === 0) return undefinedFor('no_cost');
  const { start, seconds, values } = toSeries(profits);
  let balance = 0;
  let since: number | null = 0;
  for (let i = 0; i < values.length; i++) {
    balance += values[i] as number;
    since = balance < 0 ? null : (since ?? (seconds[i] as number));
  }
  return since === null ? undefinedFor('not_paid_back') : measured(start + since);
}
