// Where does liquidity flow, channel by channel, over a window?
import { type ChannelView, type NodeSnapshot } from '../snapshot.ts';
import { hourOf, hourStart, ratio, SECONDS_PER_DAY, type ChannelId, type UnixSec } from '../units.ts';
import { classify, flowRatio, type FlowState } from './classify.ts';
import { NO_FLOW, type FlowTotals } from './rollup.ts';

/** Where the figures of a channel come from: our forward records, bookkeeper where those were gone, or both. */
export type DataSource = 'forwards' | 'bookkeeper' | 'mixed';

/** What the history says of one channel within the window. */
export interface ChannelFlow {
  readonly in: FlowTotals;
  readonly out: FlowTotals;
  readonly source: DataSource;
}

export interface FlowAnalysis {
  readonly channel: ChannelView;
  readonly flow: ChannelFlow;
  /** (out - in) / capacity. */
  readonly flowRatio: number;
  readonly state: FlowState;
  /** Mean msat a day moved in either direction. */
  readonly dailyVolumeMsat: number;
  /** Our share of the capacity, 0..1. */
  readonly localRatio: number;
}

export interface Window {
  /** Inclusive; the beginning of an hour, because rollups know hours. */
  readonly start: UnixSec;
  /** The moment of analysis. */
  readonly end: UnixSec;
  readonly days: number;
}

const EMPTY_FLOW: ChannelFlow = { in: NO_FLOW, out: NO_FLOW, source: 'forwards' };

/** The last `days` days up to now, begun at the full hour (so up to an hour longer). */
export function windowEnding(now: UnixSec, days: number): Window {
  return { start: hourStart(hourOf(Math.max(0, now - days * SECONDS_PER_DAY) as UnixSec)), end: now, days };
}

/** One analysis per usable channel, in the snapshot's order. Channels without history have no flow and are balanced. */
export const analyzeFlow = (
  snapshot: NodeSnapshot,
  flows: ReadonlyMap<ChannelId, ChannelFlow>,
  window: Window,
): FlowAnalysis[] =>
  snapshot.channels.map((channel) => analysisOf(channel, flows.get(channel.channelId) ?? EMPTY_FLOW, window.days));

/** Of views that stay the same as long as nothing changes in them. */
const analyzed = new WeakMap<ChannelView, { readonly analysis: FlowAnalysis; readonly days: number }>();

function analysisOf(channel: ChannelView, flow: ChannelFlow, days: number): FlowAnalysis {
  const known = analyzed.get(channel);
  if (known?.analysis.flow === flow && known.days === days) return known.analysis;
  const out = flow.out.settledMsat;
  const into = flow.in.settledMsat;
  const analysis = {
    channel,
    flow,
    flowRatio: flowRatio(out, into, channel.capacity),
    state: classify(out, into, channel.capacity),
    dailyVolumeMsat: Number(out + into) / days,
    localRatio: ratio(channel.toUs, channel.capacity),
  };
  analyzed.set(channel, { analysis, days });
  return analysis;
}

export interface FlowCounts {
  readonly total: number;
  readonly source: number;
  readonly sink: number;
  readonly balanced: number;
}

export function countStates(analyses: readonly FlowAnalysis[]): FlowCounts {
  const counts = { total: analyses.length, source: 0, sink: 0, balanced: 0 };
  for (const { state } of analyses) counts[state]++;
  return counts;
}
