// Is the plugin right on a node? The same questions to whatever node it is given, in an order that builds up.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNode } from '../harness.ts';
import { testClboss } from './clboss.ts';
import { testClosed } from './closed.ts';
import { testCommands } from './commands.ts';
import { testFees } from './fees.ts';
import { expectSameFigures, testFigures } from './figures.ts';
import { testOptions } from './options.ts';
import { testProfit } from './profit.ts';
import { testRestarts } from './restarts.ts';

/** Bringing up a real network takes most of a minute on two cores. */
const START_TIMEOUT = 300_000;

export function testNode(start: () => Promise<TestNode>): void {
  let node: TestNode | undefined;
  const theNode = (): TestNode => {
    if (!node) throw new Error('the node did not start');
    return node;
  };
  beforeAll(async () => {
    node = await start();
  }, START_TIMEOUT);
  afterAll(async () => {
    await node?.stop();
  });

  describe('figures', () => {
    testFigures(theNode);
  });
  describe('returns', () => {
    testProfit(theNode);
  });
  describe('restarts', () => {
    testRestarts(theNode);
  });
  describe('commands', () => {
    testCommands(theNode);
  });
  describe('options', () => {
    testOptions(theNode);
  });
  describe('fees', () => {
    testFees(theNode);
  });
  describe('clboss', () => {
    testClboss(theNode);
  });
  describe('closed channels', () => {
    testClosed(theNode);
  });
  it('is as right after all that as before, and has logged no defect', async () => {
    await expectSameFigures(theNode());
    expect(
      theNode()
        .pluginLog()
        .filter((line) => /BROKEN|defect/.test(line)),
    ).toEqual([]);
  });
}
