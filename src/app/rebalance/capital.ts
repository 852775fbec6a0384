// How much may rebalancing spend at this moment? Read anew before every decision and every sending.
import type { Config } from '../../core/config/options.ts';
import type { Capital, Funds } from '../../core/rebalance/guard.ts';
import type { Intent } from '../../core/rebalance/intent.ts';
import type { ChannelView, NodeSnapshot } from '../../core/snapshot.ts';
import {
  msat,
  SECONDS_PER_DAY,
  satsToMsat,
  subMsat,
  sumMsat,
  unixSec,
  type Msat,
  type UnixSec,
} from '../../core/units.ts';
import type { NodeReader, RebalanceStore } from '../../ports.ts';

/** Fees that ended after this moment count against the budget: rolling 24 hours (design 6.3). */
export const budgetSince = (now: UnixSec): UnixSec => unixSec(Math.max(0, now - SECONDS_PER_DAY));

/** @throws NodeError: nothing is spent on funds that could not be read */
export async function readFunds(node: NodeReader, snapshot?: NodeSnapshot): Promise<Funds> {
  const [onchainMsat, { channels }] = await Promise.all([node.readOnchainFunds(), snapshot ?? node.readSnapshot()]);
  return { onchainMsat, channelsMsat: fundsIn(channels) };
}

/** What can be spent in channels in normal state: a splice may take its own away. */
export function fundsIn(channels: readonly ChannelView[]): Msat {
  let funds = 0n;
  for (const { state, spendable } of channels) if (state === 'CHANNELD_NORMAL') funds += spendable;
  return msat(funds);
}

/**
 * Less what orders under way take with them: whether it had left when the funds were read nobody knows, so that it counts
 * as if it had not.
 */
export const lessUnderWay = (funds: Funds, orders: readonly Pick<Intent, 'amountMsat' | 'maxFeeMsat'>[]): Funds => ({
  ...funds,
  channelsMsat: subMsat(funds.channelsMsat, sumMsat(orders.flatMap((each) => [each.amountMsat, each.maxFeeMsat]))),
});

/** The operator's limits, without what has been read. */
export const limitsOf = (config: Config): Pick<Capital, 'dailyBudgetMsat' | 'minReserveMsat'> => ({
  dailyBudgetMsat: satsToMsat(config.dailyBudgetSats),
  minReserveMsat: satsToMsat(config.minWalletReserve),
});

/** @throws StoreError */
export const capitalOf = (config: Config, store: RebalanceStore, funds: Funds, now: UnixSec): Capital => ({
  ...limitsOf(config),
  spending: store.spending(budgetSince(now)),
  funds,
});
