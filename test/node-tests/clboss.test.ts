// Does the clboss we test against keep its tags, and do its commands go with it? On the simulated node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from './clboss-calls.ts';
import { hear, type Heard } from './clboss-heard.ts';
import { CLBOSS } from './harness.ts';
import { startSimulated } from './simulated.ts';

describe('a clboss to test against', () => {
  let simulated: Awaited<ReturnType<typeof startSimulated>> | undefined;
  let heard: Heard | undefined;
  beforeAll(async () => {
    simulated = await startSimulated();
    heard = await hear(simulated, CLBOSS);
  });
  afterAll(async () => {
    await simulated?.stop();
  });

  it('keeps its tags over a restart, and its commands go with it', () => {
    expect(heard?.answers.at(-1)).toEqual([-32601, expect.stringContaining('Unknown command')]);
    expect(heard?.kept).toContainEqual([SECOND, 'balance, close, lnfee, open']);
  });
});
