// Which fee is live, since when, and who made it so: we, the operator by our command, nobody, or someone else?
import type { ChannelId, Ppm, UnixSec } from '../units.ts';
import type { ForeignChange, PastChange, PricedChannel, UnitState } from './types.ts';

export interface LiveFee {
  /** The fee of all public channels; null where they differ. */
  readonly ppm: Ppm | null;
  /** Where they differ the one that was set last, by whomever; null where nobody knows. */
  readonly lastPpm: number | null;
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

/** The fee that was set last; of several in one second the highest, so that aligning never gives away. */
function newestPpm(changes: readonly PastChange[]): number | null {
  let newest: PastChange | null = null;
  for (const change of changes)
    if (newest === null || change.at > newest.at || (change.at === newest.at && change.toPpm > newest.toPpm))
      newest = change;
  return newest?.toPpm ?? null;
}

/**
 * Of fees that differ the one that was set last. An order since the last cycle counts before what somebody else did
 * then, because nobody knows when that was; as long as the operator's hold lasts, so does the fee it is for.
 */
function lastPpmOf(
  channels: readonly PricedChannel[],
  before: number | null,
  recent: readonly PastChange[],
  ordered: readonly PastChange[],
  foreign: readonly ForeignChange[],
  held: boolean,
): number | null {
  const kept = channels.some(({ feePpm }) => feePpm === before) ? before : null;
  const others = foreign.length === 0 ? null : Math.max(...foreign.map(({ toPpm }) => toPpm));
  const recorded = recent.filter(({ channelId, toPpm }) =>
    channels.some((channel) => channel.channelId === channelId && channel.feePpm === toPpm),
  );
  return newestPpm(ordered) ?? (held ? (kept ?? others) : (others ?? kept)) ?? newestPpm(recorded);
}

/**
 * @param channels the public ones, by channel id, at least one
 * @param recent recorded changes since the last cycle at least, ours and the operator's by our command
 * @param held the operator has asked to leave the fees alone
 */
export function readLiveFee(
  channels: readonly PricedChannel[],
  state: UnitState | undefined,
  recent: readonly PastChange[],
  held: boolean,
): LiveFee {
  const ppm = commonPpm(channels);
  if (state === undefined) {
    const lastPpm = ppm === null ? lastPpmOf(channels, null, recent, [], [], held) : null;
    return { ppm, lastPpm, confirmed: false, superseded: false, foreign: [] };
  }
  const proposed = state.proposal?.ppm ?? null;
  let confirmed = false;
  let superseded = false;
  const ordered: PastChange[] = [];
  const foreign: ForeignChange[] = [];
  for (const { channelId, feePpm } of channels) {
    const seen = state.seen[channelId];
    if (seen !== undefined && feePpm !== seen && feePpm === proposed) {
      confirmed = true;
      continue;
    }
    const recorded = lastChanges(channelId, recent, state.seenAt);
    const order = feePpm === seen ? undefined : recorded.find(({ toPpm }) => toPpm === feePpm);
    if (order !== undefined) ordered.push(order);
    // A channel not seen before was not changed by anyone, unless by an order.
    superseded ||= seen === undefined ? order !== undefined : feePpm !== seen;
    if (seen === undefined) continue;
    const known = recorded.length === 0 ? [seen] : recorded.map(({ toPpm }) => toPpm);
    if (!known.includes(feePpm)) foreign.push({ channelId, fromPpm: Math.max(...known), toPpm: feePpm });
  }
  const lastPpm = ppm === null ? lastPpmOf(channels, state.lastPpm, recent, ordered, foreign, held) : null;
  return { ppm, lastPpm, confirmed, superseded, foreign };
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
