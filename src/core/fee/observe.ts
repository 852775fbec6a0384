// What does an observation add to what we remember of a peer?
import { SECONDS_PER_DAY, type ChannelId, type NodeId, type UnixSec } from '../units.ts';
import { addToCells, discountCells, mergeCells } from './cells.ts';
import { addSources, type Sources } from './sources.ts';
import { withChanges, withWindow } from './state.ts';
import type { LearnerMove, Observation, UnitState } from './types.ts';

/** Days in which half of the daily flow is forgotten: two windows of measurement, so that a lull shows soon. */
const FLOW_HALF_LIFE = 10;
/** Days in which half of the sources is forgotten: who pays through whom changes slowly. */
const SOURCES_HALF_LIFE = 30;
/** Hours looked back for a drain, and what share of the capacity makes one (quant 7.7). */
const DRAIN_HOURS = 6;
export const DRAIN_SHARE = 0.4;
/** Balances kept of those hours. */
const LEVEL_SPACING_SECONDS = 900;

type Levels = UnitState['levels'];
type Balances = Pick<UnitState, 'levels' | 'capacitySats'>;

const NO_LEVELS: Levels = [];

/** A channel that opens, closes or is spliced makes another share of the same sats: no drain, and no filling. */
const comparable = (before: Balances, capacitySats: number): Levels =>
  before.capacitySats === capacitySats ? before.levels : NO_LEVELS;

/** @param moved share of the capacity that we have moved in ourselves since the last: no drain, and no filling */
function nextLevels(levels: Levels, now: UnixSec, share: number, moved: number): Levels {
  const kept: Levels[number][] = [];
  for (const level of levels) {
    if (level[0] <= now - DRAIN_HOURS * 3600 || level[0] > now) continue;
    kept.push(moved === 0 ? level : [level[0], level[1] + moved]);
  }
  const last = kept.at(-1);
  if (last === undefined || now - last[0] >= LEVEL_SPACING_SECONDS) kept.push([now, share]);
  return kept;
}

/** Share of the capacity lost since the highest balance of the last hours; 0 when it rose. */
export function lostShare(before: Balances, share: number, capacitySats: number): number {
  let lost = 0;
  for (const level of comparable(before, capacitySats)) lost = Math.max(lost, level[1] - share);
  return lost;
}

/** They are forgotten by the clock, whether or not anything comes: else a peer would live on what it once was. */
function nextSources(
  before: Sources,
  { sources }: Observation,
  peerOf: (channel: ChannelId) => NodeId | undefined,
  days: number,
): Sources {
  if (before.peers.length === 0 && sources.length === 0) return before;
  const came: { readonly peer: NodeId; readonly forwards: number }[] = [];
  for (const { channelId, forwards } of sources) {
    const peer = peerOf(channelId);
    if (peer !== undefined) came.push({ peer, forwards });
  }
  return addSources(before, 0.5 ** (days / SOURCES_HALF_LIFE), came);
}

/**
 * Takes an observation in, once: one that reaches back before what has been taken in is left out.
 * @param capacitySats of the channels to the peer together, > 0
 */
export function observe(
  state: UnitState,
  observation: Observation,
  share: number,
  capacitySats: number,
  peerOf: (channel: ChannelId) => NodeId | undefined,
): UnitState {
  if (observation.from < state.observedUntil || observation.until <= state.observedUntil) return state;
  const days = (observation.until - state.observedUntil) / SECONDS_PER_DAY;
  const flowWeight = 0.5 ** (days / FLOW_HALF_LIFE);
  const { window } = state.learner;
  const cells =
    observation.livePpm === null || (observation.forwards === 0 && observation.exposureHours <= 0)
      ? window.cells
      : addToCells(window.cells, observation.livePpm, observation.forwards, observation.exposureHours);
  const moved = Number(observation.broughtInMsat) / (1000 * capacitySats);
  return withChanges(state, {
    observedUntil: observation.until,
    sources: nextSources(state.sources, observation, peerOf, days),
    flow: {
      forwards: state.flow.forwards * flowWeight + observation.forwards,
      sats: state.flow.sats * flowWeight + Number(observation.amountMsat) / 1000,
      days: state.flow.days * flowWeight + days,
    },
    levels: nextLevels(comparable(state, capacitySats), observation.until, share, moved),
    capacitySats,
    learner: withWindow(state.learner, { since: window.since, cells, unmet: window.unmet + observation.unmet }),
  });
}

/** The window ends: what it held goes to memory, and the learner is where the move leads. */
export function commit(state: UnitState, move: LearnerMove, now: UnixSec): UnitState {
  const days = Math.max(0, now - state.memoryAt) / SECONDS_PER_DAY;
  const kept = discountCells(state.memory, days - state.halfLifeDays * Math.log2(move.keep), state.halfLifeDays);
  return withChanges(state, {
    memory: mergeCells(kept, state.learner.window.cells),
    memoryAt: now,
    halfLifeDays: move.halfLifeDays,
    learner: move.learner,
  });
}

/** Mean sats a day that have lately left to the peer; the first days of a peer count as a whole one. */
export const dailySatsOf = (state: Pick<UnitState, 'flow'>): number => state.flow.sats / Math.max(1, state.flow.days);
