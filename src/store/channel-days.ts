// What did settled forwards do in each channel, day by day? The rollups by day, kept in memory: what is asked again and
// again is years of them, and only the last day changes.
import type { ChannelDay } from '../core/profit/books.ts';
import { addMsat, dayOf, SECONDS_PER_DAY, unixSec, type ChannelId, type Msat } from '../core/units.ts';
import type { ChannelNames } from './channel-names.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { bigintOf, numberOf, numberOrNull } from './rows.ts';
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
  WHERE day BETWEEN ? AND ? AND settled_count > 0
    AND (source = ${FROM_FORWARDS} OR source IN (SELECT id FROM backfills WHERE complete = 1))
  GROUP BY day, name ORDER BY day`;

/** Either by itself is an end of the table; asked for at once, SQLite goes through all of it. */
export const BOUNDS = 'SELECT (SELECT min(day) FROM flow_days) AS first, (SELECT max(day) FROM flow_days) AS last';

/** Rows of years at once would be hundreds of megabytes; of so many days, some ten for a thousand channels. */
const DAYS_AT_ONCE = 16;

type Days = readonly ChannelDay[];

export class ChannelDays {
  readonly #names: ChannelNames;
  readonly #read: Statement;
  readonly #bounds: Statement;
  #known: ReadonlyMap<ChannelId | null, Days> = new Map();
  /** Days from here on may have changed since they were read. */
  #changedSince = 0;
  #owners = new Map<number, ChannelId>();
  #ownersRevision = -1;
  /** Names of which there are days. */
  readonly #met = new Set<number>();

  constructor(connection: Connection, names: ChannelNames) {
    this.#names = names;
    this.#read = connection.prepare(DAYS);
    this.#bounds = connection.prepare(BOUNDS);
  }

  /** @param day counted from the epoch */
  changedSince(day: number): void {
    this.#changedSince = Math.min(this.#changedSince, day);
  }

  /** Oldest first, one entry per channel and day; those of names without an owner under null. */
  all(): ReadonlyMap<ChannelId | null, Days> {
    this.#learnOwners();
    if (this.#changedSince === Infinity) return this.#known;
    const since = this.#changedSince;
    const changed = this.#readSince(since);
    // A map of its own, since whoever has the last one goes on with it as it was.
    const known = since === 0 ? changed : new Map(this.#known);
    if (since > 0)
      for (const [channel, days] of changed) {
        const before = known.get(channel) ?? [];
        const kept = before.findLastIndex(({ time }) => time < since * SECONDS_PER_DAY) + 1;
        // A list is the key to all that was reckoned of it: one in which nothing has changed stays the same.
        if (!isTail(days, before, kept)) known.set(channel, [...before.slice(0, kept), ...days]);
      }
    this.#known = known;
    this.#changedSince = Infinity;
    return this.#known;
  }

  #readSince(since: number): Map<ChannelId | null, Days> {
    const channels = new Map<ChannelId | null, ChannelDay[]>();
    const bounds = this.#bounds.get();
    const first = Math.max(since, numberOrNull(bounds, 'first') ?? 0);
    const last = numberOrNull(bounds, 'last') ?? -1;
    for (let from = first; from <= last; from += DAYS_AT_ONCE)
      for (const row of this.#read.all(from, from + DAYS_AT_ONCE - 1)) {
        const name = numberOf(row, 'name');
        this.#met.add(name);
        const channel = this.#owners.get(name) ?? null;
        const list = channels.get(channel);
        const found = toChannelDay(row);
        const before = list?.at(-1);
        // A channel has several names: aliases, and a new one with each splice.
        if (before !== undefined && dayOf(before.time) === dayOf(found.time))
          list?.splice(-1, 1, together(before, found));
        else if (list) list.push(found);
        else channels.set(channel, [found]);
      }
    return channels;
  }

  /** Names whose owner has become known are mostly those of a channel just opened, by which nothing has gone yet. */
  #learnOwners(): void {
    if (this.#ownersRevision === this.#names.revision) return;
    const owners = this.#names.owners();
    for (const name of this.#met) if (owners.get(name) !== this.#owners.get(name)) this.#changedSince = 0;
    this.#owners = owners;
    this.#ownersRevision = this.#names.revision;
  }
}

const isTail = (days: Days, list: Days, from: number): boolean =>
  list.length - from === days.length && days.every((day, i) => isSame(day, list[from + i] as ChannelDay));

const isSame = (a: ChannelDay, b: ChannelDay): boolean =>
  a.time === b.time &&
  a.amount === b.amount &&
  a.sentCount === b.sentCount &&
  a.sent === b.sent &&
  a.receivedCount === b.receivedCount &&
  a.received === b.received &&
  a.sourced === b.sourced;

function toChannelDay(row: unknown): ChannelDay {
  const fees = bigintOf(row, 'fees');
  const mean = fees === 0n ? 0 : Number(bigintOf(row, 'fee_seconds') / fees);
  return {
    time: unixSec(numberOf(row, 'day') * SECONDS_PER_DAY + mean),
    estimated: false,
    amount: fees as Msat,
    sentCount: numberOf(row, 'sent_count'),
    sent: bigintOf(row, 'sent') as Msat,
    receivedCount: numberOf(row, 'received_count'),
    received: bigintOf(row, 'received') as Msat,
    sourced: bigintOf(row, 'sourced') as Msat,
  };
}

/** Two names' halves of one day. */
function together(a: ChannelDay, b: ChannelDay): ChannelDay {
  const amount = addMsat(a.amount, b.amount);
  const moment = a.amount * BigInt(a.time) + b.amount * BigInt(b.time);
  return {
    time: amount === 0n ? a.time : unixSec(Number(moment / amount)),
    estimated: false,
    amount,
    sentCount: a.sentCount + b.sentCount,
    sent: addMsat(a.sent, b.sent),
    receivedCount: a.receivedCount + b.receivedCount,
    received: addMsat(a.received, b.received),
    sourced: addMsat(a.sourced, b.sourced),
  };
}
