// What do lndmanage's fees earn? The last week's demand against a target, and a cap by the balance.
//
// peers-and-drivers 4.5; bitromortac/lndmanage 1aa45a7 (0.16.0), lndmanage/lib/fee_setting.py. It is run by hand or cron;
// here as often as its window is long, so that no forward counts twice. Not ported: the base fee, which the market does
// not have.
import type { FeeTool } from '../engine/run.ts';
import { FlowWindow } from './flow-window.ts';

export interface LndmanageOptions {
  readonly minPpm: number;
  readonly maxPpm: number;
  /** r_t: outward sats a day of a channel beyond which it becomes dearer. */
  readonly targetSatsPerDay: number;
  /** local_balance_reserve, sats. */
  readonly reserveSats: number;
}

/** optimization_parameters. */
export const LNDMANAGE_SHIPPED: LndmanageOptions = {
  minPpm: 5,
  maxPpm: 5000,
  targetSatsPerDay: 100_000 / 7,
  reserveSats: 500_000,
};
/** delta_min_up, delta_min_dn and delta_max. */
const DELTA = { up: 0.05, down: 0.5, max: 1.5 } as const;
/** from_days_ago. */
const DAYS = 7;
const DAY = 86_400;

/** delta_min: what the change is at least. Above 1 below the reserve, down to one half with all on our side. */
export function leastFactor(localSats: number, capacitySats: number, reserveSats: number): number {
  const reserve = reserveSats > Math.floor(capacitySats / 2) ? Math.floor(capacitySats / 3) : reserveSats;
  const slope = localSats < reserveSats ? DELTA.up / reserve : DELTA.down / (capacitySats - reserve);
  return 1 - slope * (localSats - reserve);
}

/** delta_demand: what the fee is multiplied with. */
export function demandFactor(
  outSatsPerDay: number,
  localSats: number,
  capacitySats: number,
  { targetSatsPerDay, reserveSats }: Pick<LndmanageOptions, 'targetSatsPerDay' | 'reserveSats'>,
): number {
  const change = 1 + DELTA.down * (outSatsPerDay / targetSatsPerDay - 1);
  const least = leastFactor(localSats, capacitySats, reserveSats);
  return change < least ? least : Math.min(change, DELTA.max);
}

export function lndmanage(options: LndmanageOptions = LNDMANAGE_SHIPPED): FeeTool {
  const { minPpm, maxPpm } = options;
  let window: FlowWindow | null = null;
  let due = Infinity;
  return {
    name: 'lndmanage',
    wake(node) {
      if (window === null) {
        window = new FlowWindow(node.capacityMsat.length, DAYS * DAY);
        due = node.now + DAYS * DAY;
        // set_fees(init=True): half of the most.
        node.capacityMsat.forEach((_, k) => {
          node.publish(k, Math.round(maxPpm / 2));
        });
      }
      for (const forward of node.news) window.add(forward);
      if (node.now < due) return;
      due = node.now + DAYS * DAY;
      window.forget(node.now);
      const { outMsat } = window;
      node.capacityMsat.forEach((capacity, k) => {
        const rate = (outMsat[k] ?? 0) / 1000 / DAYS;
        const factor = demandFactor(rate, Math.floor(node.localMsat(k) / 1000), Math.floor(capacity / 1000), options);
        node.publish(k, Math.round(Math.min(maxPpm, Math.max(minPpm, node.feePpm(k) * factor))));
      });
    },
  };
}
