// The native driver around a ring: of the simulated node, and of real ones where there are any to be had.
import { describe } from 'vitest';
import { missingPrograms } from './real/programs.ts';
import { startRealRing } from './real/ring.ts';
import { startSimulatedRing } from './simulated-ring.ts';
import { testNativeDriver } from './suite/native.ts';

const missing = missingPrograms();
if (missing.length > 0)
  console.warn(`\n!!! NO REAL NODE: ${missing.join(', ')} not on PATH, so no rebalance went around a real ring.\n`);

describe('simulated ring', () => {
  testNativeDriver(startSimulatedRing);
});

describe.each(['v24.11', 'v25.09'])('simulated ring, %s', (version) => {
  testNativeDriver(() => startSimulatedRing(['--version', version]), false);
});

describe.skipIf(missing.length > 0)('real ring', () => {
  testNativeDriver(startRealRing);
});
