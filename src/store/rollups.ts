// How do forwards and moves become sums by hour and by day? Added up in memory first, then written cell by cell.
import type { Direction, FlowTotals, RollupEntry } from '../core/flow/rollup.ts';
import { hourOf, SECONDS_PER_HOUR, type Msat } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';

/** Column values of `direction`. */
export const DIRECTION_CODE: Readonly<Record<Direction, number>> = { in: 0, out: 1 };
/** Source of rollups that came from forwards; those of moves have the id of their backfill. */
export const FROM_FORWARDS = 0;
export const HOURS_PER_DAY = 24;

type Sums = { -readonly [K in keyof FlowTotals]: FlowTotals[K] extends Msat ? bigint : number };

interface Cell extends Sums {
  readonly slot: number;
  readonly name: number;
  readonly direction: number;
  /** Sum of each fee times the seconds from the beginning of the slot to it: divided by the fees, their mean second. */
  feeSeconds: bigint;
}

/** Beyond any integer a name can have, so that one number can be the key of a cell. */
const NAMES = 2 ** 31;

/** Sums of one span length, hours or days, by name and direction. */
class Cells {
  readonly #cells = new Map<number, Cell>();

  at(slot: number, name: number, direction: number): Cell {
    const key = (slot * 2 + direction) * NAMES + name;
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = {
        slot,
        name,
        direction,
        settledCount: 0,
        settledMsat: 0n,
        feeMsat: 0n,
        feeSeconds: 0n,
        failedCount: 0,
        failedMsat: 0n,
        unmetCount: 0,
        unmetMsat: 0n,
      };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  /** In the order of the tables' keys, so that each page of the file is touched once. */
  sorted(): Cell[] {
    return [...this.#cells].sort(([a], [b]) => a - b).map(([, cell]) => cell);
  }
}

/** What one transaction adds to the rollups. */
export class RollupBatch {
  readonly #hours = new Cells();

  /** Counts one entry toward the channel that has this name. */
  add(entry: Omit<RollupEntry, 'channel'>, name: number): void {
    const hour = hourOf(entry.time);
    const cell = this.#hours.at(hour, name, DIRECTION_CODE[entry.direction]);
    if (entry.kind === 'settled') {
      cell.settledCount++;
      cell.settledMsat += entry.amount;
      cell.feeMsat += entry.fee;
      cell.feeSeconds += entry.fee * BigInt(entry.time - hour * SECONDS_PER_HOUR);
    } else if (entry.kind === 'failed') {
      cell.failedCount++;
      cell.failedMsat += entry.amount;
    } else {
      cell.unmetCount++;
      cell.unmetMsat += entry.amount;
    }
  }

  hours(): readonly Cell[] {
    return this.#hours.sorted();
  }

  days(): readonly Cell[] {
    const days = new Cells();
    for (const hour of this.#hours.sorted()) {
      const day = days.at(Math.floor(hour.slot / HOURS_PER_DAY), hour.name, hour.direction);
      day.settledCount += hour.settledCount;
      day.settledMsat += hour.settledMsat;
      day.feeMsat += hour.feeMsat;
      day.feeSeconds += hour.feeSeconds + hour.feeMsat * BigInt((hour.slot % HOURS_PER_DAY) * SECONDS_PER_HOUR);
      day.failedCount += hour.failedCount;
      day.failedMsat += hour.failedMsat;
      day.unmetCount += hour.unmetCount;
      day.unmetMsat += hour.unmetMsat;
    }
    return days.sorted();
  }
}

const upsert = (table: 'flow_hours' | 'flow_days', slot: 'hour' | 'day'): string => `
  INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (${slot}, name, direction, source) DO UPDATE SET
    settled_count = settled_count + excluded.settled_count,
    settled_msat = settled_msat + excluded.settled_msat,
    fee_msat = fee_msat + excluded.fee_msat,
    fee_msat_seconds = fee_msat_seconds + excluded.fee_msat_seconds,
    failed_count = failed_count + excluded.failed_count,
    failed_msat = failed_msat + excluded.failed_msat,
    unmet_count = unmet_count + excluded.unmet_count,
    unmet_msat = unmet_msat + excluded.unmet_msat`;

/** The tables flow_hours and flow_days. */
export class Rollups {
  readonly #hours: Statement;
  readonly #days: Statement;
  readonly #dropHours: Statement;
  readonly #dropDays: Statement;

  readonly #onChange: (firstDay: number) => void;

  /** @param onChange told the first day, counted from the epoch, of which something has changed */
  constructor(connection: Connection, onChange: (firstDay: number) => void = () => undefined) {
    this.#onChange = onChange;
    this.#hours = connection.prepare(upsert('flow_hours', 'hour'));
    this.#days = connection.prepare(upsert('flow_days', 'day'));
    this.#dropHours = connection.prepare('DELETE FROM flow_hours WHERE source = ?');
    this.#dropDays = connection.prepare('DELETE FROM flow_days WHERE source = ?');
  }

  /** Adds a batch to what is there. Only within a write. */
  add(batch: RollupBatch, source: number): void {
    const days = batch.days();
    this.#write(this.#hours, batch.hours(), source);
    this.#write(this.#days, days, source);
    if (days[0] !== undefined) this.#onChange(days[0].slot);
  }

  /** Only within a write. */
  drop(source: number): void {
    this.#dropHours.run(source);
    this.#dropDays.run(source);
  }

  #write(statement: Statement, cells: readonly Cell[], source: number): void {
    for (const c of cells)
      statement.run(
        c.slot,
        c.name,
        c.direction,
        source,
        c.settledCount,
        c.settledMsat,
        c.feeMsat,
        c.feeSeconds,
        c.failedCount,
        c.failedMsat,
        c.unmetCount,
        c.unmetMsat,
      );
  }
}
