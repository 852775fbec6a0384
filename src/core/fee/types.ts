// What does pricing read, remember and answer? The words of one fee cycle, in and out.
import type { ProfitClass } from '../profit/classify.ts';
import type { FeeReason, FeeStep } from '../reasons.ts';
import type { Suspicion } from './change-point.ts';
import type { Rivalry } from './rivalry.ts';
import type { Sources } from './sources.ts';
import type { ChannelId, Msat, NodeId, Ppm, UnixSec } from '../units.ts';

export const FEE_ALGORITHMS = ['hill-climb', 'bayes'] as const;
export type FeeAlgorithm = (typeof FEE_ALGORITHMS)[number];

export interface FeeConfig {
  readonly minPpm: number;
  readonly maxPpm: number;
  /** Sats a day at which a channel counts as in use. */
  readonly targetFlowSats: number;
  readonly algorithm: FeeAlgorithm;
  /** Nothing decided will be done: other people's changes are then adopted, not held. */
  readonly dryRun: boolean;
  /** When a window of observation closes (W1). */
  readonly window: {
    /** Forwards that are evidence enough. */
    readonly forwards: number;
    /** Hours before which no window closes. */
    readonly minHours: number;
    /** Hours of exposure after which one closes whatever it holds. */
    readonly maxHours: number;
  };
}

/** One of the channels to a peer. */
export interface PricedChannel {
  readonly channelId: ChannelId;
  readonly capacity: Msat;
  /** Our balance, reserve included. */
  readonly local: Msat;
  readonly spendable: Msat;
  readonly connected: boolean;
  readonly private: boolean;
  /** As the node reports them now. */
  readonly feePpm: Ppm;
  readonly feeBase: Msat;
}

/** What happened since the cycle before, all channels to the peer together. */
export interface Observation {
  /** Half-open [from, until); `from` is the last cycle's `until`. */
  readonly from: UnixSec;
  readonly until: UnixSec;
  /** The one fee that was live all the time; null where there were several: then it says nothing of prices. */
  readonly livePpm: Ppm | null;
  /** Hours in which the peer was connected and we could have forwarded to it (see isLiquid). */
  readonly exposureHours: number;
  /** Settled forwards that left to the peer; one that moved less than COUNTING.wholeMsat counts as that part of one. */
  readonly forwards: number;
  /** Of all settled forwards to the peer. */
  readonly amountMsat: Msat;
  readonly feeMsat: Msat;
  /** Where they came in, counted by their sats (Counting). */
  readonly sources: readonly { readonly channelId: ChannelId; readonly forwards: number }[];
  /** Refused by us for want of liquidity. */
  readonly unmet: number;
  /** By payments to ourselves: what they brought in less what they took out. */
  readonly broughtInMsat: Msat;
}

/** What the channels to the peer cost and how they pay; null where it is not known. */
export interface UnitEconomics {
  /** Our own opening fee plus the expected closing fee. */
  readonly chainCostMsat: Msat;
  readonly profitClass: ProfitClass;
  /** Liquidity bought and still on hand. */
  readonly lots: { readonly costPpm: number; readonly remainingMsat: Msat; readonly ageDays: number } | null;
}

export interface UnitPolicy {
  readonly strategy: 'dynamic' | 'static' | 'passive';
  /** The fee of a static policy. */
  readonly staticPpm: Ppm | null;
  readonly minPpm: Ppm | null;
  readonly maxPpm: Ppm | null;
}

export const DYNAMIC_POLICY: UnitPolicy = { strategy: 'dynamic', staticPpm: null, minPpm: null, maxPpm: null };

/** A fee that was published, by us or by others. */
export interface PastChange {
  readonly channelId: ChannelId;
  readonly at: UnixSec;
  readonly fromPpm: Ppm;
  readonly toPpm: Ppm;
}

/** A fee that someone else has set. */
export interface ForeignChange {
  readonly channelId: ChannelId;
  readonly fromPpm: number;
  readonly toPpm: number;
}

/** What others charge towards the same peer: quantiles of their ppm, weighted by channels. */
export interface RivalFees {
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly channels: number;
}

/** All channels to one peer: priced as one, because CLN forwards non-strictly. */
export interface PricingUnit {
  readonly peerId: NodeId;
  /** At least one; the order means nothing. */
  readonly channels: readonly PricedChannel[];
  /** Null when it could not be read: then nothing is learned or changed. */
  readonly observation: Observation | null;
  readonly economics: UnitEconomics | null;
  readonly policy: UnitPolicy;
  /** Someone asked us to leave the fee alone. */
  readonly hold: { readonly until: UnixSec; readonly by: string } | null;
  /** Published within the last week (PACED_SECONDS), or since the last cycle where that is longer; the order means nothing. */
  readonly recentChanges: readonly PastChange[];
  readonly rivals: RivalFees | null;
  /** Who among them follows our fee; null where nothing is watched. */
  readonly rivalry: Rivalry | null;
  /** What bringing liquidity to the peer is expected to cost, ppm; null where nothing is brought in. */
  readonly refillPpm: number | null;
}

/** Discounted counts and hours per fee cell: `[cell, forwards, hours]`, ascending by cell. */
export type Cells = readonly (readonly [cell: number, forwards: number, hours: number])[];

/** What has been gathered since the markup last moved. */
export interface TrialWindow {
  readonly since: UnixSec;
  readonly cells: Cells;
  /** Refused for want of liquidity: there was demand. */
  readonly unmet: number;
}

/** What a learner believes of the fee at which revenue is highest while all liquidity is worth the same. */
export interface Optimum {
  readonly lnPpm: number;
  readonly sd: number;
}

/** What is believed of a peer before its own traffic has said much. */
export interface Prior extends Optimum {
  /** ln of forwards an hour at its best fee, usual among the node's other peers; null where too few have been forwarded. */
  readonly lnRate: number | null;
}

/** The hill climber's position. */
export interface HillState {
  readonly kind: 'hill-climb';
  /** ln of the markup, ppm, that is charged while all liquidity is worth the same (see markup.ts). */
  readonly lnMarkup: number;
  readonly direction: 1 | -1;
  /** Longest step, in ln of the markup. */
  readonly step: number;
  readonly window: TrialWindow;
  /** Mean fee of the window before, to compare with; null at first. */
  readonly previousPpm: number | null;
  /** Signs gathered that the market is no longer the one remembered. */
  readonly suspicion: Suspicion;
  /** Null until a window has closed. */
  readonly optimum: Optimum | null;
}

/** Demand has been the same since then. */
export interface Run {
  readonly since: UnixSec;
  /** Seen since. */
  readonly cells: Cells;
  /** Believed when it began; null for the first, before which nothing was known. */
  readonly before: {
    readonly lnPpm: number;
    readonly sd: number;
    /** Forwards an hour at the best fee, and how surely (1 / variance of ln). */
    readonly rate: { readonly perHour: number; readonly sureness: number } | null;
  } | null;
  readonly lnWeight: number;
}

/** The Bayesian learner's position. */
export interface BayesState {
  readonly kind: 'bayes';
  /** As of HillState. */
  readonly lnMarkup: number;
  /** Where the last window moved it. */
  readonly direction: 1 | -1;
  readonly window: TrialWindow;
  /** Since when demand may have been what it is, and how likely each is (runs.ts). */
  readonly runs: readonly Run[];
  /**
   * Forwards an hour expected at the fee of each cell from 0 on, as of the last window: the best fee at the prices of the
   * moment. Null where the position is not to be had from it.
   */
  readonly rates: readonly number[] | null;
  /** Exposure since the last forward or refusal. */
  readonly silentHours: number;
  readonly optimum: Optimum | null;
}

export type LearnerState = HillState | BayesState;

/** Where a learner goes when its window has closed. */
export interface LearnerMove {
  readonly learner: LearnerState;
  readonly halfLifeDays: number;
  /** Share of the memory that is kept; below 1 after a change point. */
  readonly keep: number;
}

/** All we remember of one peer's pricing. Plain JSON, bounded in size. */
export interface UnitState {
  readonly version: 1;
  /** Up to when observations have been taken in. */
  readonly observedUntil: UnixSec;
  /** The fee each channel was last seen with, ppm, and when. */
  readonly seen: Readonly<Record<string, number>>;
  readonly seenAt: UnixSec;
  /** Where the channels had different fees then: the one set last, if anybody is known to have set one; else null. */
  readonly lastPpm: number | null;
  /** What we last decided to set; live only once the node reports it. `move` is null where only bid prices moved. */
  readonly proposal: { readonly ppm: number; readonly move: LearnerMove | null } | null;
  /** A fee of zero that is live now was set by us, as for a policy: nobody has chosen it for good. */
  readonly ownZero: boolean;
  /** Set when someone else changed a fee: we leave it until then. */
  readonly externalUntil: UnixSec;
  /** Slow part of the bid price, its long-run value (long-run.ts), in multiples of the scale of the peer's fees. */
  readonly slowPrice: number;
  /** Where its forwards come from. */
  readonly sources: Sources;
  /** Discounted forwards, sats and days, for mean amount and daily flow. */
  readonly flow: { readonly forwards: number; readonly sats: number; readonly days: number };
  /** Closed windows, discounted up to `memoryAt`. */
  readonly memory: Cells;
  readonly memoryAt: UnixSec;
  /** Days in which half of the memory is forgotten. */
  readonly halfLifeDays: number;
  /** `[time, local share]` of the last hours, to see a drain. */
  readonly levels: readonly (readonly [at: number, share: number])[];
  /** Of the public channels together, when the last of these was noted: they are shares of it. */
  readonly capacitySats: number;
  readonly learner: LearnerState;
}

export interface FeeInput {
  readonly now: UnixSec;
  readonly config: FeeConfig;
  readonly units: readonly PricingUnit[];
  readonly states: ReadonlyMap<NodeId, UnitState>;
  /** Leaves the trails of decisions empty: a year of simulated ones takes a third of the time, and nobody asks why. */
  readonly untold?: boolean;
}

/** One step of the arithmetic: its name says the sentence (FEE_STEPS), the values fill it. */
export interface TrailStep {
  readonly step: FeeStep;
  readonly values: Readonly<Record<string, number | string | boolean | null>>;
}

interface DecisionBase {
  readonly peerId: NodeId;
  readonly reason: FeeReason;
  /** Changes by someone else, first seen in this cycle; to be recorded as such. */
  readonly foreign: readonly ForeignChange[];
  /** The whole way from the inputs to the answer, in order, then what would change it. */
  readonly trail: readonly TrailStep[];
}
export interface SetFee extends DecisionBase {
  readonly kind: 'set';
  readonly ppm: Ppm;
  /** Channels whose fee differs; those of the peer that have it already are not listed. */
  readonly changes: readonly { readonly channelId: ChannelId; readonly fromPpm: Ppm }[];
}
export interface HoldFee extends DecisionBase {
  readonly kind: 'hold';
  /** What would be set if nothing held; null where nothing was computed. */
  readonly wantedPpm: Ppm | null;
}
export type FeeDecision = SetFee | HoldFee;

/** The bid price of a peer's channels and what it is made of, ppm. */
export interface BidPrice {
  /** What one more sat of local balance is worth now, parts per million of it: slow + level. */
  readonly price: number;
  /** The scale of the peer's fees, which both parts are multiples of. */
  readonly scale: number;
  /** The slow part: what it will be worth in the long run (long-run.ts). */
  readonly slow: number;
  /** The part that the present balance makes. */
  readonly level: number;
}

export interface FeeOutcome {
  /** One per unit, by peer id. */
  readonly decisions: readonly FeeDecision[];
  /** Every known state, those of peers not in the input unchanged. Save it before acting on the decisions. */
  readonly next: ReadonlyMap<NodeId, UnitState>;
  readonly prices: ReadonlyMap<NodeId, BidPrice>;
}
