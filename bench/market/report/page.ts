// What does one see of the whole benchmark? One page that needs nothing else: plots, tables, and how they were made.
import { escape } from '../../../src/cli/charts/svg.ts';
import type { Standing } from '../margins.ts';
import { daysOf, LEAST_SEEDS, type Making } from '../making.ts';
import type { ScenarioResult } from '../results.ts';
import { verdictOf } from '../summary.ts';
import { curvesPlot, type Curve } from './curves.ts';
import { dotPlot } from './dots.ts';
import { LEGEND, roleOf } from './roles.ts';
import { STYLE } from './style.ts';
import { impossibleRemark, metricsTable, STANDING_STYLES, suitRemark, summaryTable } from './tables.ts';
import { tracksOf } from './tracks.ts';

export function reportPage(results: readonly ScenarioResult[], making: Making): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Who earns most?</title>',
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><main>`,
    opening(results, making),
    '<h2>In short</h2>',
    `<div class="sheet"><p class="muted">Net profit as a share of the bound, with 95 % intervals over the seeds; ours over the best other tool, shipped or rescaled, on the same payments.</p>${summaryTable(results)}</div>`,
    '<h2>Net profit against the bound</h2>',
    legend(),
    `<div class="grid">${results.map(standing).join('')}</div>`,
    '<h2>Scenario by scenario</h2>',
    ...results.map(section),
    '</main></body></html>\n',
  ].join('\n');
}

function opening(results: readonly ScenarioResult[], { command, seeds, first, commit }: Making): string {
  const few = seeds < LEAST_SEEDS ? '; so few that the intervals are too narrow' : '';
  const facts: readonly (readonly [string, string])[] = [
    ['made by', `<code>${escape(command)}</code>`],
    ['seeds', `${first} to ${first + seeds - 1}, the same payments and prices for every tool${few}`],
    ['days', daysOf(results)],
    ['commit', commit === null ? 'unknown' : `<code>${escape(commit)}</code>`],
  ];
  return (
    '<h1>Who earns most?</h1>' +
    `<p class="muted">${verdicts(results)} Net profit is fees less rebalance fees, plus what balances have gained at the prices of the plan. The bound is what any fees and rebalances could earn at most, demand known; the oracle is what someone earned who knew demand but not the future.</p>` +
    `<dl class="sheet">${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`
  );
}

function verdicts(results: readonly ScenarioResult[]): string {
  const told = results.flatMap((result) => verdictOf(result)?.standing ?? []);
  if (told.length === 0) return '';
  const count = (standing: Standing): number => told.filter((one) => one === standing).length;
  const close = count('close') === 0 ? '' : `, in ${count('close')} it is too close to tell`;
  const behind = count('behind') === 0 ? '' : `, in ${count('behind')} another tool does`;
  return `Ours earns more than every other tool in ${count('ahead')} of ${told.length} scenarios${close}${behind}.`;
}

const legend = (): string =>
  `<div class="legend">${LEGEND.map(([role, name]) => `<span><i class="${role}"></i>${escape(name)}</span>`).join('')}</div>`;

const standing = (result: ScenarioResult): string =>
  `<div class="sheet"><b>${escape(result.scenario.name)}</b> <span class="muted">${escape(result.scenario.about)}</span>` +
  `${dotPlot(result, { metric: 'ofBound', marks: [[1, 'bound']], more: true, scale: 'linear' })}</div>`;

function section(result: ScenarioResult, index: number): string {
  const { scenario } = result;
  const verdict = verdictOf(result);
  const told =
    verdict === null ? '' : `<span class="verdict ${STANDING_STYLES[verdict.standing]}">${escape(verdict.text)}</span>`;
  return (
    `<details class="sheet" id="${escape(scenario.name)}"${index === 0 ? ' open' : ''}>` +
    `<summary><b>${escape(scenario.name)}</b> <span class="muted">${escape(scenario.about)}</span>${told}</summary>` +
    suitRemark(result) +
    impossibleRemark(result) +
    metricsTable(result) +
    '<div class="grid">' +
    `<div><h3>Regret</h3>${regretPlot(result)}</div>` +
    `<div><h3>Gossip, updates per channel and day</h3>${dotPlot(result, { metric: 'updates', marks: [[1, 'aim']], more: false, scale: 'root' })}</div>` +
    `<div><h3>Rebalance cost over revenue</h3>${dotPlot(spending(result), { metric: 'costShare', marks: [[0.35, 'aim']], more: false, scale: 'linear' })}</div>` +
    '</div>' +
    tracksOf(result) +
    '</details>'
  );
}

/** Those who rebalance at all. */
const spending = (result: ScenarioResult): ScenarioResult => ({
  ...result,
  rows: result.rows.filter(({ figures }) => figures.costShare.value > 0),
});

function regretPlot(result: ScenarioResult): string {
  const curves = result.rows.map((row): Curve => ({
    name: row.name,
    role: roleOf(row, result),
    values: [0, ...row.regretDays],
  }));
  return curvesPlot(curves, {
    label: 'behind the bound, in days of it; by day',
    everyDays: 7,
    firstDay: 0,
    scale: 'linear',
    steps: false,
    named: true,
    height: 340,
  });
}
