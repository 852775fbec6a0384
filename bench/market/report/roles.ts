// Who stands out in a plot? Ours, the oracle and the best of the others; the rest is grey.
import type { Row, ScenarioResult } from '../results.ts';
import type { Role } from './style.ts';

export function roleOf({ entry, kind, name }: Row, { margins }: ScenarioResult): Role {
  if (entry.tool === 'hill-climb') return 'hill';
  if (entry.tool === 'bayes') return 'bayes';
  if (kind === 'oracle') return 'oracle';
  return name === margins[0]?.other ? 'best' : 'other';
}

export const LEGEND: readonly (readonly [Role, string])[] = [
  ['hill', 'ours, hill-climb'],
  ['bayes', 'ours, bayes'],
  ['oracle', 'oracles: they know demand'],
  ['best', 'the best of the others there'],
  ['other', 'the other tools; hollow: rescaled to the scenario'],
];
