// Which driver would carry a rebalance out now?
import { chooseDriver, type DriverChoice } from '../../core/rebalance/drivers.ts';
import type { DriverName } from '../../core/rebalance/types.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

export interface Drivers {
  readonly available: ReadonlySet<DriverName>;
  readonly choice: DriverChoice;
}

/** @param commands those of the node, asked anew each time: plugins come and go */
export function driversAmong(
  commands: ReadonlySet<string>,
  { rebalancing, store, clock, config }: Pick<RebalancePorts, 'rebalancing' | 'store' | 'clock' | 'config'>,
): Drivers {
  const available = rebalancing.available(commands);
  const records = store.rebalances.driverRecords();
  return { available, choice: chooseDriver(config().rebalancer, available, records, clock.now()) };
}
