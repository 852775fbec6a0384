// What do the commands work with?
import type { Config } from '../../core/config/options.ts';
import type { NodeId, UnixSec } from '../../core/units.ts';
import type { Backtester, Clock, FeeNode, LedgerReader, Log, NodeReader, Store } from '../../ports.ts';
import type { Alert } from '../alerts/alert.ts';
import type { Clboss } from '../clboss.ts';
import type { Exclusive } from '../exclusive.ts';
import type { Rebalancer } from '../rebalance/rebalancer.ts';
import type { Readiness } from '../readiness.ts';
import type { LoopStatus } from '../loop.ts';

export interface CommandContext {
  readonly version: string;
  readonly node: NodeReader;
  readonly accounts: LedgerReader;
  readonly fees: FeeNode;
  readonly clboss: Clboss;
  readonly rebalancer: Rebalancer;
  /** What acts on the node does so one at a time. */
  readonly exclusive: Exclusive;
  readonly store: Store;
  readonly backtester: Backtester;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: () => Config;
  /** Null until the node has answered for the first time. */
  readonly nodeId: () => NodeId | null;
  readonly readiness: () => Readiness;
  readonly loops: () => readonly LoopStatus[];
  /** Resolves when everything that the node had settled at the time of the call is in the store. */
  readonly catchUp: () => Promise<void>;
  /** Likewise for what channels cost. Rejects with NodeError or StoreError; what was read until then stays. */
  readonly takeInAccounts: () => Promise<void>;
  /** Aborts when the plugin stops. */
  readonly stopping: AbortSignal;
  /** Lets loops that rested while paused reckon anew. */
  readonly retime: () => void;
  /** Names of options that are set but no longer used. */
  readonly legacyOptionsSet: readonly string[];
  /** What beside the application is not as the operator wants it. */
  readonly notices: () => readonly Alert[];
  /** When the loops began to run; null before. */
  readonly startedAt: () => UnixSec | null;
}
