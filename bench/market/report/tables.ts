// What do the report's tables say? The summary by scenario, and every metric of every contestant in one.
import { element, escape } from '../../../src/cli/charts/svg.ts';
import { METRICS, suitVerdict, type Row, type ScenarioResult } from '../results.ts';
import type { Estimate } from '../statistics.ts';
import { ranked, short } from '../table.ts';

const cell = (content: string, style = ''): string => element('td', style === '' ? {} : { class: style }, content);
const head = (content: string, style = ''): string =>
  element('th', style === '' ? {} : { class: style }, escape(content));

/** The figure, and its interval in small. */
export const interval = ({ value, low, high }: Estimate): string =>
  Number.isNaN(low) ? short(value) : `${short(value)} <small>${short(low)}\u2013${short(high)}</small>`;

/** Whether ours is ahead for certain, behind for certain, or neither. */
export function verdictOf({ margins }: ScenarioResult): { readonly text: string; readonly style: string } | null {
  const [best] = margins;
  if (best === undefined) return null;
  if (best.difference.low > 0) return { text: 'ours first', style: 'good' };
  if (best.difference.high < 0) return { text: `${best.other} first`, style: 'bad' };
  return { text: 'too close to tell', style: 'muted' };
}

export function summaryTable(results: readonly ScenarioResult[]): string {
  const titles = [
    'scenario',
    'bound, sats/day',
    'oracle',
    'hill-climb',
    'bayes',
    'best other',
    '',
    'ours / best other',
    '',
  ];
  const rows = results.map((result) => {
    const { scenario, rows: all, margins, boundSatsPerDay } = result;
    const [best] = margins;
    const of = (tool: string): string => {
      const row = all.find(({ entry }) => entry.tool === tool);
      return row === undefined ? '\u2013' : interval(row.figures.ofBound);
    };
    const other = all.find(({ name }) => name === best?.other);
    const verdict = verdictOf(result);
    return element(
      'tr',
      {},
      cell(`<a href="#${escape(scenario.name)}"><b>${escape(scenario.name)}</b></a>`),
      cell(short(boundSatsPerDay)),
      cell(of('oracle')),
      cell(of('hill-climb')),
      cell(of('bayes')),
      cell(other === undefined ? '\u2013' : interval(other.figures.ofBound)),
      cell(escape(other?.name ?? ''), 'left muted'),
      cell(best === undefined ? '\u2013' : interval(best.ratio)),
      cell(escape(verdict?.text ?? ''), verdict?.style),
    );
  });
  const titled = titles.map((title, i) => head(title, i === 6 ? 'left' : '')).join('');
  return `<div class="wide"><table><thead><tr>${titled}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

export function metricsTable(result: ScenarioResult): string {
  const told = METRICS.filter(({ key }) => result.rows.some(({ figures }) => !Number.isNaN(figures[key].value)));
  const titles = told.map(({ label, unit, about }) =>
    element('th', { title: about }, `${escape(label)}<br><small>${escape(unit)}</small>`),
  );
  const cells = (row: Row): string[] => [
    cell(escape(row.name)),
    ...told.map(({ key }) => cell(key === 'ofBound' ? interval(row.figures[key]) : short(row.figures[key].value))),
  ];
  const rows = ranked(result.rows).map((row) =>
    element('tr', row.kind === 'ours' ? { class: 'ours' } : {}, ...cells(row)),
  );
  return `<div class="wide"><table><thead><tr>${head('tool')}${titles.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** A remark where a rival does not win the market that was built for it. */
export function suitRemark(result: ScenarioResult): string {
  const suit = suitVerdict(result);
  if (suit === null) return '';
  if (suit.beatenBy === null)
    return `<p class="muted">Built for ${escape(suit.rival)}, which wins it among those as shipped.</p>`;
  return `<p class="bad">Built for ${escape(suit.rival)}, but ${escape(suit.beatenBy)} earns more: its port is suspect.</p>`;
}
