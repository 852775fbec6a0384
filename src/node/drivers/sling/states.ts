// What does the state of a sling task say about our order?
import { problem, type Problem } from '../native/problem.ts';

/**
 * In these it does nothing any more, or for 600 s. `Stopping` too: a stop shows it on tasks that ended long ago, for ever,
 * and while one really stops sling answers nobody.
 */
const IDLE = new Set(['Balanced', 'Stopped', 'Stopping', 'Error', 'NotStarted']);
export const isAtWork = (state: string): boolean => !IDLE.has(state);

/** States that pass by themselves, or not; sling says nothing else of why it does not get on. */
const STUCK: Readonly<Record<string, Problem>> = {
  NoCheapRoute: problem('too-expensive', 'sling found no route within the cap'),
  NoRoutes: problem('no-route', 'sling found no route'),
  NoCandidates: problem('no-liquidity', 'sling does not take the channel that was to give as a candidate'),
  Balanced: problem(
    'no-liquidity',
    'sling says balanced, but nothing has moved: a channel has less room than the amount',
  ),
  HTLCcapped: problem('no-liquidity', 'the channel has as many payments under way as sling allows'),
  Disconnected: problem('peer-offline', 'sling says that a peer is not connected'),
  PeerNotFound: problem('peer-offline', 'sling says that a peer is not there'),
  PeerNotReady: problem('peer-offline', 'sling says that a peer is not ready'),
  PeerBad: problem('peer-offline', 'sling has banned the peer for a while'),
  ChanNotNormal: problem('peer-offline', 'sling says that the channel is not in normal state'),
  GraphEmpty: problem('driver-error', 'sling knows no graph yet'),
  ChanNotInGraph: problem('driver-error', 'sling does not find the channel in its graph'),
  Error: problem('driver-error', "sling's task broke down; its log says why"),
  Stopped: problem('driver-error', 'somebody else has stopped our job'),
};

/** Null while it gets on. */
export const stuckIn = (state: string): Problem | null => STUCK[state] ?? null;

/** Nothing more comes of it: after `Error` it would only begin anew. */
export const isOver = (state: string): boolean => state === 'Error' || state === 'Stopped';

/** For how long a task has been in one and the same state. */
export class Standstill {
  #state: string | null = null;
  #since = 0;

  /** @returns seconds */
  lasts(state: string, now: number): number {
    if (state !== this.#state) [this.#state, this.#since] = [state, now];
    return now - this.#since;
  }
}
