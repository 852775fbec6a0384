// Is it noticed when a msat appears or vanishes?
import { describe, expect, it } from 'vitest';
import { Audit } from '../../../../src/sim/market/contest/audit.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import { CALM, single } from '../../../../src/sim/market/scenario.ts';

const DAY = 86_400;

function audited(scenario = CALM): { engine: NodeEngine; audit: Audit } {
  const market = createMarket(scenario, 5, 3);
  const engine = new NodeEngine(
    market,
    market.channels.map(() => 200),
  );
  const audit = new Audit(engine);
  engine.advanceTo(market.start + 3 * DAY);
  return { engine, audit };
}

describe('audit', () => {
  it.each([CALM, single(10)])('finds nothing where all is told, $name', (scenario) => {
    const { engine, audit } = audited(scenario);
    expect(engine.totals.settled).toBeGreaterThan(0);
    audit.close();
  });

  it('waits for what is under way', () => {
    const { engine, audit } = audited();
    const circle = { from: 0, to: 1, amountMsat: 1_000_000, feeMsat: 500 };
    expect(engine.send(circle)).toBe(true);
    engine.at(engine.now + 3600, () => {
      engine.end(circle, true);
    });
    audit.close();
    expect(engine.totals.rebalanceFeesMsat).toBe(500);
  });

  it('misses what was sent and never ended', () => {
    const { engine, audit } = audited();
    expect(engine.send({ from: 0, to: 1, amountMsat: 1_000_000, feeMsat: 500 })).toBe(true);
    expect(() => {
      audit.close();
    }).toThrow(/conservation: channel 0: expected \d+ msat by what moved, got \d+/);
  });

  it('misses a fee that nobody paid', () => {
    const { engine, audit } = audited();
    engine.totals.feesMsat += 1;
    expect(() => {
      audit.close();
    }).toThrow(/conservation: fees earned/);
  });
});
