// Does the simulated node's traffic follow its fees when a market makes it? And is it the very market the engine steps?
import { describe, expect, it } from 'vitest';
import { NodeEngine } from '../../../src/sim/market/engine/node-engine.ts';
import { createMarket } from '../../../src/sim/market/market.ts';
import { CALM } from '../../../src/sim/market/scenario.ts';
import { createWorld, restoreWorld, type SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import { call } from '../call.ts';

const DAY_MS = 86_400_000;

const marketWorld = (seed = 3): SimulatedWorld =>
  createWorld({ seed, market: 'S1', forwardsPerDay: 200, flakyPeers: false, closedChannels: false });

async function setAll(world: SimulatedWorld, feeppm: number): Promise<void> {
  for (const { scid } of [...world.sim.state.channels.values()])
    await call(world, 'setchannel', { id: scid, feebase: 0, feeppm, enforcedelay: 0 });
}

const settled = (world: SimulatedWorld): number =>
  world.sim.state.forwards.byCreated.filter((row) => row?.status === 'settled').length;

async function forwardsIn(days: number, feeppm: number): Promise<number> {
  const world = marketWorld();
  await setAll(world, feeppm);
  world.advanceTo(world.now() + days * DAY_MS);
  return settled(world);
}

describe('traffic of a market', () => {
  it('shrinks as the fees grow, to nothing at the end', async () => {
    const [cheap, usual, dear, never] = await Promise.all([1, 300, 1500, 6000].map((ppm) => forwardsIn(10, ppm)));
    expect(cheap).toBeGreaterThan(1.3 * (usual ?? 0));
    expect(usual).toBeGreaterThan(2 * (dear ?? 0));
    expect(never).toBe(0);
  });

  it('is the demand that the fast engine steps', async () => {
    const world = marketWorld(5);
    await setAll(world, 200);
    const { market } = world.sim.state.traffic;
    if (!market) throw new Error('no market');
    const scenario = { ...CALM, forwardsPerDay: 200 };
    const engine = new NodeEngine(
      createMarket(scenario, 5, 30, market),
      market.channels.map(() => 200),
    );
    const days = 3;
    engine.advanceTo(market.start + days * 86_400);
    world.advanceTo(market.start * 1000 + days * DAY_MS);
    // Balances differ (the node's are drawn, the engine's are halves), and payments arrive minutes later.
    expect(settled(world) / engine.totals.settled).toBeGreaterThan(0.8);
    expect(settled(world) / engine.totals.settled).toBeLessThan(1.25);
  });

  it('goes on from a saved world as if nothing had been', () => {
    const world = marketWorld();
    world.advanceTo(world.now() + 2 * DAY_MS);
    const restored = restoreWorld(world.save());
    const until = world.now() + 2 * DAY_MS;
    world.advanceTo(until);
    restored.advanceTo(until);
    expect(restored.save()).toEqual(world.save());
    expect(settled(world)).toBeGreaterThan(100);
  });

  it('stops and begins again with dev-sim-traffic', async () => {
    const world = marketWorld();
    world.advanceTo(world.now() + DAY_MS);
    await call(world, 'dev-sim-traffic', { forwards_per_day: 0 });
    world.advanceTo(world.now() + DAY_MS / 24);
    const before = settled(world);
    world.advanceTo(world.now() + DAY_MS);
    expect(settled(world)).toBe(before);
    await call(world, 'dev-sim-traffic', { forwards_per_day: 100 });
    world.advanceTo(world.now() + DAY_MS);
    expect(settled(world)).toBeGreaterThan(before + 20);
  });

  it('needs a scenario that exists', () => {
    expect(() => createWorld({ market: 'S99' })).toThrow(/expected one of S1, S2, .*, got S99/);
  });
});
