// What did each channel carry within a window? Whole days by day, the hours at both ends by hour.
import type { ChannelFlow, DataSource, Window } from '../core/flow/analyze.ts';
import { NO_FLOW, type FlowTotals } from '../core/flow/rollup.ts';
import { addMsat, hourOf, unixSec, type ChannelId, type Msat, type UnixSec } from '../core/units.ts';
import type { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, numberOf, numberOrNull } from './rows.ts';
import { DIRECTION_CODE, FROM_FORWARDS, HOURS_PER_DAY } from './rollups.ts';

const COLUMNS =
  'name, direction, source, settled_count, settled_msat, fee_msat, failed_count, failed_msat, unmet_count, unmet_msat';

// SQLite adds integers exactly in 64 bits and fails rather than round.
const SUMS = `
  SELECT name, direction, source > ${FROM_FORWARDS} AS backfilled,
    sum(settled_count) AS settled_count, sum(settled_msat) AS settled_msat, sum(fee_msat) AS fee_msat,
    sum(failed_count) AS failed_count, sum(failed_msat) AS failed_msat,
    sum(unmet_count) AS unmet_count, sum(unmet_msat) AS unmet_msat
  FROM (
    SELECT ${COLUMNS} FROM flow_days WHERE day BETWEEN ?1 AND ?2
    UNION ALL SELECT ${COLUMNS} FROM flow_hours WHERE hour BETWEEN ?3 AND ?4
    UNION ALL SELECT ${COLUMNS} FROM flow_hours WHERE hour BETWEEN ?5 AND ?6)
  WHERE source = ${FROM_FORWARDS} OR source IN (SELECT id FROM backfills WHERE complete = 1)
  GROUP BY name, direction, backfilled`;

/** Inclusive range; empty when it ends before it begins. */
type Range = readonly [first: number, last: number];

/** The hours from first to last as whole days, and what is left at either end. */
function splitHours(first: number, last: number): { days: Range; head: Range; tail: Range } {
  const firstDay = Math.ceil(first / HOURS_PER_DAY);
  const lastDay = Math.floor((last + 1) / HOURS_PER_DAY) - 1;
  if (lastDay < firstDay) return { days: [0, -1], head: [first, last], tail: [0, -1] };
  return {
    days: [firstDay, lastDay],
    head: [first, firstDay * HOURS_PER_DAY - 1],
    tail: [(lastDay + 1) * HOURS_PER_DAY, last],
  };
}

export class FlowQuery {
  readonly #names: ChannelNames;
  readonly #sums: Statement;
  readonly #oldest: Statement;
  readonly #newest: Statement;

  constructor(connection: Connection, names: ChannelNames) {
    this.#names = names;
    this.#sums = connection.prepare(SUMS);
    this.#newest = connection.prepare('SELECT max(hour) AS hour FROM flow_hours');
    this.#oldest = connection.prepare('SELECT min(hour) AS hour FROM flow_hours');
  }

  /** Names that no channel is known to have are left out: nobody could say whose flow it was. */
  flows(window: Window): Map<ChannelId, ChannelFlow> {
    const { days, head, tail } = splitHours(hourOf(window.start), this.#lastHour(hourOf(window.end)));
    const owners = this.#names.owners();
    const flows = new Map<ChannelId, ChannelFlow>();
    for (const row of this.#sums.all(...days, ...head, ...tail)) {
      const channel = owners.get(numberOf(row, 'name'));
      if (channel === undefined) continue;
      const direction = numberOf(row, 'direction') === DIRECTION_CODE.in ? 'in' : 'out';
      const source: DataSource = numberOf(row, 'backfilled') === 1 ? 'bookkeeper' : 'forwards';
      const flow = flows.get(channel) ?? { in: NO_FLOW, out: NO_FLOW, source };
      flows.set(channel, {
        ...flow,
        [direction]: addTotals(flow[direction], totalsOf(row)),
        source: flow.source === source ? source : 'mixed',
      });
    }
    return flows;
  }

  /** The last hour to sum: where nothing came after the window its last day may be summed whole, which is quicker. */
  #lastHour(end: number): number {
    const newest = numberOrNull(this.#newest.get(), 'hour') ?? 0;
    return newest > end ? end : end - (end % HOURS_PER_DAY) + HOURS_PER_DAY - 1;
  }

  /** Beginning of the first hour of which there is history. */
  oldest(): UnixSec | null {
    const hour = numberOrNull(this.#oldest.get(), 'hour');
    return hour === null ? null : unixSec(hour * 3600);
  }
}

const totalsOf = (row: unknown): FlowTotals => ({
  settledCount: numberOf(row, 'settled_count'),
  settledMsat: bigintOf(row, 'settled_msat') as Msat,
  feeMsat: bigintOf(row, 'fee_msat') as Msat,
  failedCount: numberOf(row, 'failed_count'),
  failedMsat: bigintOf(row, 'failed_msat') as Msat,
  unmetCount: numberOf(row, 'unmet_count'),
  unmetMsat: bigintOf(row, 'unmet_msat') as Msat,
});

const addTotals = (a: FlowTotals, b: FlowTotals): FlowTotals => ({
  settledCount: a.settledCount + b.settledCount,
  settledMsat: addMsat(a.settledMsat, b.settledMsat),
  feeMsat: addMsat(a.feeMsat, b.feeMsat),
  failedCount: a.failedCount + b.failedCount,
  failedMsat: addMsat(a.failedMsat, b.failedMsat),
  unmetCount: a.unmetCount + b.unmetCount,
  unmetMsat: addMsat(a.unmetMsat, b.unmetMsat),
});
