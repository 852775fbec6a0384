// Have a channel's own prices been different enough to tell how its demand answers to price?
import { lnFeeOf } from '../fee/cells.ts';
import type { Cells } from '../fee/types.ts';

/**
 * - `one-fee`: only one fee was ever tried while payments could come: how demand answers is assumed, not seen
 * - `too-little`: several were, but so alike or so briefly that chance hides the answer
 * - `enough`: the elasticity is known to within MOST_SD
 */
export type Told = 'one-fee' | 'too-little' | 'enough';

export interface Evidence {
  readonly told: Told;
  /** Standard deviation of the elasticity by this channel's counts alone; null with one fee. */
  readonly elasticitySd: number | null;
}

/** Elasticities at fees that earn anything lie between 0 and 2: known to 0.75, the better half is told from the worse. */
const MOST_SD = 0.75;

/** Fisher's information on the slope of ln rate by ln fee, at no slope: Var = 1 / sum of expected x (ln fee - mean)^2. */
export function evidenceOf(cells: Cells): Evidence {
  let forwards = 0;
  let hours = 0;
  let sum = 0;
  for (const [cell, count, time] of cells) {
    forwards += count;
    hours += time;
    sum += time * lnFeeOf(cell);
  }
  const tried = cells.filter(([, , time]) => time > 0);
  if (tried.length === 1) return { told: 'one-fee', elasticitySd: null };
  if (hours <= 0 || forwards <= 0) return { told: 'too-little', elasticitySd: null };
  const mean = sum / hours;
  const information = tried.reduce(
    (total, [cell, , time]) => total + ((forwards * time) / hours) * (lnFeeOf(cell) - mean) ** 2,
    0,
  );
  const elasticitySd = Math.sqrt(1 / information);
  return { told: elasticitySd <= MOST_SD ? 'enough' : 'too-little', elasticitySd };
}
