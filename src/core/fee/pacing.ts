// Is a wanted fee worth a gossip message now?
import { SECONDS_PER_DAY, type Ppm, type UnixSec } from '../units.ts';
import type { PastChange, PricedChannel } from './types.ts';

/** W9: a change smaller than this (in ln) earns less than it costs to tell the network (quant 5.4). */
export const DEADBAND = 0.15;
/** While a channel drains within hours a smaller change counts. */
const DEADBAND_DRAIN = 0.05;
/** At most so many changes in any 24 hours (design 6.2). */
export const CHANGES_A_DAY = 6;
/** Senders use the old fee for up to ten minutes after a raise (BOLT 7), and payments fail meanwhile (design 6.2). */
export const RAISE_PAUSE_SECONDS = 600;

export type PacingRefusal = 'no-change' | 'deadband' | 'raised-lately' | 'daily-limit';

export interface Pace {
  readonly now: UnixSec;
  readonly recent: readonly PastChange[];
  readonly draining: boolean;
  /** The present fee breaks a bound or a policy, or differs between channels: no change is too small. */
  readonly must: boolean;
}

/** How many of them fell within the last 24 hours. */
export const changesToday = (recent: readonly PastChange[], now: UnixSec): number =>
  recent.filter(({ at }) => at > now - SECONDS_PER_DAY).length;

/** Whether a change is worth telling the network, in a channel that does not drain. */
export const isWorthTelling = (fromPpm: number, toPpm: number): boolean => distance(fromPpm, toPpm) >= DEADBAND;

/** One is added because a fee may be zero. */
const distance = (fromPpm: number, toPpm: number): number => Math.abs(Math.log((toPpm + 1) / (fromPpm + 1)));

/** Why not now, or null when it may be published. Channels to one peer wait for the slowest of them. */
export function refusal(
  channels: readonly PricedChannel[],
  wanted: Ppm,
  { now, recent, draining, must }: Pace,
): PacingRefusal | null {
  const changed = channels.filter(({ feePpm }) => feePpm !== wanted);
  if (changed.length === 0) return 'no-change';
  const largest = Math.max(...changed.map(({ feePpm }) => distance(feePpm, wanted)));
  if (!must && largest < (draining ? DEADBAND_DRAIN : DEADBAND)) return 'deadband';
  for (const { channelId, feePpm } of changed) {
    const own = recent.filter((change) => change.channelId === channelId && change.at > now - SECONDS_PER_DAY);
    if (own.length >= CHANGES_A_DAY) return 'daily-limit';
    const raised = own.some((change) => change.toPpm > change.fromPpm && change.at > now - RAISE_PAUSE_SECONDS);
    if (raised && wanted > feePpm) return 'raised-lately';
  }
  return null;
}
