// Do the rivals do what was recorded of the originals?
import { describe, expect, it } from 'vitest';
import type { ForwardSeen, NodeView } from '../../../src/sim/market/engine/node-engine.ts';
import { proportional } from '../../../src/sim/market/rivals/proportional.ts';
import { seedClimber } from '../../../src/sim/market/rivals/seed-climber.ts';
import type { FeeTool } from '../../../src/sim/market/engine/run.ts';

/** Fees that a tool sets, hour after hour, on one channel whose balance stays. */
function fees(tool: FeeTool, share: number, start: number, hours: number, news: readonly ForwardSeen[] = []): number[] {
  let fee = start;
  const set = [fee];
  for (let hour = 1; hour <= hours; hour++) {
    const node: NodeView = {
      now: hour * 3600,
      capacityMsat: [1e9],
      reserveMsat: [1e7],
      localMsat: () => share * 1e9,
      feePpm: () => fee,
      online: () => true,
      rivalPpm: () => null,
      news,
      purchases: () => ({ costMsat: 0, boughtMsat: 0, netMsat: 0, lots: null }),
      publish: (_, ppm) => (fee = ppm),
    };
    tool.wake(node);
    set.push(fee);
  }
  return set;
}

describe('seed climber', () => {
  it('runs to the ceiling with an empty channel, as recorded', () => {
    // python-original 2.2: zero traffic, 5 % outbound.
    expect(fees(seedClimber(), 0.05, 100, 4)).toEqual([100, 450, 1230, 3873, 5000]);
  });

  it('runs to the floor with a full one, as recorded', () => {
    // python-original 2.2: zero traffic, 95 % outbound.
    expect(fees(seedClimber(), 0.95, 1000, 6)).toEqual([1000, 525, 242, 137, 56, 38, 11]);
  });

  it('flips for ever where nothing happens', () => {
    const idle = fees(seedClimber(false), 0.5, 250, 40);
    expect(new Set(idle.slice(-10)).size).toBeLessThanOrEqual(4);
    expect(idle.at(-1)).not.toBe(idle.at(-2));
  });
});

describe('proportional', () => {
  it('is dear when empty and cheap when full', () => {
    expect(fees(proportional(), 0, 250, 1).at(-1)).toBe(500);
    expect(fees(proportional(), 1, 250, 1).at(-1)).toBe(10);
    expect(fees(proportional(), 0.5, 250, 1).at(-1)).toBe(250);
  });
});
