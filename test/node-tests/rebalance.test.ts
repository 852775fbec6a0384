// Rebalancing around a ring of the simulated node.
import { describe } from 'vitest';
import { startSimulatedRing } from './simulated-ring.ts';
import { testRebalancing } from './suite/rebalance.ts';

describe('simulated ring', () => {
  testRebalancing(startSimulatedRing);
});
