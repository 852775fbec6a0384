// What does the dashboard show of the last measurement? Net over the bound of every tool, best first.
import type { Benchmark } from '../../src/dashboard/api/what-if.ts';
import { daysOf, type Making } from './making.ts';
import type { ScenarioResult } from './results.ts';

/** Digits of a ratio: the intervals are wider. */
const rounded = (value: number): number => Number(value.toFixed(3));
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : rounded(value));

export function releaseOf(results: readonly ScenarioResult[], { command, seeds, commit }: Making): Benchmark {
  return {
    made: `${command}: ${seeds} seeds, ${daysOf(results)} days, commit ${commit ?? 'unknown'}`,
    scenarios: results.map(({ scenario, rows }) => ({
      name: scenario.name,
      about: scenario.about,
      rows: rows
        .filter(({ figures }) => !Number.isNaN(figures.ofBound.value))
        .map(({ name, kind, figures: { ofBound } }) => ({
          tool: name,
          kind,
          of_bound: rounded(ofBound.value),
          low: orNull(ofBound.low),
          high: orNull(ofBound.high),
        }))
        .sort((a, b) => b.of_bound - a.of_bound),
    })),
  };
}
