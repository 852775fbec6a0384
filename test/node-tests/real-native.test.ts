// The native driver around a ring of real nodes, where there are any to be had.
import { describe } from 'vitest';
import { missingPrograms } from './real/programs.ts';
import { startRealRing } from './real/ring.ts';
import { testNativeDriver } from './suite/native.ts';

const missing = missingPrograms();
if (missing.length > 0)
  console.warn(`\n!!! NO REAL NODE: ${missing.join(', ')} not on PATH, so no rebalance went around a real ring.\n`);

describe.skipIf(missing.length > 0)('real ring', () => {
  testNativeDriver(startRealRing);
});
