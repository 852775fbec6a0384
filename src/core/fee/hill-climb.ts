// Perturb, observe, compare, decide, dampen: where does the markup go when a window closes?
import { discountCells, mergeCells, totals, totalsOnce } from './cells.ts';
import { isChangePoint, LEAST_EVIDENCE, NO_SUSPICION, suspect, type Suspicion } from './change-point.ts';
import { fitDemand, fitOnce, optimumOf, rateAt } from './demand-curve.ts';
import { elapsedIn, emptyWindow, hasLasted, type Evidence, type LearnContext, type LearnStep } from './learning.ts';
import type { Cells, HillState, Optimum } from './types.ts';
import type { UnixSec } from '../units.ts';

/** W3: longest and shortest step in ln of the markup, growth on success and dampening on reversal (quant 5.4). */
const STEP_MAX = 0.5;
const STEP_MIN = 0.15;
const GROW = 1.1;
const DAMPEN = 0.7;
/** W4: log likelihood ratio of 90 % confidence that the new price is worse, or better, than the old. */
const SURE = 2.2;
/** W4: the rates told apart lie so far (in ln) on either side of break-even. */
const CONTRAST = 0.5;
/** W6 and W8: days in which half of the memory is forgotten, ordinarily and after a change point. */
export const HALF_LIFE_DAYS = 60;
const HALF_LIFE_CHANGED = 8;
/** How the ordinary half-life returns, window by window. */
const HALF_LIFE_GROW = 1.25;
/** Weight of the memory from before a change point: 0.3 was slower after shifts, 0 forgets what false alarms need. */
const KEEP_CHANGED = 0.15;
/** W1 at the top: only drift is to be noticed there, and n* grows to about 100 forwards (quant 5.3). */
const PATIENCE_AT_TOP = 3;
/** Steps are small there, and a shorter window is told from the one before by the time of day rather than by its price. */
const LEAST_HOURS_AT_TOP = 72;

/**
 * W5: the silence of a peer that nobody has ever paid at our fees says so much sooner that they are too high: there is no
 * usual rate of which a lull could be a part. The Bayesian learner's two days; ten took two months from 250 to 15 ppm, and
 * step by step on the way there still took three weeks, so that the next fee is the one expected before (prior.ts).
 */
const UNTRIED_DIVISOR = 5;

type HillEvidence = Evidence & { readonly suspicion: Suspicion };

/** A fresh start at a position; direction from the prior, not "up first" (W3). */
export const startHill = (lnMarkup: number, prior: Optimum, now: UnixSec): HillState => ({
  kind: 'hill-climb',
  lnMarkup,
  direction: prior.lnPpm >= lnMarkup ? 1 : -1,
  step: STEP_MAX,
  window: emptyWindow(now),
  previousPpm: null,
  suspicion: NO_SUSPICION,
  optimum: null,
});

/** W4: how much likelier is "better than break-even with the fee before" than "worse"? */
function likelihoodRatio(state: HillState, context: LearnContext, lnFee: number, count: number, hours: number): number {
  if (state.previousPpm === null) return 0;
  const lnBefore = Math.log(state.previousPpm);
  const before = fitOnce(context.memory, lnBefore, context.prior);
  if (before.evidence < LEAST_EVIDENCE) return 0;
  const marginBefore = state.previousPpm - context.bidDifference;
  const margin = Math.exp(lnFee) - context.bidDifference;
  if (margin <= 0 || marginBefore <= 0) return 0;
  const breakEven = (rateAt(before, lnBefore) * marginBefore) / margin;
  return 2 * CONTRAST * count - breakEven * hours * (Math.exp(CONTRAST) - Math.exp(-CONTRAST));
}

/** The search has arrived: it only looks to either side of what it takes for the optimum. */
const isAtTop = ({ optimum, lnMarkup }: HillState): boolean =>
  optimum !== null && Math.abs(optimum.lnPpm - lnMarkup) <= STEP_MIN * 1.01;

/** Nobody has paid any fee that was asked so far, nor tried to: counts remembered of long ago are parts of a forward. */
const isUntried = ({ window }: HillState, memory: Cells): boolean =>
  window.unmet === 0 && totals(window.cells).forwards + totalsOnce(memory).forwards < 1;

function needsOf(state: HillState, { window, memory }: LearnContext): Evidence['needs'] {
  const patience = isAtTop(state) ? PATIENCE_AT_TOP : 1;
  return {
    forwards: window.forwards * patience,
    hours: isUntried(state, memory) ? window.maxHours / UNTRIED_DIVISOR : window.maxHours,
    leastHours: window.minHours * patience,
  };
}

function suspicionNow(
  { window, suspicion }: HillState,
  { memory, prior }: LearnContext,
  lnFee: number,
  forwards: number,
  hours: number,
): Suspicion {
  const expected = fitOnce(memory, lnFee, prior);
  const prediction = { rate: rateAt(expected, lnFee), evidence: expected.evidence };
  return suspect(suspicion, { forwards, unmet: window.unmet, hours }, prediction);
}

function weigh(state: HillState, context: LearnContext, lnFee: number): HillEvidence {
  const { forwards, hours } = totals(state.window.cells);
  const needs = needsOf(state, context);
  const elapsed = elapsedIn(state.window, context.now);
  // W1: never sooner, whatever it holds.
  if (!hasLasted({ hours, elapsed, needs }))
    return { forwards, hours, elapsed, needs, because: 'waiting', closed: false, suspicion: state.suspicion };
  // What says too little altogether says too little near any fee, and is not asked.
  const remembers = totalsOnce(context.memory).forwards >= LEAST_EVIDENCE;
  const suspicion = remembers ? suspicionNow(state, context, lnFee, forwards, hours) : state.suspicion;
  const ratio = remembers ? likelihoodRatio(state, context, lnFee, forwards, hours) : 0;
  let because: Evidence['because'] = 'waiting';
  if (isChangePoint(suspicion)) because = 'change-point';
  else if (forwards >= needs.forwards) because = 'forwards';
  else if (Math.abs(ratio) > SURE && (!isAtTop(state) || hours >= LEAST_HOURS_AT_TOP)) because = 'sure';
  else if (hours >= needs.hours) because = 'time';
  return { forwards, hours, elapsed, needs, because, closed: because !== 'waiting', likelihoodRatio: ratio, suspicion };
}

/** One look at the open window; a move once it has closed. */
export function stepHill(state: HillState, context: LearnContext): LearnStep {
  const { lnFee } = totals(state.window.cells);
  if (lnFee === null) return waiting(state, nothingSeen(state, context));
  const evidence = weigh(state, context, lnFee);
  if (!evidence.closed) return waiting(state, evidence);
  const closed = close(state, context, evidence, lnFee);
  return answerSilence(state, context, closed) ?? compare(state, context, closed);
}

const waiting = ({ lnMarkup }: HillState, evidence: Evidence): LearnStep => ({
  evidence,
  lnMarkup,
  move: null,
  reason: null,
  compared: null,
});

const nothingSeen = (state: HillState, context: LearnContext): Evidence => ({
  forwards: 0,
  hours: 0,
  elapsed: elapsedIn(state.window, context.now),
  needs: needsOf(state, context),
  closed: false,
  because: 'waiting',
});

/** A window that has closed, before it is asked where to go. */
interface Closed {
  readonly evidence: HillEvidence;
  /** ln of the mean fee in it. */
  readonly lnFee: number;
  /** Demand is no longer the one remembered. */
  readonly changed: boolean;
  /** Of the memory, as in LearnerMove. */
  readonly keep: number;
  readonly halfLifeDays: number;
  /** The learner where it was, with an empty window. */
  readonly fresh: HillState;
}

/** W8: what was learned before a change counts little, and the search widens. */
function close(state: HillState, context: LearnContext, evidence: HillEvidence, lnFee: number): Closed {
  const changed = evidence.because === 'change-point';
  return {
    evidence,
    lnFee,
    changed,
    keep: changed ? KEEP_CHANGED : 1,
    halfLifeDays: changed ? HALF_LIFE_CHANGED : Math.min(HALF_LIFE_DAYS, context.halfLifeDays * HALF_LIFE_GROW),
    fresh: {
      ...state,
      step: changed ? STEP_MAX : state.step,
      window: emptyWindow(context.now),
      previousPpm: Math.exp(lnFee),
      suspicion: changed ? NO_SUSPICION : evidence.suspicion,
    },
  };
}

const within = ({ lnMin, lnMax }: LearnContext, lnMarkup: number): number => Math.max(lnMin, Math.min(lnMax, lnMarkup));

/** W5: silence with liquidity on hand says too dear, and only that; it never alternates. Null where it says nothing. */
function answerSilence(state: HillState, context: LearnContext, closed: Closed): LearnStep | null {
  const { evidence, keep, halfLifeDays, fresh } = closed;
  if (evidence.forwards > 0 || state.window.unmet > 0) return null;
  if (context.dailySats < context.targetFlowSats) {
    // What others ask, and what other peers have taught, is all there is to go by.
    const believed = isUntried(state, context.memory) ? state.lnMarkup - context.prior.lnPpm : 0;
    const lnMarkup = within(context, state.lnMarkup - Math.max(fresh.step, believed));
    const learner: HillState = { ...fresh, lnMarkup, direction: -1 };
    return { evidence, lnMarkup, move: { learner, halfLifeDays, keep }, reason: 'drift-down', compared: null };
  }
  if (evidence.because !== 'time') return null;
  // A few large payments keep the channel in use: their absence for a while is no verdict.
  const move = { learner: fresh, halfLifeDays, keep };
  return { evidence, lnMarkup: fresh.lnMarkup, move, reason: null, compared: null };
}

/** W6: the window is compared with everything remembered near this fee, not with the last window alone. */
function compare(state: HillState, context: LearnContext, closed: Closed): LearnStep {
  const { evidence, lnFee, changed, keep, halfLifeDays, fresh } = closed;
  const known = changed ? discountCells(context.memory, -Math.log2(keep), 1) : context.memory;
  const curve = fitDemand(mergeCells(known, state.window.cells), lnFee, context.prior);
  const optimum = optimumOf(curve);
  const away = optimum.lnPpm - state.lnMarkup;
  const climbing = Math.abs(away) >= STEP_MIN;
  // At the top the search goes on to either side in turn, or the top could move away unseen.
  const sought = climbing ? (away > 0 ? 1 : -1) : state.direction === 1 ? -1 : 1;
  // After a change the slope is that of a market that is gone: more forwards than foreseen say up, fewer say down.
  const direction = changed ? (evidence.suspicion.up > evidence.suspicion.down ? 1 : -1) : sought;
  const dampened = direction === state.direction ? Math.min(STEP_MAX, state.step * GROW) : state.step * DAMPEN;
  const step = changed ? STEP_MAX : Math.max(STEP_MIN, dampened);
  const wanted = changed
    ? state.lnMarkup + direction * step
    : climbing
      ? state.lnMarkup + direction * Math.min(Math.abs(away), step)
      : optimum.lnPpm + direction * STEP_MIN;
  const lnMarkup = within(context, wanted);
  return {
    evidence,
    lnMarkup,
    move: { learner: { ...fresh, lnMarkup, direction, step, optimum }, halfLifeDays, keep },
    reason: changed ? 'change-point' : 'step',
    compared: {
      elasticity: curve.elasticity,
      elasticity_sd: curve.sd,
      evidence: curve.evidence,
      optimum_ppm: Math.exp(optimum.lnPpm),
    },
  };
}
