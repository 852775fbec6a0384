// Which driver carries the next rebalance out, and how have they done so far?
import type { RebalancerChoice } from '../config/options.ts';
import { msatToFloat, SECONDS_PER_DAY, SECONDS_PER_HOUR, unixSec, type UnixSec } from '../units.ts';
import { DRIVERS, type DriverName, type DriverOutcome } from './types.ts';

/** Sums over what a driver did, older work counted less, as of `at`. Statistics, so floats. Plain JSON. */
export interface DriverRecord {
  readonly driver: DriverName;
  readonly at: UnixSec;
  readonly orders: number;
  readonly successes: number;
  readonly movedMsat: number;
  readonly feeMsat: number;
  readonly seconds: number;
  /** Orders in a row that ended in a driver error: it is broken, not the market. */
  readonly errorsInRow: number;
}

/** How a driver does; null where there is nothing to go by. */
export interface DriverScore {
  readonly driver: DriverName;
  /** 0..1 */
  readonly successRate: number | null;
  /** What it paid per million moved. */
  readonly ppm: number | null;
  /** Mean duration of an order. */
  readonly seconds: number | null;
  readonly errorsInRow: number;
}

/** Days in which half is forgotten: plugins are updated and the market changes, yet 10 orders are to count together. */
const HALF_LIFE_DAYS = 7;
/** So many errors in a row rest a driver for a while, if there is another. */
const ERRORS_TO_REST = 3;
const REST_SECONDS = SECONDS_PER_HOUR;

/** The record after one more order. */
export function scoreOutcome(
  record: DriverRecord | undefined,
  driver: DriverName,
  outcome: Pick<DriverOutcome, 'status' | 'failure' | 'movedMsat' | 'feeMsat'>,
  seconds: number,
  at: UnixSec,
): DriverRecord {
  const days = record === undefined ? 0 : Math.max(0, at - record.at) / SECONDS_PER_DAY;
  const kept = 0.5 ** (days / HALF_LIFE_DAYS);
  return {
    driver,
    at,
    orders: (record?.orders ?? 0) * kept + 1,
    successes: (record?.successes ?? 0) * kept + (outcome.status === 'success' ? 1 : 0),
    movedMsat: (record?.movedMsat ?? 0) * kept + msatToFloat(outcome.movedMsat),
    feeMsat: (record?.feeMsat ?? 0) * kept + msatToFloat(outcome.feeMsat),
    seconds: (record?.seconds ?? 0) * kept + Math.max(0, seconds),
    errorsInRow: outcome.failure === 'driver-error' ? (record?.errorsInRow ?? 0) + 1 : 0,
  };
}

export function scoreOf(record: DriverRecord): DriverScore {
  const { driver, orders, successes, movedMsat, feeMsat, seconds, errorsInRow } = record;
  return {
    driver,
    successRate: orders > 0 ? successes / orders : null,
    ppm: movedMsat > 0 ? (feeMsat / movedMsat) * 1e6 : null,
    seconds: orders > 0 ? seconds / orders : null,
    errorsInRow,
  };
}

/**
 * Until when a driver whose last orders all ended in errors of its own is left alone; null where it is not, also where that
 * was by a clock that ran ahead.
 */
export function restingUntil({ errorsInRow, at }: DriverRecord, now: UnixSec): UnixSec | null {
  const until = unixSec(at + REST_SECONDS);
  return errorsInRow >= ERRORS_TO_REST && at <= now && now < until ? until : null;
}

/** What is in use and why, for people; `driver` null where nothing can be. */
export interface DriverChoice {
  readonly driver: DriverName | null;
  readonly because: string;
}

/**
 * The operator's driver if it is there: never silently another. `auto`: the first in order that is there; one whose last
 * orders all ended in errors of its own rests for an hour as long as there is another.
 */
export function chooseDriver(
  configured: RebalancerChoice,
  available: ReadonlySet<DriverName>,
  records: ReadonlyMap<DriverName, DriverRecord>,
  now: UnixSec,
): DriverChoice {
  if (configured !== 'auto') {
    return available.has(configured)
      ? { driver: configured, because: 'as configured' }
      : { driver: null, because: `${configured} is configured, but the node does not offer it` };
  }
  const present = DRIVERS.filter((driver) => available.has(driver));
  const working = present.filter((driver) => {
    const record = records.get(driver);
    return record === undefined || restingUntil(record, now) === null;
  });
  const [first] = present;
  if (first === undefined) return { driver: null, because: 'the node offers no way to rebalance' };
  const [driver] = working;
  if (driver === undefined) return { driver: first, because: 'all drivers have failed of late; this is the first' };
  if (driver === first) return { driver, because: 'the first of circular, sling, rebalance, native that is there' };
  return { driver, because: `${present.slice(0, present.indexOf(driver)).join(', ')} ended in errors and rests` };
}
