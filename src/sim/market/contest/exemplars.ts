// Which channels are worth looking at, and how did they do over time? A few of one node, for plots.
import type { PlannedStretch } from '../bound/fluid-bound.ts';
import { DAY, type Market } from '../market.ts';
import type { NodeEngine } from '../engine/node-engine.ts';

/** Points of a plot: more than a screen can tell apart are not kept. */
const POINTS = 180;

export interface Exemplar {
  readonly channel: number;
  readonly why: string;
}

/** The dearest, the cheapest and the middle channel of the plan, and of the others the largest. */
export function exemplarsOf(market: Market, plan: readonly PlannedStretch[]): Exemplar[] {
  const prices = plan[0]?.prices ?? [];
  const ranked = market.channels.map((_, k) => k).sort((a, b) => (prices[b] ?? 0) - (prices[a] ?? 0));
  const largest = [...ranked].sort(
    (a, b) => (market.channels[b]?.capacityMsat ?? 0) - (market.channels[a]?.capacityMsat ?? 0),
  );
  const chosen: Exemplar[] = [];
  const add = (channel: number | undefined, why: string): void => {
    if (channel !== undefined && chosen.every((one) => one.channel !== channel)) chosen.push({ channel, why });
  };
  add(ranked[0], 'drains most');
  add(ranked.at(-1), 'fills most');
  add(ranked[Math.floor(ranked.length / 2)], 'in the middle');
  add(
    largest.find((k) => chosen.every(({ channel }) => channel !== k)),
    'the largest of the others',
  );
  return chosen;
}

/** One channel over time, a point every `everyDays` days. */
export interface ChannelTrack extends Exemplar {
  readonly share: readonly number[];
  readonly feePpm: readonly number[];
}

export interface Tracks {
  readonly everyDays: number;
  readonly channels: readonly ChannelTrack[];
}

export interface Tracker {
  /** To be called at every wake of the fee tool. */
  onWake(engine: NodeEngine): void;
  tracks(): Tracks;
}

export function trackExemplars(market: Market, exemplars: readonly Exemplar[]): Tracker {
  const everyDays = Math.ceil(market.days / POINTS);
  const channels = exemplars.map((one) => ({ ...one, share: [] as number[], feePpm: [] as number[] }));
  let due = market.start;
  return {
    onWake(engine) {
      if (engine.now < due) return;
      due += everyDays * DAY;
      for (const { channel, share, feePpm } of channels) {
        share.push(Number((engine.localMsat(channel) / (engine.capacityMsat[channel] ?? 1)).toFixed(3)));
        feePpm.push(engine.feePpm(channel));
      }
    },
    tracks: () => ({ everyDays, channels }),
  };
}
