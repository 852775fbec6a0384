// Do our books agree with bookkeeper's on the simulated node, at every version, through whole lives of channels?
import { describe, expect, it } from 'vitest';
import { runLedgerCycle } from '../../src/app/ledger-cycle.ts';
import { sumMsat, unixSec, type Msat } from '../../src/core/units.ts';
import { LightningLedger } from '../../src/node/ledger.ts';
import { asker } from '../../src/node/ask.ts';
import { RpcError } from '../../src/cln/errors.ts';
import { SimError } from '../../src/sim/method.ts';
import { rpcMethods } from '../../src/sim/rpc/methods.ts';
import type { WorldConfig } from '../../src/sim/world/config.ts';
import { createWorld, type SimulatedWorld } from '../../src/sim/world/simulated-world.ts';
import type { Store } from '../../src/ports.ts';
import { call } from '../sim/call.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { bookedCosts, onchainCost } from './recorded-ledger.ts';
import type { Json } from '../node/recorded-node.ts';

/** The simulated node as lightningd answers, `help` with the commands it has. */
function ledgerOf(world: SimulatedWorld): LightningLedger {
  const clock = { now: () => unixSec(Math.floor(world.sim.seconds())), sleep: () => Promise.resolve() };
  const ask = asker({
    call: async (method, params) => {
      if (method === 'help') return { help: [...rpcMethods(world).keys()].map((command) => ({ command })) };
      try {
        return await call(world, method, params);
      } catch (error) {
        throw error instanceof SimError ? new RpcError(method, error.code, error.message) : error;
      }
    },
  });
  return new LightningLedger(ask, clock);
}

const cycle = (world: SimulatedWorld, store: Store): Promise<void> =>
  runLedgerCycle({ reader: ledgerOf(world), ledger: store.ledger, signal: new AbortController().signal });

interface Usable {
  readonly short_channel_id: string;
  readonly channel_id: string;
  readonly state: string;
}
const usable = async (world: SimulatedWorld): Promise<Usable[]> => {
  const { channels }: { channels: Usable[] } = await call(world, 'listpeerchannels');
  return channels.filter(({ state }) => state === 'CHANNELD_NORMAL');
};

/** Opens, pushes, splices in and out, pays, is paid, rebalances twice, and closes both ways. */
async function live(world: SimulatedWorld, between: () => Promise<void>): Promise<void> {
  const mine = (blocks: number): Promise<never> => call(world, 'dev-sim-mine', { blocks });
  await call(world, 'dev-sim-channel', { capacity_sats: 900_000, push_sats: 300_000 });
  await call(world, 'dev-sim-channel', { capacity_sats: 800_000, push_sats: 200_000, opener: 'remote' });
  await mine(10);
  await between();
  const [a, b, c, d] = await usable(world);
  if (!a || !b || !c || !d) throw new Error('expected four usable channels');
  const pay = (params: object): Promise<never> => call(world, 'dev-sim-pay', { amount_msat: 10_000_000, ...params });
  await pay({ out_channel: a.short_channel_id, in_channel: b.short_channel_id, fee_msat: 1234 });
  await pay({ out_channel: a.short_channel_id, fee_msat: 777 });
  await pay({ in_channel: c.short_channel_id });
  await between();
  await pay({ out_channel: c.short_channel_id, in_channel: a.short_channel_id, fee_msat: 55 });
  await call(world, 'dev-sim-splice', { channel: c.short_channel_id, amount_sats: 50_000 });
  await mine(10);
  await between();
  await call(world, 'dev-sim-splice', { channel: (await usable(world))[2]?.short_channel_id, amount_sats: -40_000 });
  await mine(10);
  await call(world, 'dev-sim-close', { channel: a.short_channel_id, how: 'mutual' });
  await call(world, 'dev-sim-close', { channel: b.short_channel_id, how: 'unilateral' });
  await mine(1);
  await between();
  await mine(300);
  await between();
}

async function bookkeeperOf(world: SimulatedWorld): Promise<{ costs: Map<string, Msat>; rebalances: Msat }> {
  const { income_events: income }: { income_events: Json[] } = await call(world, 'bkpr-listincome');
  const fees = income
    .filter(({ tag }) => tag === 'rebalance_fee')
    .map((row) => BigInt(row['debit_msat'] as number) as Msat);
  return { costs: bookedCosts(income), rebalances: sumMsat(fees) };
}

const versions: readonly (readonly [string, Partial<WorldConfig>])[] = [
  ['v26.06.6', {}],
  ['v25.09', { version: 'v25.09' }],
  ['v25.05', { version: 'v25.05' }],
  ['v24.05', { version: 'v24.05' }],
  ['v23.05', { version: 'v23.05' }],
];

describe('the ledger of a simulated node', () => {
  const database = temporaryDatabase();

  it.each(versions)('%s: all costs are those of its bookkeeper, to the msat', async (_, changes) => {
    for (const seed of [1, 2, 3]) {
      const world = createWorld({ seed, flakyPeers: false, channels: 6, ...changes });
      const store = database.open(`${database.path}.${String(seed)}`);
      await live(world, () => cycle(world, store));
      const { costs, rebalances } = await bookkeeperOf(world);
      const books = store.ledger.books();
      expect(books.length).toBeGreaterThanOrEqual(8);
      for (const one of books) {
        expect(onchainCost(one), `${String(seed)} ${one.channelId}`).toBe(costs.get(one.channelId) ?? 0n);
        expect([one.openingFee, one.funding, one.push].some(({ estimated }) => estimated)).toBe(false);
      }
      const paid = store.ledger.selfPayments();
      expect(paid).toHaveLength(2);
      expect(paid.every(({ inChannel }) => inChannel !== null)).toBe(true);
      expect(sumMsat(paid.map(({ fee }) => fee))).toBe(rebalances);
      expect(rebalances).toBe(1289n);
    }
  });

  it('the same whether it was read all the time or only at the end', async () => {
    const world = createWorld({ seed: 4, flakyPeers: false, channels: 6 });
    const always = database.open();
    await live(world, () => cycle(world, always));
    const once = database.open(`${database.path}.once`);
    await cycle(world, once);
    const plain = (store: Store) =>
      [...store.ledger.books()]
        .map((one) => ({ ...one, names: [] }))
        .sort((x, y) => x.channelId.localeCompare(y.channelId));
    expect(plain(once)).toEqual(plain(always));
    expect(once.ledger.selfPayments()).toEqual(always.ledger.selfPayments());
  });

  it('without bookkeeper: the same figures by the moves, or estimates where there are none', async () => {
    for (const [version, source] of [
      ['v26.06.6', 'moves'],
      ['v25.05', 'node'],
    ] as const) {
      const world = createWorld({ seed: 5, flakyPeers: false, channels: 6, version });
      Object.assign(world.sim.state.config, { bookkeeper: false });
      const store = database.open(`${database.path}.${source}`);
      await live(world, () => cycle(world, store));
      Object.assign(world.sim.state.config, { bookkeeper: true });
      const { costs, rebalances } = await bookkeeperOf(world);
      expect(sumMsat(store.ledger.selfPayments().map(({ fee }) => fee))).toBe(rebalances);
      for (const one of store.ledger.books()) {
        expect(one.source).toBe(source);
        if (source === 'moves') expect(onchainCost(one)).toBe(costs.get(one.channelId) ?? 0n);
        else if (one.opener === 'local') expect(one.openingFee.estimated).toBe(true);
      }
    }
  });
});
