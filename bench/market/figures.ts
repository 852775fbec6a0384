// Which single figures are told to programs, and what should each be?
import { figure } from '../figure.ts';
import { METRICS } from './metrics.ts';
import type { ScenarioResult } from './results.ts';

/** Of others no more is asked than that they are quick. */
function aimOf(tool: string, scenario: string, key: string): string {
  const aims: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'hill-climb': { ofBound: scenario === 'S1' ? '>= 0.72' : '>= 0.50' },
    bayes: { ofBound: scenario === 'S1' ? '>= 0.82' : '>= 0.58' },
  };
  const own = aims[tool];
  if (own === undefined) return key === 'cpu' ? '<= 0.1' : 'none';
  const both: Readonly<Record<string, string>> = {
    ...(/^S[1-4]$/.test(scenario) ? { ofOracle: '>= 0.90' } : {}),
    ...(/^S8/.test(scenario) ? {} : { costShare: '<= 0.35' }),
    updates: '<= 1',
    mostUpdates: '<= 6',
    cpu: '<= 1',
  };
  return own[key] ?? both[key] ?? 'none';
}

/** One line of JSON each. */
export function figures({ scenario, rows, margins }: ScenarioResult, sizes: Readonly<Record<string, number>>): void {
  for (const { entry, name, figures: told } of rows)
    for (const { key, label, unit } of METRICS) {
      const { value, low, high } = told[key];
      if (Number.isNaN(value)) continue;
      const interval = Number.isNaN(low) ? {} : { low, high };
      figure(`${scenario.name} ${name} ${label}`, value, unit, aimOf(entry.tool, scenario.name, key), {
        ...sizes,
        ...interval,
      });
    }
  for (const { ours, other, ratio } of margins.filter((margin) => !Number.isNaN(margin.ratio.value)))
    figure(`${scenario.name} ${ours} over ${other}`, ratio.value, 'ratio', scenario.suit ? '>= 0.97' : '> 1', {
      ...sizes,
      low: ratio.low,
      high: ratio.high,
    });
}
