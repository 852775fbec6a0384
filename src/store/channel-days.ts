// What did settled forwards do in each channel, day by day? The rollups by day, kept in memory: what is asked again and
// again is years of them, and only the last day changes.
import type { ChannelDay } from '../core/profit/books.ts';
import { addMsat, SECONDS_PER_DAY, unixSec, type ChannelId, type Msat } from '../core/units.ts';
import type { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, numberOf } from './rows.ts';
import { DIRECTION_CODE, FROM_FORWARDS } from './rollups.ts';

const sumOf = (column: string, direction: 'in' | 'out', name: string): string =>
  `sum(iif(direction = ${DIRECTION_CODE[direction]}, ${column}, 0)) AS ${name}`;

const DAYS = `
  SELECT day, name,
    ${sumOf('fee_msat', 'out', 'fees')}, ${sumOf('fee_msat_seconds', 'out', 'fee_seconds')},
    ${sumOf('settled_count', 'out', 'sent_count')}, ${sumOf('settled_msat', 'out', 'sent')},
    ${sumOf('settled_count', 'in', 'received_count')}, ${sumOf('settled_msat', 'in', 'received')},
    ${sumOf('fee_msat', 'in', 'sourced')}
  FROM flow_days
  WHERE day >= ? AND settled_count > 0
    AND (source = ${FROM_FORWARDS} OR source IN (SELECT id FROM backfills WHERE complete = 1))
  GROUP BY day, name ORDER BY day`;

type Days = readonly ChannelDay[];

export class ChannelDays {
  readonly #names: ChannelNames;
  readonly #read: Statement;
  #known = new Map<ChannelId | null, Days>();
  /** Days from here on may have changed since they were read. */
  #changedSince = 0;
  #owners = new Map<number, ChannelId>();
  #ownersRevision = -1;

  constructor(connection: Connection, names: ChannelNames) {
    this.#names = names;
    this.#read = connection.prepare(DAYS);
  }

  /** @param day counted from the epoch */
  changedSince(day: number): void {
    this.#changedSince = Math.min(this.#changedSince, day);
  }

  /** Oldest first, one entry per channel and day; those of names without an owner under null. */
  all(): ReadonlyMap<ChannelId | null, Days> {
    if (this.#ownersRevision !== this.#names.revision) this.#changedSince = 0;
    if (this.#changedSince === Infinity) return this.#known;
    const since = this.#changedSince;
    const changed = this.#readSince(since);
    if (since === 0) this.#known = changed;
    else
      for (const [channel, days] of changed) {
        const before = (this.#known.get(channel) ?? []).filter(({ time }) => time < since * SECONDS_PER_DAY);
        this.#known.set(channel, [...before, ...days]);
      }
    this.#changedSince = Infinity;
    return this.#known;
  }

  #readSince(since: number): Map<ChannelId | null, Days> {
    this.#learnOwners();
    const channels = new Map<ChannelId | null, Summed[]>();
    for (const row of this.#read.all(since)) {
      const channel = this.#owners.get(numberOf(row, 'name')) ?? null;
      const found = toSummed(row);
      const list = channels.get(channel);
      const last = list?.at(-1);
      // A channel has several names: aliases, and a new one with each splice.
      if (last?.day === found.day) list?.splice(-1, 1, plus(last, found));
      else if (list) list.push(found);
      else channels.set(channel, [found]);
    }
    return new Map([...channels].map(([channel, list]) => [channel, list.map(toChannelDay)]));
  }

  #learnOwners(): void {
    if (this.#ownersRevision === this.#names.revision) return;
    this.#owners = this.#names.owners();
    this.#ownersRevision = this.#names.revision;
  }
}

interface Summed extends Omit<ChannelDay, 'time' | 'estimated'> {
  readonly day: number;
  /** Each fee times its seconds since the day began. */
  readonly feeSeconds: bigint;
}

const toSummed = (row: unknown): Summed => ({
  day: numberOf(row, 'day'),
  amount: bigintOf(row, 'fees') as Msat,
  feeSeconds: bigintOf(row, 'fee_seconds'),
  sentCount: numberOf(row, 'sent_count'),
  sent: bigintOf(row, 'sent') as Msat,
  receivedCount: numberOf(row, 'received_count'),
  received: bigintOf(row, 'received') as Msat,
  sourced: bigintOf(row, 'sourced') as Msat,
});

const plus = (a: Summed, b: Summed): Summed => ({
  day: a.day,
  amount: addMsat(a.amount, b.amount),
  feeSeconds: a.feeSeconds + b.feeSeconds,
  sentCount: a.sentCount + b.sentCount,
  sent: addMsat(a.sent, b.sent),
  receivedCount: a.receivedCount + b.receivedCount,
  received: addMsat(a.received, b.received),
  sourced: addMsat(a.sourced, b.sourced),
});

const toChannelDay = ({ day, feeSeconds, ...sums }: Summed): ChannelDay => ({
  time: unixSec(day * SECONDS_PER_DAY + (sums.amount === 0n ? 0 : Number(feeSeconds / sums.amount))),
  estimated: false,
  ...sums,
});
