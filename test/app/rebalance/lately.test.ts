// Is what passes through the node told of those who still have a channel?
import { expect, it } from 'vitest';
import { Lately } from '../../../src/app/rebalance/lately.ts';
import { sourcesOf } from '../../../src/core/fee/sources.ts';
import type { NodeId } from '../../../src/core/units.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { peer } from '../../core/fee/builders.ts';
import { price } from './paying-node.ts';

const database = temporaryDatabase();

it('the exit of a channel that has closed sells nothing any more, and room for what left by it is worth nothing', () => {
  const { fees } = openWith([1, 2, 3]);
  const pricing = new Map(
    [...fees.pricing()].map(([exit, kept]) => [
      exit,
      { ...kept, state: { ...kept.state, sources: sourcesOf({ [peer(3)]: 10 }) } },
    ]),
  );
  const inSats = (isExit: (exit: NodeId) => boolean): number =>
    (new Lately().traffic(pricing, isExit, fees).get(peer(3))?.inMsat ?? 0) / 1000;
  // A million a day each; what comes in by a channel and leaves by it again counts as well.
  expect(inSats(() => true)).toBeCloseTo(3_000_000, 0);
  expect(inSats((exit) => exit !== peer(1))).toBeCloseTo(2_000_000, 0);
});

function openWith(peers: readonly number[]) {
  const store = database.open();
  price(
    store,
    peers.map((n) => ({ peerId: peer(n) })),
    1_700_000_000,
  );
  return store;
}
