// Perturb, observe, compare, decide, dampen: where does the markup go when a window closes?
import { discountCells, mergeCells, totals } from './cells.ts';
import { isChangePoint, NO_SUSPICION, suspect, type Suspicion } from './change-point.ts';
import { fitDemand, optimumOf, rateAt, type DemandCurve } from './demand-curve.ts';
import type { Cells, FeeConfig, HillState, LearnerMove, Optimum, TrialWindow } from './types.ts';
import type { FeeReason } from '../reasons.ts';
import type { UnixSec } from '../units.ts';

/** W3: longest and shortest step in ln of the markup, growth on success and dampening on reversal (quant 5.4). */
export const STEP_MAX = 0.5;
export const STEP_MIN = 0.15;
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

export interface LearnContext {
  readonly now: UnixSec;
  readonly window: FeeConfig['window'];
  readonly targetFlowSats: number;
  /** Sats a day that have lately left to this peer. */
  readonly dailySats: number;
  readonly bidDifference: number;
  readonly prior: Optimum;
  readonly memory: Cells;
  readonly halfLifeDays: number;
  /** Bounds of the position. */
  readonly lnMin: number;
  readonly lnMax: number;
}

export interface Evidence {
  readonly forwards: number;
  readonly hours: number;
  readonly ratePerDay: number;
  /** Log likelihood ratio of W4; 0 where there is nothing to compare with. */
  readonly likelihoodRatio: number;
  readonly suspicion: Suspicion;
  readonly changed: boolean;
  readonly closed: boolean;
  /** Why it closed, or what it waits for. */
  readonly because: 'forwards' | 'time' | 'sure' | 'change-point' | 'waiting';
}

export interface LearnStep {
  readonly evidence: Evidence;
  /** Null while the window is open. */
  readonly move: LearnerMove | null;
  /** Why it moves; null while it does not. */
  readonly reason: FeeReason | null;
  readonly curve: DemandCurve | null;
}

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

export const emptyWindow = (now: UnixSec): TrialWindow => ({ since: now, cells: [], unmet: 0 });

/** W4: how much likelier is "better than break-even with the fee before" than "worse"? */
function likelihoodRatio(state: HillState, context: LearnContext, lnFee: number, count: number, hours: number): number {
  if (state.previousPpm === null) return 0;
  const lnBefore = Math.log(state.previousPpm);
  const before = fitDemand(context.memory, lnBefore, context.prior);
  if (before.evidence < 3) return 0;
  const marginBefore = state.previousPpm - context.bidDifference;
  const margin = Math.exp(lnFee) - context.bidDifference;
  if (margin <= 0 || marginBefore <= 0) return 0;
  const breakEven = (rateAt(before, lnBefore) * marginBefore) / margin;
  return 2 * CONTRAST * count - breakEven * hours * (Math.exp(CONTRAST) - Math.exp(-CONTRAST));
}

/** The search has arrived: it only looks to either side of what it takes for the optimum. */
const isAtTop = ({ optimum, lnMarkup }: HillState): boolean =>
  optimum !== null && Math.abs(optimum.lnPpm - lnMarkup) <= STEP_MIN * 1.01;

function weigh(state: HillState, context: LearnContext): Evidence {
  const { forwards, hours, lnFee } = totals(state.window.cells);
  const seen = { forwards, hours, ratePerDay: hours > 0 ? ((forwards + 0.5) / hours) * 24 : 0 };
  if (lnFee === null)
    return {
      ...seen,
      likelihoodRatio: 0,
      suspicion: state.suspicion,
      changed: false,
      closed: false,
      because: 'waiting',
    };
  const expected = fitDemand(context.memory, lnFee, context.prior);
  const prediction = { rate: rateAt(expected, lnFee), evidence: expected.evidence };
  const suspicion = suspect(state.suspicion, { forwards, unmet: state.window.unmet, hours }, prediction);
  const changed = isChangePoint(suspicion);
  const ratio = likelihoodRatio(state, context, lnFee, forwards, hours);
  const patience = isAtTop(state) ? PATIENCE_AT_TOP : 1;
  const because =
    hours < context.window.minHours * patience // W1: never sooner
      ? 'waiting'
      : changed
        ? 'change-point'
        : forwards >= context.window.forwards * patience
          ? 'forwards'
          : Math.abs(ratio) > SURE
            ? 'sure'
            : hours >= context.window.maxHours
              ? 'time'
              : 'waiting';
  return { ...seen, likelihoodRatio: ratio, suspicion, changed, closed: because !== 'waiting', because };
}

/** One look at the open window; a move once it has closed. */
export function stepHill(state: HillState, context: LearnContext): LearnStep {
  const evidence = weigh(state, context);
  const { lnFee } = totals(state.window.cells);
  if (!evidence.closed || lnFee === null) return { evidence, move: null, reason: null, curve: null };
  const clamp = (value: number): number => Math.max(context.lnMin, Math.min(context.lnMax, value));
  const fresh = {
    ...state,
    window: emptyWindow(context.now),
    previousPpm: Math.exp(lnFee),
    suspicion: evidence.changed ? NO_SUSPICION : evidence.suspicion,
  };

  // W5: silence with liquidity on hand says too dear, and only that; it never alternates.
  if (evidence.forwards === 0 && state.window.unmet === 0) {
    const drift = context.dailySats < context.targetFlowSats;
    const learner: HillState = drift
      ? { ...fresh, lnMarkup: clamp(state.lnMarkup - state.step), direction: -1 }
      : { ...fresh };
    const move = { learner, halfLifeDays: context.halfLifeDays, keep: 1 };
    return { evidence, move, reason: drift ? 'drift-down' : null, curve: null };
  }

  // W8: what was learned before the change counts little, and the search widens.
  const keep = evidence.changed ? KEEP_CHANGED : 1;
  const halfLifeDays = evidence.changed
    ? HALF_LIFE_CHANGED
    : Math.min(HALF_LIFE_DAYS, context.halfLifeDays * HALF_LIFE_GROW);
  const known = keep === 1 ? context.memory : discountCells(context.memory, -Math.log2(keep), 1);
  // W6: compare with everything remembered near this fee, not with the last window alone.
  const curve = fitDemand(mergeCells(known, state.window.cells), lnFee, context.prior);
  const optimum = optimumOf(curve);
  const away = optimum.lnPpm - state.lnMarkup;
  const climbing = Math.abs(away) >= STEP_MIN;
  // At the top the search goes on to either side in turn, or the top could move away unseen.
  const direction = climbing ? (away > 0 ? 1 : -1) : state.direction === 1 ? -1 : 1;
  const step = evidence.changed
    ? STEP_MAX
    : direction === state.direction
      ? Math.min(STEP_MAX, state.step * GROW)
      : Math.max(STEP_MIN, state.step * DAMPEN);
  const lnMarkup = climbing
    ? state.lnMarkup + direction * Math.min(Math.abs(away), step)
    : optimum.lnPpm + direction * STEP_MIN;
  const learner: HillState = { ...fresh, lnMarkup: clamp(lnMarkup), direction, step, optimum };
  const reason = evidence.changed ? 'change-point' : 'step';
  return { evidence, move: { learner, halfLifeDays, keep }, reason, curve };
}
