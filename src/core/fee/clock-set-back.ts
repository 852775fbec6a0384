// What becomes of a peer's state that was written by a clock which ran ahead and has been set back?
import { unixSec, type UnixSec } from '../units.ts';
import { withChanges, withWindow } from './state.ts';
import type { LearnerState, UnitState } from './types.ts';

const begunBy = (learner: LearnerState, now: UnixSec): LearnerState =>
  learner.window.since <= now ? learner : withWindow(learner, { ...learner.window, since: now });

/**
 * The state with no moment in it that is still to come: until then nothing would be observed, nor a window close, and a
 * memory that is younger than nothing would grow instead of fading.
 */
export function notAhead(state: UnitState, now: UnixSec): UnitState {
  const { observedUntil, seenAt, memoryAt, externalUntil, proposal, learner } = state;
  const lead = Math.max(observedUntil, seenAt, memoryAt) - now;
  if (lead <= 0) return state;
  const move = proposal?.move ?? null;
  return withChanges(state, {
    observedUntil: unixSec(Math.min(observedUntil, now)),
    seenAt: unixSec(Math.min(seenAt, now)),
    memoryAt: unixSec(Math.min(memoryAt, now)),
    externalUntil: unixSec(Math.max(0, externalUntil - lead)),
    learner: begunBy(learner, now),
    ...(proposal === null || move === null
      ? {}
      : { proposal: { ppm: proposal.ppm, move: { ...move, learner: begunBy(move.learner, now) } } }),
  });
}
