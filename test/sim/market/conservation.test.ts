// Is no msat lost or made, whatever happens, and does the same happen again? Every mechanism at once, or any of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Audit } from '../../../src/sim/market/contest/audit.ts';
import { DAY, createMarket } from '../../../src/sim/market/market.ts';
import { NodeEngine } from '../../../src/sim/market/engine/node-engine.ts';
import { scenarioNamed, type Scenario } from '../../../src/sim/market/scenario.ts';

const DAYS = 12;
const pick = <T>(value: T): fc.Arbitrary<T | null> => fc.constantFrom(value, null);
const S7 = scenarioNamed('S7');
const S11 = scenarioNamed('S11');

/** Any scenario, small and busy. */
const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    channels: fc.integer({ min: 2, max: 9 }),
    forwardsPerDay: fc.integer({ min: 50, max: 600 }),
    imbalance: fc.double({ min: 0, max: 1.5, noNaN: true }),
    liquidity: fc.constantFrom('coupled' as const, 'coupled' as const, 'coupled' as const, 'unlimited' as const),
    shifts: pick({ meanDays: 2, optimumSd: 0.7, rateSd: 0.3 }),
    shocks: pick({ meanDays: 3, optimumSd: 0.7, rateSd: 0.3 }),
    drift: pick({ sdPerRootDay: 0.04 }),
    hours: pick(scenarioNamed('H3').hours),
    whale: pick({ volumeShare: 0.5, medianSats: 800_000, sigma: 0.5, leavesOnDay: 7 }),
    rival: pick(S7.rival),
    outages: pick({ peers: 2, share: 0.3, meanHours: 2 }),
    htlcs: pick({ medianSeconds: 20, sigma: 1, stuckShare: 0.05 }),
    memory: pick({ failures: 2 }),
    storm: pick(S11.storm && { ...S11.storm, fromDay: 3, days: 4, largeSats: 50_000 }),
    noise: pick({ probes: 2, micro: 1 }),
  })
  .map((changes) => ({ ...scenarioNamed('S1'), willingness: S7.willingness, ...changes }));

/** Fees and payments to ourselves by a rule that goes through all of them. */
function play(scenario: Scenario, seed: number) {
  const market = createMarket(scenario, seed, DAYS);
  const count = market.channels.length;
  const engine = new NodeEngine(
    market,
    market.channels.map((_, k) => 100 + 50 * k),
  );
  const audit = new Audit(engine);
  for (let hour = 1; hour <= DAYS * 24; hour++) {
    engine.advanceTo(market.start + hour * 3600);
    engine.publish(hour % count, 20 + ((hour * 37) % 900));
    const circle = { from: hour % count, to: (hour * 5 + 1) % count, amountMsat: 50_000_001 + hour, feeMsat: 9_999 };
    if (engine.send(circle))
      engine.at(engine.now + 100 * hour, () => {
        engine.end(circle, hour % 3 > 0);
      });
    engine.capacityMsat.forEach((capacity, k) => {
      const reserve = engine.reserveMsat[k] ?? 0;
      if (scenario.liquidity === 'unlimited') return;
      expect(engine.localMsat(k)).toBeGreaterThanOrEqual(reserve);
      expect(engine.localMsat(k) + engine.receivableMsat(k)).toBeLessThanOrEqual(capacity - reserve);
    });
  }
  return { engine, audit };
}

const balance = (engine: NodeEngine): bigint =>
  engine.capacityMsat.reduce((sum, _, k) => sum + BigInt(engine.localMsat(k)), 0n);

describe('a node', () => {
  it('has what it had, and what it earned less what it spent', () => {
    let settled = 0;
    let rebalances = 0;
    fc.assert(
      fc.property(scenarios, fc.integer({ min: 1, max: 1000 }), (scenario, seed) => {
        const { engine, audit } = play(scenario, seed);
        engine.advanceTo(engine.now + 2 * DAY);
        const { feesMsat, rebalanceFeesMsat } = engine.totals;
        const had = engine.capacityMsat.reduce((sum, capacity) => sum + BigInt(Math.floor(capacity / 2)), 0n);
        const earned = scenario.liquidity === 'coupled' ? BigInt(feesMsat) : 0n;
        expect(balance(engine)).toBe(had + earned - BigInt(rebalanceFeesMsat));
        audit.close();
        settled += engine.totals.settled;
        rebalances += engine.totals.rebalances;
      }),
      { numRuns: 40, seed: 3 },
    );
    expect(settled).toBeGreaterThan(10_000);
    expect(rebalances).toBeGreaterThan(500);
  });

  it('does the same again on the same seed, byte for byte, and something else on another', () => {
    fc.assert(
      fc.property(scenarios, fc.integer({ min: 1, max: 1000 }), (scenario, seed) => {
        const told = (of: number): string => {
          const { engine } = play(scenario, of);
          return JSON.stringify([
            engine.totals,
            engine.takeNews(),
            engine.capacityMsat.map((_, k) => engine.localMsat(k)),
          ]);
        };
        expect(told(seed)).toBe(told(seed));
        expect(told(seed)).not.toBe(told(seed + 1));
      }),
      { numRuns: 12, seed: 4 },
    );
  });
});
