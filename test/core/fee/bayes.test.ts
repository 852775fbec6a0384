// Does the Bayesian learner's fee follow the prices of the moment, and nothing else, between two windows?
import { describe, expect, it } from 'vitest';
import { startBayes, stepBayes } from '../../../src/core/fee/bayes.ts';
import { addToCells } from '../../../src/core/fee/cells.ts';
import type { LearnContext } from '../../../src/core/fee/learning.ts';
import { feeFor } from '../../../src/core/fee/markup.ts';
import type { BayesState } from '../../../src/core/fee/types.ts';
import { unixSec } from '../../../src/core/units.ts';

const NOW = unixSec(1_800_000_000);
const context = (bidDifference: number): LearnContext => ({
  now: NOW,
  window: { forwards: 30, minHours: 6, maxHours: 240 },
  targetFlowSats: 100_000,
  dailySats: 500_000,
  bidDifference,
  prior: { lnPpm: Math.log(250), sd: 0.7, lnRate: null },
  memory: [],
  halfLifeDays: 60,
  lnMin: Math.log(10),
  lnMax: Math.log(5000),
});

/** After a window of 48 hours at 250 ppm with so many forwards, that ended at such a price. */
function after(forwards: number, bidDifference: number): BayesState {
  const state = startBayes(Math.log(250), { lnPpm: Math.log(250), sd: 0.7 }, [], unixSec(NOW - 172_800));
  const window = { ...state.window, cells: addToCells([], 250, forwards, 48) };
  const { move } = stepBayes({ ...state, window }, context(bidDifference));
  expect(move?.learner.kind).toBe('bayes');
  return move?.learner as BayesState;
}
const feeAt = (state: BayesState, bidDifference: number): number => {
  // An hour without a forward: the window stays open.
  const window = { ...state.window, cells: addToCells([], 250, 0, 1) };
  const { move, lnMarkup } = stepBayes({ ...state, window }, context(bidDifference));
  expect(move).toBeNull();
  return feeFor(lnMarkup, bidDifference);
};

describe('a window', () => {
  it.each([
    ['a day with liquidity closes', 24, 24, true],
    ['a day of which the channel was empty for an hour does not', 23, 24, false],
    ['two days close, however soon the channel is empty on each', 6, 48, true],
  ])('%s it', (_, hours, elapsed, closes) => {
    const state = startBayes(Math.log(250), { lnPpm: Math.log(250), sd: 0.7 }, [], unixSec(NOW - 3600 * elapsed));
    const window = { ...state.window, cells: addToCells([], 250, 40, hours) };
    expect(stepBayes({ ...state, window }, context(0)).evidence.closed).toBe(closes);
  });

  it('of a channel that sells out within hours raises the fee', () => {
    const state = startBayes(Math.log(250), { lnPpm: Math.log(250), sd: 0.7 }, [], unixSec(NOW - 172_800));
    const window = { ...state.window, cells: addToCells([], 250, 40, 6) };
    const { move, lnMarkup } = stepBayes({ ...state, window }, context(400));
    expect(move).not.toBeNull();
    expect(feeFor(lnMarkup, 400)).toBeGreaterThan(500);
  });
});

describe('between two windows', () => {
  it('a lower bound above all that was known when the last one closed is no reason to ask the upper one', () => {
    const state = startBayes(Math.log(250), { lnPpm: Math.log(250), sd: 0.7 }, [], unixSec(NOW - 172_800));
    const window = { ...state.window, cells: addToCells([], 250, 40, 48) };
    const { move } = stepBayes({ ...state, window }, { ...context(0), lnMax: Math.log(500) });
    const learner = move?.learner as BayesState;
    const open = { ...learner, window: { ...learner.window, cells: addToCells([], 250, 0, 1) } };
    const raised = stepBayes(open, { ...context(0), lnMin: Math.log(550), lnMax: Math.log(5000) });
    expect(raised.move).toBeNull();
    expect(raised.lnMarkup).toBe(learner.lnMarkup);
  });

  it('memory is kept as long as is usual, though a hill climber had shortened it', () => {
    const state = startBayes(Math.log(250), { lnPpm: Math.log(250), sd: 0.7 }, [], unixSec(NOW - 172_800));
    const window = { ...state.window, cells: addToCells([], 250, 40, 48) };
    expect(stepBayes({ ...state, window }, { ...context(0), halfLifeDays: 8 }).move?.halfLifeDays).toBe(60);
  });

  it.each([-800, -200, 0, 150, 600])(
    'a price difference of %i as a window ends leaves nothing behind',
    (difference) => {
      expect(feeAt(after(20, difference), 0)).toBeCloseTo(feeAt(after(20, 0), 0), 6);
    },
  );

  it('the fee rises with what a sat is worth more here than where it comes in', () => {
    const state = after(20, 0);
    const fees = [-800, -200, 0, 150, 600].map((difference) => feeAt(state, difference));
    expect(fees).toEqual([...fees].sort((a, b) => a - b));
    expect(fees.at(-1)).toBeGreaterThan(600);
  });

  it('after silence it is never above the position at rest', () => {
    const state = after(0, 0);
    expect(state.lnMarkup).toBeLessThanOrEqual(Math.log(250) + 1e-9);
    const { lnMarkup } = stepBayes(state, context(0));
    expect(lnMarkup).toBeLessThanOrEqual(state.lnMarkup + 1e-9);
  });
});
