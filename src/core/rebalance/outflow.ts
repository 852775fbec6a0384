// How much would leave to a peer in a day if there were always something to leave?
import { totals, totalsOnce } from '../fee/cells.ts';
import { dailySatsOf } from '../fee/observe.ts';
import type { UnitState } from '../fee/types.ts';

const HOURS_PER_DAY = 24;

/**
 * Msat a day, from forwards counted while there was liquidity: by the calendar an empty channel sells nothing and would
 * never be filled again. Less than a day of liquidity counts as a whole one, so that one lucky hour makes no river.
 */
export function dailyOutflow(state: Pick<UnitState, 'memory' | 'learner' | 'flow'>): number {
  const past = totalsOnce(state.memory);
  const present = totals(state.learner.window.cells);
  const forwards = past.forwards + present.forwards;
  const hours = past.hours + present.hours;
  const { flow } = state;
  const meanSats = flow.forwards > 0 ? flow.sats / flow.forwards : 0;
  const whileLiquid = (forwards / Math.max(HOURS_PER_DAY, hours)) * HOURS_PER_DAY * meanSats;
  return 1000 * Math.max(whileLiquid, dailySatsOf(state));
}
