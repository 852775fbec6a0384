// Do bought sats earn in the market what they earn in the plugin's books?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onHand, traceLots, type LotEvent } from '../../../../src/core/profit/lots.ts';
import { msat, unixSec } from '../../../../src/core/units.ts';
import { LotBook } from '../../../../src/sim/market/engine/lot-book.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import { CALM } from '../../../../src/sim/market/scenario.ts';

const event = fc.record({
  kind: fc.constantFrom('bought', 'forwarded', 'drained'),
  sats: fc.integer({ min: 1, max: 200_000 }),
  feeMsat: fc.integer({ min: 0, max: 200_000 }),
});

describe('lot book', () => {
  it('is traceLots, event by event', () => {
    const market = createMarket(CALM, 1, 1);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const engine = new NodeEngine(market, []);
        const book = new LotBook(engine);
        const traced: LotEvent[] = [];
        events.forEach(({ kind, sats, feeMsat }, i) => {
          const at = market.start + i;
          const time = unixSec(at);
          const amountMsat = sats * 1000;
          const amount = msat(amountMsat);
          if (kind === 'forwarded') {
            book.forwarded({ at, from: 1, to: 0, amountMsat, feeMsat, outcome: 'settled' });
            traced.push({ kind, time, amount, fee: msat(feeMsat) });
          } else if (kind === 'bought') {
            const circle = { from: 1, to: 0, amountMsat, feeMsat };
            engine.send(circle);
            engine.end(circle, true);
            traced.push({ kind, time, rebalance: String(i), amount, fee: msat(feeMsat) });
          } else {
            const circle = { from: 0, to: 2, amountMsat, feeMsat };
            if (engine.send(circle)) engine.end(circle, true);
            traced.push({ kind: 'balance', time, balance: msat(engine.localMsat(0)) });
          }
        });
        const lots = traceLots(traced);
        const { amount, cost } = onHand(lots);
        const { lots: left, costMsat } = book.purchases(0, market.start + events.length);
        expect(left?.remainingMsat ?? 0n).toBe(amount);
        expect(((left?.costPpm ?? 0) * Number(amount)) / 1e6).toBeCloseTo(Number(cost), -1.5);
        expect(costMsat).toBe(lots.reduce((sum, lot) => sum + Number(lot.cost), 0));
        const revenue = lots.reduce((sum, lot) => sum + Number(lot.revenue), 0);
        expect(Math.abs(book.earnedMsat(0) - revenue)).toBeLessThanOrEqual(events.length);
      }),
      { numRuns: 200 },
    );
  });
});
