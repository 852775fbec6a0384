// Is what a way is expected to cost between the last hop and the usual price, and does it leave a better spread its gain?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inboundCost } from '../../../src/core/rebalance/inbound.ts';
import { planChannel } from './builders.ts';

const CHUNK = 500_000_000;

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
