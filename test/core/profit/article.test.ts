// Does the article's example come out, with its three figures?
import { describe, expect, it } from 'vitest';
import { committedFlows, incurredFlows } from '../../../src/core/profit/cash-flow.ts';
import { discountedFlows } from '../../../src/core/profit/discounted.ts';
import { metricsOf, paidBackAt } from '../../../src/core/profit/metrics.ts';
import { statementOf } from '../../../src/core/profit/statement.ts';
import { cumulate, waterfallOf } from '../../../src/core/profit/waterfall.ts';
import { msatToSats, unixSec } from '../../../src/core/units.ts';
import { ARTICLE, articleWith, month } from './article.ts';

const flows = incurredFlows(ARTICLE);
const metrics = metricsOf([{ account: ARTICLE, employed: null }], month(20), 0);

describe("the article's channel", () => {
  it('earns 72,050 sats, a ROI of 7.205 %', () => {
    expect(msatToSats(metrics.totals.netProfit)).toBe(72_050);
    expect(metrics.returnOnCapital).toEqual({ value: 0.07205, reason: null });
    expect(msatToSats(metrics.totals.totalCost)).toBe(7_950);
    expect(metrics.roi.value).toBeCloseTo(72_050 / 7_950, 12);
  });

  it('has a CARR of 6.3 % over 14 months, below its ROI', () => {
    expect(metrics.carr).toMatchObject({ reason: null, roots: 1 });
    expect(metrics.carr.carr).toBeCloseTo(0.063, 3);
    expect(metrics.carr.carr).toBeLessThan(0.07205);
  });

  it('has a CARR above its ROI when it lives less than a year', () => {
    const nineMonths = articleWith((i) => unixSec(month(0) + i * 20 * 86_400), 1);
    const { carr, returnOnCapital } = metricsOf([{ account: nineMonths, employed: null }], month(20), 0);
    expect(returnOnCapital.value).toBe(0.07205);
    expect(carr.carr).toBeGreaterThan(0.07205);
  });

  it('has a negative CARR when it earns too little', () => {
    const poor = articleWith(month, 1 / 20);
    const { carr, totals } = metricsOf([{ account: poor, employed: null }], month(20), 0);
    expect(msatToSats(totals.netProfit)).toBe(4000 - 7950);
    expect(carr.carr).toBeLessThan(0);
    expect(carr.carr).toBeGreaterThan(-0.01);
  });

  it('is paid back in the third month, when fees have covered the opening', () => {
    expect(paidBackAt([{ account: ARTICLE, employed: null }]).value).toBe(month(3));
  });
});

describe("the article's figures", () => {
  it('1: the statement, from 1,000,000 sats locked to 1,072,050 at closing', () => {
    const statement = statementOf(flows);
    expect(msatToSats(statement.capital)).toBe(1_000_000);
    expect(statement.lines.map(({ item, amount }) => [item, msatToSats(amount)])).toEqual([
      ['opening_fee', -7_500],
      ['routing_fee', 80_000],
      ['rebalance_fee', 0],
      ['closing_fee', -450],
    ]);
    expect(msatToSats(statement.result)).toBe(72_050);
    expect(msatToSats(statement.amountAtClosing)).toBe(1_072_050);
    expect(statement.estimated).toBe(false);
  });

  it('1 and 2 tell a capital that is an estimate for one', () => {
    const funding = { ...ARTICLE.funding, estimated: true };
    const guessed = statementOf(committedFlows({ ...ARTICLE, funding }, month(20)));
    expect([statementOf(flows).capitalEstimated, guessed.capitalEstimated]).toEqual([false, true]);
    expect(waterfallOf(guessed).map(({ estimated }) => estimated)).toEqual([true, false, false, false, false, true]);
  });

  it('2: the waterfall, each bar from where the one before it ended', () => {
    const bars = waterfallOf(statementOf(flows)).map((bar) => [
      bar.label,
      bar.kind,
      msatToSats(bar.from),
      msatToSats(bar.to),
    ]);
    expect(bars).toEqual([
      ['capital', 'total', 0, 1_000_000],
      ['opening_fee', 'cost', 1_000_000, 992_500],
      ['routing_fee', 'gain', 992_500, 1_072_500],
      ['rebalance_fee', 'gain', 1_072_500, 1_072_500],
      ['closing_fee', 'cost', 1_072_500, 1_072_050],
      ['amount_at_closing', 'total', 0, 1_072_050],
    ]);
  });

  it('3: the discounted flows, which add up to zero at the CARR', () => {
    const rate = metrics.carr.carr ?? NaN;
    const rows = discountedFlows(flows, rate);
    expect(rows).toHaveLength(15);
    expect(rows[0]).toEqual({
      time: month(0),
      utc: '2021-01-01T00:00:00Z',
      flow: -1_007_500_000n,
      factor: 1,
      presentValue: -1_007_500_000,
    });
    expect(rows[12]?.utc).toBe('2022-01-01T00:00:00Z');
    expect(rows[12]?.factor).toBeCloseTo(1 / (1 + rate), 14);
    // The last month's fee and the close fall on the same second.
    expect(rows[14]?.flow).toBe(1_008_050_000n);
    expect(Math.abs(rows.reduce((sum, row) => sum + row.presentValue, 0))).toBeLessThan(1e-3);
  });

  it('4: the cumulated flows, ending at the net profit both with capital and without', () => {
    const points = cumulate(committedFlows(ARTICLE, month(20)));
    expect(points[0]).toEqual({ time: month(0), cash: -1_007_500_000n, profit: -7_500_000n });
    expect(points.at(-1)).toEqual({ time: month(14), cash: 72_050_000n, profit: 72_050_000n });
  });
});
