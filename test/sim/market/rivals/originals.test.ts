// Do the predecessors' ports price and weigh as the Python did? Figures recorded of it, or worked out by hand from it.
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/sim/market/market.ts';
import { profitabilityOf, seedClimber } from '../../../../src/sim/market/rivals/seed-climber.ts';
import { seedFlowState } from '../../../../src/sim/market/rivals/seed-flow.ts';
import { seedValue, type SeedMove } from '../../../../src/sim/market/rivals/seed-value.ts';
import { THOMPSON_SHIPPED, scarcity, thompson, thompsonBounds } from '../../../../src/sim/market/rivals/thompson.ts';
import { Aimd, ThompsonPosterior, windowWeight } from '../../../../src/sim/market/rivals/thompson-posterior.ts';
import { MadeUpNode } from './view.ts';

const HOUR = 3600;

describe('seed', () => {
  it.each([
    [0, 0, 1],
    [1, 0, 0.95],
    // Returns of 25, 20, 0, -20, -50 and -60 %.
    [125, 100, 0.95],
    [120, 100, 1],
    [100, 100, 1],
    [80, 100, 1.05],
    [50, 100, 1.1],
    [40, 100, 1.15],
  ])('with %d sats earned and %d spent multiplies with %d', (earned, cost, multiplier) => {
    expect(profitabilityOf(earned, cost)).toBe(multiplier);
  });

  it.each([
    [null, 0.29, 'source'],
    [null, 0.3, 'balanced'],
    [null, 0.71, 'sink'],
    [51, 0.9, 'source'],
    [50, 0.1, 'balanced'],
    [-51, 0.1, 'sink'],
  ])('takes a net flow of %d of 100 at a share of %d for %s', (net, share, state) => {
    expect(seedFlowState(net, 100, share)).toBe(state);
  });

  it('halves its step again with every further window that earns more, and goes on from there', () => {
    const node = new MadeUpNode([20], [0.5]);
    const tool = seedClimber(false);
    const fees = Array.from({ length: 9 }, (_, window) => {
      return node.wake(tool, HOUR, [node.forward(-1, 0, (window + 1) * 1_000_000_000)])[0];
    });
    // 50 a window; beyond five in a row 25, 12, and 10, which is less than 3 % and not told.
    expect(fees).toEqual([70, 120, 170, 220, 270, 320, 345, 357, 357]);
  });

  const move = (toPpm: number, more: Partial<SeedMove> = {}): SeedMove => ({
    amountSats: 1_000_000,
    toPpm,
    fromPpm: 0,
    inboundPpm: 550,
    toTurnover: 0.2,
    fromTurnover: 0.0001,
    ...more,
  });

  it.each([600, 800, 1000, 2000, 3000])('expects of %d ppm what python-original 2.3 recorded', (fee) => {
    // 20 % of a million sats at the fee, less (fee - 550) ppm of it all: 70 sats at 600, less than 10 from 800 on.
    const { profit } = seedValue(move(fee), 'published') ?? { profit: NaN };
    expect(profit).toBe(fee / 5 - (fee - 550));
    expect(profit >= 10).toBe(fee === 600);
    expect(seedValue(move(fee), 'plain')?.profit).toBe(fee - 550);
  });

  it('weighs the source by a week of its turnover', () => {
    // 5 % x 7 = 35 % of 100 ppm: spread 215, cap 550 + 107. Income 160; budget 215; loss 5 % x 100 ppm x 35 %: 1.75.
    expect(seedValue(move(800, { fromPpm: 100, fromTurnover: 0.05 }), 'published')).toEqual({
      spreadPpm: 215,
      capPpm: 657,
      profit: 160 - 215 - 1,
    });
  });

  it('refuses what has no spread, and to drain a dear and busy source', () => {
    expect(seedValue(move(550), 'plain')).toBeNull();
    expect(seedValue(move(900, { fromPpm: 901, fromTurnover: 0.11, inboundPpm: 0 }), 'plain')).toBeNull();
    expect(seedValue(move(900, { fromPpm: 901, fromTurnover: 0.1, inboundPpm: 0 }), 'plain')).not.toBeNull();
  });
});

describe('Thompson core', () => {
  it.each([
    [6, 99, 1],
    [3, 49, 0.25],
    // 1/6 x 1/100 is below the least.
    [1, 0, 0.01],
    [12, 500, 1],
  ])('weighs %d hours at %d sats an hour with %d', (hours, rate, weight) => {
    expect(windowWeight(hours, rate)).toBeCloseTo(weight, 12);
  });

  it('blends the mean of what was tried with its prior, an eleventh after the first window', () => {
    const posterior = new ThompsonPosterior();
    posterior.observe('balanced', 400, 99, 6, 0);
    // 400 / 11 + 200 x 10 / 11; 10 / 11 + 1000 / 11.
    expect(posterior.posterior.mean).toBeCloseTo(218.182, 3);
    expect(posterior.posterior.std).toBeCloseTo(91.818, 3);
    // Wide before three windows: 100 x 1.5 x 1.5 x 0.85.
    expect(posterior.draw('balanced')).toEqual({ mean: 200, std: 100 * 1.5 * (1.5 * 0.85) });
  });

  it('goes by the balance it is in after three windows there', () => {
    const posterior = new ThompsonPosterior();
    for (const hour of [0, 1, 2]) posterior.observe('balanced', 400, 99, 6, hour * HOUR);
    // From 218.18 three times 0.1 x 1.99 x 0.99 of the way to 400; 91.818 x 0.95^3 x 1.275.
    const { mean, std } = posterior.draw('balanced');
    expect(mean).toBeCloseTo(305.86, 1);
    expect(std).toBeCloseTo(100.37, 1);
    expect(posterior.draw('low').mean).toBeCloseTo(posterior.posterior.mean, 12);
  });

  it('stays at its prior where channels earn little, whatever is tried', () => {
    // Each window weighs 0.01 x 10/50: fifty of them come to 0.1 with nothing forgotten, which is not enough.
    const posterior = new ThompsonPosterior();
    for (let hour = 0; hour < 40; hour++) posterior.observe('balanced', 1000, 0, 1, hour * HOUR);
    expect(posterior.posterior).toEqual({ mean: 200, std: 100 });
  });

  it('halves the weight of what is a week old', () => {
    const posterior = new ThompsonPosterior();
    posterior.observe('a', 100, 99, 6, 0);
    posterior.observe('b', 400, 99, 6, 168 * HOUR);
    // (100 x 1 + 400 x 2) / 3 = 300; prior weight 1 / 1.2.
    expect(posterior.posterior.mean).toBeCloseTo(300 / 6 + (200 * 5) / 6, 9);
  });

  it('goes by the last 200 windows, each weighted by its age', () => {
    const posterior = new ThompsonPosterior();
    const fee = (hour: number): number => 50 + ((hour * 37) % 900);
    for (let hour = 0; hour < 300; hour++) posterior.observe('a', fee(hour), 99, 6, hour * HOUR);
    let weights = 0;
    let fees = 0;
    for (let hour = 100; hour < 300; hour++) {
      const weight = 0.5 ** ((299 - hour) / 168);
      weights += weight;
      fees += weight * fee(hour);
    }
    // The prior keeps a tenth.
    expect(posterior.posterior.mean).toBeCloseTo((fees / weights) * 0.9 + 20, 6);
  });

  it('cuts by 15 % after three windows without forwards, once an hour, down to one half', () => {
    const aimd = new Aimd();
    for (let window = 0; window < 2; window++) aimd.record(false, 0);
    expect(aimd.modifier).toBe(1);
    aimd.record(false, 0);
    expect(aimd.modifier).toBe(0.85);
    for (let window = 0; window < 5; window++) aimd.record(false, HOUR - 1);
    expect(aimd.modifier).toBe(0.85);
    aimd.record(false, HOUR);
    expect(aimd.modifier).toBeCloseTo(0.7225, 12);
    for (let hour = 2; hour < 40; hour++) aimd.record(false, hour * HOUR);
    expect(aimd.modifier).toBe(0.5);
    for (let window = 0; window < 10; window++) aimd.record(true, 50 * HOUR);
    expect(aimd.modifier).toBeCloseTo(0.52, 12);
  });

  it.each([
    // 500 x 3, 200 x 2, 10 x 1.25, 10, 10 x 0.5.
    [0.05, 1500, 5000],
    [0.2, 400, 5000],
    [0.3, 12, 5000],
    [0.5, 10, 5000],
    [0.95, 5, 5000],
  ])('draws at a share of %d between %d and %d ppm', (share, floor, ceiling) => {
    expect(thompsonBounds(share, THOMPSON_SHIPPED)).toEqual({ floor, ceiling });
  });

  it('raises the ceiling for an empty channel rather than lower its floor', () => {
    expect(thompsonBounds(0.05, { minPpm: 100, maxPpm: 400 })).toEqual({ floor: 1500, ceiling: 1510 });
  });

  it.each([
    [0.35, 1],
    [0.175, 2],
    [0, 3],
  ])('asks at a share of %d for %d times as much', (share, multiplier) => {
    expect(scarcity(share)).toBeCloseTo(multiplier, 12);
  });

  describe('between 90 and 94 ppm, less than the gate apart', () => {
    const forward = { at: 0, from: 1, to: 0, amountMsat: 1e8, feeMsat: 1, outcome: 'settled' } as const;
    /** A percent of the share is reserve: 0.36 is balanced. */
    const begun = (seed: number) => {
      const node = new MadeUpNode([250], [0.37]);
      const tool = thompson(stream(seed, 'thompson'), { minPpm: 72, maxPpm: 94 });
      return { node, hour: (busy: boolean): number => node.wake(tool, HOUR, busy ? [forward] : [])[0] ?? NaN };
    };

    it('tells when the balance has another name since', () => {
      const { node, hour } = begun(5);
      // With a forward every hour no cut begins.
      for (let i = 0; i < 50; i++) expect(hour(true)).toBe(90);
      // Low: for scarcity 1.057 times as much as what is drawn, which comes to the ceiling.
      node.shares[0] = 0.35;
      expect(hour(true)).toBe(94);
    });

    it('tells when the cut begins', () => {
      const { hour } = begun(1);
      // 0.85 times what is drawn comes to the floor.
      expect([hour(false), hour(false), hour(false), hour(false)]).toEqual([94, 94, 90, 90]);
    });
  });

  it('keeps within the fees that are allowed, whatever the balance', () => {
    const shares = [0, 0.05, 0.2, 0.5, 0.8, 1];
    const node = new MadeUpNode(
      shares.map(() => 250),
      shares,
    );
    const tool = thompson(stream(1, 'thompson'), { minPpm: 100, maxPpm: 700 });
    for (let wake = 0; wake < 200; wake++)
      for (const fee of node.wake(tool, 1800)) {
        expect(Number.isInteger(fee)).toBe(true);
        expect(fee).toBeGreaterThanOrEqual(100);
        expect(fee).toBeLessThanOrEqual(700);
      }
  });
});
