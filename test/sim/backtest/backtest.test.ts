// Does a backtest tell the truth where the truth is known, and does it say so where it cannot?
import { beforeAll, describe, expect, it } from 'vitest';
import type { History } from '../../../src/core/backtest/history.ts';
import type { Backtest } from '../../../src/core/backtest/verdict.ts';
import { DEFAULTS } from '../../../src/core/config/validate.ts';
import { backtest } from '../../../src/sim/backtest/backtest.ts';
import { createMarket, DAY } from '../../../src/sim/market/market.ts';
import { scenarioNamed } from '../../../src/sim/market/scenario.ts';
import { byHand, byPlugin, guessedFees, netMsat } from '../../../bench/known-market.ts';

/** Small, so that it is quick: eight channels that are used as much as in S1. */
const SCENARIO = { ...scenarioNamed('S1'), channels: 8, forwardsPerDay: 60 };
const DAYS = 35;
/** One fee for all, and no rebalancing: nothing of the plugin's own learning hides the question of price. */
const ONE_FEE = { ...DEFAULTS, minFeePpm: 600, maxFeePpm: 600, dailyBudgetSats: 0 };
const HILL_CLIMB = { ...DEFAULTS, dailyBudgetSats: 0 };
const HISTORIES = 6;
/** Looks seldom, which takes less time. */
const REBALANCES = { ...DEFAULTS, rebalanceInterval: 8 * 3600 };

const quiet = { onProgress: () => undefined };
const marketOf = (seed: number) => createMarket(SCENARIO, seed, DAYS);
const asked = (history: History, config = ONE_FEE, draws = 12, seed = 1) =>
  backtest(history, { config, draws, seed, ...quiet });

describe('where an operator has tried several fees', () => {
  const found: { readonly truth: number; readonly result: Backtest }[] = [];

  beforeAll(async () => {
    for (let seed = 501; seed < 501 + HISTORIES; seed++) {
      const market = marketOf(seed);
      const start = guessedFees(market);
      const history = byHand(market, start, 6);
      // What the very same senders would have paid to the other configuration.
      const truth = netMsat(await byPlugin(market, start, ONE_FEE)) - netMsat(history);
      found.push({ truth, result: await asked(history, ONE_FEE, 12, 100 * seed) });
    }
  });

  it('reproduces what was earned', () => {
    expect(found.filter(({ result }) => result.reproduced).length).toBeGreaterThanOrEqual(HISTORIES - 1);
  });

  it('knows the other result within its interval, at least four times of five', () => {
    const within = found.filter(({ truth, result }) => {
      const { low, high } = result.difference.netMsat;
      return low <= truth && truth <= high;
    });
    expect(within.length / HISTORIES).toBeGreaterThanOrEqual(0.8);
  });

  it('dares to say what is plain: whoever sells at 20 ppm what sells at hundreds earns less', async () => {
    const market = marketOf(501);
    const history = byHand(market, guessedFees(market), 6);
    const { verdict, difference } = await asked(history, { ...ONE_FEE, minFeePpm: 20, maxFeePpm: 20 });
    expect(verdict).toEqual({ answer: 'less' });
    expect(difference.netMsat.high).toBeLessThan(0);
  });

  it('never claims the opposite of the truth', () => {
    for (const { truth, result } of found) {
      if (result.verdict.answer === 'more') expect(truth).toBeGreaterThan(0);
      if (result.verdict.answer === 'less') expect(truth).toBeLessThan(0);
    }
  });

  it('adds channels up to the whole', () => {
    for (const { result } of found) {
      const sum = (of: (channel: Backtest['channels'][number]) => number): number =>
        result.channels.reduce((total, channel) => total + of(channel), 0);
      expect(sum(({ actualMsat }) => actualMsat)).toBe(result.actual.netMsat);
      expect(sum(({ difference }) => difference.mean)).toBeCloseTo(result.difference.netMsat.mean, 0);
    }
  });
});

describe('where it cannot be known', () => {
  it('says so of channels whose fee never changed, whatever the draws believe', async () => {
    const market = marketOf(601);
    const result = await asked(byHand(market, guessedFees(market), Infinity));
    expect(result.verdict).toMatchObject({ answer: 'cannot-tell' });
    expect(result.verdict.answer === 'cannot-tell' && result.verdict.doubts).toContain('prior-only');
    expect(result.channels.every(({ told }) => told === 'one-fee')).toBe(true);
    expect(result.toldShare).toBe(0);
  });

  it('says so of what is as good as what was done', async () => {
    const market = marketOf(602);
    const start = guessedFees(market);
    const history = await byPlugin(market, start, HILL_CLIMB);
    const result = await asked(history, HILL_CLIMB);
    expect(result.reproduced).toBe(true);
    expect(result.verdict.answer).toBe('cannot-tell');
  });

  it('says so of a past that its own forwards do not explain', async () => {
    const market = marketOf(603);
    const history = byHand(market, guessedFees(market), 6);
    const doubled = history.forwards.map((forward) => ({ ...forward, feeMsat: 2 * forward.feeMsat }));
    const result = await asked({ ...history, forwards: doubled });
    expect(result.reproduced).toBe(false);
    expect(result.verdict.answer === 'cannot-tell' && result.verdict.doubts).toContain('not-reproduced');
  });
});

describe('a backtest', () => {
  it('claims nothing that rests on a price of rebalancing which nobody has paid', async () => {
    const result = await asked(history, REBALANCES, 5);
    expect(result.other.costMsat.mean).toBeGreaterThan(0);
    expect(result.verdict.answer === 'cannot-tell' && result.verdict.doubts).toContain('rebalance-assumed');
  });

  const market = marketOf(604);
  const history = byHand(market, guessedFees(market), 6);

  it('gives the same answer again, and another one by other draws', async () => {
    const first = await asked(history, ONE_FEE, 5);
    expect(await asked(history, ONE_FEE, 5)).toEqual(first);
    expect((await asked(history, ONE_FEE, 5, 77)).difference).not.toEqual(first.difference);
  });

  it('tells of each draw, and of its parts', async () => {
    const told: number[] = [];
    await backtest(history, { config: ONE_FEE, draws: 5, seed: 1, onProgress: (done) => told.push(done) });
    expect(told.filter(Number.isInteger)).toEqual([1, 2, 3, 4, 5]);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(new Set(told).size).toBe(told.length);
    expect(told.length).toBeGreaterThan(500);
  });

  it('counts what rebalances cost, on either side', async () => {
    const circles = [...Array(20).keys()].map((n) => ({
      ...{ at: history.from + (1 + n) * DAY, from: n % 4, to: 4 + (n % 4), amountMsat: 50_000_000, feeMsat: 25_000 },
    }));
    const result = await asked({ ...history, circles }, REBALANCES, 5);
    expect(result.actual.costMsat).toBe(500_000);
    expect(result.replay.costMsat.mean).toBeGreaterThan(100_000);
    expect(result.replay.costMsat.mean).toBeLessThanOrEqual(500_000);
    expect(result.other.costMsat.mean).not.toBe(500_000);
  });

  it('counts nothing for rebalancing where the other configuration may not rebalance, whatever is replayed', async () => {
    // More than the balances of the drawn markets allow, so that less is replayed than was really paid.
    const circles = [...Array(20).keys()].map((n) => ({
      ...{ at: history.from + (1 + n) * DAY, from: n % 4, to: 4 + (n % 4), amountMsat: 900_000_000, feeMsat: 450_000 },
    }));
    const { actual, replay, other, difference, channels } = await asked({ ...history, circles }, ONE_FEE, 5);
    expect(actual.costMsat).toBe(9_000_000);
    expect(replay.costMsat.mean).toBeLessThan(actual.costMsat);
    expect(other.costMsat).toEqual({ mean: 0, low: 0, high: 0 });
    expect(other.netMsat).toEqual(other.feesMsat);
    // What was really paid is saved for certain: all that is unsure of the difference is in the fees.
    expect(difference.costMsat).toEqual({ mean: -9_000_000, low: -9_000_000, high: -9_000_000 });
    expect(difference.netMsat.mean).toBeCloseTo(difference.feesMsat.mean + 9_000_000, 0);
    expect(difference.netMsat.low).toBeCloseTo(difference.feesMsat.low + 9_000_000, 0);
    expect(channels.reduce((sum, channel) => sum + channel.difference.mean, 0)).toBeCloseTo(difference.netMsat.mean, 0);
  });

  it('refuses a past that is too short, and says what is needed', async () => {
    const short = { ...history, until: history.from + 5 * DAY };
    await expect(asked(short)).rejects.toThrow('expected at least 14 days, 100 settled forwards');
  });
});
