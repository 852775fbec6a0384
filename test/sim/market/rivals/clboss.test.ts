// Does clboss's port ask and move what its source would? Figures worked out by hand from that.
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/sim/market/market.ts';
import { binCount, binMultiplier, firstBin, nextBin } from '../../../../src/sim/market/rivals/clboss-balance.ts';
import { CardGame, LIFETIME, levelMultiplier } from '../../../../src/sim/market/rivals/clboss-cards.ts';
import { clbossFee, clbossFees } from '../../../../src/sim/market/rivals/clboss-fees.ts';
import {
  earningsMoves,
  initialMoves,
  jitMove,
  type PeerAccount,
} from '../../../../src/sim/market/rivals/clboss-moves.ts';
import { sizeMultiplier } from '../../../../src/sim/market/rivals/clboss-size.ts';
import { MadeUpNode } from './view.ts';

const SAT = 1000;
const MIDDLE = { worse: 1, better: 1, total: 2 };

describe('size', () => {
  it.each([
    // The smallest, a quarter up (0.8536 squared), the middle.
    [0, 10, 20, 0.5],
    [5, 15, 20, 0.7286],
    [10, 10, 20, 1],
    // Limit 16 - ln 20 = 13.00427, its root 3.60614: half of the way to it is 2.30307, squared.
    [15, 5, 20, 5.3041],
    [20, 0, 20, 13.0043],
    // 16 - ln 2,000,000 = 1.49 is below 2.
    [2_000_000, 0, 2_000_000, 2],
    [0, 0, 0, 1],
    [0, 0, 3, 1],
  ])('%d smaller, %d larger of %d: times %d', (worse, better, total, multiplier) => {
    expect(sizeMultiplier({ worse, better, total })).toBeCloseTo(multiplier, 4);
  });
});

describe('balance', () => {
  it.each([
    // Of 200,000 sats each, 4 to 50 of them.
    [500_000, 4],
    [900_000, 5],
    [5_000_000, 25],
    [20_000_000, 50],
  ])('%d sats have %d bins', (sats, bins) => {
    expect(binCount(sats * SAT)).toBe(bins);
  });

  it.each([
    [0, 4.336],
    [1, 1.631],
    [2, 0.613],
    [3, 0.231],
  ])('bin %d of 4 multiplies with %d', (bin, multiplier) => {
    expect(binMultiplier(bin, 4)).toBeCloseTo(multiplier, 3);
  });

  it('begins in the bin it is in, the last one when full', () => {
    expect(firstBin(0.63e9, 1e9).bin).toBe(3);
    expect(firstBin(1e9, 1e9).bin).toBe(4);
    expect(firstBin(0, 1e9).bin).toBe(0);
  });

  it.each([
    // 10 bins: 4.2 is entered from above with probability 0.8, 6.3 from below with 0.3.
    [5, 0.42, 0.79, 4],
    [5, 0.42, 0.81, 5],
    [5, 0.63, 0.29, 6],
    [5, 0.63, 0.31, 5],
    // A fall of several bins stops one short of it.
    [8, 0.42, 0.81, 5],
    // Full: 10.0, one short of it.
    [8, 1, 0.5, 9],
  ])('goes from bin %d with a share of %d and a chance of %d to bin %d', (bin, share, chance, next) => {
    const last = { bin, bins: 10, localMsat: 1 };
    expect(nextBin(last, share * 2e9, 2e9, { next: () => chance }).bin).toBe(next);
  });

  it('stays where the bin is the same', () => {
    const last = { bin: 5, bins: 10, localMsat: 1 };
    expect(nextBin(last, 1.1e9, 2e9, { next: () => 0 })).toBe(last);
  });
});

describe('price levels', () => {
  it.each([
    [-2, 0.64],
    [-1, 0.8],
    [0, 1],
    [1, 1.2],
    [3, 1.728],
  ])('level %d multiplies with %d', (level, multiplier) => {
    expect(levelMultiplier(level)).toBeCloseTo(multiplier, 12);
  });

  /** Plays a round; each card earns what is said. */
  const round = (game: CardGame, earnings: (level: number) => number): number[] =>
    Array.from({ length: 5 }, () => {
      const level = game.level();
      game.earn(earnings(level));
      game.tick(LIFETIME - 1);
      expect(game.level()).toBe(level);
      game.tick(1);
      return level;
    });
  const sorted = (levels: readonly number[]): number[] => [...levels].sort((a, b) => a - b);

  it('plays the five levels around the center for two days each, then moves to the best of them', () => {
    const game = new CardGame(stream(1, 'cards'));
    expect(sorted(round(game, (level) => (level === 2 ? 10 : 9)))).toEqual([-2, -1, 0, 1, 2]);
    expect(sorted(round(game, (level) => 100 - level))).toEqual([0, 1, 2, 3, 4]);
    expect(game.center).toBe(2);
    // The game before counts no more.
    expect(sorted(round(game, () => 0))).toEqual([-2, -1, 0, 1, 2]);
  });

  it('stays where nothing was earned', () => {
    const game = new CardGame(stream(2, 'cards'));
    round(game, () => 0);
    expect(sorted(round(game, () => 0))).toEqual([-2, -1, 0, 1, 2]);
  });

  it('does not hear of a fee between two cards', () => {
    const game = new CardGame(stream(3, 'cards'));
    round(game, (level) => (level === 0 ? 1 : 0));
    game.earn(1e9);
    game.level();
    expect(game.center).toBe(0);
  });
});

describe('fees', () => {
  it('are the product, rounded, and never nothing', () => {
    expect(clbossFee(250, 1, 0.14142, 0.64)).toBe(23);
    expect(clbossFee(1, 0.5, 0.231, 0.64)).toBe(1);
  });

  it('are the median times 50^(0.5 - bin) times one of five levels, the levels changing every two days', () => {
    const around = { medianPpm: [100], standing: [MIDDLE] };
    const node = new MadeUpNode([250], [0.1], 1e9);
    const tool = clbossFees(stream(1, 'clboss'), around);
    const told = new Set<number>();
    for (let wake = 0; wake < 48 * 10 + 4; wake++) told.add(node.wake(tool, 1800)[0] ?? 0);
    // 5 bins, the lowest: 50^0.4 = 4.782; x 0.64, 0.8, 1, 1.2, 1.44.
    expect([...told].sort((a, b) => a - b)).toEqual([306, 383, 478, 574, 689]);
  });

  it('stay at their level while the peer is offline', () => {
    const around = { medianPpm: [100, 100], standing: [MIDDLE, MIDDLE] };
    const node = new MadeUpNode([250, 250], [0.5, 0.5]);
    node.offline.add(1);
    const tool = clbossFees(stream(1, 'clboss'), around);
    const told = [new Set<number>(), new Set<number>()] as const;
    for (let wake = 0; wake < 48 * 10 + 4; wake++)
      node.wake(tool, 1800).forEach((fee, k) => wake > 3 && told[k]?.add(fee));
    expect(told.map(({ size }) => size)).toEqual([5, 1]);
  });
});

const account = (localSats: number, capacitySats: number, more: Partial<PeerAccount> = {}): PeerAccount => ({
  localMsat: localSats * SAT,
  capacityMsat: capacitySats * SAT,
  inEarnedMsat: 0,
  outEarnedMsat: 0,
  inSpentMsat: 0,
  outSpentMsat: 0,
  ...more,
});

describe('EarningsRebalancer', () => {
  const rich = account(1_500_000, 2_000_000);
  const poor = (net: number): PeerAccount =>
    account(100_000, 1_000_000, { outEarnedMsat: (net + 500) * SAT, outSpentMsat: 500 * SAT });

  it('fills to three quarters for 1000 ppm', () => {
    const [move] = earningsMoves([rich, poor(1500)]);
    expect(move).toEqual({ from: 0, to: 1, amountMsat: 650_000 * SAT, maxFeeMsat: 650 * SAT });
  });

  it('moves no more than the net earnings pay for', () => {
    expect(earningsMoves([rich, poor(300)])).toEqual([
      { from: 0, to: 1, amountMsat: 300_000 * SAT, maxFeeMsat: 300 * SAT },
    ]);
    expect(earningsMoves([rich, poor(0)])).toEqual([]);
  });

  it('leaves the source at 27.5 %', () => {
    const [move] = earningsMoves([account(600_000, 2_000_000), poor(1500)]);
    expect(move?.amountMsat).toBeCloseTo(50_000 * SAT, 0);
  });

  it('takes neither side of those between 25 and 27.5 %', () => {
    expect(earningsMoves([account(260_000, 1_000_000), poor(1500)])).toEqual([]);
    expect(earningsMoves([account(260_000, 1_000_000), rich])).toEqual([]);
  });

  it('takes the best fifth of the pairs, one at least', () => {
    const sources = (count: number) => Array.from({ length: count }, (_, i) => account(9e5, 1e6, { inEarnedMsat: i }));
    const earners = (count: number) => Array.from({ length: count }, (_, i) => poor(1000 + i));
    expect(earningsMoves([...sources(4), ...earners(9)])).toHaveLength(1);
    const two = earningsMoves([...sources(10), ...earners(12)]);
    expect(two.map(({ from, to }) => [from, to])).toEqual([
      [9, 21],
      [8, 20],
    ]);
  });
});

describe('JitRebalancer', () => {
  const random = stream(1, 'jit');
  const full = account(900_000, 1_000_000);
  const out = (more: Partial<PeerAccount> = {}) => account(150_000, 1_000_000, more);

  it('fills to the middle of payment and capacity', () => {
    // Needed: 200,000 and 215 for the HTLC at 5 sat/vB; (200,215 + 1,000,000) / 2 - 150,000 = 450,107.5; 1000 ppm of it.
    const earned = out({ outEarnedMsat: 4000 * SAT, outSpentMsat: 200 * SAT });
    expect(jitMove([full, earned], 1, 200_000 * SAT, random)).toEqual({
      from: 0,
      to: 1,
      amountMsat: 450_107_500,
      maxFeeMsat: 450_107.5,
    });
  });

  it('spends ten sats and a quarter of what was earned, all told', () => {
    const fee = (earnedSats: number, spentSats: number) =>
      jitMove([full, out({ outEarnedMsat: earnedSats * SAT, outSpentMsat: spentSats * SAT })], 1, 200_000 * SAT, random)
        ?.maxFeeMsat;
    expect(fee(0, 0)).toBe(10 * SAT);
    expect(fee(400, 60)).toBe(50 * SAT);
    expect(fee(0, 11)).toBeUndefined();
  });

  it('does nothing where the payment fits, or nobody has enough', () => {
    expect(jitMove([full, out()], 1, 149_000 * SAT, random)).toBeNull();
    expect(jitMove([account(450_000, 1_000_000), out()], 1, 200_000 * SAT, random)).toBeNull();
  });

  it('takes sources by chance, by how full they are', () => {
    const peers = [account(500_000, 1_000_000), account(1_000_000, 1_000_000), out()];
    const taken = Array.from({ length: 3000 }, () => jitMove(peers, 2, 200_000 * SAT, random)?.from);
    expect(taken.filter((from) => from === 1).length / 3000).toBeCloseTo(2 / 3, 1);
  });
});

describe('InitialRebalancer', () => {
  const random = stream(1, 'initial');
  const empty = account(100_000, 1_000_000);

  it.each([
    // Half of what the source has, no more than fills to three quarters; a quarter percent, three sats at least.
    [account(900_000, 1_000_000), empty, 450_000, 1125],
    [account(1_900_000, 2_000_000), empty, 650_000, 1625],
    [account(1_000, 1_000), empty, 500, 3],
  ])('halves what is full (case %#)', (source, destination, amountSats, feeSats) => {
    expect(initialMoves([source, destination], random)).toEqual([
      { from: 0, to: 1, amountMsat: amountSats * SAT, maxFeeMsat: feeSats * SAT },
    ]);
  });

  it('begins at 80 %, fills nothing above 75 %, and stops when 0.04 % of the capacity is spent', () => {
    const full = (more: Partial<PeerAccount> = {}) => account(800_000, 1_000_000, more);
    expect(initialMoves([account(799_999, 1_000_000), empty], random)).toEqual([]);
    expect(initialMoves([full(), account(750_000, 1_000_000)], random)).toEqual([]);
    expect(initialMoves([full({ inSpentMsat: 400 * SAT }), empty], random)).toHaveLength(1);
    expect(initialMoves([full({ inSpentMsat: 400 * SAT + 1 }), empty], random)).toEqual([]);
  });
});
