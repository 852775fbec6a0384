// Which of the others' channels toward a peer change their fees after ours? What is remembered of the few that might.
import { SECONDS_PER_DAY, type UnixSec } from '../units.ts';

/** What one channel of someone else's asks toward the peer, by gossip. */
export interface OtherFee {
  readonly channelId: string;
  readonly feePpm: number;
}

/** A fee and since when it was seen, ascending. */
export type FeeSteps = readonly (readonly [at: number, ppm: number])[];

/** Someone else's channel that has once answered ours, or seemed to. */
export interface WatchedRival {
  readonly channelId: string;
  readonly fees: FeeSteps;
}

/** Plain JSON, bounded in size. */
export interface RivalWatch {
  /** When others' fees were read last. */
  readonly readAt: UnixSec;
  /** What they asked then, by channel: who has changed since is told by that alone, for half of all announcements change nothing. */
  readonly listed: Readonly<Record<string, number>>;
  /** What we asked. */
  readonly ours: FeeSteps;
  readonly watched: readonly WatchedRival[];
}

/** Slower answers are not told from chance: competitors look at their fees every day or two (quant 4.4, 4.6). */
export const LONGEST_LAG_SECONDS = 3 * SECONDS_PER_DAY;
/** Whoever asks less than this part of ours, or more than ours, is not undercutting us. */
export const LEAST_FOLLOWING = 0.6;
/** Fees are remembered so long, and so many of each: some weeks of a rival who answers every day or two. */
const KEPT_SECONDS = 30 * SECONDS_PER_DAY;
const MOST_STEPS = 30;
/** To a large peer lead thousands of channels, of which hardly any answers; who comes when all places are taken waits. */
const MOST_WATCHED = 16;
/** Who has not changed for so long makes room for others. */
const IDLE_SECONDS = 10 * SECONDS_PER_DAY;
/** Of a peer with more channels than any but the largest hubs the first so many are enough. */
const MOST_LISTED = 1000;

export const NOTHING_WATCHED = (now: UnixSec): RivalWatch => ({ readAt: now, listed: {}, ours: [], watched: [] });

/** The same where nothing has changed, so that what was worked out of it holds. */
function withStep(steps: FeeSteps, now: number, ppm: number): FeeSteps {
  if (steps.at(-1)?.[1] === ppm) return steps;
  const since = now - KEPT_SECONDS;
  const kept = steps.filter((_, i) => (steps[i + 1]?.[0] ?? now) > since);
  return [...kept, [now, ppm] as const].slice(-MOST_STEPS);
}

/** What was asked then; null before the first. */
export function feeAt(steps: FeeSteps, at: number): number | null {
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (step !== undefined && step[0] <= at) return step[1];
  }
  return null;
}

/** Whether the fee lies where an answer to something that we asked lately would. */
const mayAnswer = (ours: FeeSteps, feePpm: number, now: number): boolean =>
  ours.some(([, ppm], i) => {
    const until = ours[i + 1]?.[0] ?? now;
    return until >= now - LONGEST_LAG_SECONDS && feePpm <= ppm && feePpm >= LEAST_FOLLOWING * ppm;
  });

/**
 * Takes in what the others ask now.
 * @param others all channels toward the peer but ours
 * @param oursPpm what we ask
 */
export function watchRivals(watch: RivalWatch, others: readonly OtherFee[], oursPpm: number, now: UnixSec): RivalWatch {
  const ours = withStep(watch.ours, now, oursPpm);
  const asked = new Map(others.map((other) => [other.channelId, other.feePpm]));
  const watched: WatchedRival[] = [];
  for (const rival of watch.watched) {
    const feePpm = asked.get(rival.channelId);
    if (feePpm === undefined || feePpm <= 0 || now - (rival.fees.at(-1)?.[0] ?? 0) > IDLE_SECONDS) continue;
    const fees = withStep(rival.fees, now, feePpm);
    watched.push(fees === rival.fees ? rival : { channelId: rival.channelId, fees });
  }
  const known = new Set(watched.map(({ channelId }) => channelId));
  for (const { channelId, feePpm } of others) {
    if (watched.length >= MOST_WATCHED) break;
    const before = watch.listed[channelId];
    if (known.has(channelId) || feePpm <= 0 || before === undefined || before <= 0 || before === feePpm) continue;
    const fees: FeeSteps = [
      [watch.readAt, before],
      [now, feePpm],
    ];
    if (mayAnswer(ours, feePpm, now)) watched.push({ channelId, fees });
  }
  const same = watched.length === watch.watched.length && watched.every((rival, i) => rival === watch.watched[i]);
  const listed = Object.fromEntries(others.slice(0, MOST_LISTED).map((other) => [other.channelId, other.feePpm]));
  return { readAt: now, listed, ours, watched: same ? watch.watched : watched };
}
