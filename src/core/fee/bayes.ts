// Which fee is best under everything demand could be, given the counts? The second algorithm, behind the same interface.
import { SECONDS_PER_DAY, type UnixSec } from '../units.ts';
import { cellOf, lnFeeOf, totals } from './cells.ts';
import { HALF_LIFE_DAYS } from './hill-climb.ts';
import { elapsedIn, emptyWindow, hasLasted, type LearnContext, type LearnStep } from './learning.ts';
import { feeFor, lnMarkupFor } from './markup.ts';
import { believe, firstRun } from './runs.ts';
import type { BayesState, Cells, Optimum } from './types.ts';

/** What is kept of the memory that prices in the long run rest on, once demand has changed (as in hill-climb.ts). */
const KEEP_CHANGED = 0.15;
/** A model extracts more from a forward than a comparison does: its windows are so much shorter (8 forwards, 2 days). */
const WINDOW_DIVISOR = 4;
const HOURS_DIVISOR = 5;
/**
 * Yet it takes in whole days, at the default of six hours: a model that knows no time of day would take a quiet night for a
 * fee too high and a busy evening for one too low, and be sure of it (suits-thompson, docs/economics.md).
 */
const LEAST_HOURS_FACTOR = 4;
/** Fees of the cells that are looked at every cycle, up to 20,000 ppm. */
const FEES = Array.from({ length: 105 }, (_, cell) => Math.exp(lnFeeOf(cell)));
/** W5: a silence as long as a hill climber's window lowers the price by this (in ln). */
const SILENT_STEP = 0.5;

export const startBayes = (lnMarkup: number, prior: Optimum, memory: Cells, now: UnixSec): BayesState => ({
  kind: 'bayes',
  lnMarkup,
  direction: prior.lnPpm >= lnMarkup ? 1 : -1,
  window: emptyWindow(now),
  runs: [firstRun(now, memory)],
  rates: null,
  silentHours: 0,
  optimum: null,
});

/** Position of the fee at which (fee - bid difference) x expected rate is highest. */
function bestPosition(rates: readonly number[], { lnMin, lnMax }: LearnContext, bidDifference: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let at = lnMax;
  for (let cell = Math.max(0, cellOf(Math.exp(lnMin))); cell < rates.length; cell++) {
    const fee = FEES[cell] ?? Math.exp(lnFeeOf(cell));
    const value = (fee - bidDifference) * (rates[cell] as number);
    if (fee > bidDifference && value > best) [best, at] = [value, lnFeeOf(cell)];
  }
  return Math.max(lnMin, Math.min(lnMax, lnMarkupFor(Math.exp(at), bidDifference)));
}

/** As the prices of the moment have it; after silence never above the position at rest. */
function positionNow({ rates, lnMarkup, silentHours }: BayesState, context: LearnContext): number {
  // Known only up to the bound there was when the last window closed: beyond it nothing is.
  if (rates === null || cellOf(Math.exp(context.lnMin)) >= rates.length) return lnMarkup;
  const best = bestPosition(rates, context, context.bidDifference);
  return silentHours > 0 ? Math.min(lnMarkup, best) : best;
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
  const elapsed = elapsedIn(window, context.now);
  const closed = hasLasted({ hours, elapsed, needs }) && (enough || hours >= needs.hours);
  const because = !closed ? 'waiting' : enough ? 'forwards' : 'time';
  const evidence = { forwards, hours, elapsed, needs, closed, because } as const;
  if (!closed || lnFee === null) {
    return { evidence, lnMarkup: positionNow(state, context), move: null, reason: null, compared: null };
  }

  const { runs } = state;
  const belief = believe(runs, window.cells, { since: window.since, until: context.now }, context.prior);
  const likeliest = runs.reduce((best, run) => (run.lnWeight > best.lnWeight ? run : best));
  const changed = belief.likeliest.since > likeliest.since;
  const rates = belief.ratesUpTo(cellOf(Math.exp(context.lnMax)));
  const silentHours = forwards === 0 && window.unmet === 0 ? state.silentHours + hours : 0;
  // W5: the family allows for demand that is small everywhere; a long silence is taken for a price too high all the same.
  const silent = silentHours >= context.window.maxHours && context.dailySats < context.targetFlowSats;
  // No dither: bid prices move the fee often enough to learn from, and it cost 3 to 5 % (docs/economics.md).
  const wanted = bestPosition(rates, context, 0);
  // A window without a forward never raises; a silence as long as W5's lowers whatever the model says.
  const lower = state.lnMarkup - (silent ? SILENT_STEP * (hours / context.window.maxHours) : 0);
  const highest = Math.min(context.lnMax, silentHours > 0 ? lower : context.lnMax);
  const lnMarkup = Math.max(context.lnMin, Math.min(highest, wanted));
  const learner: BayesState = {
    ...state,
    lnMarkup,
    direction: lnMarkup >= state.lnMarkup ? 1 : -1,
    window: emptyWindow(context.now),
    runs: belief.runs,
    rates,
    silentHours,
    optimum: forwards === 0 && silent ? state.optimum : belief.optimum,
  };
  return {
    evidence,
    lnMarkup: positionNow(learner, context),
    move: { learner, halfLifeDays: HALF_LIFE_DAYS, keep: changed ? KEEP_CHANGED : 1 },
    reason: silent ? 'drift-down' : 'step',
    compared: {
      run_days: (context.now - belief.likeliest.since) / SECONDS_PER_DAY,
      chance: belief.chance,
      best_ppm: feeFor(positionNow(learner, context), context.bidDifference),
      optimum_ppm: Math.exp(belief.optimum.lnPpm),
      sd: belief.optimum.sd,
    },
  };
}
