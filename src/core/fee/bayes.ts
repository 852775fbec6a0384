// Which fee is best under everything demand could be, given the counts? The second algorithm, behind the same interface.
import { SECONDS_PER_DAY, type UnixSec } from '../units.ts';
import { cellOf, discountCells, lnFeeOf, mergeCells, totals } from './cells.ts';
import { posterior, type Posterior } from './demand-family.ts';
import { emptyWindow, type LearnContext, type LearnStep } from './learning.ts';
import { lnMarkupFor } from './markup.ts';
import type { BayesState, Cells, Optimum } from './types.ts';

/** Days in which half is forgotten; which is right depends on how fast the market moves (quant 7.6). */
const HALF_LIVES = [8, 25, 90] as const;
/** Weight of past predictions in judging a half-life, window by window; and the counts' overdispersion (prototype). */
const SCORE_KEEP = 0.93;
const DISPERSION = 20;
/** The longest memory is preferred until the data say otherwise. */
const START_SCORES = [0, 0.5, 1];
/** A model extracts more from a forward than a comparison does: its windows are so much shorter (8 forwards, 2 days). */
const WINDOW_DIVISOR = 4;
const HOURS_DIVISOR = 5;
/**
 * Yet it takes in whole days, at the default of six hours: a model that knows no time of day would take a quiet night for a
 * fee too high and a busy evening for one too low, and be sure of it (suits-thompson, docs/economics.md).
 */
const LEAST_HOURS_FACTOR = 4;
/** W5: a silence as long as a hill climber's window lowers the price by this (in ln). */
const SILENT_STEP = 0.5;

export const startBayes = (lnMarkup: number, prior: Optimum, memory: Cells, now: UnixSec): BayesState => ({
  kind: 'bayes',
  lnMarkup,
  direction: prior.lnPpm >= lnMarkup ? 1 : -1,
  window: emptyWindow(now),
  scores: START_SCORES,
  memories: HALF_LIVES.map(() => memory),
  silentHours: 0,
  optimum: null,
});

/** Log likelihood of a count under a negative binomial, up to what does not depend on the mean. */
const countScore = (count: number, mean: number): number =>
  count * Math.log(mean / (mean + DISPERSION)) - DISPERSION * Math.log(1 + mean / DISPERSION);

/** ln of the fee at which (fee - bid difference) x expected rate is highest. */
function bestLnFee(belief: Posterior, { bidDifference, lnMin, lnMax }: LearnContext): number {
  let best = Number.NEGATIVE_INFINITY;
  let at = lnMax;
  for (let cell = cellOf(Math.exp(lnMin)); cell <= cellOf(Math.exp(lnMax)); cell++) {
    const fee = Math.exp(lnFeeOf(cell));
    const value = (fee - bidDifference) * belief.rateAt(fee);
    if (fee > bidDifference && value > best) [best, at] = [value, lnFeeOf(cell)];
  }
  return at;
}

export function stepBayes(state: BayesState, context: LearnContext): LearnStep {
  const { window } = state;
  const { forwards, hours, lnFee } = totals(window.cells);
  const needs = {
    forwards: context.window.forwards / WINDOW_DIVISOR,
    hours: context.window.maxHours / HOURS_DIVISOR,
    leastHours: context.window.minHours * LEAST_HOURS_FACTOR,
  };
  const enough = forwards >= needs.forwards;
  const closed = hours >= needs.leastHours && (enough || hours >= needs.hours);
  const because = !closed ? 'waiting' : enough ? 'forwards' : 'time';
  const evidence = { forwards, hours, needs, closed, because } as const;
  if (!closed || lnFee === null) return { evidence, move: null, reason: null, compared: null };

  const days = (context.now - window.since) / SECONDS_PER_DAY;
  const before = state.memories.map((cells) => posterior(cells, context.prior));
  // Each half-life is judged by what it predicted for this window before it saw it.
  const scores = state.scores.map((score, i) => {
    const expected = window.cells.reduce(
      (sum, [cell, , time]) => sum + time * (before[i]?.rateAt(Math.exp(lnFeeOf(cell))) ?? 0),
      0,
    );
    return SCORE_KEEP * score + (expected > 0 ? countScore(forwards, expected) : 0);
  });
  const top = Math.max(...scores);
  const chosen = scores.lastIndexOf(top);
  const memories = state.memories.map((cells, i) =>
    mergeCells(discountCells(cells, days, HALF_LIVES[i] ?? 90), window.cells),
  );
  const belief = posterior(memories[chosen] ?? [], context.prior);
  const best = bestLnFee(belief, context);
  const silentHours = forwards === 0 && window.unmet === 0 ? state.silentHours + hours : 0;
  // W5: the family allows for demand that is small everywhere; a long silence is taken for a price too high all the same.
  const silent = silentHours >= context.window.maxHours && context.dailySats < context.targetFlowSats;
  // No dither: bid prices move the fee often enough to learn from, and it cost 3 to 5 % (docs/economics.md).
  const wanted = lnMarkupFor(Math.exp(best), context.bidDifference);
  // A window without a forward never raises; a silence as long as W5's lowers whatever the model says.
  const lower = state.lnMarkup - (silent ? SILENT_STEP * (hours / context.window.maxHours) : 0);
  const highest = Math.min(context.lnMax, silentHours > 0 ? lower : context.lnMax);
  const lnMarkup = Math.max(context.lnMin, Math.min(highest, wanted));
  const learner: BayesState = {
    ...state,
    lnMarkup,
    direction: lnMarkup >= state.lnMarkup ? 1 : -1,
    window: emptyWindow(context.now),
    scores: scores.map((score) => score - top),
    memories,
    silentHours,
    optimum: forwards === 0 && silent ? state.optimum : belief.optimum,
  };
  return {
    evidence,
    move: { learner, halfLifeDays: context.halfLifeDays, keep: 1 },
    reason: silent ? 'drift-down' : 'step',
    compared: {
      half_life_days: HALF_LIVES[chosen] ?? 90,
      best_ppm: Math.exp(best),
      optimum_ppm: Math.exp(belief.optimum.lnPpm),
      sd: belief.optimum.sd,
    },
  };
}
