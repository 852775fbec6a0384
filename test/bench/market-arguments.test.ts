// Is it said clearly what is wrong with an argument?
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../bench/arguments.ts';
import { parseArguments } from '../../bench/market/arguments.ts';
import { scenariosNamed } from '../../bench/market/scenarios.ts';

describe('arguments of bench:market', () => {
  it('by default ask for all tools in both setups, 20 seeds, at the intervals that the plugin ships with', () => {
    const asked = parseArguments([]);
    expect(asked).toMatchObject({
      scenarios: ['main'],
      setups: ['shipped', 'rescaled'],
      seeds: 20,
      first: 1,
      days: 365,
    });
    expect(asked?.tools).toContain('oracle');
    expect(asked?.intervals).toEqual({ fee: 1800, rebalance: 900 });
  });

  it('take lists with commas and given twice', () => {
    expect(parseArguments(['--scenario', 'S1,S3', '--scenario', 'S1', '--tools', 'bayes,static'])).toMatchObject({
      scenarios: ['S1', 'S3'],
      tools: ['bayes', 'static'],
    });
  });

  it.each([
    [['--seeds', '0'], /--seeds: expected a whole number above 0, got "0"/],
    [['--days', '1.5'], /--days: expected a whole number above 0, got "1.5"/],
    [['--tools', 'bayes,clbos'], /--tools: expected some of .*clboss.*, got "clbos"/],
    [['--setup', 'default'], /--setup: expected some of shipped, rescaled, got "default"/],
    [['--scenario', 'S1,,S2'], /--scenario: expected names between commas/],
    [['--sceanrio', 'S1'], /--sceanrio/],
    [['S1'], /S1/],
  ])('%j is refused', (args, message) => {
    expect(() => parseArguments(args)).toThrow(ArgumentError);
    expect(() => parseArguments(args)).toThrow(message);
  });
});

describe('scenarios', () => {
  const names = (...asked: string[]): string[] => scenariosNamed(asked).map(({ name }) => name);

  it('are found by name, by group and by file, each once', () => {
    expect(names('S3', 'scenarios/S1.json', 'S3')).toEqual(['S3', 'S1']);
    expect(names('hold-out').slice(0, 4)).toEqual(['H1', 'H2', 'H3', 'H4']);
    const main = names('main');
    expect(main.slice(0, 4)).toEqual(['S1', 'S2', 'S3', 'S4']);
    expect(main.indexOf('S10')).toBeGreaterThan(main.indexOf('S9'));
    expect(main.filter((name) => /^(H|suits|S1-|S13-b)/.test(name))).toEqual([]);
  });

  it('that are nowhere are an error with those that there are', () => {
    expect(() => names('S99')).toThrow(
      /--scenario: expected main, hold-out, suits, a file or one of .*S1.*, got "S99"/,
    );
    expect(() => names('mine.json')).toThrow(/mine.json: there is no such file/);
  });
});
