// What does docs/benchmark.md say of the last measurement? The summary between two markers, with what made it.
import { daysOf, LEAST_SEEDS, type Making } from './making.ts';
import type { ScenarioResult } from './results.ts';
import type { Estimate } from './statistics.ts';
import { summaryOf } from './summary.ts';
import { short } from './table.ts';

const BEGIN = '<!-- benchmark: begin -->';
const END = '<!-- benchmark: end -->';

/** @throws Error when the markers are missing */
export function withSummary(document: string, results: readonly ScenarioResult[], making: Making): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`markdown: expected the lines ${BEGIN} and ${END}, in this order`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${summary(results, making)}\n\n${document.slice(end)}`;
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
