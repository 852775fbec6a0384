// Rebalancing around a ring of real nodes, where there are any to be had.
import { describe } from 'vitest';
import { missingPrograms } from './real/programs.ts';
import { RECORDED, startRealRing } from './real/ring.ts';
import { testRebalancing } from './suite/rebalance.ts';

const missing = missingPrograms();
if (missing.length > 0)
  console.warn(
    `\n!!! NO REAL NODE: ${missing.join(', ')} not on PATH, so the plugin rebalanced around no real ring.\n`,
  );

describe.skipIf(missing.length > 0)('real ring', () => {
  testRebalancing(() => startRealRing(RECORDED));
});
