// Does the business go as it should? Nothing done for days, a channel that loses money, forwards that stay away.
import { told, type Alert, type AlertKind } from './alert.ts';
import type { BusinessFacts } from './business-facts.ts';
import { falling } from './falling-forwards.ts';
import { idle } from './idle.ts';
import { losing } from './losing-channels.ts';

export interface BusinessAlerts {
  readonly alerts: readonly Alert[];
  /** Of these nobody can tell yet: what a run before told of may still be so. */
  readonly undecided: readonly AlertKind[];
}

/** Before anything can be known of the business. */
export const UNKNOWN_BUSINESS: BusinessAlerts = {
  alerts: [],
  undecided: ['idle', 'channel-losing', 'forwards-falling'],
};

/** @throws StoreError */
export function businessAlerts(facts: BusinessFacts): BusinessAlerts {
  const found: readonly (readonly [AlertKind, readonly string[] | null])[] = [
    ['idle', idle(facts)],
    ['forwards-falling', falling(facts)],
  ];
  return {
    alerts: [...losing(facts), ...found.flatMap(([kind, texts]) => told(kind, texts ?? []))],
    undecided: found.flatMap(([kind, texts]) => (texts === null ? [kind] : [])),
  };
}
