// Is the value of the game against a rival who follows what it must be? Games that can be played out by hand.
import { describe, expect, it } from 'vitest';
import type { DemandColumn } from '../../../../src/sim/market/demand/demand.ts';
import { Leader } from '../../../../src/sim/market/bound/leader.ts';
import { gameValue } from '../../../../src/sim/market/bound/rival-game.ts';
import { Season } from '../../../../src/sim/market/demand/season.ts';

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

describe('a leader', () => {
  const plays = (left: number, dear: number): number[] => {
    const leader = new Leader(column(left, dear), PRICES);
    // The rival has seen nothing yet, then 20, then 10.
    return [null, 20, 10].map((seen) => leader.fee(seen, PRICES));
  };

  it('cheats while the rival is dear, and makes it dear again', () => {
    expect(plays(0, 0.3)).toEqual([10, 10, 20]);
  });

  it('stays cheap where most come all the same, and dear where there is nothing to be gained', () => {
    expect(plays(0.9, 0.3)).toEqual([10, 10, 10]);
    expect(plays(0, 1.1)).toEqual([20, 20, 20]);
  });

  it('sells dearer what has become worth more', () => {
    const leader = new Leader(column(0.9, 0.3), PRICES);
    expect(leader.fee(10, [0, 8])).toBe(20);
  });

  it('earns the game’s value, fee by fee', () => {
    const game = column(0, 0.3);
    const leader = new Leader(game, PRICES);
    let seen: number | null = null;
    let earned = 0;
    for (let lag = 0; lag < 100; lag++) {
      const fee = leader.fee(seen, PRICES);
      const rival = seen === null ? 1 : (game.follows?.(seen) ?? 1);
      earned += 100 * fee * (game.classes[0]?.share(fee, rival) ?? 0);
      seen = fee;
    }
    expect(earned / 100).toBeCloseTo(gameValue(game, PRICES, 24, EVEN), 0);
  });
});
