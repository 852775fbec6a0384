// Which fees did each channel earn on which day? The rollups by day, dated at the mean second of their fees.
import type { RoutingDay } from '../core/profit/books.ts';
import { SECONDS_PER_DAY, unixSec, type ChannelId, type Msat } from '../core/units.ts';
import type { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, numberOf } from './rows.ts';
import { DIRECTION_CODE, FROM_FORWARDS } from './rollups.ts';

export class RoutingFees {
  readonly #names: ChannelNames;
  readonly #days: Statement;

  constructor(connection: Connection, names: ChannelNames) {
    this.#names = names;
    this.#days = connection.prepare(`
      SELECT name, day, fee_msat, fee_msat_seconds, settled_count FROM flow_days
      WHERE direction = ${DIRECTION_CODE.out} AND fee_msat > 0
        AND (source = ${FROM_FORWARDS} OR source IN (SELECT id FROM backfills WHERE complete = 1))
      ORDER BY day`);
  }

  /** Oldest first, one entry per channel and day. */
  all(): Map<ChannelId, RoutingDay[]> {
    const owners = this.#names.owners();
    const days = new Map<ChannelId, Day[]>();
    for (const row of this.#days.all()) {
      const channel = owners.get(numberOf(row, 'name'));
      if (channel === undefined) continue;
      const found: Day = {
        day: numberOf(row, 'day'),
        fees: bigintOf(row, 'fee_msat'),
        feeSeconds: bigintOf(row, 'fee_msat_seconds'),
        count: numberOf(row, 'settled_count'),
      };
      const list = days.get(channel);
      const last = list?.at(-1);
      // A channel has several names: aliases, and a new one with each splice.
      if (last?.day === found.day) add(last, found);
      else if (list) list.push(found);
      else days.set(channel, [found]);
    }
    return new Map([...days].map(([channel, list]) => [channel, list.map(toEntry)]));
  }
}

interface Day {
  readonly day: number;
  fees: bigint;
  /** Each fee times its seconds since the day began. */
  feeSeconds: bigint;
  count: number;
}

function add(day: Day, { fees, feeSeconds, count }: Day): void {
  day.fees += fees;
  day.feeSeconds += feeSeconds;
  day.count += count;
}

const toEntry = ({ day, fees, feeSeconds, count }: Day): RoutingDay => ({
  time: unixSec(day * SECONDS_PER_DAY + Number(feeSeconds / fees)),
  amount: fees as Msat,
  estimated: false,
  count,
});
