// What does docs/benchmark.md say of the last measurement? The summary between two markers, with what made it.
import { suitVerdict, type ScenarioResult } from './results.ts';
import { LEAST_SEEDS, type Making } from './report/page.ts';
import { verdictOf } from './report/tables.ts';
import type { Estimate } from './statistics.ts';
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
  const days = [...new Set(results.map((result) => result.days))].join(', ');
  const about =
    `Made by \`${command}\` at commit ${commit === null ? 'unknown' : `\`${commit}\``}: ` +
    `seeds ${first} to ${first + seeds - 1}, ${days} days.` +
    (seeds < LEAST_SEEDS ? ' So few seeds that the intervals are too narrow.' : '');
  return [about, '', table(results)].join('\n');
}

const told = ({ value, low, high }: Estimate): string =>
  Number.isNaN(low) ? short(value) : `${short(value)} (${short(low)} to ${short(high)})`;

function table(results: readonly ScenarioResult[]): string {
  const head = [
    'scenario',
    'bound, sats/day',
    'oracle',
    'hill-climb',
    'bayes',
    'best other tool',
    'ours / best other',
    'first',
  ];
  const rows = results.map((result) => {
    const { scenario, rows: all, margins, boundSatsPerDay } = result;
    const [best] = margins;
    const of = (tool: string): string => {
      const row = all.find(({ entry }) => entry.tool === tool);
      return row === undefined ? '' : told(row.figures.ofBound);
    };
    const other = all.find(({ name }) => name === best?.other);
    const built = suitVerdict(result);
    return [
      scenario.name + (built === null ? '' : `, built for ${built.rival}`),
      short(boundSatsPerDay),
      of('oracle'),
      of('hill-climb'),
      of('bayes'),
      other === undefined ? '' : `${other.name} ${told(other.figures.ofBound)}`,
      best === undefined ? '' : told(best.ratio),
      verdictOf(result)?.text ?? '',
    ];
  });
  return aligned([head, ...rows]);
}

/** As Prettier would write it. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(3, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}
