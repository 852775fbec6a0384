// Do table, page and document say what the runs said?
import { describe, expect, it } from 'vitest';
import type { Answer, Scored } from '../../bench/market/job.ts';
import { withSummary } from '../../bench/market/markdown.ts';
import { reportPage } from '../../bench/market/report/page.ts';
import { suitVerdict } from '../../bench/market/margins.ts';
import { resultOf, type ScenarioResult } from '../../bench/market/results.ts';
import { remarks, scenarioTable } from '../../bench/market/table.ts';
import type { Entry } from '../../src/sim/market/contest/entrants.ts';
import { CALM, SUITS, type Scenario } from '../../src/sim/market/scenario.ts';

const DAYS = 10;

function scored(entry: Entry, netMsat: number, over: Partial<Scored> = {}): Scored {
  const track = { channel: 3, why: 'drains most', share: [0.5, 0.1], feePpm: [250, 900] };
  return {
    entry,
    cpuSeconds: 0.1,
    feesMsat: netMsat * 1.25,
    valuedMsat: netMsat,
    secondHalfMsat: netMsat / 2,
    weeklyMsat: [netMsat * 0.7],
    settled: 100,
    failShare: 0.1,
    lowShare: 0.05,
    updatesPerChannelDay: 0.4,
    mostUpdatesADay: 3,
    finalShares: [0.5, 0.5],
    settledByChannel: [50, 50],
    feesByChannel: [netMsat, netMsat / 4],
    rebalanceFeesByChannel: [netMsat / 4, 0],
    rebalanceFeesMsat: netMsat / 4,
    rebalancesSent: 10,
    rebalances: 4,
    capacityMsat: 1e10,
    channelReturns: [0.02, 0.01],
    channelCarrs: [0.04, 0.02],
    adaptationDays: [3, 5],
    tracks: { everyDays: 5, channels: [track] },
    ...over,
  };
}

const RESCALED = ' (rescaled)';
const entryNamed = (name: string): Entry =>
  name.endsWith(RESCALED)
    ? { tool: name.slice(0, -RESCALED.length), setup: 'rescaled' }
    : { tool: name, setup: 'shipped' };

/** Nets in millions of msat, by name, for each seed; the bound is ten. */
function result(
  nets: Readonly<Record<string, readonly number[]>>,
  scenario: Scenario = CALM,
  days = DAYS,
): ScenarioResult {
  const seeds = Object.values(nets)[0]?.length ?? 0;
  const answers = Array.from({ length: seeds }, (_, seed): Answer => ({
    boundMsat: 10e6,
    weeklyBoundMsat: [7e6],
    linearBoundMsat: null,
    scores: Object.entries(nets).map(([name, own]) => scored(entryNamed(name), (own[seed] ?? 0) * 1e6)),
  }));
  return resultOf({ scenario, days, answers });
}

const figureOf = (of: ScenarioResult, tool: string) => of.rows.find(({ entry }) => entry.tool === tool)?.figures;

describe('results', () => {
  const seen = result({ bayes: [8, 6], 'hill-climb': [5, 5], clboss: [4, 5], oracle: [9.5, 9.5] });

  it('are of the bound, of the oracle, and sats a day', () => {
    expect(figureOf(seen, 'bayes')?.ofBound.value).toBeCloseTo(0.7, 10);
    expect(figureOf(seen, 'bayes')?.ofOracle.value).toBeCloseTo(7 / 9.5, 10);
    expect(figureOf(seen, 'bayes')?.net.value).toBeCloseTo(700, 10);
    expect(figureOf(seen, 'bayes')?.costShare.value).toBeCloseTo(0.2, 10);
    // 7e6 msat in 10 days on 1e10 msat.
    expect(figureOf(seen, 'bayes')?.yield.value).toBeCloseTo((7e6 / 1e10) * 36.5 * 100, 10);
    expect(figureOf(seen, 'bayes')?.worst.value).toBeCloseTo(1, 10);
    expect(figureOf(seen, 'bayes')?.adaptation.value).toBe(4);
    expect(seen.boundSatsPerDay).toBe(1000);
  });

  it('tell regret in days of the bound', () => {
    // After a week 7e6 were possible and 0.7 x 7e6 earned: 2.1e6 behind, of 1e6 a day.
    expect(seen.rows.find(({ entry }) => entry.tool === 'bayes')?.regretDays[0]).toBeCloseTo(2.1, 10);
  });

  it('set the better of ours against each other tool but the oracles', () => {
    expect(seen.margins.map(({ ours, other }) => [ours, other])).toEqual([['bayes', 'clboss']]);
    expect(seen.margins[0]?.ratio.value).toBeCloseTo(14 / 9, 10);
    expect(seen.margins[0]?.difference.value).toBeCloseTo(0.25, 10);
  });

  it('compare seed by seed: what all seeds share widens no interval', () => {
    const paired = result({ bayes: [2, 5, 8, 3], clboss: [1.9, 4.9, 7.9, 2.9] });
    const { low, high } = paired.margins[0]?.difference ?? { low: NaN, high: NaN };
    expect(low).toBeCloseTo(0.01, 10);
    expect(high).toBeCloseTo(0.01, 10);
  });

  it('tell no ratio of losses', () => {
    const lossy = result({ bayes: [-3, -3], clboss: [-4, -4] }).margins[0];
    expect(lossy?.ratio.value).toBeNaN();
    expect(lossy?.difference.value).toBeCloseTo(0.1, 10);
  });

  it('say who is first, or that it cannot be told', () => {
    expect(remarks(result({ bayes: [8, 8, 8], clboss: [4, 5, 4] })).join()).toMatch(/bayes earns more than clboss/);
    expect(remarks(result({ bayes: [4, 4, 4], clboss: [5, 5, 5] })).join()).toMatch(/bayes EARNS LESS THAN clboss/);
    expect(remarks(result({ bayes: [4, 6, 4], clboss: [5, 5, 5] })).join()).toMatch(/cannot be told from/);
    expect(remarks(result({ bayes: [8], clboss: [4] })).join()).toMatch(/cannot be told from/);
  });
});

describe('the table at a terminal', () => {
  it('has its columns below each other, however long a name is', () => {
    const [, , , ...lines] = scenarioTable(result({ [`market-median+lndg${RESCALED}`]: [5, 4], static: [4, 5] })).split(
      '\n',
    );
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  });
});

describe('a rival that does not win its own suit', () => {
  const suit = SUITS.find(({ name }) => name === 'suits-clboss');
  if (suit === undefined) throw new Error('no suit of clboss');

  it('is warned of', () => {
    const lost = result({ bayes: [9, 9], clboss: [4, 4], static: [5, 5] }, suit);
    expect(suitVerdict(lost)).toEqual({ rival: 'clboss', beatenBy: 'static' });
    expect(scenarioTable(lost)).toMatch(/WARNING: clboss should win here, and static earns more/);
  });

  it('is not warned of for how much it talks', () => {
    // 20 updates a day too many are 4 % of its fees: less than static, net.
    const score = scored(entryNamed('clboss'), 5e6, { updatesPerChannelDay: 24 });
    const scores = [score, scored(entryNamed('static'), 4.9e6)];
    const answer = { boundMsat: 10e6, weeklyBoundMsat: [], linearBoundMsat: null, scores };
    const won = resultOf({ scenario: suit, days: DAYS, answers: [answer, answer] });
    expect(figureOf(won, 'clboss')?.net.value).toBeLessThan(figureOf(won, 'static')?.net.value ?? NaN);
    expect(suitVerdict(won)).toEqual({ rival: 'clboss', beatenBy: null });
  });

  it('may lose to ours', () => {
    const won = result({ bayes: [9, 9], clboss: [6, 6], static: [5, 5] }, suit);
    expect(suitVerdict(won)).toEqual({ rival: 'clboss', beatenBy: null });
    expect(scenarioTable(won)).not.toMatch(/WARNING/);
  });
});

describe('the report', () => {
  const making = { command: 'npm run bench:market -- --seeds 3 <&>', seeds: 3, first: 1, commit: 'abc1234' };
  const html = reportPage([result({ bayes: [8, 7, 8], static: [4, 5, 4], oracle: [9, 9, 9] })], making);

  it('asks nobody for anything', () => {
    expect(html).not.toMatch(/(src|href)="(?!#)|@import|url\(|https?:/);
  });

  it('says what made it, escaped, and in both themes', () => {
    expect(html).toContain('npm run bench:market -- --seeds 3 &lt;&amp;&gt;');
    expect(html).toContain('abc1234');
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('leaves room for the longest of all names', () => {
    const longest = `market-median+lndg${RESCALED}`;
    const drawn = reportPage([result({ bayes: [8, 7, 8], [longest]: [4, 5, 4] })], making);
    const [before = ''] = drawn.split(`>${longest}</text>`);
    const end = Number(/<text x="([\d.]+)"[^<]*$/.exec(before)?.[1]);
    // 11 pixels and bold.
    expect(end).toBeGreaterThan(6.3 * longest.length);
  });

  it('draws everyone, and no number that is none', () => {
    for (const name of ['bayes', 'static', 'oracle']) expect(html).toContain(`>${name}</text>`);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).toContain('ours first');
    expect(html).toContain('Channel 3');
  });

  it('calls ours first only where it is ahead of each other tool, not of the best in the mean alone', () => {
    // static earns less than lndg in the mean, but more than ours in one seed of three.
    const rest = { bayes: [8, 8, 8], lndg: [6, 6, 6] };
    const told = (nets: Readonly<Record<string, readonly number[]>>): string => reportPage([result(nets)], making);
    expect(told(rest)).toContain('than every other tool in 1 of 1 scenarios.');
    const close = told({ ...rest, static: [8.5, 4, 4] });
    expect(close).toContain('than every other tool in 0 of 1 scenarios, in 1 it is too close to tell.');
    expect(close).not.toContain('ours first');
  });

  it('calls nobody first who is only the second best of the others', () => {
    // lndg earns most in the mean, but less than ours in two seeds of three; static a bit more than ours in each.
    const html = reportPage([result({ bayes: [4, 4, 4], lndg: [20, 3, 3], static: [5, 5, 5] })], making);
    expect(html).toContain('in 1 another tool does');
    expect(html).toContain('behind static');
    expect(html).not.toContain('static first');
  });

  it('of nothing but others says nothing of ours', () => {
    const others = reportPage([result({ static: [4, 5] })], making);
    expect(others).not.toMatch(/NaN|Infinity|undefined|ours first/);
  });
});

describe('the summary in a document', () => {
  const making = { command: 'npm run bench:market', seeds: 2, first: 1, commit: null };
  const document =
    '# Title\n<!-- benchmark S1\\d?: begin -->\nold\n<!-- benchmark: end -->\nrest\n' +
    '<!-- benchmark suits-.+: begin -->\nkept\n<!-- benchmark: end -->\n';

  it('replaces the section of what was measured, and nothing else', () => {
    const written = withSummary(document, [result({ bayes: [8, 7], static: [4, 5] })], making);
    expect(written).toMatch(
      /^# Title\n<!-- benchmark S1\\d\?: begin -->\n\n[^]*\n\n<!-- benchmark: end -->\nrest\n[^]*\nkept\n<!-- benchmark: end -->\n$/,
    );
    expect(written).not.toContain('old');
    expect(written).toContain('| S1       |');
    expect(withSummary(written, [result({ bayes: [8, 7], static: [4, 5] })], making)).toBe(written);
  });

  it('needs a section for everything that was measured', () => {
    const measured = [result({ bayes: [8, 7], static: [4, 5] })];
    expect(() => withSummary('# Title\n', measured, making)).toThrow(/expected <!-- benchmark S1: begin -->/);
  });
});

describe('what nobody can earn', () => {
  const year = (nets: Readonly<Record<string, readonly number[]>>): ScenarioResult => result(nets, CALM, 365);
  const warned = (of: ScenarioResult): string => remarks(of).join();

  it('is told at the terminal and on the page, of the run where it is worst', () => {
    const wrong = year({ bayes: [8, 8, 8], 'clboss (rescaled)': [5, 14, 11], oracle: [9, 9, 9] });
    const text = 'clboss (rescaled) earns 1.40 of what is possible there at all (seed 2 of those run)';
    expect(warned(wrong)).toContain(`WARNING: ${text}`);
    expect(scenarioTable(wrong)).toContain(text);
    const page = reportPage([wrong], { command: 'npm run bench:market', seeds: 3, first: 1, commit: null });
    expect(page).toContain(text);
  });

  it('is more than the bound, or than the oracle where that was lucky', () => {
    expect(warned(year({ bayes: [10.4], oracle: [9] }))).not.toContain('WARNING');
    expect(warned(year({ bayes: [10.6], oracle: [9] }))).toContain('bayes earns 1.06');
    expect(warned(year({ bayes: [11.5], oracle: [12] }))).not.toContain('WARNING');
  });

  it('cannot be told of a few days, nor without the oracle', () => {
    expect(warned(result({ bayes: [20], oracle: [9] }))).not.toContain('WARNING');
    expect(warned(year({ bayes: [20] }))).not.toContain('WARNING');
  });
});
