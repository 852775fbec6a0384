// What do we know of a peer at the beginning of a cycle: its channels, its fee, and its state with the news taken in?
import { msatToFloat, SECONDS_PER_DAY, unixSec, type ChannelId, type NodeId, type UnixSec } from '../units.ts';
import { mergeCells } from './cells.ts';
import { notAhead } from './clock-set-back.ts';
import { HALF_LIFE_DAYS } from './hill-climb.ts';
import { startLearner } from './learner.ts';
import { emptyWindow } from './learning.ts';
import { readLiveFee, type LiveFee } from './live.ts';
import { commit, observe } from './observe.ts';
import { shareOf } from './present-price.ts';
import { NO_SOURCES } from './sources.ts';
import { withChanges } from './state.ts';
import type { FeeConfig, Optimum, PricedChannel, PricingUnit, UnitState } from './types.ts';

/** Someone else's change is left alone for a day (design 6.2). */
const EXTERNAL_HOLD_SECONDS = SECONDS_PER_DAY;

export interface Prepared {
  readonly unit: PricingUnit;
  /** Public channels by channel id. */
  readonly channels: readonly PricedChannel[];
  readonly capacitySats: number;
  /** Our share of their capacity, 0..1. */
  readonly share: number;
  readonly live: LiveFee;
  readonly state: UnitState;
}

/** The same with another state; named, because spreading takes over ten times as long (state.ts). */
export const withState = ({ unit, channels, capacitySats, share, live }: Prepared, state: UnitState): Prepared => ({
  unit,
  channels,
  capacitySats,
  share,
  live,
  state,
});

/**
 * ppm that stands for the peer's live fee where its channels differ: the one set last, because whoever set it meant it;
 * where nobody knows, the highest, so that aligning never gives away.
 */
export const livePpmOf = ({ channels, live }: Pick<Prepared, 'channels' | 'live'>): number =>
  live.ppm ?? live.lastPpm ?? channels.reduce((most, { feePpm }) => Math.max(most, feePpm), 0);

/** The operator has asked us to leave the fee alone, and that is not over. */
export const isHeld = ({ hold }: Pick<PricingUnit, 'hold'>, now: UnixSec): boolean => hold !== null && hold.until > now;

/** @param before what was seen last, which is kept where nothing has changed */
function seenNow(channels: readonly PricedChannel[], before: UnitState['seen'] = {}): UnitState['seen'] {
  const same = channels.every(({ channelId, feePpm }) => before[channelId] === feePpm);
  if (same && Object.keys(before).length === channels.length) return before;
  return Object.fromEntries(channels.map(({ channelId, feePpm }) => [channelId, feePpm]));
}

function begin(seen: Pick<Prepared, 'channels' | 'live'>, config: FeeConfig, prior: Optimum, now: UnixSec): UnitState {
  const lnMarkup = Math.log(Math.max(1, livePpmOf(seen)));
  return {
    version: 1,
    observedUntil: now,
    seen: seenNow(seen.channels),
    seenAt: now,
    lastPpm: seen.live.lastPpm,
    proposal: null,
    ownZero: false,
    externalUntil: unixSec(0),
    slowPrice: 0,
    sources: NO_SOURCES,
    flow: { forwards: 0, sats: 0, days: 0 },
    memory: [],
    memoryAt: now,
    halfLifeDays: HALF_LIFE_DAYS,
    levels: [],
    capacitySats: 0,
    learner: startLearner(config.algorithm, lnMarkup, prior, [], now),
  };
}

/** The learner as of a fee that came from elsewhere; what its window held goes to memory. */
export function rebase(state: UnitState, lnMarkup: number, now: UnixSec): UnitState {
  const { learner: before } = state;
  const at = { lnMarkup, window: emptyWindow(now) };
  const learner = before.kind === 'bayes' ? { ...before, ...at, rates: null } : { ...before, ...at };
  return commit(state, { learner, halfLifeDays: state.halfLifeDays, keep: 1 }, now);
}

/** The other algorithm goes on from the same position with the same memory; an old proposal was the other's idea. */
function changeAlgorithm(state: UnitState, config: FeeConfig, prior: Optimum, now: UnixSec): UnitState {
  const memory = mergeCells(state.memory, state.learner.window.cells);
  const learner = startLearner(config.algorithm, state.learner.lnMarkup, prior, memory, now);
  return { ...state, memory, learner, proposal: null };
}

/** By channel id. Nearly every peer has one channel, and this is asked of all of them in every cycle. */
function publicOf(channels: readonly PricedChannel[]): readonly PricedChannel[] {
  if (channels.length === 1 && channels[0]?.private === false) return channels;
  return channels
    .filter((channel) => !channel.private)
    .sort((a, b) => (a.channelId < b.channelId ? -1 : a.channelId > b.channelId ? 1 : 0));
}

/**
 * The time in which a peer had no channel says nothing of it, or it would pass for one through whom nothing goes; nor do the
 * balances of channels that are gone, or the empty one that takes the place of a full one would be a drain.
 */
function backAgain(state: UnitState, channels: readonly PricedChannel[], now: UnixSec): UnitState {
  const wasThere = channels.some(({ channelId }) => state.seen[channelId] !== undefined);
  return wasThere ? state : withChanges(state, { observedUntil: now, levels: [] });
}

/** Null for a peer without public channels. `prior` is asked only where a learner starts. */
export function prepare(
  unit: PricingUnit,
  kept: UnitState | undefined,
  config: FeeConfig,
  prior: () => Optimum,
  now: UnixSec,
  peerOf: (channel: ChannelId) => NodeId | undefined,
): Prepared | null {
  const channels = publicOf(unit.channels);
  if (channels.length === 0) return null;
  const known = kept && backAgain(notAhead(kept, now), channels, now);
  let capacity = 0;
  let local = 0;
  for (const channel of channels) {
    capacity += msatToFloat(channel.capacity);
    local += msatToFloat(channel.local);
  }
  const share = shareOf(local, capacity);
  const capacitySats = capacity / 1000;
  const live = readLiveFee(channels, known, unit.recentChanges, isHeld(unit, now));
  let state = known ?? begin({ channels, live }, config, prior(), now);
  if (live.confirmed && state.proposal !== null) {
    const { ppm, move } = state.proposal;
    if (move !== null) state = commit(state, move, now);
    state = withChanges(state, { proposal: null, ownZero: ppm === 0 });
  }
  // A change that our records explain after all is the operator's order, which takes the fee over from whoever had it.
  if (live.superseded) state = { ...state, proposal: null, ownZero: false, externalUntil: unixSec(0) };
  if (live.foreign.length > 0 && !config.dryRun)
    state = withChanges(state, { externalUntil: unixSec(now + EXTERNAL_HOLD_SECONDS), proposal: null, ownZero: false });
  if (state.learner.kind !== config.algorithm) state = changeAlgorithm(state, config, prior(), now);
  state = withChanges(state, { seen: seenNow(channels, state.seen), seenAt: now, lastPpm: live.lastPpm });
  if (unit.observation !== null && known !== undefined)
    state = observe(state, unit.observation, share, capacitySats, peerOf);
  return { unit, channels, capacitySats, share, live, state };
}
