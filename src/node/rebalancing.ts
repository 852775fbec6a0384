// What does the node offer to rebalance with? The drivers, its list of payments, and what others do beside us.
import type { DriverName } from '../core/rebalance/types.ts';
import type { Scid } from '../core/units.ts';
import type { Clock, Log, RebalanceDriver, RebalanceNode, SelfPaymentReader, Swept } from '../ports.ts';
import type { Ask } from './ask.ts';
import { availableDrivers } from './drivers/available.ts';
import { circularDriver } from './drivers/circular/driver.ts';
import { NativeDriver } from './drivers/native/driver.ts';
import { namedOrders } from './drivers/native/sweep.ts';
import { rebalanceDriver } from './drivers/rebalance/driver.ts';
import { slingConflicts } from './drivers/sling/conflicts.ts';
import { SlingDriver } from './drivers/sling/driver.ts';
import { LightningSelfPayments } from './self-payments.ts';

export class LightningRebalancing implements RebalanceNode {
  readonly payments: SelfPaymentReader;
  readonly #ask: Ask;
  readonly #native: NativeDriver;
  readonly #drivers: Readonly<Record<DriverName, RebalanceDriver>>;

  /** @param callPrefix with which the ids of our calls begin (RpcClient's idPrefix) */
  constructor(
    ask: Ask,
    { clock, log, callPrefix }: { readonly clock: Clock; readonly log: Log; readonly callPrefix: string },
  ) {
    this.#ask = ask;
    this.payments = new LightningSelfPayments(ask);
    const means = { ask, payments: this.payments, clock, log };
    this.#native = new NativeDriver({ ...means, callPrefix });
    this.#drivers = {
      circular: circularDriver(means),
      sling: new SlingDriver(means),
      rebalance: rebalanceDriver(means),
      native: this.#native,
    };
  }

  available(commands: ReadonlySet<string>): ReadonlySet<DriverName> {
    return availableDrivers(commands);
  }

  driver(name: DriverName): RebalanceDriver {
    return this.#drivers[name];
  }

  get unclean(): boolean {
    return this.#native.unclean;
  }

  sweep(): Promise<Swept> {
    return this.#native.sweep();
  }

  namedOrders(): Promise<readonly string[]> {
    return namedOrders(this.#ask);
  }

  conflicts(channels: ReadonlySet<Scid>): Promise<readonly string[]> {
    return slingConflicts(this.#ask, channels);
  }
}
