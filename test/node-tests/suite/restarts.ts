// Does anything get lost or counted twice when the plugin or the node stops in the middle of traffic?
import { expect, it } from 'vitest';
import { listForwards } from '../by-hand.ts';
import type { TestNode } from '../harness.ts';
import { until } from '../rpc.ts';
import { OPEN_ROLES, smallPayments } from '../traffic.ts';
import { expectSameFigures } from './figures.ts';
import { caughtUp, statusOf, type Node } from './plugin-view.ts';

/** Begins routing payments; when it resolves some have been forwarded and some have not. */
async function midTraffic(node: TestNode, seed: number): Promise<{ readonly ended: Promise<void> }> {
  const before = (await listForwards(node)).length;
  const ended = node.forward(smallPayments(30, OPEN_ROLES, seed));
  ended.catch(() => undefined); // whoever awaits it later decides what a failure means
  await until('some forwards', async () => (await listForwards(node)).length >= before + 3);
  return { ended };
}

async function expectNothingLost(node: TestNode): Promise<void> {
  await caughtUp(node);
  await expectSameFigures(node);
}

export function testRestarts(theNode: Node): void {
  it.each([
    { how: 'stopped', end: (node: TestNode) => node.stopPlugin() },
    { how: 'killed', end: (node: TestNode) => node.killPlugin() },
  ])('loses and doubles nothing when the plugin is $how', async ({ end }) => {
    const node = theNode();
    const before = await midTraffic(node, 3);
    await end(node);
    await before.ended;
    const during = node.forward(smallPayments(10, OPEN_ROLES, 4));
    await node.startPlugin();
    await during;
    await expectNothingLost(node);
  });

  it('takes in what was routed while it was away', async () => {
    const node = theNode();
    await node.stopPlugin();
    await node.forward(smallPayments(10, OPEN_ROLES, 7));
    await node.startPlugin();
    await expectNothingLost(node);
  });

  it('learns the end of what was under way when it stopped', async () => {
    const node = theNode();
    const release = await node.hold({ from: 'A', to: 'B', sats: 5000, outcome: 'settled' });
    // It has seen the forward now, and counts it for nothing yet.
    await expectSameFigures(node);
    await node.stopPlugin();
    await release();
    await node.startPlugin();
    await expectNothingLost(node);
  });

  it('loses and doubles nothing when lightningd restarts', async () => {
    const node = theNode();
    const before = await midTraffic(node, 5);
    await node.restartNode();
    // Payments that met a node which was away have failed at their sender; what R did with the others counts.
    await before.ended.catch(() => undefined);
    await node.forward(smallPayments(10, OPEN_ROLES, 6));
    await expectNothingLost(node);
  }, 900_000);

  it('stays paused over a restart of the plugin', async () => {
    const node = theNode();
    await node.call('revenue-pause');
    expect(await statusOf(node)).toMatchObject({ mode: 'paused' });
    await node.stopPlugin();
    await node.startPlugin();
    expect(await statusOf(node)).toMatchObject({ mode: 'paused' });
    await node.call('revenue-resume');
    expect(await statusOf(node)).toMatchObject({ mode: 'live' });
  });
}
