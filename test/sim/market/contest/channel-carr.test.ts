// Is a channel's CARR in the market that of its cash flows?
import { describe, expect, it } from 'vitest';
import { recordCarr } from '../../../../src/sim/market/contest/channel-carr.ts';
import { DAY, MARKET_START, createMarket, type Market } from '../../../../src/sim/market/market.ts';
import { NodeEngine, type EngineListener } from '../../../../src/sim/market/engine/node-engine.ts';
import { CALM } from '../../../../src/sim/market/scenario.ts';

const DAYS = 364;

/** An engine in which nothing happens but what the test tells. */
function quiet(): { readonly engine: NodeEngine; readonly told: EngineListener } {
  const market: Market = createMarket(CALM, 3, DAYS);
  const engine = new NodeEngine(market, []);
  let told: EngineListener | null = null;
  const listen = engine.listen.bind(engine);
  engine.listen = (listener) => {
    told = listener;
    listen(listener);
  };
  return {
    engine,
    told: {
      forwarded: (forward) => told?.forwarded(forward),
      rebalanced: (circle, at) => told?.rebalanced(circle, at),
    },
  };
}

const forward = (day: number, to: number, feeMsat: number) =>
  ({ at: MARKET_START + day * DAY, from: 9, to, amountMsat: 1000, feeMsat, outcome: 'settled' }) as const;

describe('CARR of a channel', () => {
  it('is the yearly rate on what it held, of fees at the end', () => {
    const { engine, told } = quiet();
    const record = recordCarr(engine);
    const capital = engine.localMsat(2);
    told.forwarded(forward(DAYS - 1, 2, Math.round(0.05 * capital)));
    const [rate = NaN] = record.rates().slice(2, 3);
    expect(rate).toBeCloseTo(1.05 ** (365 / DAYS) - 1, 6);
    expect(record.rates()[3]).toBe(0);
  });

  it('is higher for fees that come early, and lower by what filling it cost', () => {
    const early = quiet();
    const record = recordCarr(early.engine);
    const fee = Math.round(0.05 * early.engine.localMsat(2));
    early.told.forwarded(forward(1, 2, fee));
    const [rate = NaN] = record.rates().slice(2, 3);
    expect(rate).toBeGreaterThan(0.05);
    early.told.rebalanced({ from: 4, to: 2, amountMsat: 1e6, feeMsat: 2 * fee }, MARKET_START + 2 * DAY);
    const [after = NaN, source = NaN] = [record.rates()[2], record.rates()[4]];
    expect(after).toBeLessThan(0);
    expect(source).toBe(0);
  });
});
