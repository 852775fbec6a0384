// Does someone's fee follow ours? By what it asked each time, so long after we had asked something else.
import { SECONDS_PER_HOUR, type UnixSec } from '../units.ts';
import { feeAt, LEAST_FOLLOWING, LONGEST_LAG_SECONDS, type FeeSteps, type RivalWatch } from './rival-watch.ts';

/** Someone who answers our fees with a fixed part of them. */
export interface Follower {
  readonly channelId: string;
  /** What it asks now, ppm. */
  readonly askedPpm: number;
  /** What it asks of what we ask, 0..1. */
  readonly ratio: number;
  /** By how much it is late. */
  readonly lagHours: number;
  /** The most that it was seen to ask in answer to us: as it does where we are dear. What it asks unasked may be a lie. */
  readonly usualPpm: number;
  /** Changes of its fee that were answers to ours. */
  readonly answers: number;
}

/** Fees that are the same but for rounding at some tens of ppm (in ln). */
const SAME = 0.04;
/**
 * Answers without which nobody is called a follower: one in twelve changes looks like an answer by chance, and over all lags
 * that are tried four in a row do hardly ever (test/core/fee/follower.test.ts).
 */
const LEAST_ANSWERS = 4;
/** Changes that are no answers, and fees of ours that were not answered, for each that was. */
const MOST_UNLIKE = 0.34;
/** In ln, between the highest and the lowest of what it asked in answer: who hardly moves need not be looking at us. */
const LEAST_SPREAD = 0.1;
const LAG_STEP_SECONDS = 3 * SECONDS_PER_HOUR;
/** Readings may be so much late; what we asked for less long cannot be told to have been answered. */
const READ_SECONDS = 5 * SECONDS_PER_HOUR;

interface Fit {
  readonly lnRatio: number;
  readonly lagSeconds: number;
  readonly answers: number;
  /** ln of the lowest and highest that ours explains; its lowest and highest of all, where ours asked for less or more. */
  readonly explained: Range;
  readonly unlike: number;
}

/** Both in ln. */
const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= SAME;

/** ln of what someone asks who follows so, where we asked so much: never beyond what was seen of it. */
const expected = (lnOurs: number, lnRatio: number, { lowest, highest }: Range): number =>
  Math.max(lowest, Math.min(highest, lnRatio + lnOurs));

/** Of ln of its fees. */
interface Range {
  readonly lowest: number;
  readonly highest: number;
}

const rangeOf = (theirs: FeeSteps): Range => ({
  lowest: Math.log(Math.min(...theirs.map(([, ppm]) => ppm))),
  highest: Math.log(Math.max(...theirs.map(([, ppm]) => ppm))),
});

/** First and last of the most that lie as near to each other as the same fee; ascending. */
function densest(sorted: readonly number[]): { readonly from: number; readonly to: number } {
  let best = { from: 0, to: 0 };
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while ((sorted[to] ?? 0) - (sorted[from] ?? 0) > SAME) from++;
    if (to - from > best.to - best.from) best = { from, to };
  }
  return best;
}

const LN_LEAST = Math.log(LEAST_FOLLOWING);
/** What is rounded up to ours still follows. */
const LN_MOST = SAME / 2;

/** The ratio by which most changes are answers, at one lag. */
function fitAt(theirs: FeeSteps, ours: FeeSteps, lagSeconds: number, range: Range): Fit | null {
  const pairs: { readonly lnAsked: number; readonly lnOurs: number }[] = [];
  for (let i = 1; i < theirs.length; i++) {
    const [at, asked] = theirs[i] as FeeSteps[number];
    const seen = feeAt(ours, at - lagSeconds);
    if (seen !== null && seen > 0) pairs.push({ lnAsked: Math.log(asked), lnOurs: Math.log(seen) });
  }
  const ratios = pairs
    .map(({ lnAsked, lnOurs }) => lnAsked - lnOurs)
    .filter((ratio) => ratio >= LN_LEAST && ratio <= LN_MOST)
    .sort((a, b) => a - b);
  if (ratios.length < LEAST_ANSWERS) return null;
  const { from, to } = densest(ratios);
  const lnRatio = ((ratios[from] ?? 0) + (ratios[to] ?? 0)) / 2;
  let answers = 0;
  let unlike = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const { lnAsked, lnOurs } of pairs) {
    if (!isSame(lnAsked, expected(lnOurs, lnRatio, range))) {
      unlike++;
      continue;
    }
    if (isSame(lnAsked, lnOurs + lnRatio)) answers++;
    lowest = Math.min(lowest, lnAsked);
    highest = Math.max(highest, lnAsked);
  }
  return { lnRatio, lagSeconds, answers, explained: { lowest, highest }, unlike };
}

/** How many of our fees it did not answer, of those it had the time to. */
function unanswered(theirs: FeeSteps, ours: FeeSteps, { lnRatio, lagSeconds }: Fit, range: Range, now: number): number {
  const since = theirs[0]?.[0] ?? now;
  let count = 0;
  ours.forEach(([at, ppm], i) => {
    const looked = at + lagSeconds + READ_SECONDS;
    const until = (ours[i + 1]?.[0] ?? now) + lagSeconds;
    if (at < since || looked > until || looked > now) return;
    const seen = feeAt(theirs, looked);
    if (seen !== null && !isSame(Math.log(seen), expected(Math.log(ppm), lnRatio, range))) count++;
  });
  return count;
}

function answering(theirs: FeeSteps, ours: FeeSteps, now: number): Fit | null {
  if (theirs.length <= LEAST_ANSWERS) return null;
  const range = rangeOf(theirs);
  let best: Fit | null = null;
  for (let lag = 0; lag <= LONGEST_LAG_SECONDS; lag += LAG_STEP_SECONDS) {
    const fit = fitAt(theirs, ours, lag, range);
    // Of lags that say the same the longest: what we still ask was also asked a moment ago, but not before it was.
    if (fit === null || (best !== null && fit.answers - fit.unlike < best.answers - best.unlike)) continue;
    best = fit;
  }
  if (best === null || best.answers < LEAST_ANSWERS || best.explained.highest - best.explained.lowest < LEAST_SPREAD)
    return null;
  const unlike = Math.max(best.unlike, unanswered(theirs, ours, best, range, now));
  return unlike <= MOST_UNLIKE * best.answers ? best : null;
}

/**
 * Whoever answers us most often; null where nobody does.
 * @param until answers that were due before are missed
 */
export function followerOf({ ours, watched }: Pick<RivalWatch, 'ours' | 'watched'>, until: UnixSec): Follower | null {
  let found: Follower | null = null;
  for (const { channelId, fees } of watched) {
    const fit = answering(fees, ours, until);
    if (fit === null || (found !== null && fit.answers <= found.answers)) continue;
    found = {
      channelId,
      askedPpm: fees.at(-1)?.[1] ?? 0,
      ratio: Math.min(1, Math.exp(fit.lnRatio)),
      lagHours: fit.lagSeconds / SECONDS_PER_HOUR,
      usualPpm: Math.round(Math.exp(fit.explained.highest)),
      answers: fit.answers,
    };
  }
  return found;
}
