// Does the business go as it should? Nothing done for days, a channel that loses money, forwards that stay away.
import { told, type Alert } from './alert.ts';
import type { BusinessFacts } from './business-facts.ts';
import { falling } from './falling-forwards.ts';
import { idle } from './idle.ts';
import { losing } from './losing-channels.ts';

/** @throws StoreError */
export const businessAlerts = (facts: BusinessFacts): Alert[] => [
  ...told('idle', idle(facts)),
  ...losing(facts),
  ...told('forwards-falling', falling(facts)),
];
