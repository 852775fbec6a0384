// The suite on the simulated node.
import { describe } from 'vitest';
import { startSimulated } from './simulated.ts';
import { testNode } from './suite/suite.ts';

describe('simulated node', () => {
  testNode(startSimulated);
});
