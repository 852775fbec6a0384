// Do the drawings hold what the figures say: every bar, row and point, in its place, in every theme?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cumulatedFigure } from '../../../src/cli/charts/cumulated-figure.ts';
import { discountedFigure } from '../../../src/cli/charts/discounted-figure.ts';
import { statementFigure } from '../../../src/cli/charts/statement-figure.ts';
import { waterfallFigure } from '../../../src/cli/charts/waterfall-figure.ts';
import { number, satsText, signedSats, tenths, tickText } from '../../../src/cli/charts/words.ts';
import { committedFlows, type CashFlow } from '../../../src/core/profit/cash-flow.ts';
import { discountedFlows } from '../../../src/core/profit/discounted.ts';
import { statementOf } from '../../../src/core/profit/statement.ts';
import { cumulate, waterfallOf, type CumulatedPoint } from '../../../src/core/profit/waterfall.ts';
import { msat, satsToMsat, unixSec } from '../../../src/core/units.ts';
import { ARTICLE, estimate, month } from '../../core/profit/article.ts';

const title = { title: 'Channel 1x2x3 & <others>', subtitle: 'of "somebody"' };
const flows = committedFlows(ARTICLE, month(20));
const statement = statementOf(flows);

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '');
interface Rect {
  readonly style: string;
  readonly top: number;
  readonly height: number;
}
const rects = (svg: string, style: RegExp): Rect[] =>
  [...svg.matchAll(/<rect ([^>]*)>/g)]
    .map(([, all = '']) => ({
      style: /class="([^"]*)"/.exec(all)?.[1] ?? '',
      top: Number(/ y="([^"]*)"/.exec(all)?.[1] ?? 0),
      height: Number(/height="([^"]*)"/.exec(all)?.[1]),
    }))
    .filter((rect) => style.test(rect.style));

/** Every tag closed by its own, and no number that is none. */
function expectSound(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name = ''] of svg.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (closing === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
}

describe('the waterfall', () => {
  const svg = waterfallFigure(waterfallOf(statement), title);
  it('has a bar for each step, as high as its amount', () => {
    expectSound(svg);
    const [opening, closing] = rects(svg, /^cost$/);
    const [routing] = rects(svg, /^gain$/);
    expect((routing?.height ?? 0) / (opening?.height ?? 1)).toBeCloseTo(80_000 / 7_500, 1);
    expect(closing?.height).toBeGreaterThan(0);
    // The routing fees begin where the opening fee ended.
    expect((routing?.top ?? 0) + (routing?.height ?? 0)).toBeCloseTo((opening?.top ?? 0) + (opening?.height ?? 0), 1);
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        '1,000,000',
        '\u22127,500',
        '+80,000',
        '0',
        '\u2212450',
        '1,072,050',
        'Amount',
        'at closing',
      ]),
    );
  });
  it('says that its axis is cut when fees are small beside the capital, and only then', () => {
    expect(texts(svg)).toContain('The axis does not begin at 0.');
    const small = { ...ARTICLE, funding: estimate(10_000) };
    expect(texts(waterfallFigure(waterfallOf(statementOf(committedFlows(small, month(20)))), title))).not.toContain(
      'The axis does not begin at 0.',
    );
  });
  it('draws estimates as outlines and says so', () => {
    const open = waterfallOf(
      statementOf(committedFlows({ ...ARTICLE, end: { state: 'open', fee: estimate(450) } }, month(20))),
    );
    const drawn = waterfallFigure(open, title);
    expect(rects(drawn, /^cost-line$/)).toHaveLength(1);
    expect(texts(drawn).filter((text) => text === '(est.)')).toHaveLength(2);
    expect(rects(svg, /-line$/)).toHaveLength(0);
  });
  it('draws losses beyond the capital, and nothing at all', () => {
    const ruin = { ...ARTICLE, funding: estimate(1000), routing: [] };
    expectSound(waterfallFigure(waterfallOf(statementOf(committedFlows(ruin, month(20)))), title));
    expectSound(waterfallFigure(waterfallOf(statementOf([])), title));
  });
});

describe('the statement', () => {
  it('lists every line, the result set apart, and the measures below', () => {
    const svg = statementFigure(statement, [['CARR', '6.305 % a year']], title);
    expectSound(svg);
    expect(texts(svg).filter((text) => text !== '')).toEqual([
      'Channel 1x2x3 &amp; &lt;others&gt;',
      'of &quot;somebody&quot;',
      'sats',
      ...['Capital locked', '1,000,000'],
      ...['Opening fee', '\u22127,500'],
      ...['Routing fees', '+80,000'],
      ...['Rebalance fees', '0'],
      ...['Closing fee', '\u2212450'],
      ...['Amount at closing', '1,072,050'],
      ...['Result', '+72,050'],
      ...['CARR', '6.305 % a year'],
    ]);
    expect(rects(svg, /^band$/)).toHaveLength(2);
  });
  it('marks estimates', () => {
    const open = statementOf(committedFlows({ ...ARTICLE, end: { state: 'open', fee: estimate(450) } }, month(20)));
    expect(texts(statementFigure(open, [], title)).filter((text) => text === 'estimated')).toHaveLength(3);
    const guessed = { ...ARTICLE, funding: { ...ARTICLE.funding, estimated: true } };
    const svg = statementFigure(statementOf(committedFlows(guessed, month(20))), [], title);
    expect(texts(svg).filter((text) => text === 'estimated')).toHaveLength(3);
  });
});

describe('the discounted flows', () => {
  const rows = discountedFlows(flows, 0.0630525452336654);
  it('are one row each, and their sum', () => {
    const svg = discountedFigure(rows, title);
    expectSound(svg);
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        '1609459200',
        '2021-01-01 00:00:00',
        '\u22121,007,500',
        '1.000000',
        '2,487.1',
        '0.931436',
      ]),
    );
    expect(texts(svg).at(-1)).toBe('0.0');
  });
  it('leave out the middle of a long list, and say how many', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ ...rows[0], time: unixSec(i) })) as typeof rows;
    const svg = discountedFigure(many, title);
    expect(texts(svg)).toContain('960 more');
    expect(rects(svg, /^band$/)).toHaveLength(1);
    expect(texts(svg).filter((text) => text === '1.000000')).toHaveLength(40);
  });
});

describe('the cumulated cash flow', () => {
  it('ends at the net profit with capital and without', () => {
    const svg = cumulatedFigure(cumulate(flows), title);
    expectSound(svg);
    expect(texts(svg).filter((text) => text === '72,050')).toHaveLength(2);
    expect(svg).toMatch(/<circle[^>]*class="gain"/);
  });
  it('says when there is nothing', () => {
    expect(texts(cumulatedFigure([], title))).toContain('No cash flow yet.');
  });
  it('keeps a single peak among a hundred thousand points in a drawing of bounded size', () => {
    const point = (i: number): CumulatedPoint => {
      const value = satsToMsat(i === 61_803 ? 5_000_000 : i % 100);
      return { time: unixSec(1_600_000_000 + i * 60), cash: value, profit: value };
    };
    const svg = cumulatedFigure(
      Array.from({ length: 100_000 }, (_, i) => point(i)),
      title,
    );
    expectSound(svg);
    expect(svg.length).toBeLessThan(400_000);
    expect(texts(svg)).toContain('5,000,000');
  });
  it('is sound for any flows', () => {
    const anyFlows = fc.array(
      fc.record({
        time: fc.integer({ min: 0, max: 2 ** 32 }).map(unixSec),
        amount: fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }).map(msat),
        kind: fc.constantFrom<CashFlow['kind']>('capital_in', 'routing_fee', 'rebalance_fee', 'capital_out'),
        estimated: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(anyFlows, (any) => {
        const ordered = [...any].sort((a, b) => a.time - b.time);
        expectSound(cumulatedFigure(cumulate(ordered), title));
        expectSound(waterfallFigure(waterfallOf(statementOf(ordered)), title));
        expectSound(statementFigure(statementOf(ordered), [], title));
      }),
    );
  });
});

describe('colours', () => {
  const sheet = (theme: 'auto' | 'light' | 'dark'): string => waterfallFigure([], { title: 'x', theme });
  it('follow the reader, or are fixed', () => {
    expect(waterfallFigure([], { title: 'x' })).toBe(sheet('auto'));
    expect(sheet('auto')).toMatch(/\.sheet\{fill:#ffffff\}.*prefers-color-scheme:dark.*\.sheet\{fill:#15191e\}/);
    expect(sheet('light')).not.toMatch(/prefers-color-scheme|#15191e/);
    expect(sheet('dark')).not.toMatch(/prefers-color-scheme|#ffffff/);
  });
});

describe('numbers', () => {
  it('are written for people', () => {
    expect(number(-1234567.89)).toBe('\u22121,234,568');
    expect(number(-0.2)).toBe('0');
    expect(tenths(-0.04)).toBe('0.0');
    expect(tickText(9_500_000)).toBe('9,500,000');
    expect(tickText(-25_000_000)).toBe('\u221225 M');
    expect(satsText(msat(99_999n))).toBe('99.999');
    expect(satsText(msat(100_400n))).toBe('100');
    expect(signedSats(msat(0n))).toBe('0');
    expect(signedSats(msat(1n))).toBe('+0.001');
  });
});
