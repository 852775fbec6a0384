// The suite on a real regtest network, where there is one to be had.
import { describe } from 'vitest';
import { startReal } from './real/network.ts';
import { missingPrograms } from './real/programs.ts';
import { testNode } from './suite/suite.ts';

const missing = missingPrograms();
if (missing.length > 0)
  console.warn(
    `\n!!! NO REAL NODE: ${missing.join(', ')} not on PATH, so the node tests run against the simulated node only.\n`,
  );

describe.skipIf(missing.length > 0)('real node', () => {
  testNode(startReal);
});
