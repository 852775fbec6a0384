// Which channels and pairs have failed of late, and how long are they left alone?
//
// A failure rests the pair at once, and longer each time. The two channels alone rest only when they have failed with
// several others: so that a source nobody can route from does not spoil its destinations, one after the other.
import { SECONDS_PER_DAY, SECONDS_PER_HOUR, unixSec, type ChannelId, type UnixSec } from '../units.ts';
import { FAILURE_KINDS, type FailureKind } from './types.ts';

/** A pair in its direction, or one channel in one role. */
export type FailureSubject = `pair:${string}>${string}` | `from:${string}` | `to:${string}`;

/** Plain JSON. */
export interface FailureRecord {
  readonly subject: FailureSubject;
  /** Of the latest failure. */
  readonly kind: FailureKind;
  /** Failures, older ones counted less, as of `at`. */
  readonly weight: number;
  /** Of the latest failure. */
  readonly at: UnixSec;
  /** Left alone until then; `at` where it is not. */
  readonly until: UnixSec;
}

export type FailureMemory = ReadonlyMap<FailureSubject, FailureRecord>;

export interface Pair {
  readonly from: ChannelId;
  readonly to: ChannelId;
}

interface Rest {
  /** After the first failure; doubles with each further one. */
  readonly first: number;
  readonly longest: number;
  /** Whether it speaks against the channels at all. */
  readonly ofChannels: boolean;
}

const MINUTE = 60;
/**
 * The seed waits 10 minutes, doubling, and later two days: too long for liquidity that moves within hours. Here a day is
 * the longest, so that nothing is given up for good. Routes change with gossip (hours), prices about every 6 hours
 * (quant 4.5), liquidity within minutes; a peer or a driver comes back by itself and is no fault of the pair's.
 */
const RESTS: Readonly<Record<FailureKind, Rest>> = {
  'no-route': { first: SECONDS_PER_HOUR, longest: SECONDS_PER_DAY, ofChannels: true },
  'too-expensive': { first: SECONDS_PER_HOUR, longest: 6 * SECONDS_PER_HOUR, ofChannels: true },
  'no-liquidity': { first: 10 * MINUTE, longest: 2 * SECONDS_PER_HOUR, ofChannels: true },
  'peer-offline': { first: 10 * MINUTE, longest: 2 * SECONDS_PER_HOUR, ofChannels: false },
  'driver-error': { first: 10 * MINUTE, longest: 2 * SECONDS_PER_HOUR, ofChannels: false },
  timeout: { first: 30 * MINUTE, longest: SECONDS_PER_DAY, ofChannels: true },
  unknown: { first: 2 * SECONDS_PER_HOUR, longest: SECONDS_PER_DAY, ofChannels: true },
};
/** In so many days half of a failure is forgotten: what failed yesterday is worth another try. */
const HALF_LIFE_DAYS = 1;
/** So many failures a channel may have with others before it rests itself. */
const PATIENCE = 3;
/**
 * The longest rest of a channel: within one cycle others come first, in the next one another partner is tried, since it may
 * be the one with which it works. Two hours kept the channels empty that were worth most (docs/economics.md).
 */
const LONGEST_OF_CHANNEL = 10 * MINUTE;
/** Beyond this the doubling has long met every longest rest. */
const MOST_WEIGHT = 16;

const pairSubject = ({ from, to }: Pair): FailureSubject => `pair:${from}>${to}`;
const subjectsOf = (pair: Pair): readonly FailureSubject[] => [pairSubject(pair), `from:${pair.from}`, `to:${pair.to}`];

/** The channel ids that a subject is about; null where it is about any partner. */
export function endsOf(subject: FailureSubject): { readonly from: string | null; readonly to: string | null } {
  const [role, rest = ''] = subject.split(':');
  const [first = '', second = ''] = rest.split('>');
  if (role === 'pair') return { from: first, to: second };
  return role === 'from' ? { from: first, to: null } : { from: null, to: first };
}

const weightAt = ({ weight, at }: FailureRecord, now: UnixSec): number =>
  weight * 0.5 ** (Math.max(0, now - at) / SECONDS_PER_DAY / HALF_LIFE_DAYS);

function next(record: FailureRecord | undefined, subject: FailureSubject, kind: FailureKind, at: UnixSec) {
  const weight = Math.min(MOST_WEIGHT, (record === undefined ? 0 : weightAt(record, at)) + 1);
  const ofPair = subject.startsWith('pair:');
  const beyond = weight - 1 - (ofPair ? 0 : PATIENCE);
  const longest = ofPair ? RESTS[kind].longest : Math.min(RESTS[kind].longest, LONGEST_OF_CHANNEL);
  const rest = beyond < 0 ? 0 : Math.round(Math.min(longest, RESTS[kind].first * 2 ** beyond));
  // A milder failure does not cut short what a graver one has earned.
  const until = unixSec(Math.max(at + rest, record !== undefined && record.at <= at ? record.until : 0));
  return { subject, kind, weight, at, until };
}

/** The records that a failure changes. */
export function rememberFailure(memory: FailureMemory, pair: Pair, kind: FailureKind, at: UnixSec): FailureRecord[] {
  const subjects = RESTS[kind].ofChannels ? subjectsOf(pair) : [pairSubject(pair)];
  return subjects.map((subject) => next(memory.get(subject), subject, kind, at));
}

/** The subjects that a success clears: the pair and both its channels have shown that they work. */
export const forgetFailures = (memory: FailureMemory, pair: Pair): FailureSubject[] =>
  subjectsOf(pair).filter((subject) => memory.has(subject));

/** A memory by what its records are about. */
interface Sorted {
  /** By source, then by destination. */
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, FailureRecord>>;
  readonly from: ReadonlyMap<string, FailureRecord>;
  readonly to: ReadonlyMap<string, FailureRecord>;
}

const NOTHING_SORTED: Sorted = { pairs: new Map(), from: new Map(), to: new Map() };

/** Only what is touched is copied. */
function sortedIn(known: Sorted, changed: Iterable<FailureRecord>, gone: Iterable<FailureSubject>): Sorted {
  const pairs = new Map(known.pairs);
  const sources = new Map(known.from);
  const destinations = new Map(known.to);
  const own = new Map<string, Map<string, FailureRecord>>();
  const put = (subject: FailureSubject, record: FailureRecord | null): void => {
    const { from, to } = endsOf(subject);
    if (from === null) change(destinations, to ?? '', record);
    else if (to === null) change(sources, from, record);
    else {
      let partners = own.get(from);
      if (partners === undefined) {
        partners = new Map(pairs.get(from));
        own.set(from, partners);
        pairs.set(from, partners);
      }
      change(partners, to, record);
    }
  };
  for (const subject of gone) put(subject, null);
  for (const record of changed) put(record.subject, record);
  return { pairs, from: sources, to: destinations };
}

function change<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

/** A memory stays the same from look to look, until something has failed or arrived. */
const sortedOut = new WeakMap<FailureMemory, Sorted>();

/**
 * The memory after some records have gone and others have come. A node with hundreds of channels remembers thousands: what
 * was sorted out before need not be sorted anew.
 */
export function changedMemory(
  memory: FailureMemory,
  changed: readonly FailureRecord[],
  gone: readonly FailureSubject[],
): FailureMemory {
  const next = new Map(memory);
  for (const subject of gone) next.delete(subject);
  for (const record of changed) next.set(record.subject, record);
  const known = sortedOut.get(memory);
  if (known !== undefined) sortedOut.set(next, sortedIn(known, changed, gone));
  return next;
}

/** The memory at one moment, to be asked for many pairs. */
export class FailureIndex {
  readonly #now: UnixSec;
  readonly #memory: FailureMemory;
  #sorted: Sorted | null = null;

  constructor(memory: FailureMemory, now: UnixSec) {
    this.#now = now;
    this.#memory = memory;
  }

  /** Taken apart once somebody asks. */
  #read(): Sorted {
    if (this.#sorted !== null) return this.#sorted;
    let sorted = sortedOut.get(this.#memory);
    if (sorted === undefined) {
      sorted = sortedIn(NOTHING_SORTED, this.#memory.values(), []);
      sortedOut.set(this.#memory, sorted);
    }
    this.#sorted = sorted;
    return sorted;
  }

  /** What holds a pair back; of several the one that lasts longest. Null when nothing does. */
  resting({ from, to }: Pair): FailureRecord | null {
    const sorted = this.#read();
    const ofPair = this.#longer(null, sorted.pairs.get(from)?.get(to));
    return this.#longer(this.#longer(ofPair, sorted.from.get(from)), sorted.to.get(to));
  }

  /** What has yet to fail was noted by a clock that ran ahead, and would rest for as long. */
  #longer(known: FailureRecord | null, other: FailureRecord | undefined): FailureRecord | null {
    if (other !== undefined && other.at > this.#now) return known;
    return other !== undefined && other.until > Math.max(this.#now, known?.until ?? 0) ? other : known;
  }

  /**
   * Failures that are remembered, to the nearest whole one: of the pair, and of the destination with whomever. With many
   * partners to go through, a destination that keeps failing would keep others waiting for days.
   */
  failures({ from, to }: Pair): number {
    const { pairs, to: destinations } = this.#read();
    let weight = 0;
    for (const record of [pairs.get(from)?.get(to), destinations.get(to)])
      if (record !== undefined) weight += weightAt(record, this.#now);
    return Math.round(weight);
  }

  /** Those of the destination alone: no pair with it has fewer. */
  failuresOfDestination(to: ChannelId): number {
    const record = this.#read().to.get(to);
    return record === undefined ? 0 : Math.round(weightAt(record, this.#now));
  }
}

const WHO = { pair: 'this pair', from: 'the channel that gives', to: 'the channel that takes' } as const;

function whoOf(subject: FailureSubject): string {
  if (subject.startsWith('pair:')) return WHO.pair;
  return subject.startsWith('from:') ? WHO.from : WHO.to;
}

/** A record in words: who, what happened, until when. */
export function explainFailure({ subject, kind, weight, at, until }: FailureRecord, now: UnixSec): string {
  const minutes = (seconds: number): string => `${Math.max(0, Math.ceil(seconds / MINUTE))} min`;
  const times = weight < 1.5 ? 'once' : `about ${Math.round(weight)} times`;
  const left = until > now ? `left alone for another ${minutes(until - now)}` : 'free to be tried again';
  return `${whoOf(subject)} has failed ${times} of late, last ${minutes(now - at)} ago (${kind}: ${FAILURE_KINDS[kind]}); ${left}`;
}
