// Does a run last as long as its market, whoever lets time pass in it?
import { describe, expect, it } from 'vitest';
import { planFluid } from '../../../../src/sim/market/bound/fluid-bound.ts';
import { createMarket, DAY } from '../../../../src/sim/market/market.ts';
import { NodeEngine } from '../../../../src/sim/market/engine/node-engine.ts';
import {
  REBALANCE_SECONDS,
  run,
  runRebalancing,
  WAKE_SECONDS,
  type Rebalancer,
} from '../../../../src/sim/market/engine/run.ts';
import { scenarioNamed } from '../../../../src/sim/market/scenario.ts';

const DAYS = 20;
const market = createMarket({ ...scenarioNamed('S1'), channels: 6, forwardsPerDay: 200 }, 3, DAYS);
const plan = planFluid(market, true);
const startPpm = market.channels.map(() => 200);
const end = market.start + DAYS * DAY;

/** Sets a fee at each wake, and writes down when that was. */
function tool() {
  const woken: number[] = [];
  return {
    woken,
    name: 'steps',
    wake: (node: { readonly now: number; publish(channel: number, ppm: number): void }) => {
      woken.push(node.now);
      node.publish(woken.length % 6, 100 + (woken.length % 300));
    },
  };
}

/** Does nothing but takes its time. */
function slow(engine: NodeEngine, seconds: (wake: number) => number) {
  const woken: number[] = [];
  const rebalancer: Rebalancer = {
    name: 'slow',
    wake: () => {
      woken.push(engine.now);
      engine.advanceTo(engine.now + seconds(woken.length));
      return undefined;
    },
  };
  return { woken, rebalancer };
}

describe('a run', () => {
  const alone = run(market, tool(), { startPpm, plan });

  it.each([
    ['at once', () => 0],
    ['within the interval', () => 400],
    ['for just the interval', () => REBALANCE_SECONDS],
    ['for longer than the interval', () => 5000],
    ['now for long, now for short', (wake: number) => (wake % 7) * 1234],
    ['for days at a time, until after the end', () => 3.3 * DAY],
    ['for ever', () => 400 * DAY],
  ])('pays the same to one whose rebalancer does nothing, %s', async (_, seconds) => {
    const engine = new NodeEngine(market, startPpm);
    const fees = tool();
    const { rebalancer } = slow(engine, seconds);
    expect(await runRebalancing(engine, fees, rebalancer, { plan })).toEqual(alone);
    // Fees are set at their times all the while.
    const times = Array.from({ length: (DAYS * DAY) / WAKE_SECONDS }, (_, n) => market.start + (n + 1) * WAKE_SECONDS);
    expect(fees.woken).toEqual(times);
  });

  it('wakes a rebalancer at each interval but the last, and one that was busy when it is done', async () => {
    const wakesOf = async (seconds: number): Promise<number[]> => {
      const engine = new NodeEngine(market, startPpm);
      const { rebalancer, woken } = slow(engine, () => seconds);
      await runRebalancing(engine, tool(), rebalancer, { plan });
      return woken.map((at) => at - market.start);
    };
    const times = (step: number): number[] =>
      Array.from(
        { length: Math.ceil((DAYS * DAY - REBALANCE_SECONDS) / step) },
        (_, n) => REBALANCE_SECONDS + n * step,
      );
    expect(await wakesOf(0)).toEqual(times(REBALANCE_SECONDS));
    expect(await wakesOf(800)).toEqual(times(REBALANCE_SECONDS));
    expect(await wakesOf(REBALANCE_SECONDS)).toEqual(times(REBALANCE_SECONDS));
    expect(await wakesOf(5000)).toEqual(times(5000));
  });

  it('counts no rebalance that arrives after the end', async () => {
    const engine = new NodeEngine(market, startPpm);
    let sent = false;
    const late: Rebalancer = {
      name: 'late',
      wake: () => {
        if (sent || engine.now < end - REBALANCE_SECONDS) return undefined;
        const circle = { from: 0, to: 1, amountMsat: 1_000_000, feeMsat: 777 };
        sent = engine.send(circle);
        engine.at(engine.now + 2 * REBALANCE_SECONDS, () => {
          engine.end(circle, true);
        });
        engine.advanceTo(engine.now + DAY);
        return undefined;
      },
    };
    const result = await runRebalancing(engine, tool(), late, { plan });
    expect(sent).toBe(true);
    expect(engine.totals).toMatchObject({ rebalances: 1, rebalanceFeesMsat: 777 });
    expect(result).toMatchObject({ rebalances: 0, rebalanceFeesMsat: 0, feesMsat: alone.feesMsat });
    expect(result.rebalanceFeesByChannel).toEqual(market.channels.map(() => 0));
  });
});
