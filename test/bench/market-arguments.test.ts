// Is it said clearly what is wrong with an argument?
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArgumentError } from '../../bench/arguments.ts';
import { parseArguments, USAGE } from '../../bench/market/arguments.ts';
import { checkOutputs } from '../../bench/market/outputs.ts';
import { refusalOf } from '../../bench/market/refusal.ts';
import { scenariosNamed } from '../../bench/market/scenarios.ts';
import { CALM } from '../../src/sim/market/scenario.ts';

const ROOT = resolve(import.meta.dirname, '../..');

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
    [['--fee-interval', '600'], /--fee-interval: expected a multiple of 1800, got "600"/],
    [['--rebalance-interval', '1000'], /--rebalance-interval: expected a multiple of 900, got "1000"/],
    [['--tools', 'bayes,clbos'], /--tools: expected some of .*clboss.*, got "clbos"/],
    [['--setup', 'default'], /--setup: expected some of shipped, rescaled, .*, got "default"/],
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
    expect(names('hold-out').slice(0, 5)).toEqual(['H1', 'H2', 'H3', 'H4', 'H5']);
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

describe('a mistake in a scenario file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const written = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const refusal = (file: string): string | null => {
    try {
      scenariosNamed([file]);
    } catch (error) {
      return refusalOf(error);
    }
    throw new Error('expected a refusal');
  };

  it.each([
    ['{"about":"x","extends":"S1","outages":{"peers":12,"share":15,"meanHours":3}}', /: outages.share: .*, got 15$/],
    ['{"about":"x","extends":"S0"}', /: extends: expected the name of a scenario beside it, got "S0"$/],
    ['{"about":"x","extends":"S1","wale":1}', /: wale: expected one of .*, got an unknown field$/],
    ['{"about":"x"', /: expected JSON, got /],
    ['{"about":"x","extends":"S1","bank":"none.json"}', /: bank: expected the path of a demand bank, got "none.json"$/],
  ])('%s is told in one sentence', (text, message) => {
    const told = refusal(written('my-node.json', text));
    expect(told).toMatch(/^bench:market: scenario my-node: .*$/);
    expect(told).toMatch(message);
  });

  it('is a folder in its place', () => {
    mkdirSync(join(folder, 'folder.json'));
    expect(refusal(join(folder, 'folder.json'))).toMatch(/folder\.json: there is no such file/);
    const file = written('my-node.json', '{"about":"x","extends":"S1","bank":"folder.json"}');
    expect(refusal(file)).toMatch(/: bank: expected the path of a demand bank, got "folder\.json"$/);
  });

  it('is told with the bank that it is in', () => {
    written('mine.json', '{}');
    const told = refusal(written('my-node.json', '{"about":"x","extends":"S1","bank":"mine.json"}'));
    expect(told).toMatch(/^bench:market: bank mine\.json: .*expected .*, got .*$/);
  });

  it('is told without a stack trace by the program itself, which fails as for a wrong argument', () => {
    const bench = (file: string) =>
      spawnSync(process.execPath, ['scripts/bench.mjs', 'market', '--scenario', file], { cwd: ROOT, encoding: 'utf8' });
    const path = written('my-node.json', '{"about":"x","extends":"S0"}');
    expect(bench(path)).toMatchObject({ status: 1, stdout: '', stderr: `${String(refusal(path))}\n` });
    const gone = join(folder, 'gone.json');
    expect(bench(gone)).toMatchObject({ status: 1, stderr: `${String(refusal(gone))}\n` });
    expect(refusal(gone)).toBe(`bench:market: --scenario: ${gone}: there is no such file\n\n${USAGE}`);
  });

  it('is nobody else: a defect of ours keeps its stack', () => {
    expect(refusalOf(new TypeError('x'))).toBeNull();
  });
});

describe('what is to be written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'outputs-'));
    writeFileSync(join(folder, 'there'), '<!-- benchmark S1: begin -->\n<!-- benchmark: end -->\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const NONE = { html: null, markdown: null, release: null, journal: null };
  const check = (option: keyof typeof NONE, name: string) => (): void => {
    checkOutputs({ ...NONE, [option]: join(folder, name) }, [CALM]);
  };

  it.each(['html', 'release', 'journal'] as const)('--%s is refused before anything is measured', (option) => {
    expect(check(option, 'none/file')).toThrow(ArgumentError);
    expect(check(option, 'none/file')).toThrow(/^--.*none\/file: expected a file that can be written, got: ENOENT/);
    expect(check(option, '.')).toThrow(/expected a file that can be written, got: it is a folder/);
    expect(check(option, 'there')).not.toThrow();
    expect(check(option, 'new')).not.toThrow();
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('a document has a section for everything that is asked for', () => {
    expect(check('markdown', 'new')).toThrow(/^--markdown: .*new: there is no such file$/);
    expect(check('markdown', 'there')).not.toThrow();
    writeFileSync(join(folder, 'there'), '# Title\n');
    expect(check('markdown', 'there')).toThrow(ArgumentError);
    expect(check('markdown', 'there')).toThrow(/^--markdown: expected <!-- benchmark S1: begin -->/);
  });
});
