// Who follows our fee toward a peer, and what was sold beside what they asked? Kept from cycle to cycle.
import { dayOf, dayStart, SECONDS_PER_DAY, unixSec, type UnixSec } from '../units.ts';
import { addFaced, type FacedCells } from './facing.ts';
import { followerOf, type Follower } from './follower.ts';
import { NOTHING_WATCHED, watchRivals, type OtherFee, type RivalWatch } from './rival-watch.ts';
import type { Observation } from './types.ts';

/** Plain JSON, bounded in size. */
export interface Rivalry {
  readonly watch: RivalWatch;
  readonly faced: FacedCells;
  /** Up to when what was sold has been taken in. */
  readonly facedUntil: UnixSec;
}

export const NO_RIVALRY = (now: UnixSec): Rivalry => ({
  watch: NOTHING_WATCHED(now),
  faced: [],
  facedUntil: unixSec(0),
});

interface Known {
  readonly ours: RivalWatch['ours'];
  readonly day: number;
  readonly follower: Follower | null;
}
/** Fees change once a day or so, and cycles ask every half hour. */
const known = new WeakMap<RivalWatch['watched'], Known>();

/** Whoever follows us, found anew when a fee has changed, and every day: what happened since midnight may yet be answered. */
export function followerIn(watch: RivalWatch): Follower | null {
  const { watched, ours, readAt } = watch;
  if (watched.length === 0) return null;
  const day = dayOf(readAt);
  const before = known.get(watched);
  if (before?.ours === ours && before.day === day) return before.follower;
  const follower = followerOf(watch, dayStart(day));
  known.set(watched, { ours, day, follower });
  return follower;
}

/**
 * The same with what has been read since.
 * @param others what the others ask now; null where nobody was asked
 * @param oursPpm what we ask now; null where our channels differ
 */
export function nextRivalry(
  rivalry: Rivalry,
  others: readonly OtherFee[] | null,
  oursPpm: number | null,
  observation: Observation | null,
  now: UnixSec,
): Rivalry {
  const before = followerIn(rivalry.watch);
  const watch = others === null || oursPpm === null ? rivalry.watch : watchRivals(rivalry.watch, others, oursPpm, now);
  const follower = followerIn(watch);
  // Of a time in which the rival changed nobody knows what was sold before and what after.
  const steady = follower !== null && follower.askedPpm === before?.askedPpm;
  const fresh = observation !== null && observation.from >= rivalry.facedUntil && observation.exposureHours > 0;
  if (!steady || !fresh || observation.livePpm === null) {
    const facedUntil = observation?.until ?? rivalry.facedUntil;
    return { watch, faced: follower === null ? [] : rivalry.faced, facedUntil };
  }
  const faced = addFaced(
    rivalry.faced,
    { oursPpm: observation.livePpm, rivalPpm: follower.askedPpm },
    {
      forwards: observation.forwards,
      hours: observation.exposureHours,
      days: (observation.until - observation.from) / SECONDS_PER_DAY,
    },
  );
  return { watch, faced, facedUntil: observation.until };
}
