// What does rebalancing work with?
import type { Config } from '../../core/config/options.ts';
import type { Clock, NodeReader, RebalanceNode, Rng } from '../../ports.ts';
import type { Clboss } from '../clboss.ts';
import type { Exclusive } from '../exclusive.ts';
import type { ProfitPorts } from '../profit/profits-now.ts';
import type { Flights } from './flights.ts';
import type { Lately } from './lately.ts';
import type { WayBook } from './way-book.ts';

export interface RebalancePorts extends ProfitPorts {
  readonly node: NodeReader;
  readonly rebalancing: RebalanceNode;
  readonly clboss: Pick<Clboss, 'take' | 'retake'>;
  /** Taking clboss's tags again, setting fees, giving tags back and changing policies wait for each other. */
  readonly exclusive: Exclusive;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Orders of this process that a driver works on. */
  readonly flights: Flights;
  readonly ways: WayBook;
  readonly lately: Lately;
  /** Brings every open rebalance as far as the node's word goes; shared, because two at once would settle twice. */
  readonly settleOpen: () => Promise<void>;
  /** As it is at this very moment: a cycle outlives changes of it. */
  readonly config: () => Config;
  /** Resolves when everything the node had settled at the call is in the store. */
  readonly catchUp: () => Promise<void>;
  /** Why nothing may be sent at this very moment; null while it may. */
  readonly restraint: (manual: boolean) => string | null;
  /** Nobody will ask why anything was decided: no verdicts are worked out or kept. For simulations. */
  readonly untold?: boolean;
  /** Aborted when the plugin stops. */
  readonly stopping: AbortSignal;
}
