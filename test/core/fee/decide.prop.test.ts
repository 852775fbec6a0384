// Which promises hold whatever happens to a node? Random histories, every cycle checked.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { boundsFor } from '../../../src/core/fee/bounds.ts';
import { Carried } from '../../../src/core/fee/carried.ts';
import { decideFees } from '../../../src/core/fee/decide.ts';
import { dailySatsOf } from '../../../src/core/fee/observe.ts';
import type { FeeInput, FeeOutcome, LearnerState, UnitState } from '../../../src/core/fee/types.ts';
import { FEE_REASONS, FEE_STEPS } from '../../../src/core/reasons.ts';
import type { NodeId } from '../../../src/core/units.ts';
import { history, RUNS, type History } from './histories.ts';
import { live, type Cycle } from './live-history.ts';

const always = (check: (cycle: Cycle) => void): void => {
  fc.assert(
    fc.property(history, (told) => {
      live(told, check);
    }),
    { numRuns: RUNS },
  );
};
const must = (holds: boolean, message: string): void => {
  if (!holds) throw new Error(message);
};
const text = (outcome: FeeOutcome): string =>
  JSON.stringify([outcome.decisions, [...outcome.next], [...outcome.prices]]);
const position = (learner: LearnerState): string => JSON.stringify({ ...learner, window: null });

describe('every fee we set', () => {
  it('is a whole ppm within the bounds in force, or the static one asked for', () => {
    always(({ input, outcome }) => {
      for (const decision of outcome.decisions) {
        if (decision.kind !== 'set') continue;
        const unit = input.units.find(({ peerId }) => peerId === decision.peerId);
        const state = outcome.next.get(decision.peerId);
        if (unit === undefined || state === undefined) throw new Error('decided for a stranger');
        if (unit.policy.strategy === 'static') {
          must(decision.ppm === unit.policy.staticPpm, 'a static policy was not obeyed');
          continue;
        }
        const open = unit.channels.filter((channel) => !channel.private).length;
        const bounds = boundsFor(input.config, unit.policy, unit.economics, open * 5_000_000, dailySatsOf(state));
        must(Number.isInteger(decision.ppm), 'not a whole ppm');
        must(decision.ppm >= bounds.lower && decision.ppm <= bounds.upper, `${decision.ppm} is out of bounds`);
        if (unit.policy.maxPpm !== null) must(decision.ppm <= unit.policy.maxPpm, 'above the policy');
        else if (unit.policy.minPpm === null)
          must(
            decision.ppm <= input.config.maxPpm && decision.ppm >= Math.min(input.config.minPpm, input.config.maxPpm),
            'out of min/max',
          );
      }
    });
  });

  it('is of a public channel whose fee nobody holds, and differs from the present one', () => {
    always(({ input, outcome }) => {
      for (const decision of outcome.decisions) {
        if (decision.kind !== 'set') continue;
        const unit = input.units.find(({ peerId }) => peerId === decision.peerId);
        must(unit?.hold === null, 'a hold was broken');
        must(unit?.policy.strategy !== 'passive', 'a passive policy was broken');
        must(decision.changes.length > 0, 'a set that changes nothing');
        for (const { channelId, fromPpm } of decision.changes) {
          const channel = unit?.channels.find((one) => one.channelId === channelId);
          must(channel?.private === false, 'a private channel was priced');
          must(channel?.feePpm === fromPpm && fromPpm !== decision.ppm, 'from is not the live fee');
        }
      }
    });
  });

  it('is one of at most six a day, and no raise within ten minutes of another', () => {
    always(({ input, outcome, changes }) => {
      for (const decision of outcome.decisions) {
        if (decision.kind !== 'set') continue;
        for (const { channelId, fromPpm } of decision.changes) {
          const day = changes.filter((change) => change.channelId === channelId && change.at > input.now - 86_400);
          must(day.length < 6, 'a seventh change within a day');
          const raised = day.some(({ at, fromPpm: a, toPpm: b }) => b > a && at > input.now - 600);
          must(!(raised && decision.ppm > fromPpm), 'raised twice within ten minutes');
        }
      }
    });
  });
});

describe('the answer', () => {
  it('is one decision with a known reason and a trail per peer', () => {
    always(({ input, outcome }) => {
      must(outcome.decisions.length === input.units.length, 'a peer without a decision');
      for (const { reason, trail } of outcome.decisions) {
        must(reason in FEE_REASONS, `unknown reason ${reason}`);
        for (const { step, values } of trail) {
          must(step in FEE_STEPS, `unknown step ${step}`);
          for (const value of Object.values(values))
            must(typeof value !== 'number' || Number.isFinite(value), `${step} has a number that is none`);
        }
      }
    });
  });

  it('does not depend on the order of peers, channels, sources, changes or states', () => {
    const turned = ({ now, config, units, states }: FeeInput): FeeInput => ({
      now,
      config,
      units: [...units].reverse().map((unit) => ({
        ...unit,
        channels: [...unit.channels].reverse(),
        recentChanges: [...unit.recentChanges].reverse(),
        observation: unit.observation && { ...unit.observation, sources: [...unit.observation.sources].reverse() },
      })),
      states: new Map([...states].reverse()),
    });
    always(({ input, outcome }) => {
      must(text(decideFees(turned(input))) === text(outcome), 'the order mattered');
    });
  });

  it('is the same with what any other cycle, of these peers or others, has carried on', () => {
    const carried = new Carried();
    always(({ input, outcome }) => {
      must(text(decideFees(input, carried)) === text(outcome), 'what was carried on changed a decision');
      must(text(decideFees(input, carried)) === text(outcome), 'its own work, carried on, changed a decision');
    });
  });

  it('is the same where nobody asks why, but for the trail', () => {
    always(({ input, outcome }) => {
      const untold = decideFees({ ...input, untold: true });
      must(
        untold.decisions.every(({ trail }) => trail.length === 0),
        'a trail was written for nobody',
      );
      const decisions = untold.decisions.map((decision, i) => ({ ...decision, trail: outcome.decisions[i]?.trail }));
      must(JSON.stringify(decisions) === JSON.stringify(outcome.decisions), 'it decided otherwise');
      must(JSON.stringify([...untold.next]) === JSON.stringify([...outcome.next]), 'it learned otherwise');
    });
  });

  it('is the same, byte for byte, from states that were written down and read again', () => {
    always(({ input, outcome }) => {
      const states = new Map(JSON.parse(JSON.stringify([...input.states])) as [NodeId, UnitState][]);
      must(text(decideFees({ ...input, states })) === text(outcome), 'a restart changed a decision');
    });
  });

  it('stays small: no state grows with history', () => {
    always(({ outcome }) => {
      for (const state of outcome.next.values()) {
        must(state.levels.length <= 25, 'balances pile up');
        must(state.sources.peers.length <= 32, 'sources pile up');
        must(state.memory.length <= 150, 'cells pile up');
      }
    });
  });
});

describe('the search', () => {
  it('moves only by a fee that was live or one that needs no telling', () => {
    always(({ input, outcome }) => {
      for (const decision of outcome.decisions) {
        const before = input.states.get(decision.peerId);
        const after = outcome.next.get(decision.peerId);
        if (decision.kind !== 'set' || before === undefined || after === undefined) continue;
        if (decision.reason === 'static') continue;
        // Where the last proposal has become live, that is where the search is; else where it was.
        const allowed = [position(before.learner)];
        if (before.proposal?.move != null) allowed.push(position(before.proposal.move.learner));
        must(allowed.includes(position(after.learner)), 'a fee that is not live moved the search');
      }
    });
  });

  it('forgets nobody who is missing from a reading', () => {
    always(({ input, outcome }) => {
      const { next } = decideFees({ ...input, units: [] });
      must(JSON.stringify([...next]) === JSON.stringify([...input.states].sort()), 'a state was lost');
      must(outcome.next.size >= input.states.size, 'a state was lost');
    });
  });

  it('never lowers the fee of an empty channel for want of traffic', () => {
    const empty = (told: History): History => ({
      ...told,
      steps: told.steps.map((step) => ({
        ...step,
        peers: step.peers.map((one) => ({ ...one, exposed: 0, forwards: 0 })),
      })),
    });
    fc.assert(
      fc.property(history, (told) => {
        live(empty(told), ({ outcome }) => {
          for (const { reason } of outcome.decisions) must(reason !== 'drift-down', 'emptiness was read as too dear');
        });
      }),
      { numRuns: RUNS },
    );
  });
});
