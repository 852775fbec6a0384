// Is the time that a tool takes after a change of demand measured as it was?
import { describe, expect, it } from 'vitest';
import { recordAdaptation } from '../../../../src/sim/market/demand/adaptation.ts';
import { createMarket, regimeAt, type Market } from '../../../../src/sim/market/market.ts';
import type { FeeTool } from '../../../../src/sim/market/engine/run.ts';
import { run } from '../../../../src/sim/market/engine/run.ts';
import { single } from '../../../../src/sim/market/scenario.ts';

const DAY = 86_400;
/** Three times dearer on day 40 of 100. */
const market = createMarket(single(5, [{ day: 40, factor: 3, way: 'up' }]), 1, 100);

/** Asks what is best, but hears of the change only so many days later. */
function late(market: Market, days: number): FeeTool {
  return {
    name: 'late',
    wake(node) {
      const [channel] = market.channels;
      if (channel === undefined) return;
      const seen = Math.max(market.start, node.now - days * DAY);
      const fee = Math.round(regimeAt(channel, seen).scalePpm);
      if (fee !== node.feePpm(0)) node.publish(0, fee);
    },
  };
}

function daysOf(tool: FeeTool, of: Market = market): readonly number[] {
  const adaptation = recordAdaptation(of);
  run(of, tool, {
    startPpm: [250],
    onWake: (engine) => {
      adaptation.onWake(engine);
    },
  });
  return adaptation.days();
}

describe('adaptation', () => {
  it.each([0, 5, 12])('of a tool that hears of it after %i days takes so many', (days) => {
    const [measured = NaN, ...others] = daysOf(late(market, days));
    expect(others).toEqual([]);
    expect(Math.abs(measured - days)).toBeLessThanOrEqual(1);
  });

  it('is not measured where nothing changes, nor where it changes again within a month', () => {
    expect(daysOf(late(market, 0), createMarket(single(5), 1, 60))).toEqual([]);
    const soon = createMarket(single(5, [{ day: 40, factor: 3, way: 'up' }]), 1, 60);
    expect(daysOf(late(soon, 0), soon)).toEqual([]);
  });
});
