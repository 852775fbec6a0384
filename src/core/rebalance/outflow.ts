// How much would leave to a peer in a day if there were always something to leave?
import { dailySatsOf } from '../fee/observe.ts';
import type { UnitState } from '../fee/types.ts';

const HOURS_PER_DAY = 24;

/**
 * Msat a day, from forwards counted while there was liquidity: by the calendar an empty channel sells nothing and would
 * never be filled again. Less than a day of liquidity counts as a whole one, so that one lucky hour makes no river.
 */
export function dailyOutflow(state: Pick<UnitState, 'memory' | 'learner' | 'flow'>): number {
  let forwards = 0;
  let hours = 0;
  for (const cells of [state.memory, state.learner.window.cells])
    for (const cell of cells) {
      forwards += cell[1];
      hours += cell[2];
    }
  const { flow } = state;
  const meanSats = flow.forwards > 0 ? flow.sats / flow.forwards : 0;
  const whileLiquid = (forwards / Math.max(HOURS_PER_DAY, hours)) * HOURS_PER_DAY * meanSats;
  return 1000 * Math.max(whileLiquid, dailySatsOf(state));
}
