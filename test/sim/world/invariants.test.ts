// Does the world keep its accounts? Money is conserved to the msat whatever happens, and the same seed is the same world.
import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimError } from '../../../src/sim/method.ts';
import { inFlight } from '../../../src/sim/world/liquidity.ts';
import { createWorld, restoreWorld } from '../../../src/sim/world/simulated-world.ts';
import type { SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import { walletBalance } from '../../../src/sim/world/wallet.ts';
import { call } from '../call.ts';

const HOUR_MS = 3_600_000;

/** One thing done to a world; channels are picked by number among those there are. */
type Step = readonly [method: string, params: (scids: readonly string[], peers: readonly string[]) => object];
const at = (list: readonly string[], i: number): string => list[i % list.length] ?? '';

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 900_000_000 }),
      fc.constantFrom('settled', 'failed', 'offered'),
    )
    .map(([i, o, amount_msat, outcome]): Step => [
      'dev-sim-forward',
      (s) => ({ in_channel: at(s, i), out_channel: at(s, o), amount_msat, outcome }),
    ]),
  fc
    .tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 400_000_000 }))
    .map(([i, o, amount_msat]): Step => [
      'dev-sim-pay',
      (s) => ({ out_channel: at(s, o), in_channel: at(s, i), amount_msat, fee_msat: amount_msat % 5000 }),
    ]),
  fc
    .tuple(fc.nat(), fc.integer({ min: -900_000, max: 900_000 }))
    .map(([i, amount_sats]): Step => ['dev-sim-splice', (s) => ({ channel: at(s, i), amount_sats })]),
  fc
    .tuple(fc.nat(), fc.constantFrom('mutual', 'unilateral'))
    .map(([i, how]): Step => ['dev-sim-close', (s) => ({ channel: at(s, i), how })]),
  fc
    .tuple(fc.integer({ min: 100_000, max: 2_000_000 }), fc.constantFrom('local', 'remote'))
    .map(([capacity_sats, opener]): Step => ['dev-sim-channel', () => ({ capacity_sats, push_sats: 20_001, opener })]),
  fc
    .tuple(fc.nat(), fc.boolean())
    .map(([i, connected]): Step => ['dev-sim-connect', (_, p) => ({ peer_id: at(p, i), connected })]),
  fc.tuple(fc.nat(), fc.nat(5000)).map(([i, feeppm]): Step => ['setchannel', (s) => ({ id: at(s, i), feeppm })]),
);

async function act(world: SimulatedWorld, [method, params]: Step): Promise<void> {
  const scids = [...world.sim.state.channels.values()].flatMap((channel) => channel.scid ?? []);
  try {
    await call(world, method, params(scids, [...world.sim.state.peers.keys()]));
  } catch (error) {
    // A refused step is a step as well.
    if (!(error instanceof SimError)) throw error;
  }
}

interface Balances {
  readonly accounts: readonly { account: string; balances: readonly [{ balance_msat: number }] }[];
}

async function checkInvariants(world: SimulatedWorld): Promise<void> {
  const { state } = world.sim;
  for (const channel of [...state.channels.values(), ...state.closed]) {
    expect(channel.toUs + channel.toThem).toBe(channel.capacity);
    expect(inFlight(channel, 'out')).toBeLessThanOrEqual(channel.toUs);
    expect(inFlight(channel, 'in')).toBeLessThanOrEqual(channel.toThem);
    expect(channel.minToUs <= channel.toUs && channel.toUs <= channel.maxToUs).toBe(true);
  }
  const rows = state.forwards.byCreated.flatMap((row) => row ?? []);
  const fees = rows.filter((row) => row.status === 'settled').reduce((sum, row) => sum + (row.feeMsat ?? 0n), 0n);
  expect(await call(world, 'getinfo')).toMatchObject({ fees_collected_msat: Number(fees) });
  const { accounts }: Balances = await call(world, 'bkpr-listbalances');
  for (const { account, balances } of accounts) {
    const channel = [...state.channels.values(), ...state.closed].find((one) => one.id === account);
    const gone = channel !== undefined && (channel.closing?.spentHeight ?? null) !== null;
    const held = channel ? (gone ? 0n : channel.toUs) : walletBalance(world.sim);
    expect([account, balances[0].balance_msat]).toEqual([account, Number(held)]);
  }
}

describe('invariants', () => {
  it('hold whatever is done, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.tuple(step, fc.integer({ min: 0, max: 20 * HOUR_MS })), { maxLength: 25 }),
        async (seed, steps) => {
          const world = createWorld({ seed, forwardsPerDay: 60, channels: 4 });
          for (const [what, wait] of steps) {
            await act(world, what);
            await checkInvariants(world);
            world.advanceTo(world.now() + wait);
          }
          await checkInvariants(world);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('hold after a long history', () => checkInvariants(createWorld({ historyDays: 60, forwardsPerDay: 200 })));
});

/** Everything there is, as text. */
const bytes = (world: SimulatedWorld): string => serialize(world.save()).toString('base64');

describe('determinism', () => {
  it('same seed, same bytes; another seed, another world', () => {
    const config = { seed: 5, historyDays: 5, forwardsPerDay: 100 };
    expect(bytes(createWorld(config))).toBe(bytes(createWorld(config)));
    expect(bytes(createWorld(config))).not.toBe(bytes(createWorld({ ...config, seed: 6 })));
  });

  it('does not depend on how time is cut, nor on being saved and restored in between', () => {
    const whole = createWorld({ seed: 7, forwardsPerDay: 300 });
    let cut = createWorld({ seed: 7, forwardsPerDay: 300 });
    const end = whole.now() + 48 * HOUR_MS;
    whole.advanceTo(end);
    for (let now = cut.now(); now <= end; now += 7_654_321) {
      cut.advanceTo(now);
      cut = restoreWorld(cut.save());
    }
    cut.advanceTo(end);
    expect(bytes(cut)).toBe(bytes(whole));
  });

  it('refuses to restore what is no world', () => {
    expect(() => restoreWorld({})).toThrow(/saved world/);
  });
});
