// How is the outcome told at a terminal? One block for each scenario, the best first, then ours against the best rival.
import { impossible, impossibleText } from './impossible.ts';
import { standingOf, suitVerdict } from './margins.ts';
import { METRICS } from './metrics.ts';
import type { Row, ScenarioResult } from './results.ts';
import type { Estimate } from './statistics.ts';

/** "market-median+lndg (rescaled)" and a space. */
const NAME_WIDTH = 30;
const WIDTH = 16;

export function scenarioTable(result: ScenarioResult): string {
  const { scenario, rows, boundSatsPerDay, linearBoundSatsPerDay } = result;
  const linear = linearBoundSatsPerDay === null ? '' : `, by the linear program ${short(linearBoundSatsPerDay)}`;
  const head = `${scenario.name}: ${scenario.about}\nbound ${short(boundSatsPerDay)} sats/day${linear}`;
  const titles = 'tool'.padEnd(NAME_WIDTH) + METRICS.map(({ label }) => label.padStart(WIDTH)).join('');
  return ['', head, titles, ...ranked(rows).map(line), ...remarks(result)].join('\n');
}

export const ranked = (rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => b.figures.net.value - a.figures.net.value);

const line = ({ name, figures }: Row): string =>
  name.padEnd(NAME_WIDTH) +
  METRICS.map(({ key }) => (key === 'ofBound' ? ranged(figures[key]) : short(figures[key].value)).padStart(WIDTH)).join(
    '',
  );

/** Where ours stands, who should have won and did not, and who has won what cannot be. */
export function remarks(result: ScenarioResult): string[] {
  const [best] = result.margins;
  const told: string[] = [];
  if (best !== undefined) {
    const verdict = { ahead: 'earns more than', behind: 'EARNS LESS THAN', close: 'cannot be told from' }[
      standingOf(best)
    ];
    told.push(`${best.ours} ${verdict} ${best.other}, the best of the others: ${ranged(best.ratio)} of it`);
  }
  const suit = suitVerdict(result);
  if (suit !== null && suit.beatenBy !== null)
    told.push(`WARNING: ${suit.rival} should win here, and ${suit.beatenBy} earns more: is its port right?`);
  const wrong = impossible(result);
  if (wrong !== null) told.push(`WARNING: ${impossibleText(wrong)}`);
  return told;
}

export const ranged = ({ value, low, high }: Estimate): string =>
  Number.isNaN(low) ? short(value) : `${short(value)} ${short(low)}..${short(high)}`;

export function short(value: number): string {
  if (Number.isNaN(value)) return '-';
  const size = Math.abs(value);
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return /[1-9]/.test(text) ? text : text.replace('-', '');
}
