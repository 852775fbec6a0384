// Which class has a channel, exactly at the boundaries, and what follows from it?
import { describe, expect, it } from 'vitest';
import { classify, FEE_MULTIPLIERS, rebalanceTerms, type ClassInput } from '../../../src/core/profit/classify.ts';
import { msat } from '../../../src/core/units.ts';

const WEEK = 604_800;
const channel = (netProfit: number, totalCost: number, rest: Partial<ClassInput> = {}): ClassInput => ({
  netProfit: msat(netProfit),
  totalCost: msat(totalCost),
  forwards: 1,
  ageSeconds: 10 * WEEK,
  windowSeconds: WEEK,
  open: true,
  ...rest,
});

describe('the class of a channel', () => {
  it.each([
    [5_000, 100_000, 'break_even'],
    [5_001, 100_000, 'profitable'],
    [-5_000, 100_000, 'break_even'],
    [-5_001, 100_000, 'underwater'],
    [0, 100_000, 'break_even'],
    // One msat beside the boundary, where a quotient of floats would round.
    [50_000_000_000_001, 1_000_000_000_000_000, 'profitable'],
    [50_000_000_000_000, 1_000_000_000_000_000, 'break_even'],
  ])('net %d on costs %d is %s', (net, cost, expected) => {
    expect(classify(channel(net, cost))).toBe(expected);
  });

  it('without costs is profitable with any profit, break-even with none', () => {
    expect(classify(channel(1, 0))).toBe('profitable');
    expect(classify(channel(0, 0))).toBe('break_even');
  });

  it('is zombie first of all: no forward, and older than the window', () => {
    const idle = { forwards: 0, windowSeconds: WEEK };
    expect(classify(channel(900, 1, { ...idle, ageSeconds: WEEK + 1 }))).toBe('zombie');
    expect(classify(channel(900, 1, { ...idle, ageSeconds: WEEK }))).toBe('profitable');
    expect(classify(channel(900, 1, { ...idle, forwards: 1 }))).toBe('profitable');
  });

  it('is never zombie once closed', () => {
    expect(classify(channel(-900, 1000, { forwards: 0, open: false }))).toBe('underwater');
  });
});

describe('what follows', () => {
  it('fee multipliers', () => {
    expect(FEE_MULTIPLIERS).toEqual({ profitable: 1, break_even: 1.1, underwater: 1.2, zombie: 1.15 });
  });
  it('rebalancing: never for zombies or below -50 % ROI, twice the profit for others under water', () => {
    const terms = (net: number, cost: number, profitClass = classify(channel(net, cost))) =>
      rebalanceTerms(profitClass, msat(net), msat(cost));
    expect(terms(10, 100)).toEqual({ allowed: true, profitFactor: 1 });
    expect(terms(-5, 100)).toEqual({ allowed: true, profitFactor: 1 });
    expect(terms(-50, 100)).toEqual({ allowed: true, profitFactor: 2 });
    expect(terms(-51, 100)).toEqual({ allowed: false });
    expect(terms(100, 1, 'zombie')).toEqual({ allowed: false });
    expect(terms(0, 0)).toEqual({ allowed: true, profitFactor: 1 });
  });
});
