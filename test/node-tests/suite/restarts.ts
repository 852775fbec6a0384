// Does anything get lost or counted twice when the plugin or the node stops in the middle of traffic?
import { expect, it } from 'vitest';
import type { TestNode } from '../harness.ts';
import { OPEN_ROLES, smallPayments } from '../traffic.ts';
import { expectSameFigures } from './figures.ts';
import { caughtUp, statusOf, type Node } from './plugin-view.ts';

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
    const before = node.forward(smallPayments(20, OPEN_ROLES, 3));
    await end(node);
    await before;
    const during = node.forward(smallPayments(10, OPEN_ROLES, 4));
    await node.startPlugin();
    await during;
    await expectNothingLost(node);
  });

  it('loses and doubles nothing when lightningd restarts', async () => {
    const node = theNode();
    // Payments that meet a node which is away fail at their sender; whatever R did with the rest is what counts.
    const during = node.forward(smallPayments(20, OPEN_ROLES, 5)).catch(() => undefined);
    await node.restartNode();
    await during;
    await node.forward(smallPayments(10, OPEN_ROLES, 6));
    await expectNothingLost(node);
  }, 180_000);

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
