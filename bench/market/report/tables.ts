// What do the report's tables say? The summary by scenario, and every metric of every contestant in one.
import { impossible, impossibleText } from '../impossible.ts';
import { element, escape } from '../../../src/cli/charts/svg.ts';
import { suitVerdict, type Standing } from '../margins.ts';
import { METRICS } from '../metrics.ts';
import type { Row, ScenarioResult } from '../results.ts';
import type { Estimate } from '../statistics.ts';
import { summaryOf } from '../summary.ts';
import { ranked, short } from '../table.ts';

const cell = (content: string, style = ''): string => element('td', style === '' ? {} : { class: style }, content);
const head = (content: string, style = ''): string =>
  element('th', style === '' ? {} : { class: style }, escape(content));

/** The figure, and its interval in small. */
export const interval = ({ value, low, high }: Estimate): string =>
  Number.isNaN(low) ? short(value) : `${short(value)} <small>${short(low)}\u2013${short(high)}</small>`;

export const STANDING_STYLES: Readonly<Record<Standing, string>> = { ahead: 'good', behind: 'bad', close: 'muted' };

const TITLES = [
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
/** Where the best other's name stands. */
const NAME_AT = 6;

export function summaryTable(results: readonly ScenarioResult[]): string {
  const figure = (estimate: Estimate | null): string => cell(estimate === null ? '\u2013' : interval(estimate));
  const rows = results
    .map(summaryOf)
    .map(({ scenario, other, verdict, ...row }) =>
      element(
        'tr',
        {},
        cell(`<a href="#${escape(scenario)}"><b>${escape(scenario)}</b></a>`),
        cell(short(row.boundSatsPerDay)),
        figure(row.oracle),
        figure(row.hillClimb),
        figure(row.bayes),
        figure(other?.ofBound ?? null),
        cell(escape(other?.name ?? ''), 'left muted'),
        figure(row.ratio),
        cell(escape(verdict?.text ?? ''), verdict === null ? '' : STANDING_STYLES[verdict.standing]),
      ),
    );
  const titled = TITLES.map((title, i) => head(title, i === NAME_AT ? 'left' : '')).join('');
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

/** A remark where somebody earns what nobody can. */
export function impossibleRemark(result: ScenarioResult): string {
  const wrong = impossible(result);
  return wrong === null ? '' : `<p class="bad">${escape(impossibleText(wrong))}.</p>`;
}
