// Is the value of the game against a rival who follows what it must be? Games that can be played out by hand.
import { describe, expect, it } from 'vitest';
import type { DemandColumn } from '../../../src/sim/market/demand.ts';
import { gameValue } from '../../../src/sim/market/rival-game.ts';
import { Season } from '../../../src/sim/market/season.ts';

const EVEN = new Season({ daily: 0, weekend: 1 });
const SWINGING = new Season({ daily: 0.5, weekend: 1 });

/** Fees of 10 and 20; at 10 all pay if the rival asks 1, `left` of them if it has followed; at 20 `dear` of them. */
const column = (left: number, dear: number): DemandColumn => ({
  to: 1,
  within: false,
  fees: Float64Array.of(10, 20),
  classes: [
    {
      from: Float64Array.of(100, 0),
      share: (fee, rival = 1) => (fee === 20 ? dear : rival === 1 ? 1 : left),
    },
  ],
  follows: (fee) => (fee === 20 ? 1 : 0.5),
});
const PRICES = [0, 0];

describe('the game', () => {
  it('is what is earned for ever where the rival never moves', () => {
    const still: DemandColumn = { ...column(0, 0.3), follows: null };
    expect(gameValue(still, PRICES, 30, EVEN)).toBeCloseTo(1000, 6);
    // What comes in is worth 5 more than what leaves: 100 x (10 + 5).
    expect(gameValue(still, [5, 0], 30, EVEN)).toBeCloseTo(1500, 6);
  });

  it('is to cheat every other time where that is best', () => {
    // 1000 and 600 in turns; 600 by staying dear; 0 by staying cheap.
    expect(gameValue(column(0, 0.3), PRICES, 24, EVEN)).toBeCloseTo(800, 0);
  });

  it('is to stay cheap where most come all the same', () => {
    expect(gameValue(column(0.9, 0.3), PRICES, 24, EVEN)).toBeCloseTo(900, 0);
  });

  it('is to stay dear where there is nothing to be gained by cheating', () => {
    expect(gameValue(column(0, 0.6), PRICES, 24, EVEN)).toBeCloseTo(1200, 0);
  });

  it('is better with a lag of half a day more: cheap at busy hours, when the rival has seen the quiet ones', () => {
    // Rates of the busy half are 1 + 0.5 x 2 / pi of the mean.
    const busy = 1 + 1 / Math.PI;
    expect(gameValue(column(0, 0.3), PRICES, 36, SWINGING)).toBeCloseTo((busy * 1000 + (2 - busy) * 600) / 2, 0);
    expect(gameValue(column(0, 0.3), PRICES, 24, SWINGING)).toBeCloseTo(800, 0);
  });
});
