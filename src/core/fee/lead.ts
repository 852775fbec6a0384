// What does one ask who knows that a rival will follow? What each fee earns until it has, and where it then leaves us.
import type { FeeReason } from '../reasons.ts';
import { SECONDS_PER_HOUR, type Ppm, type UnixSec } from '../units.ts';
import { clampFee, type Bounds } from './bounds.ts';
import { facing as facingOf, type Facing } from './facing.ts';
import type { Follower } from './follower.ts';
import { DEADBAND } from './pacing.ts';
import { followerIn } from './rivalry.ts';
import type { PricingUnit, TrailStep } from './types.ts';

/** Fees considered lie 5 % apart (in ln), from where a rival of any use for us would have given up to where few still pay. */
const GRID = 0.05;
const LN_LOWEST = Math.log(0.35);
const LN_HIGHEST = Math.log(4);
/** Rounds by which the worth of where the rival stands has settled: turns come round after two to five. */
const ROUNDS = 20;
/** Nobody is told of a new fee more often than once a day: who follows sooner has followed for the rest of it. */
const LEAST_PERIOD_HOURS = 24;

/** Fewer senders who compare than this are not worth a fee of its own: the search knows the others better. */
const LEAST_COMPARING = 0.15;
/** Nobody is told of a new fee more often than once a day, less what cycles may be early. */
const LEAST_SECONDS_BETWEEN = 22 * SECONDS_PER_HOUR;
/** An answer may be so much later than usual: gossip, and how often it is read. */
const LATE_HOURS = 6;
/** An answer is what was expected but for rounding (in ln). */
const ANSWERED = 0.05;

export interface LeadContext {
  readonly follower: Pick<Follower, 'askedPpm' | 'usualPpm' | 'ratio' | 'lagHours'>;
  readonly facing: Facing;
  /** What a sat that moves on loses by it, ppm: bid price here minus where it comes in. */
  readonly bidDifference: number;
  readonly lowerPpm: number;
  readonly upperPpm: number;
}

/**
 * The fee that earns most in the long run against a rival who answers each of ours with a part of it, one lag later, and
 * never asks more than its usual price. By value iteration over what the rival asks (Odoni 1969), in half steps so that
 * taking turns settles too. It is mostly just below the rival, step by step down, and then so dear that the rival
 * returns to its usual price (Edgeworth's cycle); where nobody compares, it is what the others pay most for.
 */
export function leaderFee({ follower, facing, bidDifference, lowerPpm, upperPpm }: LeadContext): number {
  const lnUsual = Math.log(follower.usualPpm);
  const lowest = Math.max(Math.log(lowerPpm), lnUsual + LN_LOWEST);
  const highest = Math.max(lowest, Math.min(Math.log(upperPpm), lnUsual + LN_HIGHEST));
  const lnFees = Array.from({ length: 1 + Math.ceil((highest - lowest) / GRID) }, (_, i) =>
    Math.min(highest, lowest + GRID * i),
  );
  const answers = lnFees.map((lnFee) => Math.min(lnUsual, lnFee + Math.log(follower.ratio)));
  // The dear ones all have its usual price for an answer.
  const states = [...new Set(answers)];
  const early = Math.min(1, follower.lagHours / LEAST_PERIOD_HOURS);
  const { comparing } = facing;
  const gains = lnFees.map((lnFee, f) => {
    const answer = answers[f] ?? lnUsual;
    const always = facing.rest(lnFee) + comparing * (1 - early) * facing.compared(lnFee - answer);
    return { lnFee, answer: states.indexOf(answer), margin: Math.exp(lnFee) - bidDifference, always };
  });

  /** By what the rival asks then, what is earned at most before it does, and the fee for it. */
  const bestFrom = (lnRival: number): { earned: Float64Array; fees: Float64Array } => {
    const earned = new Float64Array(states.length).fill(-Infinity);
    const fees = new Float64Array(states.length);
    for (const { lnFee, answer, margin, always } of gains) {
      const value = margin * (always + comparing * early * facing.compared(lnFee - lnRival));
      if (value <= (earned[answer] as number)) continue;
      earned[answer] = value;
      fees[answer] = lnFee;
    }
    return { earned, fees };
  };

  const table = states.map((state) => bestFrom(state).earned);
  let worth = new Float64Array(states.length);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(states.length);
    for (let state = 0; state < next.length; state++) {
      const earned = table[state] as Float64Array;
      const to = bestNext(earned, worth);
      next[state] = ((worth[state] as number) + (earned[to] as number) + (worth[to] as number)) / 2;
    }
    worth = next;
  }
  const now = bestFrom(Math.log(Math.max(1, follower.askedPpm)));
  return Math.exp(now.fees[bestNext(now.earned, worth)] ?? lnUsual);
}

/** Where the rival had best stand next. */
function bestNext(earned: Float64Array, worth: Float64Array): number {
  let best = -Infinity;
  let at = 0;
  for (let state = 0; state < earned.length; state++) {
    const value = (earned[state] as number) + (worth[state] as number);
    if (value <= best) continue;
    best = value;
    at = state;
  }
  return at;
}

type Lead = { readonly values: TrailStep['values'] } & (
  | { readonly ppm: Ppm; readonly holds: null }
  /** Why nothing is set now. */
  | { readonly ppm: Ppm | null; readonly holds: FeeReason }
);

/** What to ask of a peer where someone follows our fee; null where nobody does, or nobody compares. */
export function leadAgainst(
  { rivalry, recentChanges }: Pick<PricingUnit, 'rivalry' | 'recentChanges'>,
  context: { readonly bidDifference: number; readonly bounds: Bounds; readonly livePpm: number; readonly now: UnixSec },
): Lead | null {
  const follower = rivalry === null ? null : followerIn(rivalry.watch);
  if (rivalry === null || follower === null) return null;
  const { bidDifference, bounds, livePpm, now } = context;
  const facing = facingOf(rivalry.faced, follower.usualPpm);
  if (facing.comparing < LEAST_COMPARING) return null;
  const { channelId, askedPpm, usualPpm, ratio, lagHours, answers } = follower;
  const values = {
    channel: channelId,
    asked_ppm: askedPpm,
    usual_ppm: usualPpm,
    ratio,
    lag_hours: lagHours,
    answers,
    comparing: facing.comparing,
  };
  const within = livePpm >= bounds.lower && livePpm <= bounds.upper;
  const age = now - recentChanges.reduce((last, { at }) => Math.max(last, at), 0);
  const answer = Math.min(usualPpm, ratio * livePpm);
  const answered = Math.abs(Math.log(askedPpm / Math.max(1, answer))) <= ANSWERED;
  const awaited = !answered && age < (lagHours + LATE_HOURS) * SECONDS_PER_HOUR;
  if (within && (awaited || age < LEAST_SECONDS_BETWEEN))
    return { ppm: null, holds: 'rival-unanswered', values: { ...values, best_ppm: null } };
  const best = leaderFee({ follower, facing, bidDifference, lowerPpm: bounds.lower, upperPpm: bounds.upper });
  const near = within && Math.abs(Math.log(best / Math.max(1, livePpm))) < DEADBAND;
  return { ppm: clampFee(best, bounds), holds: near ? 'deadband' : null, values: { ...values, best_ppm: best } };
}
