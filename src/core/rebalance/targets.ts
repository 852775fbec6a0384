// How much is to be on our side of a channel, and may it take or give liquidity at all?
import type { FlowState } from '../flow/classify.ts';
import { rebalanceTerms } from '../profit/classify.ts';
import { msat, msatToFloat, type Msat } from '../units.ts';
import type { Board } from './board.ts';
import type { PlanChannel, Shortfall } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';

/** Share of the capacity that is to be ours (design 6.3), percent. */
const TARGET_PERCENT: Readonly<Record<FlowState, bigint>> = { source: 85n, balanced: 50n, sink: 15n };
/** A sink fills by itself; below this share it cannot even serve a payment of usual size. */
const CRITICAL_PERCENT = 5n;
/** SOURCE first: what drains earns (design 6.3). */
export const RANK: Readonly<Record<FlowState, number>> = { source: 0, balanced: 1, sink: 2 };

/** The seed's smallest amount: below it the fixed trouble of a payment outweighs what it moves. */
const SMALLEST_MSAT = 50_000_000n;
/** A chunk is 5 to 10 % of the smaller channel (quant 7.2), so that the price after it is near the price before. */
const SMALLEST_SHARE = 20n;
const LARGEST_SHARE = 10n;

const percentOf = (capacity: Msat, percent: bigint): Msat => msat((capacity * percent) / 100n);

export const targetOf = ({ view, flow }: PlanChannel): Msat => percentOf(view.capacity, TARGET_PERCENT[flow]);

/** The least worth moving between two channels, and the most at once. */
export function chunkBounds(from: PlanChannel, to: PlanChannel): { readonly least: Msat; readonly most: Msat } {
  const capacity = from.view.capacity < to.view.capacity ? from.view.capacity : to.view.capacity;
  const least = capacity / SMALLEST_SHARE;
  return { least: msat(least < SMALLEST_MSAT ? least : SMALLEST_MSAT), most: msat(capacity / LARGEST_SHARE) };
}

/** Why a channel is out, and by how much where there is a figure. */
export interface Gate {
  readonly reason: RebalanceReason;
  readonly shortfall: Shortfall | null;
}

const gate = (reason: RebalanceReason, shortfall: Shortfall | null = null): Gate => ({ reason, shortfall });
const missing = (needed: Msat, available: Msat): Shortfall => ({
  unit: 'msat',
  needed: msatToFloat(needed),
  available: msatToFloat(available),
});

/** What no payment can be without, whoever asks for it. */
export function usable({ view }: PlanChannel): Gate | null {
  if (view.scid === null) return gate('no-scid');
  if (view.state === 'CHANNELD_AWAITING_SPLICE') return gate('splicing');
  if (!view.connected) return gate('disconnected');
  return null;
}

/** Null where liquidity may be brought into the channel. */
export function destinationGate(channel: PlanChannel, board: Board): Gate | null {
  const { view, policy, returns, flow } = channel;
  const closed = usable(channel);
  if (closed !== null) return closed;
  if (policy === 'none' || policy === 'source_only') return gate('policy');
  if (!board.hasPrice(channel)) return gate('no-price');
  if (returns === null) return gate('returns-unknown');
  if (returns.profitClass === 'zombie') return gate('zombie');
  if (!termsOf(returns).allowed) return gate('deep-loser');
  const local = board.local(channel);
  const critical = percentOf(view.capacity, CRITICAL_PERCENT);
  if (flow === 'sink' && local >= critical) return gate('sink-not-critical', missing(critical, local));
  const target = targetOf(channel);
  if (local >= target) return gate('at-target', missing(target, local));
  return null;
}

/** Null where liquidity may be taken out of the channel. */
export function sourceGate(channel: PlanChannel, board: Board): Gate | null {
  const { policy } = channel;
  const closed = usable(channel);
  if (closed !== null) return closed;
  if (policy === 'none' || policy === 'sink_only') return gate('policy');
  if (!board.hasPrice(channel)) return gate('no-price');
  const local = board.local(channel);
  const target = targetOf(channel);
  if (local <= target) return gate('nothing-to-spare', missing(target, local));
  return null;
}

/**
 * Design 6.1, judged beyond what the opening cost: that is sunk, and a channel that was dear to open would otherwise never
 * be filled again, however well each filling paid.
 */
export const termsOf = ({
  profitClass,
  netProfitMsat,
  totalCostMsat,
  openingCostMsat,
}: NonNullable<PlanChannel['returns']>) =>
  rebalanceTerms(profitClass, msat(netProfitMsat + openingCostMsat), msat(totalCostMsat - openingCostMsat));
