// What is there to know of each scenario at a glance? The same for the report and the document.
import { standingOf, suitVerdict, type Margin, type Standing } from './margins.ts';
import type { ScenarioResult } from './results.ts';
import type { Estimate } from './statistics.ts';

export interface Summary {
  readonly scenario: string;
  /** The tool that the scenario was built for; null: for none. */
  readonly suits: string | null;
  readonly boundSatsPerDay: number;
  /** Of the bound, like those below; null: it did not run. */
  readonly oracle: Estimate | null;
  readonly hillClimb: Estimate | null;
  readonly bayes: Estimate | null;
  readonly other: { readonly name: string; readonly ofBound: Estimate } | null;
  /** Net of ours over net of the best other. */
  readonly ratio: Estimate | null;
  readonly verdict: Verdict | null;
}

export interface Verdict {
  readonly standing: Standing;
  readonly text: string;
}

export function summaryOf(result: ScenarioResult): Summary {
  const { scenario, rows, margins, boundSatsPerDay } = result;
  const [best] = margins;
  const of = (tool: string): Estimate | null => rows.find(({ entry }) => entry.tool === tool)?.figures.ofBound ?? null;
  const other = rows.find(({ name }) => name === best?.other);
  return {
    scenario: scenario.name,
    suits: suitVerdict(result)?.rival ?? null,
    boundSatsPerDay,
    oracle: of('oracle'),
    hillClimb: of('hill-climb'),
    bayes: of('bayes'),
    other: other === undefined ? null : { name: other.name, ofBound: other.figures.ofBound },
    ratio: best?.ratio ?? null,
    verdict: verdictOf(result),
  };
}

/**
 * First is only who is ahead of each of the others for certain: that of the highest mean is not always the hardest to tell from.
 * Null where ours or all others did not run.
 */
export function verdictOf({ margins }: ScenarioResult): Verdict | null {
  if (margins.length === 0) return null;
  const told = (standing: Standing): Margin | undefined => margins.find((margin) => standingOf(margin) === standing);
  const before = told('behind');
  // Of the best of the others it may be uncertain what of a worse one is not.
  if (before !== undefined)
    return { standing: 'behind', text: before === margins[0] ? `${before.other} first` : `behind ${before.other}` };
  if (told('close') !== undefined) return { standing: 'close', text: 'too close to tell' };
  return { standing: 'ahead', text: 'ours first' };
}
