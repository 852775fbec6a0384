// The native driver around a ring of the simulated node.
import { describe } from 'vitest';
import { startSimulatedRing } from './simulated-ring.ts';
import { testNativeDriver } from './suite/native.ts';

describe('simulated ring', () => {
  testNativeDriver(startSimulatedRing);
});

describe.each(['v24.11', 'v25.09'])('simulated ring, %s', (version) => {
  testNativeDriver(() => startSimulatedRing(['--version', version]), false);
});
