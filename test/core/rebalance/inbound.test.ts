// Is what a way is expected to cost between the last hop and the usual price, and does it leave a better spread its gain?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beyondLastHop,
  inboundCost,
  lastHopsOf,
  paidByPeer,
  paidOf,
  refillPpm,
} from '../../../src/core/rebalance/inbound.ts';
import { msat } from '../../../src/core/units.ts';
import { intent, later, NOW, peer, planChannel, sats } from './builders.ts';

const CHUNK = 500_000_000;
const DAY = 86_400;

describe('the cost expected of a way', () => {
  const to = planChannel({ n: 1, peerFeePpm: 100 });
  it.each([
    ['what is usual under a high cap', [], 1000, 250, 'peer-fee'],
    ['most of the way to the cap, once that is less', [], 260, 220, 'cap'],
    ['the last hop under a cap of no more', [], 100, 100, 'cap'],
    ['the last hop under a cap that not even it meets', [], 20, 100, 'cap'],
    ['the median paid under a high cap', [150, 160, 900], 1000, 160, 'paid'],
    ['less than the median paid under a low cap', [150, 160, 900], 140, 130, 'cap'],
  ] as const)('is %s', (_, paid, cap, ppm, from) => {
    expect(inboundCost(to, CHUNK, paid, cap)).toEqual({ ppm, from, payments: paid.length });
  });

  it('is what all ways of ours cost beyond their last hops, where three or more tell', () => {
    const lastHops = new Map([1, 2].map((n) => [peer(n), 100 * n]));
    const paid = (own: readonly number[]) => new Map([[peer(2), own], [peer(3), [5000]]]); // prettier-ignore
    expect(beyondLastHop(paid([190, 205, 230]), lastHops)).toBe(5);
    expect(beyondLastHop(paid([205, 230]), lastHops)).toBe(150);
    expect(inboundCost(to, CHUNK, [], 1000, 5)).toEqual({ ppm: 105, from: 'peer-fee', payments: 0 });
  });

  it('is the last hop and that for pricing, and never more than is usual in the network', () => {
    expect([5, 150, 900].map((beyond) => refillPpm(100, beyond))).toEqual([105, 250, 250]);
    expect(refillPpm(null, 5)).toBeNull();
  });

  it('is told by what arrived and by what peers ask, where they are known to', () => {
    const views = [planChannel({ n: 1, peerFeePpm: 70 }), planChannel({ n: 2, peerFeePpm: null })];
    expect(lastHopsOf(views.map(({ view }) => view))).toEqual(new Map([[peer(1), 70]]));
    const arrived = intent({ state: 'settled', endedAt: NOW, movedMsat: sats(1000), feeMsat: msat(70) });
    expect(paidOf([arrived, { ...arrived, endedAt: null }, { ...arrived, movedMsat: msat(0) }])).toEqual([
      { toPeer: arrived.to.peerId, at: NOW, movedMsat: sats(1000), feeMsat: 70n },
    ]);
  });

  it('is learned of the last two weeks, and not of payments that a clock ahead of ours has dated', () => {
    const paid = [-15 * DAY, -13 * DAY, 0, 60].map((seconds, i) => ({
      ...{ toPeer: peer(1), at: later(seconds) },
      ...{ movedMsat: sats(1_000_000), feeMsat: sats(100 * (i + 1)) },
    }));
    expect(paidByPeer(paid, NOW)).toEqual(new Map([[peer(1), [200, 300]]]));
    expect(paidByPeer(paid, later(60))).toEqual(new Map([[peer(1), [200, 300, 400]]]));
  });

  it('is a guess where nothing is known, whatever the cap', () => {
    const unknown = planChannel({ n: 1, peerFeePpm: null });
    expect(inboundCost(unknown, CHUNK, [], 300)).toEqual({ ppm: 1000, from: 'default', payments: 0 });
    expect(inboundCost(unknown, CHUNK, [200, 200, 200], 100)).toEqual({ ppm: 75, from: 'cap', payments: 3 });
  });

  it('rises with the cap, by less than the cap does', () => {
    const ppm = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(
        fc.option(ppm),
        fc.array(ppm, { maxLength: 5 }),
        ppm,
        fc.integer({ min: 1, max: 5000 }),
        (peerFeePpm, paid, cap, more) => {
          const channel = planChannel({ n: 1, peerFeePpm });
          const sorted = paid.sort((a, b) => a - b);
          const before = inboundCost(channel, CHUNK, sorted, cap).ppm;
          const after = inboundCost(channel, CHUNK, sorted, cap + more).ppm;
          expect(after).toBeGreaterThanOrEqual(before);
          expect(after - before).toBeLessThan(more);
        },
      ),
    );
  });
});
