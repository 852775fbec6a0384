// Do the numbers of docs/economics.md come out of the code?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { totalsFigures, returnFigures } from '../src/app/profit/channel-figures.ts';
import { statementLines } from '../src/app/text/account-text.ts';
import { percent, statementFigures, waterfallFigures } from '../src/app/profit/figures.ts';
import { incurredFlows } from '../src/core/profit/cash-flow.ts';
import { FEE_MULTIPLIERS, rebalanceTerms, type ProfitClass } from '../src/core/profit/classify.ts';
import { discountedFlows } from '../src/core/profit/discounted.ts';
import { marginalRoi, traceLots, type Lot } from '../src/core/profit/lots.ts';
import { metricsOf, paidBackAt } from '../src/core/profit/metrics.ts';
import { UNDEFINED_REASONS } from '../src/core/profit/reasons.ts';
import { statementOf } from '../src/core/profit/statement.ts';
import { msatToSats, satsToMsat, unixSec, ZERO_MSAT, type Msat } from '../src/core/units.ts';
import { ARTICLE, articleWith, month } from './core/profit/article.ts';

const TEXT = readFileSync(resolve(import.meta.dirname, '../docs/economics.md'), 'utf8');
/** Without line breaks, as people read it. */
const PROSE = TEXT.replaceAll(/\s+/g, ' ');

const cellsOf = (table: string): string[][] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const checked = (title: string): string[][] =>
  cellsOf(new RegExp(`<!-- checked: ${title} -->([^]*?)<!-- end -->`).exec(TEXT)?.[1] ?? '');

const metricsFor = (account: typeof ARTICLE) => metricsOf([{ account, employed: null }], month(20), 0);
const flows = incurredFlows(ARTICLE);
const metrics = metricsFor(ARTICLE);
const carrOf = (account: typeof ARTICLE): string => ((metricsFor(account).carr.carr ?? NaN) * 100).toFixed(3);

describe('the worked example', () => {
  it('has the statement that is shown', () => {
    const statement = statementOf(flows);
    const lines = statementLines(statementFigures(statement), waterfallFigures(statement)).slice(2);
    const shown = lines.map((line) => line.split(/ {2,}/).slice(0, 2));
    expect(checked('statement')).toEqual(shown);
  });

  it('has the figures that are shown', () => {
    const figures: Record<string, unknown> = {
      ...totalsFigures(metrics.totals),
      ...returnFigures(metrics, paidBackAt([{ account: ARTICLE, employed: null }])),
    };
    const rows = checked('figures');
    expect(rows).toHaveLength(7);
    for (const [name = '', value] of rows) expect(String(figures[name.replaceAll('`', '')]), name).toBe(value);
  });

  it('has the discounted flows that are shown', () => {
    const rows = discountedFlows(flows, metrics.carr.carr ?? NaN).map(({ utc, flow, factor, presentValue }) => [
      utc.slice(0, 10),
      String(msatToSats(flow)),
      factor.toFixed(6),
      (presentValue / 1000).toFixed(1),
    ]);
    expect(checked('flows')).toEqual(rows);
  });

  it('varies as is said', () => {
    const nineMonths = articleWith((i) => unixSec(month(0) + i * 20 * 86_400), 1);
    expect(PROSE).toContain(`is a CARR of ${carrOf(nineMonths)} %, above the`);
    const poor = articleWith(month, 1 / 20);
    expect(PROSE).toContain(`the CARR is ${carrOf(poor).replace('-', '\u2212')} %`);
    expect(PROSE).toContain(`loses ${(-msatToSats(metricsFor(poor).totals.netProfit)).toLocaleString('en-US')} sats`);
  });
});

it('lots become what is shown', () => {
  const at = (second: number) => unixSec(second);
  const bought = (time: number, sats: number, fee: number) =>
    ({
      kind: 'bought',
      time: at(time),
      rebalance: String(time),
      amount: satsToMsat(sats),
      fee: satsToMsat(fee),
    }) as const;
  const events = [
    bought(1, 100_000, 50),
    bought(2, 200_000, 60),
    { kind: 'forwarded', time: at(3), amount: satsToMsat(150_000), fee: satsToMsat(75) } as const,
  ];
  const sats = (amount: Msat): string => msatToSats(amount).toLocaleString('en-US');
  const cell = (lot: Lot | undefined): string => {
    if (lot === undefined) return '';
    const stock = `remaining ${sats(lot.remaining)}, cost ${sats(lot.remainingCost)}`;
    return lot.sold === 0n ? stock : `${stock}, revenue ${sats(lot.revenue)}, profit ${sats(lot.realisedProfit)}`;
  };
  const rows = checked('lots');
  expect(rows).toHaveLength(3);
  rows.forEach(([, ...cells], i) => {
    const lots = traceLots(events.slice(0, i + 1));
    expect(cells).toEqual([cell(lots[0]), cell(lots[1])]);
  });
  const marginal = percent(marginalRoi(traceLots(events), at(0)).value) ?? NaN;
  expect(PROSE).toContain(`a marginal ROI of ${marginal.toFixed(3).replace('-', '\u2212')} %`);
});

it('classes have the multipliers and terms that are shown', () => {
  const rows = checked('classes');
  expect(rows.map(([name = '', , multiplier]) => [name.replaceAll('`', ''), Number(multiplier)])).toEqual(
    (['zombie', 'break_even', 'profitable', 'underwater'] as const).map((name) => [name, FEE_MULTIPLIERS[name]]),
  );
  const terms = (name: ProfitClass, profit: number) => rebalanceTerms(name, satsToMsat(profit), satsToMsat(100));
  expect(rows.map(([, , , into]) => into)).toEqual([
    'never',
    'yes',
    'yes',
    expect.stringMatching(/twice.*never below −50 % ROI/),
  ]);
  expect(terms('zombie', 100)).toEqual({ allowed: false });
  expect([terms('break_even', 0), terms('profitable', 9)]).toEqual(
    [1, 1].map((profitFactor) => ({ allowed: true, profitFactor })),
  );
  expect(terms('underwater', -50)).toEqual({ allowed: true, profitFactor: 2 });
  expect(terms('underwater', -51)).toEqual({ allowed: false });
  expect(rebalanceTerms('break_even', ZERO_MSAT, ZERO_MSAT)).toEqual({ allowed: true, profitFactor: 1 });
});

it('names only reasons that exist', () => {
  const named = [...TEXT.matchAll(/`(no_[a-z_]+|lifetime_[a-z_]+|out_of_[a-z_]+)`/g)].map(([, reason]) => reason ?? '');
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((reason) => !(reason in UNDEFINED_REASONS))).toEqual([]);
});
