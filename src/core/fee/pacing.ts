// Is a wanted fee worth a gossip message now?
import { SECONDS_PER_DAY, type ChannelId, type Ppm, type UnixSec } from '../units.ts';
import type { PastChange, PricedChannel } from './types.ts';

/** W9: a change smaller than this (in ln) earns less than it costs to tell the network (quant 5.4). */
export const DEADBAND = 0.15;
/** While a channel drains within hours a smaller change counts. */
const DEADBAND_DRAIN = 0.05;
/** Changes are counted over a week, of which so many are told as they come; each one more asks for so much more. */
export const PACED_SECONDS = 7 * SECONDS_PER_DAY;
const CALM_CHANGES = 3;
const GROWTH = 1.7;
/**
 * No change as large as this waits: a small busy channel fills and empties within a day, and a fee kept for days after its
 * balance is a wrong one most of the time, worse than one that never moved (suits-proportional, docs/economics.md).
 */
const WIDEST = 0.5;
const STRIDE = 2;
/** At most so many changes in any 24 hours (design 6.2). */
const CHANGES_A_DAY = 6;
/** Senders use the old fee for up to ten minutes after a raise (BOLT 7), and payments fail meanwhile (design 6.2). */
const RAISE_PAUSE_SECONDS = 600;

export type PacingRefusal = 'no-change' | 'deadband' | 'raised-lately' | 'daily-limit';

export interface Pace {
  readonly now: UnixSec;
  readonly recent: readonly PastChange[];
  /** The channel drains and the fee is to rise, so a smaller change counts. */
  readonly draining: boolean;
  /** The search takes a step, of which somebody must be told if it is to learn anything. */
  readonly searching: boolean;
  /** The present fee breaks a bound or a policy, or differs between channels: no change is too small. */
  readonly must: boolean;
}

/**
 * The smallest change worth telling now, in ln. The bid prices of a busy channel wander all day long; to follow every
 * turn takes three messages a day and earns nothing (bench:fees, S1-busy), so that each change of the last week asks
 * for a larger next one, up to WIDEST. A step of the search goes half as far up.
 */
export function deadband(recent: readonly PastChange[], now: UnixSec, searching: boolean): number {
  const beyond = mostChanges(recent, now - PACED_SECONDS) - CALM_CHANGES;
  return beyond <= 0 ? DEADBAND : Math.min(WIDEST, DEADBAND * GROWTH ** (searching ? beyond / 2 : beyond));
}

/** How often the channel that changed most did so since then: all channels to a peer change together. */
function mostChanges(recent: readonly PastChange[], since: number): number {
  const first = recent[0]?.channelId;
  // Most peers have one channel, and this is asked of all of them in every cycle.
  if (recent.every(({ channelId }) => channelId === first))
    return recent.reduce((count, { at }) => (at > since ? count + 1 : count), 0);
  const perChannel = new Map<ChannelId, number>();
  let most = 0;
  for (const { channelId, at } of recent) {
    if (at <= since) continue;
    const changes = (perChannel.get(channelId) ?? 0) + 1;
    perChannel.set(channelId, changes);
    most = Math.max(most, changes);
  }
  return most;
}

/** Within the last 24 hours, of the channel that changed most. */
export const changesToday = (recent: readonly PastChange[], now: UnixSec): number =>
  mostChanges(recent, now - SECONDS_PER_DAY);

/** Whether a change is worth telling the network, in a channel that does not drain. */
export const isWorthTelling = (fromPpm: number, toPpm: number): boolean => distance(fromPpm, toPpm) >= DEADBAND;

/** One is added because a fee may be zero. */
const distance = (fromPpm: number, toPpm: number): number => Math.abs(Math.log((toPpm + 1) / (fromPpm + 1)));

/**
 * The target as far as one change may go. What a fee follows may be wrong, at the very first sight of a peer most of all;
 * a factor of two at a time costs no revenue (bench:fees) and leaves everybody time to object.
 */
export const withinStride = (target: number, livePpm: number): number =>
  Math.min(STRIDE * Math.max(1, livePpm), Math.max(livePpm / STRIDE, target));

/** Why not now, or null when it may be published. Channels to one peer wait for the slowest of them. */
export function refusal(
  channels: readonly PricedChannel[],
  wanted: Ppm,
  { now, recent, draining, searching, must }: Pace,
): PacingRefusal | null {
  let largest = 0;
  for (const { feePpm } of channels) if (feePpm !== wanted) largest = Math.max(largest, distance(feePpm, wanted));
  if (largest === 0) return 'no-change';
  // What is too small anyway needs no counting of changes.
  const enough = draining
    ? largest >= DEADBAND_DRAIN
    : largest >= DEADBAND && largest >= deadband(recent, now, searching);
  if (!must && !enough) return 'deadband';
  for (const { channelId, feePpm } of channels) {
    if (feePpm === wanted) continue;
    const own = recent.filter((change) => change.channelId === channelId && change.at > now - SECONDS_PER_DAY);
    if (own.length >= CHANGES_A_DAY) return 'daily-limit';
    const raised = own.some((change) => change.toPpm > change.fromPpm && change.at > now - RAISE_PAUSE_SECONDS);
    if (raised && wanted > feePpm) return 'raised-lately';
  }
  return null;
}
