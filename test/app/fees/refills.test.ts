// Does pricing take liquidity for what it lately cost, by the cheapest public channel of a peer?
import { describe, expect, it } from 'vitest';
import { refillsByPeer } from '../../../src/app/fees/channels-by-peer.ts';
import type { PaidCost } from '../../../src/core/rebalance/plan-types.ts';
import type { NodeSnapshot } from '../../../src/core/snapshot.ts';
import { msat } from '../../../src/core/units.ts';
import { later, NOW, peer, planChannel, sats, type ChannelSpec } from '../../core/rebalance/builders.ts';

const snapshotOf = (...specs: readonly ChannelSpec[]): Pick<NodeSnapshot, 'takenAt' | 'channels'> => ({
  takenAt: NOW,
  channels: specs.map((spec) => planChannel(spec).view),
});
const paid = (ppm: number, daysAgo = 1): PaidCost => ({
  toPeer: peer(1),
  at: later(-daysAgo * 86_400),
  movedMsat: sats(1_000_000),
  feeMsat: msat(BigInt(ppm) * 1000n),
});
const CHANNELS = snapshotOf(
  { n: 1, peerFeePpm: 100 },
  { n: 2, peer: 1, peerFeePpm: 40 },
  { n: 3, peerFeePpm: 0, view: { private: true } },
  { n: 4, peerFeePpm: null },
  { n: 5, peerFeePpm: 7 },
);

describe('what refilling costs, for pricing', () => {
  it.each<[string, readonly PaidCost[], number]>([
    ['as in the network where little was paid', [paid(43), paid(43)], 150],
    ['as was paid lately', [paid(43), paid(44), paid(45)], 4],
    [
      'as in the network where it was dearer, because pricing itself sets the caps',
      [paid(900), paid(900), paid(900)],
      150,
    ],
    ['as in the network where it was paid long ago', [paid(43, 400), paid(43, 400), paid(43, 400)], 150],
  ])('is the last hop and what ways cost beyond it: %s', (_, costs, beyond) => {
    expect(refillsByPeer(CHANNELS, costs)).toEqual(
      new Map([
        [peer(1), 40 + beyond],
        [peer(5), 7 + beyond],
      ]),
    );
  });
});
