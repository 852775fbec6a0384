// What does pricing need of the node, of clboss and of the database?
import { REBALANCE_POLICIES, type RebalancePolicy } from '../core/rebalance/types.ts';
import type { Counting } from '../core/fee/counting.ts';
import type { Rivalry } from '../core/fee/rivalry.ts';
import type { BidPrice, FeeDecision, PastChange, RivalFees, UnitPolicy, UnitState } from '../core/fee/types.ts';
import type { ChannelId, Msat, NodeId, Ppm, Scid, UnixSec } from '../core/units.ts';

/** What others charge on one channel towards a peer, by gossip. */
export interface RivalFee {
  /** Names the channel as gossip does: its short channel id. */
  readonly channelId: Scid;
  readonly feePpm: Ppm;
  readonly baseMsat: Msat;
  readonly capacity: Msat;
}

/** @throws NodeError from every method. */
export interface FeeNode {
  /** Sets the proportional fee and touches nothing else. The node has accepted it when this resolves. */
  setFee(channel: ChannelId, feePpm: Ppm): Promise<void>;
  /** The present proportional fees of the channels to a peer. */
  readFees(peer: NodeId): Promise<ReadonlyMap<ChannelId, Ppm>>;
  /** Fees of all enabled public channels towards the peer but our own. */
  readFeesToward(peer: NodeId): Promise<readonly RivalFee[]>;
}

export const CLBOSS_TAGS = ['lnfee', 'open', 'close', 'balance'] as const;
export type ClbossTag = (typeof CLBOSS_TAGS)[number];

export interface ClbossStatus {
  /** As clboss words it; null where it does not say. */
  readonly version: string | null;
  /** What clboss leaves alone, by peer. Tags that we do not know are kept as they are. */
  readonly unmanaged: ReadonlyMap<NodeId, readonly string[]>;
}

/** @throws NodeError from every method; `unknown-command` where clboss is not there. */
export interface ClbossNode {
  readClboss(): Promise<ClbossStatus>;
  /** Replaces a peer's whole set of tags; an empty one gives everything back. */
  replaceTags(peer: NodeId, tags: readonly string[]): Promise<void>;
}

/** What others charge toward one peer, and who of them follows our fee. */
export interface KeptRivals {
  readonly askedAt: UnixSec;
  readonly fees: RivalFees | null;
  readonly rivalry: Rivalry | null;
}

/** What is kept of one peer's pricing between two cycles. */
export interface KeptPricing {
  readonly state: UnitState;
  /** Whether the last cycle found liquidity (isLiquid): exposure is the mean of both ends. */
  readonly liquid: boolean;
  /** What others charge toward the peer, when last asked; null before. Kept, so that a restart changes no decision. */
  readonly rivals: KeptRivals | null;
}

/** What left by one channel in a span of time. */
export interface Outflow {
  /** Settled forwards; one that moved less than the amount asked for counts as that part of one. */
  readonly forwards: number;
  /** Of all of them. */
  readonly amountMsat: Msat;
  readonly feeMsat: Msat;
  /** Where they came in, counted by their sats (Counting). */
  readonly sources: readonly { readonly channelId: ChannelId; readonly forwards: number }[];
  /** Refused by us for want of liquidity. */
  readonly unmet: number;
}

/** Reason of a row of fee_changes that somebody else's change has made. */
export const EXTERNAL_REASON = 'external-change';
/** What the reason of a row begins with that dry-run has made: what would have been set, and why. */
export const DRY_RUN_REASON = 'dry-run: ';

/** A fee about to be set: written before the node is asked, so that no crash hides what was done. */
export interface FeeIntent {
  readonly channelId: ChannelId;
  readonly peerId: NodeId;
  readonly oldFeePpm: Ppm;
  readonly newFeePpm: Ppm;
  readonly reason: string;
  /** The operator asked for it. */
  readonly manual: boolean;
  readonly at: UnixSec;
}

/** A row of fee_changes. */
export interface FeeChangeRecord {
  readonly channelId: string;
  readonly peerId: string;
  readonly oldFeePpm: number;
  readonly newFeePpm: number;
  readonly reason: string;
  readonly manual: boolean;
  readonly timestamp: UnixSec;
}

/** The last decision on a peer, with all that led to it. */
export interface KeptDecision {
  readonly at: UnixSec;
  readonly decision: FeeDecision;
  readonly price: BidPrice | null;
  /** What became of it: `set`, `held`, `dry-run`, or why it could not be done. */
  readonly outcome: string;
}

export interface FeeHold {
  readonly until: UnixSec;
  /** Who asked: such as `revenue-set-fee`. */
  readonly by: string;
}

export const POLICY_STRATEGIES = ['dynamic', 'static', 'passive'] as const satisfies readonly UnitPolicy['strategy'][];
export { REBALANCE_POLICIES, type RebalancePolicy };

/** The operator's word for a peer or a channel. */
export interface Policy extends UnitPolicy {
  /** A node id or a channel id. */
  readonly subject: NodeId | ChannelId;
  readonly rebalance: RebalancePolicy;
  /** Null: until it is deleted. */
  readonly expiresAt: UnixSec | null;
  readonly setAt: UnixSec;
}

/** Each writing method is one transaction. @throws StoreError from every method. */
export interface FeeStore {
  /** Of every peer ever priced. A state of another version, or unreadable, is as if it had never been. */
  pricing(): ReadonlyMap<NodeId, KeptPricing>;
  /**
   * Everything one cycle has decided, before it acts: states, decisions with their outcome so far, intents, and what
   * goes into fee_changes at once (changes by others, dry runs). Nothing that is not named is touched. As an intent of
   * the operator's own, it outlives a power loss.
   * @throws StoreError, with nothing changed, when a channel has an open intent: settle it first.
   */
  saveCycle(cycle: {
    readonly pricing: ReadonlyMap<NodeId, KeptPricing>;
    readonly decisions: ReadonlyMap<NodeId, KeptDecision>;
    readonly intents: readonly FeeIntent[];
    readonly changes: readonly FeeIntent[];
  }): void;
  decision(peer: NodeId): KeptDecision | null;
  /** What became of the last decision on the peer. */
  saveOutcome(peer: NodeId, outcome: string): void;
  /** Intents whose end is not known, in the order in which they were made. */
  intents(): readonly FeeIntent[];
  /**
   * The operator's own order: intent and hold together. Until it is settled the peer is held by whichever ends later, this
   * hold or the earlier one; null is to lift the earlier one. @throws StoreError as saveCycle.
   */
  saveManual(intent: FeeIntent, hold: FeeHold | null): void;
  /**
   * The intent has ended: `done` puts it into fee_changes, and an order's hold in place of the earlier one; `dropped`
   * leaves that as it was. @throws StoreError when the channel has none.
   */
  settleIntent(channel: ChannelId, end: 'done' | 'dropped'): void;
  /** Published changes of all channels since then, by whomever, dry runs left out; in order of time. */
  changesSince(at: UnixSec): readonly PastChange[];
  /** Rows of fee_changes of the channel, by whomever, dry runs too; newest first. */
  changesOf(channel: ChannelId, limit: number): readonly FeeChangeRecord[];
  /** The newest dry run of each channel since its last real change: the fee that would have been set. */
  dryRuns(): ReadonlyMap<ChannelId, Ppm>;
  /** Peers whose fees we have set ourselves, dry runs and changes by others left out. */
  pricedPeers(): ReadonlySet<NodeId>;
  /** Settled and refused forwards that ended in [from, until), by the channel they left by. */
  outflows(from: UnixSec, until: UnixSec, counting: Counting): ReadonlyMap<ChannelId, Outflow>;
  /** The earliest end of which single forwards are still all there. */
  outflowsSince(): UnixSec;
  /** Those in force, of open orders too. */
  holds(now: UnixSec): ReadonlyMap<NodeId, FeeHold>;
  /** Null lifts it. */
  saveHold(peer: NodeId, hold: FeeHold | null): void;
  /** Those in force, in order of their subject. */
  policies(now: UnixSec): readonly Policy[];
  savePolicy(policy: Policy): void;
  /** Whether there was one. */
  deletePolicy(subject: NodeId | ChannelId): boolean;
  /** Tags of clboss that we have taken. */
  takenTags(): ReadonlyMap<NodeId, readonly ClbossTag[]>;
  saveTakenTags(peer: NodeId, tags: readonly ClbossTag[]): void;
}
