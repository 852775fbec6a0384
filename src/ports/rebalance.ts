// What does rebalancing need of the drivers, of the node's list of payments, and of the database?
import type { CapitalRefusal, Spending } from '../core/rebalance/guard.ts';
import type { DriverRecord } from '../core/rebalance/drivers.ts';
import type { FailureMemory, FailureRecord, FailureSubject } from '../core/rebalance/failure-memory.ts';
import type { Intent, IntentEvent, IntentNews } from '../core/rebalance/intent.ts';
import type { ChannelVerdict } from '../core/rebalance/plan-types.ts';
import type {
  ApprovedOrder,
  DriverName,
  DriverOutcome,
  FailureKind,
  RebalanceOrder,
  SelfPaymentRow,
} from '../core/rebalance/types.ts';
import type { Result } from '../core/result.ts';
import type { ChannelId, Msat, Scid, UnixSec } from '../core/units.ts';

export type { IntentNews };

export interface DriverWatch {
  /** Aborted: the driver sends nothing more, stops what it can, and says by listsendpays how it stands. */
  readonly signal: AbortSignal;
  /**
   * Called before anything of this payment may leave, once for each payment hash: it is kept before the driver goes on.
   * A driver that learns its hash only afterwards calls it then.
   */
  readonly onDispatched: (paymentHash: string) => void;
}

/** What would moving so much cost? The id is of no order. */
export type WayQuestion = Pick<RebalanceOrder, 'id' | 'from' | 'to' | 'amountMsat' | 'maxFeeMsat'>;

/** The last hop included; beyond the cap it may be more than the cheapest. Or why there is no price. */
export type WayPrice =
  { readonly feeMsat: Msat; readonly failure: null } | { readonly feeMsat: null; readonly failure: FailureKind };

/** What carries a rebalance out. */
export interface RebalanceDriver {
  readonly name: DriverName;
  /**
   * Moves the order's amount or tells why not. Whatever goes wrong is an outcome: it never rejects, and it ends soon
   * after the order's deadline. The intent is already `dispatched` when this is called.
   */
  rebalance(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome>;
  /**
   * What the way that it would take costs now. Sends nothing, and reserves nothing. Absent where the driver cannot tell.
   * @throws NodeError
   */
  priceOf?(question: WayQuestion, signal: AbortSignal): Promise<WayPrice>;
  /**
   * Stops what it may have left at work on the node for an order that nobody follows any more, or waits until that has
   * ended. Absent where everything ends by itself before long.
   * @throws NodeError: it may go on
   */
  recall?(order: Pick<RebalanceOrder, 'id' | 'to'>): Promise<void>;
}

/** What runs that were killed, or could not clean up, had left on the node, and has been removed. */
export interface Swept {
  readonly layers: number;
  readonly reservations: number;
  readonly invoices: number;
}

/** All that rebalancing needs of the node. */
export interface RebalanceNode {
  readonly payments: SelfPaymentReader;
  /** Drivers that these commands make. */
  available(commands: ReadonlySet<string>): ReadonlySet<DriverName>;
  driver(name: DriverName): RebalanceDriver;
  /** Whether something of ours may have been left on the node, as by a run before this one. */
  readonly unclean: boolean;
  /** Removes what is ours and of no order under way. @throws NodeError */
  sweep(): Promise<Swept>;
  /**
   * Ids of orders by which things of the `native` driver on the node are named, the newest; an instance that is not this
   * one may have ordered them. @throws NodeError
   */
  namedOrders(): Promise<readonly string[]>;
  /** Other rebalancers that are set to work on these channels, one sentence each. @throws NodeError */
  conflicts(channels: ReadonlySet<Scid>): Promise<readonly string[]>;
}

/** A stretch of the node's payments to itself. */
export interface SelfPaymentPage {
  /** Payments of which we are the destination, by created index. */
  readonly rows: readonly SelfPaymentRow[];
  /** Up to this created index everything has been seen; null where the node knows no indexes. */
  readonly cursor: number | null;
  /** Whether no row of the stretch has been deleted: only then does an absent payment mean that there was none. */
  readonly gapless: boolean;
}

/** The truth about what was sent. @throws NodeError from every method. */
export interface SelfPaymentReader {
  /** All parts of the payment; none where the node has never heard of it, or has deleted them. */
  readByHash(paymentHash: string): Promise<readonly SelfPaymentRow[]>;
  /** Highest created index of any payment, 0 where there was none; null where the node knows no indexes. */
  readPaymentsIndex(): Promise<number | null>;
  /** Those with a created index above `after`; where the node knows no indexes, those created at or after `since`. */
  readSince(after: number | null, since: UnixSec): Promise<SelfPaymentPage>;
}

/** What an intent is reserved with beside its order. */
export interface IntentTerms {
  readonly driver: DriverName;
  readonly manual: boolean;
  readonly expectedFeeMsat: Msat;
  readonly expectedProfitMsat: Msat;
}

/** A rebalance that a dry run would have begun; a row of rebalance_history that holds and costs nothing. */
export interface DryRebalance {
  readonly from: ChannelId;
  readonly to: ChannelId;
  readonly amountMsat: Msat;
  readonly maxFeeMsat: Msat;
  readonly expectedProfitMsat: Msat;
  readonly at: UnixSec;
}

/** The verdicts of one cycle. */
export interface KeptVerdict {
  readonly at: UnixSec;
  readonly verdict: ChannelVerdict;
}

/** What a verdict comes to. */
export type VerdictReason = Pick<ChannelVerdict, 'channelId' | 'role' | 'reason'>;

/**
 * The ledger of capital. Each writing method is one transaction, and each intent has its row in rebalance_history, made
 * and changed with it. @throws StoreError from every method.
 */
export interface RebalanceStore {
  /**
   * Of fees that ended after `since`, whatever their status, and of everything that has not ended. Exact: a fee of
   * part of a sat counts as what it is.
   */
  spending(since: UnixSec): Spending;
  /**
   * Reads the spending and asks `decide` within one transaction, and keeps the order it approves as a planned intent in
   * the same: no two orders can use the same room.
   */
  reserve(
    since: UnixSec,
    decide: (spending: Spending) => Result<ApprovedOrder, CapitalRefusal>,
    terms: IntentTerms,
    at: UnixSec,
  ): Result<ApprovedOrder, CapitalRefusal>;
  /** @throws StoreError `failed` when the table of transitions has no such step; nothing is changed then. */
  advance(id: string, event: IntentEvent, at: UnixSec, news?: IntentNews): Intent;
  /** A payment that belongs to the intent, ended or not; known ones change nothing. @throws StoreError: another's. */
  addPaymentHash(id: string, paymentHash: string): void;
  intent(id: string): Intent | null;
  /** Those that have not ended, oldest first. @throws StoreError naming one that cannot be read: none is passed over. */
  openIntents(): readonly Intent[];
  /** Those that ended since, in the order of their end. */
  endedIntents(since: UnixSec): readonly Intent[];
  /** Those of them that moved anything: what rebalances really cost, for the estimate of the next. */
  arrivedIntents(since: UnixSec): readonly Intent[];
  /** The last of a channel's that have ended, as source or destination, newest first. */
  endedLately(channel: ChannelId, limit: number): readonly Intent[];
  /** Whether a payment belongs to any rebalance that ever was, ended or not. */
  isOwnPayment(paymentHash: string): boolean;
  recordDryRun(rebalance: DryRebalance, by: { readonly manual: boolean }): void;
  /** Those of our own, not manual, recorded after `since`; in whole sats, as they are shown. */
  dryRuns(since: UnixSec): readonly DryRebalance[];
  failures(): FailureMemory;
  saveFailures(changed: readonly FailureRecord[], cleared: readonly FailureSubject[]): void;
  driverRecords(): ReadonlyMap<DriverName, DriverRecord>;
  saveDriverRecord(record: DriverRecord): void;
  /** Replaces those of the cycle before. */
  saveVerdicts(verdicts: readonly ChannelVerdict[], at: UnixSec): void;
  /** Those of all channels, without what is behind them. */
  verdictReasons(): readonly VerdictReason[];
  verdict(channel: ChannelId, role: ChannelVerdict['role']): KeptVerdict | null;
}
