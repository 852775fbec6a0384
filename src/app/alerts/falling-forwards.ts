// Do forwards stay away?
import { windowEnding } from '../../core/flow/analyze.ts';
import { plural, time } from '../../core/in-words.ts';
import { SECONDS_PER_DAY, unixSec } from '../../core/units.ts';
import type { BusinessFacts } from './business-facts.ts';

/** Forwards a day below which a day with half of them is chance. */
const LEAST_USUAL = 50;
const USUAL_DAYS = 7;

/**
 * Null: the plugin has not run for long enough to tell.
 * @throws StoreError
 */
export function falling({ now, startedAt, store }: BusinessFacts): string[] | null {
  // What settled while the plugin was away is counted, but what it did not do then is no news.
  if (startedAt === null || now - startedAt < SECONDS_PER_DAY) return null;
  const settledIn = (days: number): number =>
    [...store.flows(windowEnding(now, days)).values()].reduce((sum, { out }) => sum + out.settledCount, 0);
  const today = settledIn(1);
  const usual = (settledIn(1 + USUAL_DAYS) - today) / USUAL_DAYS;
  if (usual < LEAST_USUAL || today >= usual / 2) return [];
  const [change] = store.recentFeeChanges(1);
  return [
    `forwards are falling: ${plural(today, 'forward')} settled within a day, ${Math.round(usual)} a day in the week before. See ` +
      'whether peers are connected and channels have liquidity (revenue-analyze)' +
      (change === undefined ? '' : `; the last change of a fee was at ${time(unixSec(change.timestamp))}`),
  ];
}
