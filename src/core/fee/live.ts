// Which fee is live, since when, and who made it so: we, the operator by our command, nobody, or someone else?
import type { ChannelId, Ppm, UnixSec } from '../units.ts';
import type { ForeignChange, PastChange, PricedChannel, UnitState } from './types.ts';

export interface LiveFee {
  /** The fee of all public channels; null where they differ. */
  readonly ppm: Ppm | null;
  /** What we proposed last is what the node reports now. */
  readonly confirmed: boolean;
  /** A fee has changed to something else than what we proposed, by whomever. */
  readonly superseded: boolean;
  /** Fees that neither the last cycle saw nor any record of ours explains. */
  readonly foreign: readonly ForeignChange[];
}

/** The records that say what a channel's fee became last; several when they fell into one second. */
function lastChanges(channel: ChannelId, recent: readonly PastChange[], since: UnixSec): readonly PastChange[] {
  const own = recent.filter(({ channelId, at }) => channelId === channel && at >= since);
  if (own.length === 0) return own;
  const last = Math.max(...own.map(({ at }) => at));
  return own.filter(({ at }) => at === last);
}

/** The one fee of all of them; null where they differ, or where there are none. */
export function commonPpm(channels: readonly PricedChannel[]): Ppm | null {
  const first = channels[0]?.feePpm ?? null;
  return channels.every(({ feePpm }) => feePpm === first) ? first : null;
}

/**
 * @param channels the public ones, by channel id, at least one
 * @param recent recorded changes since the last cycle at least, ours and the operator's by our command
 */
export function readLiveFee(
  channels: readonly PricedChannel[],
  state: UnitState | undefined,
  recent: readonly PastChange[],
): LiveFee {
  const ppm = commonPpm(channels);
  if (state === undefined) return { ppm, confirmed: false, superseded: false, foreign: [] };
  const proposed = state.proposal?.ppm ?? null;
  let confirmed = false;
  let superseded = false;
  const foreign: ForeignChange[] = [];
  for (const { channelId, feePpm } of channels) {
    const seen = state.seen[channelId];
    // A channel not seen before was not changed by anyone.
    if (seen === undefined) continue;
    if (feePpm !== seen && feePpm === proposed) {
      confirmed = true;
      continue;
    }
    const recorded = lastChanges(channelId, recent, state.seenAt).map(({ toPpm }) => toPpm);
    const known = recorded.length === 0 ? [seen] : recorded;
    superseded ||= feePpm !== seen;
    if (!known.includes(feePpm)) foreign.push({ channelId, fromPpm: Math.max(...known), toPpm: feePpm });
  }
  return { ppm, confirmed, superseded, foreign };
}

/** A fee that changed so shortly after the last cycle, seconds, counts as live since: cycles act one call at a time. */
const ACTING_SECONDS = 120;

/**
 * The one fee that was live on all channels since `from`; null where there were several, or where nobody can say when
 * the present one began.
 * @param channels the public ones to the peer
 * @param recent recorded changes since `from` at least
 */
export function steadyPpm(
  channels: readonly PricedChannel[],
  state: UnitState | undefined,
  recent: readonly PastChange[],
  from: UnixSec,
): Ppm | null {
  const ppm = commonPpm(channels);
  if (ppm === null || state === undefined) return ppm;
  const steady = channels.every(({ channelId }) => {
    const changes = lastChanges(channelId, recent, from);
    const seen = state.seen[channelId];
    if (changes.length === 0) return seen === undefined || seen === ppm;
    return changes.every(({ at, toPpm }) => at <= from + ACTING_SECONDS && toPpm === ppm);
  });
  return steady ? ppm : null;
}
