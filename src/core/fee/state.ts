// What is a peer's state once some of it has changed?
//
// Every cycle makes two or three new states of every peer. Spreading so many fields takes over ten times as long as naming
// them, and was half of what a cycle cost.
import type { LearnerState, TrialWindow, UnitState } from './types.ts';

/** The same state but for these fields; null is a value, and undefined leaves a field as it is. */
export function withChanges(state: UnitState, changes: Partial<UnitState>): UnitState {
  return {
    version: 1,
    observedUntil: changes.observedUntil ?? state.observedUntil,
    seen: changes.seen ?? state.seen,
    seenAt: changes.seenAt ?? state.seenAt,
    lastPpm: changes.lastPpm === undefined ? state.lastPpm : changes.lastPpm,
    proposal: changes.proposal === undefined ? state.proposal : changes.proposal,
    ownZero: changes.ownZero ?? state.ownZero,
    externalUntil: changes.externalUntil ?? state.externalUntil,
    slowPrice: changes.slowPrice ?? state.slowPrice,
    sources: changes.sources ?? state.sources,
    flow: changes.flow ?? state.flow,
    memory: changes.memory ?? state.memory,
    memoryAt: changes.memoryAt ?? state.memoryAt,
    halfLifeDays: changes.halfLifeDays ?? state.halfLifeDays,
    levels: changes.levels ?? state.levels,
    capacitySats: changes.capacitySats ?? state.capacitySats,
    learner: changes.learner ?? state.learner,
  };
}

/** The learner where it was, with another window. */
export function withWindow(learner: LearnerState, window: TrialWindow): LearnerState {
  if (learner.kind === 'bayes') {
    const { lnMarkup, direction, runs, rates, silentHours, optimum } = learner;
    return { kind: 'bayes', lnMarkup, direction, window, runs, rates, silentHours, optimum };
  }
  const { lnMarkup, direction, step, previousPpm, suspicion, optimum } = learner;
  return { kind: 'hill-climb', lnMarkup, direction, step, window, previousPpm, suspicion, optimum };
}
