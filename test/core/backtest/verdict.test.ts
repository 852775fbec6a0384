// What may be claimed after so many draws: each doubt by itself, and the sums of what is told.
import { describe, expect, it } from 'vitest';
import type { Fit } from '../../../src/core/backtest/fit.ts';
import type { History, PastCircle } from '../../../src/core/backtest/history.ts';
import type { Told } from '../../../src/core/backtest/identification.ts';
import { judge, type Draw, type Played } from '../../../src/core/backtest/verdict.ts';

const DAY = 86_400;
const channel = (name: string): History['channels'][number] => ({
  ...{ name, capacityMsat: 1e9, from: 0, until: 20 * DAY, startMsat: null },
  fees: [{ at: 0, ppm: 100 }],
});
const forward = (to: number, feeMsat: number): History['forwards'][number] => ({
  ...{ at: DAY, from: 1 - to, to, amountMsat: 1e6, feeMsat },
});
const circle: PastCircle = { at: DAY, from: 1, to: 0, amountMsat: 1e6, feeMsat: 10 };

/** Of a past that earned 600 by a and 400 by b, and paid 100 for filling a, in ten rebalances. */
function fitOf({ told = ['enough', 'enough'], circles = 10 }: { told?: readonly Told[]; circles?: number } = {}): Fit {
  const history: History = {
    ...{ from: 0, until: 20 * DAY, attempts: { succeeded: 0, failed: 0 } },
    channels: [channel('b'), channel('a')],
    forwards: [forward(1, 350), forward(1, 250), forward(0, 400)],
    circles: Array.from({ length: circles }, () => ({ ...circle, to: 1, from: 0, feeMsat: 100 / circles })),
  };
  // Only what a verdict reads of a fit.
  return {
    history,
    evidence: told.map((each) => ({ told: each, elasticitySd: each === 'one-fee' ? null : 0.5 })),
    dispersion: 1.25,
  } as unknown as Fit;
}
const played = (b: number, a: number, costA = 0, untriedMsat = 0): Played => ({
  ...{ feesMsat: [b, a], costMsat: [0, costA], untriedMsat },
});
/** Draws about what really was, and another configuration that earns so much more there. */
const draws = (more: number, { cost = 100, shift = 0 } = {}): Draw[] =>
  [-20, -10, 0, 10, 20].map((noise) => ({
    replay: played(400 + noise + shift, 600 + noise, 100),
    other: played(400 + noise + shift, 600 + more + 2 * noise, cost, 100),
  }));

describe('a verdict', () => {
  it('dares where nothing is in doubt', () => {
    expect(judge(fitOf(), draws(100)).verdict).toEqual({ answer: 'more' });
    expect(judge(fitOf(), draws(-100)).verdict).toEqual({ answer: 'less' });
  });

  it.each([
    ['not-reproduced', fitOf(), draws(100, { shift: 300 })],
    ['prior-only', fitOf({ told: ['enough', 'too-little'] }), draws(100)],
    ['prior-only', fitOf({ told: ['enough', 'one-fee'] }), draws(100)],
    ['rebalance-assumed', fitOf({ circles: 9 }), draws(100)],
    ['within-chance', fitOf(), draws(0)],
  ] as const)('has %s as its only doubt', (doubt, fit, drawn) => {
    expect(judge(fit, drawn).verdict).toEqual({ answer: 'cannot-tell', doubts: [doubt] });
  });

  it('asks for no price of rebalancing where the other configuration never does', () => {
    const { verdict } = judge(fitOf({ circles: 1 }), draws(100, { cost: 0 }));
    expect(verdict).toEqual({ answer: 'more' });
  });

  it('believes what half of the fees tell', () => {
    // b earned 400 of 1,000, a 600.
    expect(judge(fitOf({ told: ['too-little', 'enough'] }), draws(100))).toMatchObject({
      toldShare: 0.6,
      verdict: { answer: 'more' },
    });
    expect(judge(fitOf({ told: ['enough', 'too-little'] }), draws(100)).toldShare).toBe(0.4);
  });

  it('has all doubts that there are', () => {
    const { verdict } = judge(fitOf({ circles: 2, told: ['one-fee', 'one-fee'] }), draws(0, { shift: 300 }));
    expect(verdict).toEqual({
      answer: 'cannot-tell',
      doubts: ['not-reproduced', 'prior-only', 'rebalance-assumed', 'within-chance'],
    });
  });

  it('is doubted where fees are reproduced and the net is not', () => {
    const dear = draws(100).map(({ replay, other }) => ({ other, replay: { ...replay, costMsat: [0, 500] } }));
    expect(judge(fitOf(), dear)).toMatchObject({ reproduced: false });
  });
});

describe('what is told beside it', () => {
  const result = judge(fitOf(), draws(100, { cost: 130 }));

  it('is what really was', () => {
    expect(result).toMatchObject({
      ...{ from: 0, until: 20 * DAY, days: 20, forwards: 3, draws: 5, circles: 10, dispersion: 1.25 },
      actual: { feesMsat: 1000, costMsat: 100, netMsat: 900 },
    });
  });

  it('is what was drawn, and what it differs by', () => {
    expect(result.replay.feesMsat.mean).toBe(1000);
    expect(result.replay.netMsat.mean).toBe(900);
    expect(result.difference.feesMsat.mean).toBe(100);
    expect(result.difference.costMsat).toEqual({ mean: 30, low: 30, high: 30 });
    expect(result.difference.netMsat.mean).toBe(70);
    // What really was, and the difference.
    expect(result.other.feesMsat.mean).toBe(1100);
    expect(result.other.costMsat).toEqual({ mean: 130, low: 130, high: 130 });
    expect(result.other.netMsat.mean).toBe(970);
    // Of 500 in 5 draws of 1,100 each.
    expect(result.untriedShare).toBeCloseTo(500 / 5500, 12);
  });

  it('is told of each channel, those that earned most first', () => {
    expect(result.channels.map(({ name, actualMsat }) => [name, actualMsat])).toEqual([
      ['a', 500],
      ['b', 400],
    ]);
    expect(result.channels.map(({ difference, other }) => [difference.mean, other.mean])).toEqual([
      [70, 570],
      [0, 400],
    ]);
  });

  it('never has fees or costs below nothing', () => {
    const { other } = judge(fitOf(), draws(-1200, { cost: 0 }));
    expect(other.feesMsat).toMatchObject({ mean: 0, low: 0 });
    expect(other.costMsat).toEqual({ mean: 0, low: 0, high: 0 });
    expect(other.netMsat).toEqual(other.feesMsat);
  });
});
