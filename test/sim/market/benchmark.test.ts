// Does the benchmark still say what it said? A small one of all tools: conservation, determinism, and who is ahead of whom.
import { beforeAll, describe, expect, it } from 'vitest';
import { checkDeterminism } from '../../../bench/market/guards.ts';
import { START_PPM, work } from '../../../bench/market/job.ts';
import { resultOf, type ScenarioResult } from '../../../bench/market/results.ts';
import { CONTESTANTS, entriesOf } from '../../../src/sim/market/contest/entrants.ts';
import { CALM, DRAIN, SHIFTING, SPARSE, scenarioNamed } from '../../../src/sim/market/scenario.ts';

const DAYS = 30;
const SEEDS = [1, 2];
/** A quarter of the plugin's cycles: its intervals are not what is tested. */
const INTERVALS = { fee: 7200, rebalance: 7200 };
const ENTRIES = entriesOf(Object.keys(CONTESTANTS), ['shipped']);

const results = new Map<string, ScenarioResult>();

beforeAll(async () => {
  for (const scenario of [CALM, SPARSE, DRAIN, SHIFTING, scenarioNamed('S9')]) {
    const shared = { scenario, startPpm: START_PPM, days: DAYS, entries: ENTRIES, intervals: INTERVALS };
    const answers = [];
    // Each run checks conservation to the msat and throws where it finds otherwise.
    for (const seed of SEEDS) answers.push(await work({ ...shared, seed, tracked: false, checkBound: false }));
    results.set(scenario.name, resultOf({ scenario, days: DAYS, answers }));
  }
});

function ofBound(scenario: string, tool: string): number {
  const row = results.get(scenario)?.rows.find(({ entry }) => entry.tool === tool);
  if (row === undefined) throw new Error(`no ${tool} in ${scenario}`);
  return row.figures.ofBound.value;
}

describe('the benchmark', () => {
  it('does the same again with every tool', async () => {
    await checkDeterminism(ENTRIES, INTERVALS);
  });

  it.each(['S1', 'S2', 'S3', 'S4', 'S9'])('finds nobody far above the bound, and the oracle near it, in %s', (name) => {
    for (const { name: tool, figures } of results.get(name)?.rows ?? [])
      // The bound is of means: two seeds of a month may be lucky, and sell what they were given.
      expect(figures.ofBound.value, tool).toBeLessThan(1.2);
    expect(ofBound(name, 'oracle')).toBeGreaterThan(0.8);
  });

  it.each(['S1', 'S3', 'S4', 'S9'])('ranks seed < ours < oracle, and static < ours, in %s', (name) => {
    for (const ours of ['hill-climb', 'bayes']) {
      expect(ofBound(name, ours)).toBeGreaterThan(ofBound(name, 'seed-published'));
      expect(ofBound(name, ours)).toBeGreaterThan(ofBound(name, 'seed-mended'));
      expect(ofBound(name, ours)).toBeGreaterThan(ofBound(name, 'static'));
      expect(ofBound(name, ours)).toBeLessThan(ofBound(name, 'oracle'));
    }
  });

  it('finds rebalancing worth its cost where channels drain', () => {
    expect(ofBound('S3', 'oracle')).toBeGreaterThan(ofBound('S3', 'oracle-fees'));
  });
});
