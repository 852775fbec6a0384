// What is there to say of a decision on fees: which term decided, what was rejected and why, what would change it?
import { FEE_BOUND_RULES, FEE_REASONS, type FeeBoundRule, type FeeReason, type FeeStep } from '../reasons.ts';
import { time } from '../in-words.ts';
import type { FeeDecision, TrailStep } from './types.ts';

export interface Explanation {
  /** The reason, or the bound that had the last word. */
  readonly decidedBy: { readonly term: FeeReason | FeeBoundRule; readonly sentence: string };
  /** Fees that were considered and not chosen. */
  readonly rejected: readonly { readonly ppm: number; readonly because: string }[];
  /** What would have to be, in sentences. */
  readonly wouldChange: readonly string[];
}

type Values = TrailStep['values'];

const valuesOf = (decision: FeeDecision, step: FeeStep): Values =>
  decision.trail.findLast((each) => each.step === step)?.values ?? {};
const numberIn = (values: Values, name: string): number | null => {
  const value = values[name];
  return typeof value === 'number' ? value : null;
};

export function explain(decision: FeeDecision): Explanation {
  const bound = boundOf(decision);
  const rejected: { ppm: number; because: string }[] = [];
  if (bound !== null)
    rejected.push({ ppm: bound.targetPpm, because: `${bound.side} bound: ${FEE_BOUND_RULES[bound.rule]}` });
  const live = numberIn(valuesOf(decision, 'inputs'), 'live_ppm');
  if (decision.kind === 'set' && live !== null)
    rejected.push({ ppm: live, because: `the fee as it was: ${FEE_REASONS[decision.reason]}` });
  if (decision.kind === 'hold' && decision.wantedPpm !== null && decision.wantedPpm !== live)
    rejected.push({ ppm: decision.wantedPpm, because: FEE_REASONS[decision.reason] });
  const clamped = decision.kind === 'set' && bound !== null;
  return {
    decidedBy: clamped
      ? { term: bound.rule, sentence: `${bound.side} bound: ${FEE_BOUND_RULES[bound.rule]}` }
      : { term: decision.reason, sentence: FEE_REASONS[decision.reason] },
    rejected,
    wouldChange: wouldChange(decision),
  };
}

/** The bound that the wanted fee was moved to, if it was. */
function boundOf(decision: FeeDecision): { side: 'lower' | 'upper'; rule: FeeBoundRule; targetPpm: number } | null {
  const clamp = valuesOf(decision, 'clamp');
  const target = numberIn(clamp, 'target_ppm');
  const lower = numberIn(clamp, 'lower_ppm');
  const upper = numberIn(clamp, 'upper_ppm');
  if (target === null || lower === null || upper === null) return null;
  const side = Math.round(target) < lower ? 'lower' : Math.round(target) > upper ? 'upper' : null;
  return side && { side, rule: clamp[`${side}_rule`] as FeeBoundRule, targetPpm: target };
}

/** What ends a state in which the search has no say. */
const ENDS: Readonly<Partial<Record<FeeReason, (decision: FeeDecision) => string>>> = {
  'held-by-hand': (decision) => {
    const until = numberIn(valuesOf(decision, 'inputs'), 'held_until');
    return `the hold ends${until === null ? '' : ` at ${time(until)}`}, or revenue-set-fee with hold_hours=0 ends it; the search starts from the fee then live`;
  },
  'external-change': (decision) => {
    const until = numberIn(valuesOf(decision, 'would-change'), 'until');
    return `it is left alone${until === null ? '' : ` until ${time(until)}`}; revenue-set-fee takes it over at once`;
  },
  passive: () => 'another strategy: revenue-policy set … strategy=dynamic, or revenue-policy delete',
  static: () => 'another fee or strategy in the policy, or revenue-policy delete',
  private: () => 'a public channel to this peer',
  'zero-by-choice': () => 'any fee above zero, set by hand, or a policy with min_ppm above zero',
  lead: () => 'whoever follows our fee answers it, or no longer does; or senders prove not to compare',
  'rival-unanswered': () => 'the fee is a day old, and whoever follows it has answered or is overdue',
  disconnected: () => 'the peer connects',
  'no-observation': () => 'the next cycle reads what happened',
  'raised-lately': () => 'ten minutes pass since the last raise',
  'daily-limit': () => 'the oldest of the six changes becomes a day old',
};

function wouldChange(decision: FeeDecision): string[] {
  const end = ENDS[decision.reason];
  if (end !== undefined) return [end(decision)];
  const values = valuesOf(decision, 'would-change');
  const forwards = numberIn(values, 'forwards_missing');
  const hours = numberIn(values, 'hours_missing');
  const least = numberIn(values, 'least_hours_missing') ?? 0;
  const clock = numberIn(values, 'clock_hours_missing') ?? 0;
  const low = numberIn(values, 'target_at_most_ppm');
  const high = numberIn(values, 'target_at_least_ppm');
  const sentences: string[] = [];
  const young = least > 0 && clock > 0;
  if (forwards !== null && hours !== null && (forwards > 0 || young)) {
    const soonest = young
      ? `, and not before ${round(least)} more hours with liquidity, or ${round(clock)} hours in all`
      : '';
    sentences.push(
      `the search takes its next step after ${round(forwards)} more forwards, or ${round(hours)} more hours with liquidity${soonest}; sooner if the counts are already clear, or unlike what is remembered`,
    );
  }
  if (low !== null && high !== null)
    sentences.push(
      `without a step: bid prices that move the target to ${Math.max(0, Math.floor(low))} ppm or less, or to ${Math.ceil(high)} ppm or more`,
    );
  sentences.push('revenue-set-fee, revenue-policy, or other bounds');
  return sentences;
}

const round = (value: number): string => String(Math.ceil(value * 10) / 10);
