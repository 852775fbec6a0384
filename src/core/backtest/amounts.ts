// How large are the payments that want to leave by a channel? Those that left, each for those of its size that could not.
import { cumulate, exponential, pick, type Uniform } from '../chance.ts';
import type { History } from './history.ts';

/** Sizes are told apart to a fifth. */
const BUCKETS_PER_OCTAVE = 4;
/** From one sat to a thousand bitcoin. */
const BUCKETS = 160;
const SMALLEST_MSAT = 1000;
/** A size that fitted less than this share of the time is not multiplied further: one lucky payment is not a hundred. */
const LEAST_FIT = 0.1;
/** A channel's own sizes count as much as the node's once it has had so many. */
const OWN_COUNT = 20;

export const bucketOf = (msat: number): number =>
  Math.max(0, Math.min(BUCKETS - 1, Math.floor(BUCKETS_PER_OCTAVE * Math.log2(msat / SMALLEST_MSAT))));

/** Share of the time in which so much could have left by a channel, by channel and bucket. */
export type Fitted = readonly Float64Array[];

/**
 * @param room time spent with room for so much and no more: `room[channel][bucket]`, in any unit
 */
export function fittedOf(room: readonly Float64Array[]): Fitted {
  return room.map((times) => {
    const total = times.reduce((sum, time) => sum + time, 0);
    const shares = new Float64Array(BUCKETS);
    let above = 0;
    for (let bucket = BUCKETS - 1; bucket >= 0; bucket--) {
      above += times[bucket] ?? 0;
      shares[bucket] = total > 0 ? above / total : 1;
    }
    return shares;
  });
}

export const noRoom = (count: number): Float64Array[] => Array.from({ length: count }, () => new Float64Array(BUCKETS));

/** Weighted payments of the whole node, and which of them left by each channel. */
export interface Amounts {
  readonly msat: Float64Array;
  readonly weight: Float64Array;
  readonly own: readonly (readonly number[])[];
}

export function amountsOf({ channels, forwards }: History, fitted: Fitted): Amounts {
  const own: number[][] = channels.map(() => []);
  const msat = new Float64Array(forwards.length);
  const weight = new Float64Array(forwards.length);
  forwards.forEach(({ to, amountMsat }, n) => {
    own[to]?.push(n);
    msat[n] = amountMsat;
    weight[n] = 1 / Math.max(LEAST_FIT, fitted[to]?.[bucketOf(amountMsat)] ?? 1);
  });
  return { msat, weight, own };
}

const ownShare = (count: number): number => count / (count + OWN_COUNT);

/** Share of the payments of each channel that are no larger than a bucket's upper end: `[channel][bucket]`. */
export function fitting({ msat, weight, own }: Amounts): readonly Float64Array[] {
  const sharesOf = (members: Iterable<number>): Float64Array => {
    const sums = new Float64Array(BUCKETS);
    for (const n of members) sums[bucketOf(msat[n] ?? 0)] = (sums[bucketOf(msat[n] ?? 0)] ?? 0) + (weight[n] ?? 0);
    const cumulated = cumulate(sums);
    const total = cumulated.at(-1) ?? 0;
    return cumulated.map((sum) => (total > 0 ? sum / total : 1));
  };
  const all = sharesOf(msat.keys());
  return own.map((members) => {
    const mine = sharesOf(members);
    const share = ownShare(members.length);
    return all.map((value, bucket) => share * (mine[bucket] ?? 0) + (1 - share) * value);
  });
}

/** Draws a size for a channel, msat. */
export type DrawAmount = (channel: number, uniform: Uniform) => number;

/** One resampling of what was seen (the Bayesian bootstrap): how large payments are is not known better than that. */
export function resampled({ msat, weight, own }: Amounts, uniform: Uniform): DrawAmount {
  const drawn = weight.map((each) => each * exponential(uniform));
  const all = cumulate(drawn);
  const mine = own.map((members) => cumulate(members.map((n) => drawn[n] ?? 0)));
  return (channel, dice) => {
    const members = own[channel] ?? [];
    const sums = mine[channel];
    const isOwn = dice() < ownShare(members.length);
    if (!isOwn || sums === undefined) return msat[pick(all, dice() * (all.at(-1) ?? 0))] ?? SMALLEST_MSAT;
    return msat[members[pick(sums, dice() * (sums.at(-1) ?? 0))] ?? 0] ?? SMALLEST_MSAT;
  };
}
