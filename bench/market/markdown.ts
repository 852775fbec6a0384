// What does docs/benchmark.md say of the last measurement? A table in each of its sections, with what made it.
import { ArgumentError } from '../arguments.ts';
import { daysOf, LEAST_SEEDS, type Making } from './making.ts';
import type { ScenarioResult } from './results.ts';
import type { Estimate } from './statistics.ts';
import { summaryOf } from './summary.ts';
import { short } from './table.ts';

/** Between its two marks; the first names its scenarios by a regular expression. */
const SECTION = /(<!-- benchmark (\S+): begin -->)[^]*?(<!-- benchmark: end -->)/g;

/** Whether a section that is told by that pattern is the scenario's. */
const belongs = (name: string, pattern: string): boolean => new RegExp(`^(${pattern})$`).test(name);

/** @throws ArgumentError that names a scenario which belongs to no section */
export function checkSections(document: string, names: readonly string[]): void {
  const patterns = [...document.matchAll(SECTION)].map(([, , pattern = '']) => pattern);
  const astray = names.find((name) => !patterns.some((pattern) => belongs(name, pattern)));
  if (astray === undefined) return;
  throw new ArgumentError(
    `--markdown: expected <!-- benchmark ${astray}: begin --> and <!-- benchmark: end --> in the file, or a pattern that fits ${astray}`,
  );
}

/**
 * A section of which nothing was measured stays as it was.
 * @throws ArgumentError as `checkSections`
 */
export function withSummary(document: string, results: readonly ScenarioResult[], making: Making): string {
  const names = results.map(({ scenario }) => scenario.name);
  checkSections(document, names);
  return document.replace(SECTION, (section, begin: string, pattern: string, end: string) => {
    const own = results.filter(({ scenario }) => belongs(scenario.name, pattern));
    return own.length === 0 ? section : `${begin}\n\n${summary(own, making)}\n\n${end}`;
  });
}

function summary(results: readonly ScenarioResult[], { command, seeds, first, commit }: Making): string {
  const about =
    `Made by \`${command}\` at commit ${commit === null ? 'unknown' : `\`${commit}\``}: ` +
    `seeds ${first} to ${first + seeds - 1}, ${daysOf(results)} days.` +
    (seeds < LEAST_SEEDS ? ' So few seeds that the intervals are too narrow.' : '');
  return [about, '', table(results)].join('\n');
}

function told(figure: Estimate | null): string {
  if (figure === null) return '';
  const { value, low, high } = figure;
  return Number.isNaN(low) ? short(value) : `${short(value)} (${short(low)} to ${short(high)})`;
}

const HEAD = [
  'scenario',
  'bound, sats/day',
  'oracle',
  'hill-climb',
  'bayes',
  'best other tool',
  'ours / best other',
  'first',
];

const table = (results: readonly ScenarioResult[]): string =>
  aligned([
    HEAD,
    ...results
      .map(summaryOf)
      .map((row) => [
        row.scenario + (row.suits === null ? '' : `, built for ${row.suits}`),
        short(row.boundSatsPerDay),
        told(row.oracle),
        told(row.hillClimb),
        told(row.bayes),
        row.other === null ? '' : `${row.other.name} ${told(row.other.ofBound)}`,
        told(row.ratio),
        row.verdict?.text ?? '',
      ]),
  ]);

/** As Prettier would write it. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(3, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}
