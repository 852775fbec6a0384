// Is a backtest reckoned in a process of its own, heard of, and ended when nobody wants it any more?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backtestProcess } from '../src/backtest-process.ts';
import { DEFAULTS } from '../src/core/config/validate.ts';
import { unixSec } from '../src/core/units.ts';
import { BacktestFailure } from '../src/ports.ts';
import { openStore } from '../src/store/open.ts';
import { createMarket } from '../src/sim/market/market.ts';
import { scenarioNamed } from '../src/sim/market/scenario.ts';
import { keep } from './sim/backtest/kept.ts';
import { byHand, guessedFees } from '../bench/known-market.ts';

const folder = mkdtempSync(join(tmpdir(), 'revenue-backtest-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
let programs = 0;
function program(code: string): string {
  const path = join(folder, `program-${++programs}.mjs`);
  writeFileSync(path, code);
  return path;
}
const request = (database = 'some.db') => ({
  ...{ database, since: unixSec(5), draws: 5 },
  config: { ...DEFAULTS, minFeePpm: 500, maxFeePpm: 500, dailyBudgetSats: 0 },
});
const never = new AbortController().signal;

describe('the process of a backtest', () => {
  it('is told what is asked, and has the last place among all processes', async () => {
    const echo = program(`
      import { getPriority } from 'node:os';
      console.error('0.25 of 2, about 3 minutes left'); console.error('1 of 2'); console.error('2 of 2');
      console.log(JSON.stringify({ args: process.argv.slice(2), priority: getPriority() }));`);
    const told: [number, number][] = [];
    const reply: unknown = await backtestProcess(echo).backtest(request(), (...step) => told.push(step), never);
    expect(told).toEqual([
      [0.25, 2],
      [1, 2],
      [2, 2],
    ]);
    const args = ['backtest', '--db', 'some.db', '--json', '--seeds', '5', '--since', '5'];
    expect(reply).toMatchObject({
      args: expect.arrayContaining([...args, '--revenue-ops-min-fee-ppm', '500']) as string[],
    });
    expect(reply).toMatchObject({ priority: 19 });
  });

  it('fails with what it said', async () => {
    const failing = program(`console.error('cl-revenue-ops: database some.db: it is absent'); process.exitCode = 1;`);
    const outcome = backtestProcess(failing).backtest(request(), () => undefined, never);
    await expect(outcome).rejects.toThrow(new BacktestFailure('database some.db: it is absent'));
  });

  it('fails where it said nothing', async () => {
    const mute = program('process.exitCode = 3;');
    const outcome = backtestProcess(mute).backtest(request(), () => undefined, never);
    await expect(outcome).rejects.toThrow('ended with code 3 and said nothing');
  });

  it('fails where its answer was cut off, and takes nothing with it', async () => {
    const hasty = program(`process.stdout.write('{"answer":');`);
    const outcome = backtestProcess(hasty).backtest(request(), () => undefined, never);
    await expect(outcome).rejects.toThrow('ended before its answer was whole');
  });

  it('is ended at once when the plugin stops', async () => {
    const endless = program(`console.error('1 of 9'); setInterval(() => undefined, 1000);`);
    const stop = new AbortController();
    const outcome = backtestProcess(endless).backtest(
      request(),
      () => {
        stop.abort();
      },
      stop.signal,
    );
    await expect(outcome).rejects.toThrow('the plugin is stopping');
  });

  it('reckons with the bundled program on a database that is open', async () => {
    const market = createMarket({ ...scenarioNamed('S1'), channels: 4, forwardsPerDay: 60 }, 8, 20);
    const history = byHand(market, guessedFees(market), 5);
    const path = join(folder, 'revenue_ops.db');
    const store = openStore(path);
    try {
      keep(history, store);
      const bundled = resolve(import.meta.dirname, '../dist/cli.js');
      const figures = await backtestProcess(bundled).backtest(
        { ...request(path), since: unixSec(history.from) },
        () => undefined,
        never,
      );
      expect(figures).toMatchObject({ days: 20, draws: 5, configuration: { 'revenue-ops-min-fee-ppm': 500 } });
    } finally {
      store.close();
    }
  });
});
