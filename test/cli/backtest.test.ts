// What do backtest and export say at the command line, on a database that the plugin's store has written?
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/core/config/validate.ts';
import { run } from '../../src/cli/run.ts';
import type { BacktestFigures } from '../../src/core/backtest/figures.ts';
import { unixSec } from '../../src/core/units.ts';
import { createMarket, DAY, stream } from '../../src/sim/market/market.ts';
import { scenarioNamed } from '../../src/sim/market/scenario.ts';
import { readHistory } from '../../src/store/read-only.ts';
import { byHand, guessedFees } from '../../bench/known-market.ts';
import { channelOf, keep, peerOf, scidOf } from '../sim/backtest/kept.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { terminalWith } from './terminal.ts';

const market = createMarket({ ...scenarioNamed('S1'), channels: 5, forwardsPerDay: 80 }, 31, 28);
const past = byHand(market, guessedFees(market), 5);
const circle = { at: past.from + 3 * DAY, from: 0, to: 1, amountMsat: 200_000_000, feeMsat: 60_000 };
const history = { ...past, circles: [circle] };
const ONE_FEE = ['--min-fee-ppm', '500', '--max-fee-ppm', '500', '--daily-budget-sats', '0', '--seeds', '6'];

describe('at the command line', () => {
  const database = temporaryDatabase();

  /** Seconds that go by between two looks at the clock. */
  let tick = 0;

  async function told(...args: string[]) {
    let seconds = past.until;
    let out = '';
    let error = '';
    const secret = stream(1, 'secret');
    const code = await run(
      args,
      terminalWith({
        read: readFile,
        write: (file, text) => writeFile(file, text),
        readHistory,
        now: () => unixSec((seconds += tick)),
        dice: () => secret.next(),
        out: (text) => (out += text),
        error: (text) => (error += text),
      }),
    );
    return { code, out, error };
  }
  const figuresOf = async (...args: string[]) =>
    JSON.parse((await told('backtest', ...args, '--json')).out) as BacktestFigures;
  function kept(): string {
    const store = database.open();
    keep(history, store);
    store.close();
    return database.path;
  }

  it('says what would have been earned, and how far it is', async () => {
    const { code, out, error } = await told('backtest', '--db', kept(), ...ONE_FEE);
    expect(code).toBe(0);
    expect(error).toBe('1 of 6\n2 of 6\n3 of 6\n4 of 6\n5 of 6\n6 of 6\n');
    expect(out).toMatch(/^(It would have earned|The data cannot tell)/);
    expect(out).toContain('Self-check  passed');
    expect(out).toContain('revenue-ops-min-fee-ppm=500');
    for (const k of history.channels.keys()) expect(out).toContain(scidOf(k));
  });

  it('says what is done of a draw that takes long, and how long the others will take', async () => {
    tick = 1;
    const { error } = await told('backtest', '--db', kept(), ...ONE_FEE);
    tick = 0;
    const lines = error.trimEnd().split('\n');
    // One look at the clock each half hour of 28 days in 6 markets.
    expect(lines[0]).toBe('0.02 of 6, about 2 hours left');
    expect(lines.filter((line) => /^\d of 6/.test(line))).toHaveLength(6);
    expect(lines.at(-1)).toBe('6 of 6');
    expect(lines.length).toBeGreaterThan(200);
  });

  it('says the same as one line, with all that it rests on', async () => {
    const figures = await figuresOf('--db', kept(), ...ONE_FEE);
    const fees = history.forwards.reduce((sum, { feeMsat }) => sum + feeMsat, 0);
    expect(Math.abs(figures.actual.fees_sats - fees / 1000)).toBeLessThan(1 + fees / 1e5);
    expect(figures).toMatchObject({ days: 28, draws: 6, rebalances: 1, self_check: { reproduced: true } });
    expect(figures.actual.rebalance_cost_sats).toBe(60);
    expect(figures.configuration).toMatchObject({
      'revenue-ops-max-fee-ppm': 500,
      'revenue-ops-fee-algorithm': DEFAULTS.feeAlgorithm,
    });
    const { low, mean, high } = figures.difference.net_sats;
    expect(low < mean && mean < high).toBe(true);
  });

  it('exports nothing that names anybody, by which nearly the same answer is found', async () => {
    const db = kept();
    const file = `${database.folder}/history.json`;
    const { code, out } = await told('export', '--db', db, '--anonymize', '--out', file);
    expect(code).toBe(0);
    expect(out).toContain('of 5 peers');
    const text = readFileSync(file, 'utf8');
    for (const k of history.channels.keys())
      for (const secret of [channelOf(k), peerOf(k), scidOf(k), String(history.channels[k]?.capacityMsat)])
        expect(text).not.toContain(secret);
    // A payment hash, a node id, a short channel id, or a part of one.
    expect(text).not.toMatch(/[0-9a-f]{20}|\d+x\d+/);
    const [own, theirs] = [await figuresOf('--db', db, ...ONE_FEE), await figuresOf('--export', file, ...ONE_FEE)];
    expect(theirs.forwards).toBe(own.forwards);
    expect(Math.abs(theirs.actual.net_sats / own.actual.net_sats - 1)).toBeLessThan(0.05);
    const { low, high } = own.difference.net_sats;
    expect(theirs.difference.net_sats.mean).toBeGreaterThan(low);
    expect(theirs.difference.net_sats.mean).toBeLessThan(high);
  });

  it.each([
    ['a command line without a source', 2, 'expected either --db FILE', ['backtest']],
    ['two sources', 2, 'expected either --db FILE', ['backtest', '--db', 'a', '--export', 'b']],
    ['an option that is none', 2, 'got --fee', ['backtest', '--db', 'a', '--fee', '1']],
    [
      'a value that no option has',
      2,
      'revenue-ops-min-fee-ppm: expected an integer',
      ['backtest', '--db', 'a', '--min-fee-ppm', 'x'],
    ],
    [
      'bounds that contradict',
      2,
      'expected at most revenue-ops-max-fee-ppm (50)',
      ['backtest', '--db', 'a', '--max-fee-ppm', '50', '--min-fee-ppm', '60'],
    ],
    [
      'an option given twice',
      2,
      'expected once',
      ['backtest', '--db', 'a', '--algorithm', 'bayes', '--fee-algorithm', 'bayes'],
    ],
    ['too few draws', 2, '--seeds: expected an integer 5..1000, got 1', ['backtest', '--db', 'a', '--seeds', '1']],
    ['a time that is none', 2, '--since: expected Unix seconds or a date', ['backtest', '--db', 'a', '--since', 'May']],
    [
      'a time that is back to front',
      2,
      '--until: expected a time after --since (2026-11-25), got 2026-11-20',
      ['backtest', '--db', 'a', '--since', '2026-11-25', '--until', '2026-11-20'],
    ],
    [
      'a time without length',
      2,
      '--until: expected a time after --since (2026-11-25), got 2026-11-25T00:00:00Z',
      ['backtest', '--db', 'a', '--since', '2026-11-25', '--until', '2026-11-25T00:00:00Z'],
    ],
    [
      'a time of an export that is back to front',
      2,
      '--until: expected a time after --since (2026-11-25), got 1764000000',
      ['export', '--db', 'a', '--anonymize', '--out', 'b.json', '--since', '2026-11-25', '--until', '1764000000'],
    ],
    ['no database', 1, 'it is absent', ['backtest', '--db', '/nowhere/at-all.db']],
    ['names asked for', 2, 'expected --anonymize', ['export', '--db', 'a', '--out', 'b.json']],
    [
      'a file that may be another',
      2,
      'ends in .json',
      ['export', '--db', 'a', '--anonymize', '--out', 'revenue_ops.db'],
    ],
    [
      'another format',
      2,
      '--format: expected json',
      ['export', '--db', 'a', '--anonymize', '--out', 'b.json', '--format', 'csv'],
    ],
  ] as const)('refuses %s', async (_, code, message, args) => {
    const refused = await told(...args);
    expect(refused.error).toContain(message);
    expect([refused.code, refused.out]).toEqual([code, '']);
  });

  it('refuses what is no database of ours, and what is no history', async () => {
    const file = `${database.folder}/other.json`;
    writeFileSync(file, '{"format": "something else"}');
    expect(await told('backtest', '--db', file)).toMatchObject({ code: 1 });
    const { code, error } = await told('backtest', '--export', file);
    expect([code, error]).toEqual([1, expect.stringContaining('format: expected "cl-revenue-ops-history"')]);
    expect(error).toContain(file);
  });

  it('takes the fewest days that it can do with, at whatever hour they begin', async () => {
    const since = past.from + 4 * DAY + DAY / 2;
    const asked = ['--since', String(since), '--until', String(since + 14 * DAY)];
    const { code, error } = await told('backtest', '--db', kept(), ...asked, ...ONE_FEE);
    expect([code, error]).toEqual([0, expect.stringContaining('6 of 6')]);
  });

  it('says what is needed where there is too little', async () => {
    const until = String(past.from + 6 * DAY);
    const { code, error } = await told('backtest', '--db', kept(), '--until', until, ...ONE_FEE);
    expect(code).toBe(1);
    expect(error).toContain('expected at least 14 days, 100 settled forwards and 2 peers with channels, got 6 days');
    const utc = (day: number): string => new Date((past.from + day * DAY) * 1000).toISOString().replace('.000Z', 'Z');
    expect(error).toContain(`got 6 days (${utc(0)} to ${utc(6)})`);
  });
});
