// Which algorithm searches? Both answer to the same words; the rest of the room knows neither.
import type { UnixSec } from '../units.ts';
import { startBayes, stepBayes } from './bayes.ts';
import { startHill, stepHill } from './hill-climb.ts';
import type { LearnContext, LearnStep } from './learning.ts';
import type { Cells, FeeAlgorithm, LearnerState, Optimum } from './types.ts';

/** A learner at a position, with what is remembered of the peer. */
export const startLearner = (
  algorithm: FeeAlgorithm,
  lnMarkup: number,
  prior: Optimum,
  memory: Cells,
  now: UnixSec,
): LearnerState => (algorithm === 'bayes' ? startBayes(lnMarkup, prior, memory, now) : startHill(lnMarkup, prior, now));

/** One look at the open window; a move once it has closed. */
export const stepLearner = (state: LearnerState, context: LearnContext): LearnStep =>
  state.kind === 'bayes' ? stepBayes(state, context) : stepHill(state, context);
