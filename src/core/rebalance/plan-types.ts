// What does the search for rebalances read, and what does it answer?
import type { BidPrice } from '../fee/types.ts';
import type { FlowState } from '../flow/classify.ts';
import type { ProfitClass } from '../profit/classify.ts';
import type { ChannelView } from '../snapshot.ts';
import type { ChannelId, Msat, NodeId, UnixSec } from '../units.ts';
import type { FailureMemory } from './failure-memory.ts';
import type { Capital } from './guard.ts';
import type { RebalanceReason, RebalanceStep } from './reasons.ts';
import type { Traffic } from './traffic.ts';
import type { OrderEnd, RebalancePolicy } from './types.ts';
import type { WayMemory } from './ways.ts';

/** One usable channel and what is known of it. */
export interface PlanChannel {
  readonly view: ChannelView;
  readonly flow: FlowState;
  /**
   * Msat expected to leave by it a day as long as there is something to leave: measured over the time in which it had
   * liquidity, or an empty channel would never be filled again for want of sales. Null: not known.
   */
  readonly dailyOutMsat: number | null;
  /** Null: could not be read, and nothing is spent on it. */
  readonly returns: {
    readonly profitClass: ProfitClass;
    readonly netProfitMsat: Msat;
    readonly totalCostMsat: Msat;
    /** The part of the total cost that is sunk with the opening: it does not decide whether more money goes in. */
    readonly openingCostMsat: Msat;
  } | null;
  /** Liquidity bought and still here, and what it cost. */
  readonly lots: { readonly remainingMsat: Msat; readonly costMsat: Msat };
  readonly policy: RebalancePolicy;
}

/** What a rebalance that arrived really cost. */
export interface PaidCost {
  readonly toPeer: NodeId;
  readonly at: UnixSec;
  /** What really arrived, not what was asked for. */
  readonly movedMsat: Msat;
  readonly feeMsat: Msat;
}

/** A rebalance that has not ended: its amount counts as gone from the one and arrived in the other. */
export interface OpenRebalance {
  readonly from: ChannelId;
  readonly to: ChannelId;
  readonly amountMsat: Msat;
}

export interface PlanInput {
  readonly now: UnixSec;
  readonly synced: boolean;
  /** Their order means nothing. */
  readonly channels: readonly PlanChannel[];
  readonly prices: ReadonlyMap<NodeId, BidPrice>;
  /** Of the last weeks, by peer. */
  readonly traffic: ReadonlyMap<NodeId, Traffic>;
  readonly paid: readonly PaidCost[];
  readonly open: readonly OpenRebalance[];
  /** What has been found out about ways. */
  readonly ways: WayMemory;
  /** By when it is judged what of them is still true: what questions began with is not forgotten while they are asked. */
  readonly waysAsOf: UnixSec;
  /** Ways that are not known are taken for cheap ones: to find out which are worth asking for. */
  readonly hopeful?: boolean;
  /**
   * Channels that an order to has failed in this cycle. They are served by no other in it: the way that was best is tried again
   * in the next cycle, before a dearer one is taken (docs/economics.md).
   */
  readonly tried?: ReadonlySet<ChannelId>;
  readonly failures: FailureMemory;
  readonly capital: Capital;
  readonly minProfitMsat: Msat;
  /** At most so many orders at once. */
  readonly maxOrders: number;
}

/** One step of the arithmetic: REBALANCE_STEPS says the sentence, the values fill it. Plain JSON. */
export interface RebalanceTrailStep {
  readonly step: RebalanceStep;
  readonly values: Readonly<Record<string, number | string | boolean | null>>;
}

/** What would be moved and what it would bring. Figures per million are plain numbers. */
export interface Evaluation {
  readonly amountMsat: Msat;
  /** What the chunk is worth at the destination, by when it will have sold. */
  readonly valuePpm: number;
  /** What is given up at the source. */
  readonly opportunityPpm: number;
  /** Expected cost of the way, what the decision rests on. */
  readonly inboundPpm: number;
  /** value - opportunity - inbound. */
  readonly spreadPpm: number;
  /** Destination fee - inbound - weighted source fee: the plain rule, for display only. */
  readonly plainSpreadPpm: number;
  readonly expectedFeeMsat: Msat;
  readonly expectedProfitMsat: Msat;
  /** What the way may cost at most before it loses: value - opportunity. */
  readonly breakEvenMsat: Msat;
}

/** A refusal's figures, where it has some: what it would have taken, and what there was. */
export interface Shortfall {
  readonly unit: 'ppm' | 'msat' | 'seconds' | 'share';
  readonly needed: number;
  readonly available: number;
}

/** A pair that was looked at, and what came of it. */
export interface PairVerdict {
  readonly from: ChannelId;
  readonly to: ChannelId;
  readonly reason: RebalanceReason;
  readonly shortfall: Shortfall | null;
  /** Null where a gate came before the arithmetic. */
  readonly evaluation: Evaluation | null;
  readonly trail: readonly RebalanceTrailStep[];
}

/** What became of one channel in one role. */
export interface ChannelVerdict {
  readonly channelId: ChannelId;
  readonly role: 'destination' | 'source';
  readonly reason: RebalanceReason;
  readonly shortfall: Shortfall | null;
  readonly trail: readonly RebalanceTrailStep[];
  /** The best pairs it would be part of, approved or missed, best first; few. */
  readonly pairs: readonly PairVerdict[];
  /** How many partners were refused for which reason. */
  readonly refused: Readonly<Partial<Record<RebalanceReason, number>>>;
}

/** What is worth doing, before the guard has read the capital again and given it an id. */
export interface Proposal {
  readonly from: OrderEnd;
  readonly to: OrderEnd;
  readonly amountMsat: Msat;
  /** Break-even, within budget and reserve. */
  readonly maxFeeMsat: Msat;
  readonly evaluation: Evaluation;
  readonly trail: readonly RebalanceTrailStep[];
}

export interface RebalancePlan {
  /** In the order in which they are to be carried out; look again after each. */
  readonly approved: readonly Proposal[];
  /** Two for each channel: as destination and as source; by channel id. */
  readonly verdicts: readonly ChannelVerdict[];
}
