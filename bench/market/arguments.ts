// What was asked of the market benchmark? Every argument checked, with an error that says what was expected.
import { parseArgs } from 'node:util';
import { CONTESTANTS, SHIPPED_INTERVALS, type Intervals } from '../../src/sim/market/contest/entrants.ts';
import { REBALANCE_SECONDS, WAKE_SECONDS } from '../../src/sim/market/engine/run.ts';
import { SETUPS, USUAL_SETUPS, type Setup } from '../../src/sim/market/rivals/field.ts';
import { ArgumentError, parsed, whole } from '../arguments.ts';

export interface MarketArguments {
  /** Names of scenarios, groups of them, and paths of files. */
  readonly scenarios: readonly string[];
  readonly tools: readonly string[];
  readonly setups: readonly Setup[];
  readonly seeds: number;
  readonly first: number;
  readonly days: number;
  readonly intervals: Intervals;
  /** Figures alone, one line of JSON each. */
  readonly json: boolean;
  /** Files to write; null: none. */
  readonly html: string | null;
  readonly markdown: string | null;
  readonly release: string | null;
  readonly journal: string | null;
  readonly checkBound: boolean;
}

export const USAGE = `npm run bench:market -- [options]
  --scenario NAME,FILE,…  names from scenarios/, files of your own, or main, hold-out, suits (default main)
  --tools NAME,…          of ${Object.keys(CONTESTANTS).join(', ')}
                          (default all)
  --setup NAME,…          of ${SETUPS.join(', ')}
                          (default ${USUAL_SETUPS.join(', ')})
  --seeds N --first N     how many seeds, and the first of them (default 20, 1)
  --days N                length of a run (default 365)
  --fee-interval S --rebalance-interval S
                          seconds between the plugin's cycles, multiples of ${WAKE_SECONDS} and ${REBALANCE_SECONDS} (default ${SHIPPED_INTERVALS.fee}, ${SHIPPED_INTERVALS.rebalance})
  --json                  nothing but figures, one line of JSON each
  --html FILE             writes the report
  --markdown FILE         writes a table into each section of that file that is measured
  --release FILE          writes what the dashboard's page "What if" shows: src/dashboard/benchmark.json
  --journal FILE          keeps what is found as it is found; the same command goes on from there
  --check-bound           finds each bound by a linear program too`;

/** Null: help was asked for. @throws ArgumentError */
export function parseArguments(args: readonly string[]): MarketArguments | null {
  const { values } = parsed(() => parse(args));
  if (values.help) return null;
  return {
    scenarios: list('scenario', values.scenario),
    tools: among('tools', values.tools, Object.keys(CONTESTANTS)),
    setups: among('setup', values.setup, SETUPS, USUAL_SETUPS),
    seeds: whole('seeds', values.seeds),
    first: whole('first', values.first),
    days: whole('days', values.days),
    intervals: {
      fee: multiple('fee-interval', values['fee-interval'], WAKE_SECONDS),
      rebalance: multiple('rebalance-interval', values['rebalance-interval'], REBALANCE_SECONDS),
    },
    json: values.json,
    html: values.html ?? null,
    markdown: values.markdown ?? null,
    release: values.release ?? null,
    journal: values.journal ?? null,
    checkBound: values['check-bound'],
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', multiple: true, default: ['main'] },
      tools: { type: 'string', multiple: true },
      setup: { type: 'string', multiple: true },
      seeds: { type: 'string', default: '20' },
      first: { type: 'string', default: '1' },
      days: { type: 'string', default: '365' },
      'fee-interval': { type: 'string', default: String(SHIPPED_INTERVALS.fee) },
      'rebalance-interval': { type: 'string', default: String(SHIPPED_INTERVALS.rebalance) },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      markdown: { type: 'string' },
      release: { type: 'string' },
      journal: { type: 'string' },
      'check-bound': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

/** The market looks no more often than that: another interval would be measured as the next longer one. */
function multiple(name: string, text: string, of: number): number {
  const value = whole(name, text);
  if (value % of === 0) return value;
  throw new ArgumentError(`--${name}: expected a multiple of ${of}, got ${JSON.stringify(text)}`);
}

function list(name: string, given: readonly string[]): string[] {
  const items = given.flatMap((text) => text.split(',')).map((item) => item.trim());
  if (items.length > 0 && items.every((item) => item !== '')) return [...new Set(items)];
  throw new ArgumentError(`--${name}: expected names between commas, got ${JSON.stringify(given.join(' '))}`);
}

/** @param usual where nothing was said */
function among<T extends string>(
  name: string,
  given: readonly string[] | undefined,
  known: readonly T[],
  usual: readonly T[] = known,
): T[] {
  if (given === undefined) return [...usual];
  return list(name, given).map((item) => {
    const found = known.find((one) => one === item);
    if (found !== undefined) return found;
    throw new ArgumentError(`--${name}: expected some of ${known.join(', ')}, got ${JSON.stringify(item)}`);
  });
}
