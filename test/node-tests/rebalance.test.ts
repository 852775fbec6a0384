// Rebalancing around a ring of the simulated node.
import { describe } from 'vitest';
import { startSimulatedRing } from './simulated-ring.ts';
import { testRebalancing } from './suite/rebalance.ts';

/** Mostly it waits for cycles and for what takes its time on a network. */
const SPEED = 3;

describe('simulated ring', () => {
  testRebalancing(() => startSimulatedRing([], SPEED));
});
