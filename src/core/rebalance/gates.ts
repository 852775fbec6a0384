// May a channel take liquidity, or give it?
import { classOfReturns, rebalanceTerms } from '../profit/classify.ts';
import { msat } from '../units.ts';
import type { Board } from './board.ts';
import type { PlanChannel, PlanInput, Shortfall } from './plan-types.ts';
import { mayGive, mayTake } from './policy.ts';
import type { RebalanceReason } from './reasons.ts';
import { criticalOf } from './target.ts';

/** Why a channel is out, and by how much where there is a figure. */
export interface Gate {
  readonly reason: RebalanceReason;
  readonly shortfall: Shortfall | null;
}

const gate = (reason: RebalanceReason, shortfall: Shortfall | null = null): Gate => ({ reason, shortfall });
const missing = (needed: number, available: number): Shortfall => ({ unit: 'msat', needed, available });

/** What no payment can be without, whoever asks for it. */
export function usable({ view }: PlanChannel): Gate | null {
  if (view.scid === null) return gate('no-scid');
  if (view.state === 'CHANNELD_AWAITING_SPLICE') return gate('splicing');
  if (!view.connected) return gate('disconnected');
  return null;
}

/** Null where liquidity may be brought into the channel. */
export function destinationGate(channel: PlanChannel, board: Board): Gate | null {
  const { policy, returns, flow, dailyOutMsat } = channel;
  const closed = usable(channel);
  if (closed !== null) return closed;
  if (!mayTake(policy)) return gate('policy');
  if (!board.hasPrice(channel)) return gate('no-price');
  if (returns === null) return gate('returns-unknown');
  if (returns.profitClass === 'zombie') return gate('zombie');
  if (!termsOf(returns).allowed) return gate('deep-loser');
  const { capacity, local, target } = board.figures(channel);
  const critical = criticalOf(capacity);
  if (flow === 'sink' && local >= critical) return gate('sink-not-critical', missing(critical, local));
  if (local >= target) return gate('at-target', missing(target, local));
  if (!((dailyOutMsat ?? 0) > 0)) return gate('no-outflow');
  return null;
}

/** Null where no order to the channel has failed in this cycle. */
export const triedGate = ({ view }: PlanChannel, { tried }: Pick<PlanInput, 'tried'>): Gate | null =>
  tried?.has(view.channelId) === true ? gate('tried') : null;

/** Null where liquidity may be taken out of the channel. */
export function sourceGate(channel: PlanChannel, board: Board): Gate | null {
  const { policy } = channel;
  const closed = usable(channel);
  if (closed !== null) return closed;
  if (!mayGive(policy)) return gate('policy');
  if (!board.hasPrice(channel)) return gate('no-price');
  const { local, target } = board.figures(channel);
  if (local <= target) return gate('nothing-to-spare', missing(target, local));
  return null;
}

/**
 * Design 6.1, judged beyond what the opening cost: that is sunk, and a channel that was dear to open would otherwise never
 * be filled again, or but for twice the profit, however well each filling paid.
 */
function termsOf({ profitClass, netProfitMsat, totalCostMsat, openingCostMsat }: NonNullable<PlanChannel['returns']>) {
  const netProfit = msat(netProfitMsat + openingCostMsat);
  const cost = msat(totalCostMsat - openingCostMsat);
  return rebalanceTerms(profitClass === 'zombie' ? profitClass : classOfReturns(netProfit, cost), netProfit, cost);
}

/** By how much the minimum profit is multiplied. */
export function profitFactorOf(returns: NonNullable<PlanChannel['returns']>): number {
  const terms = termsOf(returns);
  return terms.allowed ? terms.profitFactor : 1;
}
