// What has rebalancing come to? Its cost is a fact, its gain in part still a hope; so the two are told apart.
import { isFinal, type Intent } from '../core/rebalance/intent.ts';
import type { FailureKind } from '../core/rebalance/types.ts';
import { dayOf } from '../core/units.ts';
import type { Written } from './database.ts';
import { toMsat, type ChannelFigures } from './figures.ts';

/** What one has come to by now. */
export type RebalanceEnd = 'arrived' | 'under way' | FailureKind;

export interface RebalanceTotals {
  /** How many came to what, the most frequent first but for those that arrived. */
  readonly ends: readonly (readonly [RebalanceEnd, number])[];
  readonly tried: number;
  readonly arrived: number;
  /** All amounts in millisatoshi. */
  readonly moved: bigint;
  /** By the plugin's ledger of capital; what is under way has cost nothing yet. */
  readonly cost: bigint;
  /** What the plugin expects of what has arrived, beyond what it has really cost. */
  readonly expectedProfit: bigint;
  /** Fees of the forwards that sold liquidity that was bought. */
  readonly earned: bigint;
  /** Bought and not sold yet. */
  readonly onHand: bigint;
}

export const endOf = ({ state, failure }: Intent): RebalanceEnd =>
  state === 'settled' ? 'arrived' : isFinal(state) ? (failure ?? 'unknown') : 'under way';

/** What has arrived was worth so much when it was decided on, the cost of the way not yet taken off. */
const worthOf = ({ amountMsat, movedMsat, expectedFeeMsat, expectedProfitMsat }: Intent): bigint =>
  ((expectedProfitMsat + expectedFeeMsat) * movedMsat) / amountMsat;
export const gainOf = (intent: Intent): bigint => worthOf(intent) - intent.feeMsat;

export function totalsOf(rebalances: readonly Intent[], channels: readonly ChannelFigures[]): RebalanceTotals {
  const counts = new Map<RebalanceEnd, number>([['arrived', 0]]);
  for (const end of rebalances.map(endOf)) counts.set(end, (counts.get(end) ?? 0) + 1);
  const arrived = counts.get('arrived') ?? 0;
  const others = [...counts].filter(([end]) => end !== 'arrived').sort((a, b) => b[1] - a[1]);
  const sum = (of: (intent: Intent) => bigint): bigint => rebalances.reduce((all, one) => all + of(one), 0n);
  const bought = channels.flatMap(({ profit }) => profit ?? []);
  const summed = (of: (profit: (typeof bought)[number]) => number): bigint =>
    bought.reduce((all, profit) => all + toMsat(of(profit)), 0n);
  return {
    ends: [['arrived', arrived], ...others],
    tried: rebalances.length,
    arrived,
    moved: sum(({ movedMsat }) => movedMsat),
    cost: sum(({ feeMsat }) => feeMsat),
    expectedProfit: sum((intent) => (endOf(intent) === 'arrived' ? gainOf(intent) : 0n)),
    // A lot's realised profit is what it has earned less the cost of what is sold of it.
    earned: summed(
      (profit) => profit.bought_realised_profit_sats + profit.rebalance_cost_sats - profit.bought_on_hand_cost_sats,
    ),
    onHand: summed(({ bought_on_hand_sats }) => bought_on_hand_sats),
  };
}

/** What forwards earned less what rebalancing cost, by UTC day from the epoch; millisatoshi. */
export function netRevenue({ revenue, rebalances }: Written): ReadonlyMap<number, bigint> {
  const net = new Map(revenue);
  for (const { endedAt, feeMsat } of rebalances) {
    if (endedAt === null) continue;
    const day = dayOf(endedAt);
    net.set(day, (net.get(day) ?? 0n) - feeMsat);
  }
  return net;
}
