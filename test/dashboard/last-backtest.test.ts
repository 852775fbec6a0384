// Does the page get the last backtest that ended, and no failed one?
import { describe, expect, it } from 'vitest';
import type { BacktestFigures } from '../../src/core/backtest/figures.ts';
import { DEFAULTS } from '../../src/core/config/validate.ts';
import { unixSec } from '../../src/core/units.ts';
import { LastBacktest } from '../../src/dashboard/last-backtest.ts';
import { BacktestFailure } from '../../src/ports.ts';

const figures = (days: number): BacktestFigures => {
  const interval = { mean: 1, low: 0, high: 2 };
  const money = { fees_sats: interval, rebalance_cost_sats: interval, net_sats: interval };
  return {
    ...{ from: 0, until: 1, days, forwards: 1, rebalances: 0, draws: 5, configuration: {} },
    ...{ answer: 'cannot-tell', why_not: [], actual: { fees_sats: 1, rebalance_cost_sats: 0, net_sats: 1 } },
    ...{ self_check: { reproduced: true, ...money }, other: money, difference: money },
    ...{ told_pct: 1, untried_pct: 1, dispersion: 1, channels: [], warnings: [] },
  };
};

describe('the last backtest', () => {
  const asked = { database: 'revenue_ops.db', since: null, draws: 5, config: DEFAULTS };
  const nothing = (): void => undefined;
  const { signal } = new AbortController();

  it('is the one that ended last, with the time of its end; a failed one leaves it as it is', async () => {
    let now = 100;
    const replies = [() => figures(20), () => figures(30), () => Promise.reject(new BacktestFailure('too short'))];
    const backtester = new LastBacktest(
      { backtest: async () => (await replies.shift()?.()) ?? figures(0) },
      { now: () => unixSec(now) },
    );
    expect(backtester.answer).toBeNull();
    await backtester.backtest(asked, nothing, signal);
    now = 200;
    expect((await backtester.backtest(asked, nothing, signal)).days).toBe(30);
    expect(backtester.answer).toMatchObject({ ran_at: 200, report: { days: 30 } });
    now = 300;
    await expect(backtester.backtest(asked, nothing, signal)).rejects.toThrow('too short');
    expect(backtester.answer).toMatchObject({ ran_at: 200, report: { days: 30 } });
  });
});
