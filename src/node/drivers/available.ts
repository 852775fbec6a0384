// Which drivers can the node be asked for at the moment? Told by the commands it has: plugins come and go, so it is asked anew.
import { DRIVERS, type DriverName } from '../../core/rebalance/types.ts';
import { CIRCULAR_COMMANDS } from './circular/driver.ts';
import { NATIVE_COMMANDS } from './native/driver.ts';
import { REBALANCE_COMMANDS } from './rebalance/driver.ts';
import { SLING_COMMANDS } from './sling/commands.ts';

const COMMANDS: Readonly<Record<DriverName, readonly string[]>> = {
  circular: CIRCULAR_COMMANDS,
  sling: SLING_COMMANDS,
  rebalance: REBALANCE_COMMANDS,
  native: NATIVE_COMMANDS,
};

export const availableDrivers = (commands: ReadonlySet<string>): ReadonlySet<DriverName> =>
  new Set(DRIVERS.filter((driver) => COMMANDS[driver].every((command) => commands.has(command))));
