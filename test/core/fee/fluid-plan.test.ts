// Do long-run prices balance what comes and what goes, and never exceed what buying costs?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandIn, planPrices, relativeDemand, type PlannedPeer } from '../../../src/core/fee/fluid-plan.ts';
import type { PlacedSources } from '../../../src/core/fee/places.ts';

/** Which of the peers, and how many forwards. */
const from = (sources: readonly (readonly [from: number, forwards: number])[]): PlacedSources => ({
  from: Int32Array.from(sources, ([place]) => place),
  forwards: Float64Array.from(sources, ([, forwards]) => forwards),
});

const peer = (changes: Partial<PlannedPeer> = {}): PlannedPeer => ({
  capacitySats: 5_000_000,
  scale: 300,
  volume: 200_000,
  sources: from([]),
  refillPpm: null,
  ...changes,
});
const planned = (peers: readonly PlannedPeer[], steps = 400): number[] => {
  let prices: ArrayLike<number> = peers.map(() => 0);
  for (let i = 0; i < steps; i++) prices = planPrices(peers, prices, 0.1);
  return Array.from(prices);
};

describe('long-run prices', () => {
  it('are the same where as much comes in as goes out', () => {
    const [a = NaN, b = NaN] = planned([peer({ sources: from([[1, 1000]]) }), peer({ sources: from([[0, 1000]]) })]);
    expect(Math.abs(a - b)).toBeLessThan(1);
  });

  it('rise where more leaves than comes in, until both are equal', () => {
    const peers = [peer({ sources: from([[1, 1000]]) }), peer({ volume: 50_000, sources: from([[0, 1000]]) })];
    const [drained = NaN, filled = NaN] = planned(peers);
    const lost = drained - filled;
    expect(lost).toBeGreaterThan(50);
    // What a sat is worth more is lost when it leaves: demand at the best fee then is a quarter of that the other way.
    const flow = (volume: number, worth: number): number => volume * bestDemand(worth / 300);
    expect(flow(200_000, lost) / flow(50_000, -lost)).toBeCloseTo(1, 0);
  });

  it('rise no higher than buying costs, and where nothing is bought than twice the scale', () => {
    const oneWay = (refillPpm: number | null) => [
      peer({ refillPpm, sources: from([[1, 1000]]) }),
      peer({ refillPpm, volume: 1, sources: from([[0, 1000]]) }),
    ];
    expect(planned(oneWay(120))[0]).toBe(120);
    expect(planned(oneWay(null))[0]).toBe(600);
    // Or what is dear to bring in would be sold out.
    expect(planned(oneWay(2000))[0]).toBeGreaterThan(600);
  });

  it('stay in their box whatever is known', () => {
    const anyone = fc.record({
      capacitySats: fc.integer({ min: 20_000, max: 1e9 }),
      scale: fc.double({ min: 1, max: 5000, noNaN: true }),
      volume: fc.double({ min: 0, max: 1e8, noNaN: true }),
      sources: fc.array(fc.tuple(fc.nat(3), fc.nat(500)), { maxLength: 4 }).map(from),
      refillPpm: fc.option(fc.nat(5000)),
    });
    fc.assert(
      fc.property(fc.array(anyone, { minLength: 4, maxLength: 4 }), fc.nat(40), (peers, steps) => {
        const prices = planned(peers, steps);
        prices.forEach((price, k) => {
          expect(price).toBeGreaterThanOrEqual(0);
          expect(price).toBeLessThanOrEqual((peers[k]?.refillPpm ?? 2 * (peers[k]?.scale ?? 0)) + 1e-9);
        });
      }),
    );
  });
});

/** Demand, over that at the scale, at the best fee where a sat that leaves loses so many scales. */
function bestDemand(lost: number): number {
  let best = 0;
  let demand = 0;
  for (let u = -3; u <= 3; u += 0.001) {
    const value = (Math.exp(u) - lost) * relativeDemand(u);
    if (value > best) [best, demand] = [value, relativeDemand(u)];
  }
  return demand;
}

describe('what has been counted', () => {
  it('is brought to the scale: dear hours count less, cheap ones more, and never without end', () => {
    const at = (lnFee: number) => demandIn([[Math.round(lnFee / Math.log(1.1)), 5, 10]], 0).hours;
    expect(at(0)).toBeCloseTo(10);
    expect(at(1)).toBeLessThan(4);
    expect(at(-1)).toBeGreaterThan(15);
    expect(at(-30)).toBe(at(-20));
  });
});
