// Is a change of demand found when there was one, and none where there was none?
import { describe, expect, it } from 'vitest';
import { addToCells } from '../../../src/core/fee/cells.ts';
import { believe, firstRun, type Belief } from '../../../src/core/fee/runs.ts';
import type { Cells, Run } from '../../../src/core/fee/types.ts';
import { SECONDS_PER_DAY, unixSec } from '../../../src/core/units.ts';

const START = 1_800_000_000;
const PRIOR = { lnPpm: Math.log(250), sd: 0.8 };
const at = (day: number) => unixSec(START + day * SECONDS_PER_DAY);

/** Two days each, at these fees by turns; forwards an hour as demand of that day has them, none more or less. */
function seen(
  windows: number,
  rateOf: (day: number, fee: number) => number,
  fees: readonly number[] = [200, 260],
): Belief[] {
  let runs: readonly Run[] = [firstRun(at(0), [])];
  return Array.from({ length: windows }, (_, i) => {
    const day = 2 * i;
    const fee = fees[i % fees.length] ?? 200;
    const window: Cells = addToCells([], fee, 48 * rateOf(day, fee), 48);
    const belief = believe(runs, window, { since: at(day), until: at(day + 2) }, PRIOR);
    runs = belief.runs;
    return belief;
  });
}

/** Exponential demand: the best fee is `scale`, and no shape of the family fits it. */
const exponential = (scale: number) => (_: number, fee: number) => 0.6 * Math.exp(1 - fee / scale);
const last = (beliefs: readonly Belief[]): Belief => beliefs.at(-1) as Belief;

describe('runs', () => {
  it('demand that stays the same is one run', () => {
    for (const { likeliest, chance } of seen(60, exponential(230))) {
      expect(likeliest.since).toBe(at(0));
      expect(chance).toBeGreaterThan(0.7);
    }
  });

  it.each([0, -3600, -10 * SECONDS_PER_DAY])(
    'stay numbers where the clock says that a window lasted %i seconds',
    (seconds) => {
      const until = unixSec(at(2) + seconds);
      const runs = last(seen(1, exponential(230))).runs;
      const belief = believe(runs, addToCells([], 260, 12, 48), { since: at(2), until }, PRIOR);
      const { optimum, chance } = belief;
      const lnWeights = belief.runs.map(({ lnWeight }) => lnWeight);
      const figures = [optimum.lnPpm, optimum.sd, chance, ...lnWeights, ...belief.ratesUpTo(60)];
      expect(figures.filter((figure) => !Number.isFinite(figure))).toEqual([]);
    },
  );

  it.each([
    { factor: 2.5, name: 'rises' },
    { factor: 0.4, name: 'falls' },
  ])('where the best fee $name they begin anew, and what is believed follows within six weeks', ({ factor }) => {
    const before = exponential(230);
    const after = exponential(230 * factor);
    const beliefs = seen(50, (day, fee) => (day < 60 ? before : after)(day, fee));
    const { likeliest, optimum } = last(beliefs);
    expect(likeliest.since).toBeGreaterThanOrEqual(at(56));
    expect(likeliest.since).toBeLessThanOrEqual(at(66));
    const moved = optimum.lnPpm - (beliefs[29] as Belief).optimum.lnPpm;
    expect(Math.sign(moved)).toBe(Math.sign(Math.log(factor)));
    // Higher fees were not tried, so that much of a rise is left to what is believed of any peer.
    expect(Math.abs(moved)).toBeGreaterThan(0.4 * Math.abs(Math.log(factor)));
  });

  it.each([
    [4, 0.25],
    [14, 0.5],
    [29, 0.6],
    [72, 0.6],
    [432, 0.7],
  ])(
    'weekends are no changes, where %i forwards a day are usual and %f times as many at weekends',
    (daily, weekend) => {
      const busy = exponential(230);
      // Windows of two days, of which each fourth is a quiet one.
      for (const { likeliest } of seen(
        100,
        (day, fee) => ((busy(day, fee) * daily) / 14) * (day % 8 === 6 ? weekend : 1),
      ))
        expect(likeliest.since).toBe(at(0));
    },
  );

  it('a single odd day is no change', () => {
    const usual = exponential(230);
    const beliefs = seen(60, (day, fee) => usual(day, fee) * (day === 60 ? 1.6 : 1));
    expect(last(beliefs).likeliest.since).toBe(at(0));
  });

  it('few are kept, and they are all there is', () => {
    for (const { runs } of seen(60, (day, fee) => exponential(day % 20 < 10 ? 150 : 500)(day, fee))) {
      expect(runs.length).toBeLessThanOrEqual(4);
      // The one that was dropped held next to nothing.
      expect(runs.reduce((sum, { lnWeight }) => sum + Math.exp(lnWeight), 0)).toBeCloseTo(1, 9);
      expect(new Set(runs.map(({ since }) => since)).size).toBe(runs.length);
    }
  });
});
