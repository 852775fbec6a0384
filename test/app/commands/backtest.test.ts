// What does revenue-backtest ask of whoever reckons, and what does it make of the answer?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backtestCommand } from '../../../src/app/commands/backtest.ts';
import type { CommandContext } from '../../../src/app/commands/context.ts';
import { backtestFigures } from '../../../src/core/backtest/figures.ts';
import { DEFAULTS } from '../../../src/core/config/validate.ts';
import { CommandError } from '../../../src/core/errors.ts';
import { unixSec } from '../../../src/core/units.ts';
import { BacktestFailure, type BacktestRequest, type Backtester } from '../../../src/ports.ts';
import { applications } from '../setup.ts';

const range = { mean: 3_000_000, low: 1_000_000, high: 5_000_000 };
const money = <T>(value: T) => ({ feesMsat: value, costMsat: value, netMsat: value });
const FIGURES = backtestFigures(
  {
    ...{ from: 0, until: 2_592_000, days: 30, forwards: 500, draws: 20, reproduced: true, toldShare: 0.9 },
    ...{ untriedShare: 0.1, dispersion: 1, circles: 3, verdict: { answer: 'more' } },
    ...{ actual: money(9_000_000), replay: money(range), other: money(range), difference: money(range) },
    channels: [
      {
        ...{ name: '700x1x1', told: 'enough', elasticitySd: 0.2, actualMsat: 9_000_000 },
        ...{ other: range, difference: range },
      },
    ],
  },
  DEFAULTS,
);

describe('revenue-backtest', () => {
  const { started } = applications();

  async function withBacktester(backtester: Backtester, changes = {}): Promise<CommandContext> {
    const { app } = await started(changes);
    return { ...app.context, backtester };
  }
  const refusal = async (work: Promise<object>): Promise<CommandError> => {
    const outcome: unknown = await work.catch((error: unknown) => error);
    if (outcome instanceof CommandError) return outcome;
    throw new Error('expected to be refused');
  };

  it('asks with the configuration in force, but for what the caller names', async () => {
    const asked: BacktestRequest[] = [];
    const context = await withBacktester(
      {
        backtest: (request) => {
          asked.push(request);
          return Promise.resolve(FIGURES);
        },
      },
      { maxFeePpm: 3000 },
    );
    const reply = await backtestCommand.run({ days: 30, fee_algorithm: 'bayes', min_fee_ppm: 25 }, context);
    expect(reply).toEqual(FIGURES);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ draws: 20, database: context.store.facts().path });
    expect(asked[0]?.since).toBe(context.clock.now() - 30 * 86_400);
    expect(asked[0]?.config).toMatchObject({ feeAlgorithm: 'bayes', minFeePpm: 25, maxFeePpm: 3000 });
  });

  it('counts days back from what is known, which may end before now', async () => {
    const asked: BacktestRequest[] = [];
    const context = await withBacktester({
      backtest: (request) => {
        asked.push(request);
        return Promise.resolve(FIGURES);
      },
    });
    const known = context.store.historyGap().from;
    const clock = { ...context.clock, now: () => unixSec(known + 7200) };
    await backtestCommand.run({ days: 14 }, { ...context, clock });
    expect(asked[0]?.since).toBe(known - 14 * 86_400);
  });

  it('tells how far it is, and reads as text where that is asked for', async () => {
    const told: [number, number][] = [];
    const context = await withBacktester({
      backtest: (_, onProgress) => {
        onProgress(0.33, 20);
        onProgress(2, 20);
        return Promise.resolve(FIGURES);
      },
    });
    const progress = (num: number, total: number) => told.push([num, total]);
    const reply = await backtestCommand.run({ text: true }, context, { progress });
    expect(told).toEqual([
      [1, 100],
      [10, 100],
    ]);
    expect(reply).toMatchObject({
      text: expect.stringContaining('It would have earned more: +3,000 sats net') as string,
    });
  });

  it('has the fields that the manual says', () => {
    const manual = readFileSync(resolve(import.meta.dirname, '../../../docs/commands.md'), 'utf8');
    const section = manual.split('## revenue-backtest')[1]?.split('\n## ')[0] ?? '';
    const fields = section
      .split('\n')
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(fields.sort()).toEqual(Object.keys(FIGURES).sort());
    expect(section.split('\n')[0]?.trim()).toBe(backtestCommand.usage);
  });

  it('is reckoned one at a time, and again once it has ended', async () => {
    let end: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (end = resolve));
    const context = await withBacktester({ backtest: () => first.then(() => FIGURES) });
    const running = backtestCommand.run({}, context);
    const second = await refusal(backtestCommand.run({}, context));
    expect([second.errorName, second.message]).toEqual(['backtest-running', expect.stringContaining('under way')]);
    end();
    await running;
    expect(await backtestCommand.run({}, context)).toEqual(FIGURES);
  });

  it('passes on why it could not be reckoned, and is free again', async () => {
    const context = await withBacktester({
      backtest: () => Promise.reject(new BacktestFailure('history: expected at least 14 days, got 3 days')),
    });
    for (let time = 0; time < 2; time++) {
      const { errorName, message } = await refusal(backtestCommand.run({}, context));
      expect([errorName, message]).toEqual(['backtest-failed', 'history: expected at least 14 days, got 3 days']);
    }
  });

  it('is given up when the plugin stops', async () => {
    const signals: AbortSignal[] = [];
    const { app, end } = await started();
    const backtester: Backtester = {
      backtest: (_, __, signal) => {
        signals.push(signal);
        return Promise.resolve(FIGURES);
      },
    };
    await backtestCommand.run({}, { ...app.context, backtester });
    expect(signals[0]?.aborted).toBe(false);
    await end();
    expect(signals[0]?.aborted).toBe(true);
  });

  it.each([
    [{ days: 3 }, 'days: expected an integer 14..3650, got 3'],
    [{ draws: 1000 }, 'draws: expected an integer 5..200, got 1000'],
    [{ min_fee_ppm: 'x' }, 'revenue-ops-min-fee-ppm: expected an integer'],
    [{ fee_algorithm: 'magic' }, 'revenue-ops-fee-algorithm: expected one of hill-climb, bayes'],
    [{ rebalancer: 'sling' }, 'rebalancer: unknown parameter'],
  ])('refuses %j', (params, message) => {
    expect(() => {
      backtestCommand.check(params);
    }).toThrow(message);
  });

  it('refuses bounds that contradict those in force', async () => {
    const context = await withBacktester({ backtest: () => Promise.resolve(FIGURES) }, { maxFeePpm: 100 });
    const { errorName, message } = await refusal(backtestCommand.run({ min_fee_ppm: 200 }, context));
    expect([errorName, message]).toEqual([
      'invalid-parameter',
      'revenue-ops-min-fee-ppm: expected at most revenue-ops-max-fee-ppm (100), got 200',
    ]);
  });
});
