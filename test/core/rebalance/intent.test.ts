// Can an intent only go forward, and does it hold of the budget exactly what it may still cost?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventOf,
  heldBy,
  INTENT_STATES,
  isFinal,
  spentBy,
  stateDiagram,
  transition,
  type IntentEvent,
  type IntentState,
} from '../../../src/core/rebalance/intent.ts';
import { msat, ZERO_MSAT } from '../../../src/core/units.ts';
import { intent, later, sats } from './builders.ts';

const STATES = Object.keys(INTENT_STATES) as IntentState[];
const EVENTS: readonly IntentEvent[] = ['dispatch', 'drop', 'succeed', 'fail', 'lose-sight'];

describe('the states of an intent', () => {
  it('are reached only by the table', () => {
    const steps = STATES.flatMap((state) =>
      EVENTS.flatMap((event) => {
        const next = transition(state, event);
        return next === null ? [] : [`${state} ${event} ${next}`];
      }),
    );
    expect(steps).toEqual([
      'planned dispatch dispatched',
      'planned drop failed',
      'dispatched succeed settled',
      'dispatched fail failed',
      'dispatched lose-sight unknown',
      'unknown succeed settled',
      'unknown fail failed',
    ]);
  });

  it('end in a state that nothing changes any more, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        let state: IntentState = 'planned';
        for (const event of events) {
          const next = transition(state, event);
          if (isFinal(state)) expect(next).toBeNull();
          state = next ?? state;
        }
      }),
    );
    // From every state that is not final there is a way to both ends: no reservation can be stuck for want of an arrow.
    for (const state of ['dispatched', 'unknown'] as const)
      expect([transition(state, 'succeed'), transition(state, 'fail')]).toEqual(['settled', 'failed']);
  });

  it('are drawn as they are', () => {
    expect(stateDiagram()).toBe(
      [
        'stateDiagram-v2',
        '    [*] --> planned: reserved in the budget',
        '    planned --> dispatched: dispatch, handed to the driver',
        '    planned --> failed: drop, given up before anything was sent',
        '    dispatched --> settled: succeed, listsendpays says complete',
        '    dispatched --> failed: fail, listsendpays says failed, or that nothing was sent',
        '    dispatched --> unknown: lose-sight, still pending at the deadline, or no trace of it',
        '    unknown --> settled: succeed, listsendpays says complete',
        '    unknown --> failed: fail, listsendpays says failed, or nothing for longer than an HTLC can live',
        '    settled --> [*]',
        '    failed --> [*]',
        '',
      ].join('\n'),
    );
  });
});

describe('the budget', () => {
  it.each(['planned', 'dispatched', 'unknown'] as const)('holds the whole cap of a %s intent', (state) => {
    expect(heldBy(intent({ state }))).toBe(sats(300));
    expect(spentBy(intent({ state, feeMsat: sats(20) }), later(-86_400))).toBe(ZERO_MSAT);
  });

  it('holds what a misbehaving driver has already spent beyond its cap', () => {
    expect(heldBy(intent({ state: 'unknown', feeMsat: sats(400) }))).toBe(sats(400));
  });

  it.each(['settled', 'failed'] as const)('counts what a %s one cost, for 24 hours from its end', (state) => {
    const ended = intent({ state, feeMsat: msat(12_345), endedAt: later(0), plannedAt: later(-200_000) });
    expect(heldBy(ended)).toBe(ZERO_MSAT);
    expect(spentBy(ended, later(-86_400))).toBe(msat(12_345));
    expect(spentBy(ended, later(0))).toBe(ZERO_MSAT);
  });

  it('never lets any 24 hours cost more than it, however late payments end', () => {
    const DAY = 86_400;
    const life = fc.record({
      wait: fc.integer({ min: 0, max: 20_000 }),
      lasts: fc.integer({ min: 1, max: 200_000 }),
      cap: fc.integer({ min: 1, max: 2000 }),
      part: fc.integer({ min: 0, max: 100 }),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(life, { maxLength: 40 }), (lives) => {
        const budget = 3000n;
        const ended: { readonly at: number; readonly fee: bigint }[] = [];
        const all: { readonly from: number; readonly at: number; readonly fee: bigint; readonly cap: bigint }[] = [];
        let now = 0;
        for (const { wait, lasts, cap, part, fails } of lives) {
          now += wait;
          const at = (seconds: number) => later(seconds);
          const used = all.reduce((total, each) => {
            const state = each.at > now ? 'unknown' : fails ? 'failed' : 'settled';
            const kept = intent({
              state,
              maxFeeMsat: msat(each.cap),
              feeMsat: msat(each.at > now ? 0n : each.fee),
              endedAt: each.at > now ? null : at(each.at),
            });
            return total + heldBy(kept) + spentBy(kept, at(now - DAY));
          }, 0n);
          if (used + BigInt(cap) > budget) continue;
          const fee = (BigInt(cap) * BigInt(part)) / 100n;
          all.push({ from: now, at: now + lasts, fee, cap: BigInt(cap) });
          ended.push({ at: now + lasts, fee });
        }
        for (const { at: until } of ended) {
          const within = ended.filter(({ at }) => at > until - DAY && at <= until);
          expect(within.reduce((total, { fee }) => total + fee, 0n)).toBeLessThanOrEqual(budget);
        }
      }),
    );
  });

  it("takes a driver's report for what it says", () => {
    const report = { movedMsat: sats(5), feeMsat: msat(7), paymentHash: null, reason: 'because', attempts: 2 };
    expect(eventOf({ ...report, status: 'success', failure: null })).toEqual({
      event: 'succeed',
      news: { movedMsat: sats(5), feeMsat: msat(7), message: 'because' },
    });
    expect(eventOf({ ...report, status: 'failed', failure: 'no-route' })).toEqual({
      event: 'fail',
      news: { movedMsat: sats(5), feeMsat: msat(7), message: 'because', failure: 'no-route' },
    });
    expect(eventOf({ ...report, status: 'unknown', failure: 'timeout' }).event).toBe('lose-sight');
  });
});
