// What does the application need from the world? lightningd (node/), SQLite (store/) and the simulator implement these.
// Reads that fail reject or throw: a failure can never be taken for an empty answer.
// Each part of it is a file of ports/; everybody imports from here.

export type { Clock, Rng, Log } from './ports/surroundings.ts';
export { NodeError, StoreError } from './ports/errors.ts';
export type { ChannelIdentity, ForwardIndexes, RoutedMove, NodeReader } from './ports/node.ts';
export type {
  IntakeCursors,
  TakenIn,
  LoopRecord,
  DatabaseFacts,
  HistoryGap,
  HistoryLoss,
  Store,
} from './ports/store.ts';
export {
  CLBOSS_TAGS,
  DRY_RUN_REASON,
  EXTERNAL_REASON,
  POLICY_STRATEGIES,
  REBALANCE_POLICIES,
  type ClbossNode,
  type ClbossStatus,
  type ClbossTag,
  type FeeChangeRecord,
  type FeeHold,
  type FeeIntent,
  type FeeNode,
  type FeeStore,
  type KeptDecision,
  type KeptPricing,
  type KeptRivals,
  type Outflow,
  type Policy,
  type RebalancePolicy,
  type RivalFee,
} from './ports/fees.ts';
export type {
  DriverWatch,
  DryRebalance,
  IntentNews,
  IntentTerms,
  KeptVerdict,
  RebalanceDriver,
  WayPrice,
  WayQuestion,
  RebalanceNode,
  RebalanceStore,
  SelfPaymentPage,
  SelfPaymentReader,
  Swept,
  VerdictReason,
} from './ports/rebalance.ts';
export type {
  ActionFilter,
  Actor,
  Before,
  DecisionLine,
  ForwardMark,
  HistoryReader,
  ListedFeeChange,
  ListedForward,
  ListedRebalance,
  RebalanceRecord,
  RecordedRebalance,
  SpendingDay,
  VerdictLine,
} from './ports/history.ts';
export type { RememberedAlert } from './ports/alerts.ts';
export { BacktestFailure, type BacktestRequest, type Backtester } from './ports/backtest.ts';
export type { RuneChecker, RuneVerdict } from './ports/access.ts';
export type { Taken, TakenOver } from './ports/take-over.ts';
export type { Ledger, LedgerCursors, LedgerReader, LedgerStore, MovePage, OnchainFees } from './ports/ledger.ts';
