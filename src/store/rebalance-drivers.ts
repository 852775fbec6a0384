// How have the drivers done so far?
import type { DriverRecord } from '../core/rebalance/drivers.ts';
import { DRIVERS, type DriverName } from '../core/rebalance/types.ts';
import { unixSec } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { isNumber, numberBy, oneOf, shapeOf } from './guards.ts';
import { bigintOf, realOf, textOf } from './rows.ts';

const isRecord = shapeOf<DriverRecord>({
  driver: oneOf(...DRIVERS),
  at: numberBy(unixSec),
  orders: isNumber,
  successes: isNumber,
  movedMsat: isNumber,
  feeMsat: isNumber,
  seconds: isNumber,
  errorsInRow: isNumber,
});

export class RebalanceDrivers {
  readonly #all: Statement;
  readonly #save: Statement;

  constructor(connection: Connection) {
    this.#all = connection.prepare('SELECT * FROM rebalance_drivers ORDER BY driver');
    this.#save = connection.prepare('INSERT OR REPLACE INTO rebalance_drivers VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  /** One of a driver that this version does not know, or that is damaged, is as if it had never been. */
  all(): Map<DriverName, DriverRecord> {
    return new Map(
      this.#all
        .all()
        .map(fieldsOf)
        .filter(isRecord)
        .map((record) => [record.driver, record]),
    );
  }

  /** Replaces the driver's. Only within a write. */
  save({ driver, at, orders, successes, movedMsat, feeMsat, seconds, errorsInRow }: DriverRecord): void {
    this.#save.run(driver, at, orders, successes, movedMsat, feeMsat, seconds, errorsInRow);
  }
}

const fieldsOf = (row: unknown): unknown => ({
  driver: textOf(row, 'driver'),
  at: Number(bigintOf(row, 'timestamp')),
  orders: realOf(row, 'orders'),
  successes: realOf(row, 'successes'),
  movedMsat: realOf(row, 'moved_msat'),
  feeMsat: realOf(row, 'fee_msat'),
  seconds: realOf(row, 'seconds'),
  errorsInRow: Number(bigintOf(row, 'errors_in_row')),
});
