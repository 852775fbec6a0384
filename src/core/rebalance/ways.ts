// What has lately been found out about the way from one channel of ours to another?
//
// A driver that was asked tells what its way costs. That is true for some hours: nobody asks again for what is known, what
// is too dear is left alone, and a cheap way is used again.
import { ratio, SECONDS_PER_HOUR, type ChannelId, type Msat, type UnixSec } from '../units.ts';
import type { Pair } from './failure-memory.ts';

/** Prices of ways change about every 6 hours (quant 4.5). */
const WAY_SECONDS = 6 * SECONDS_PER_HOUR;

export interface WayTold {
  readonly at: UnixSec;
  /** Of what is to arrive, the last hop included. */
  readonly ppm: number;
}

/** By destination, then by source; what is too old to be true may be among it. */
export type WayMemory = ReadonlyMap<ChannelId, ReadonlyMap<ChannelId, WayTold>>;

export const toldOf = (feeMsat: Msat, amountMsat: Msat, at: UnixSec): WayTold => ({
  at,
  ppm: ratio(feeMsat, amountMsat) * 1e6,
});

/** Nor is it where that is yet to come by more than a look takes: a clock ran ahead and was set back. */
const isTrue = (told: WayTold, now: UnixSec): boolean => Math.abs(now - told.at) <= WAY_SECONDS;

/** ppm; null where nothing is known any more. */
export function knownWay(memory: WayMemory, { from, to }: Pair, now: UnixSec): number | null {
  const told = memory.get(to)?.get(from);
  return told !== undefined && isTrue(told, now) ? told.ppm : null;
}

/** ppm of the cheapest way there that is known; Infinity where none is. */
export function cheapestKnownWay(memory: WayMemory, to: ChannelId, now: UnixSec): number {
  let least = Infinity;
  for (const told of memory.get(to)?.values() ?? []) if (isTrue(told, now)) least = Math.min(least, told.ppm);
  return least;
}

/** The memory with one word more; what is no longer true of other ways to that channel is left out. */
export function withWay(memory: WayMemory, { from, to }: Pair, told: WayTold): WayMemory {
  const sources = new Map<ChannelId, WayTold>();
  for (const [source, known] of memory.get(to) ?? []) if (isTrue(known, told.at)) sources.set(source, known);
  return new Map(memory).set(to, sources.set(from, told));
}

/** The memory without that way: what it cost is no longer true. */
export function withoutWay(memory: WayMemory, { from, to }: Pair): WayMemory {
  const sources = new Map(memory.get(to));
  return sources.delete(from) ? new Map(memory).set(to, sources) : memory;
}
