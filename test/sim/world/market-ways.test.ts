// In a market, do payments to ourselves cost, fail and last as the market's rebalancing says, to the millisatoshi?
import { describe, expect, it } from 'vitest';
import { approve } from '../../../src/core/rebalance/guard.ts';
import { msat, unixSec, ZERO_MSAT } from '../../../src/core/units.ts';
import { CircularRoutes } from '../../../src/sim/market/engine/circular-routes.ts';
import { channelOf, peerOf, scidOf } from '../../../src/sim/market/plugin/identities.ts';
import { MarketDriver } from '../../../src/sim/market/engine/market-driver.ts';
import { createMarket, type Market } from '../../../src/sim/market/market.ts';
import { NodeEngine } from '../../../src/sim/market/engine/node-engine.ts';
import { scenarioNamed } from '../../../src/sim/market/scenario.ts';
import { receivable, spendable } from '../../../src/sim/world/liquidity.ts';
import { heldFor } from '../../../src/sim/world/market-ways.ts';
import { createWorld, restoreWorld, type SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import type { Channel } from '../../../src/sim/world/state.ts';
import { call } from '../call.ts';

type Json = Record<string, unknown>;
interface Sendpay {
  readonly status: string;
  readonly payment_hash: string;
  readonly amount_msat: number;
  readonly amount_sent_msat: number;
  readonly erring_index?: number;
}

const HOUR_MS = 3_600_000;
const PLENTY = {
  ...{ dailyBudgetMsat: msat(1e12), minReserveMsat: ZERO_MSAT },
  spending: { spentMsat: ZERO_MSAT, reservedMsat: ZERO_MSAT },
  funds: { onchainMsat: msat(1e15), channelsMsat: ZERO_MSAT },
};
const AMOUNT = 50_000_000;
const SEED = 4;

/** No forwards, so that only payments to ourselves move anything. */
async function marketWorld(scenario = 'S1'): Promise<SimulatedWorld> {
  const world = createWorld({ seed: SEED, channels: 8, market: scenario, flakyPeers: false, closedChannels: false });
  await call(world, 'askrene-create-layer', { layer: 'l' });
  await call(world, 'askrene-disable-node', { layer: 'l', node: world.nodeId });
  return world;
}

/** The model by itself, over the same channels. */
function marketOf(world: SimulatedWorld): Market {
  const { market } = world.sim.state.traffic;
  if (!market) throw new Error('no market');
  return createMarket(scenarioNamed(market.scenario), SEED, 3650, market);
}
const routesOf = (world: SimulatedWorld): CircularRoutes => new CircularRoutes(marketOf(world));

/** The market's channel of that number. */
function channelAt(world: SimulatedWorld, number: number): Channel {
  const channel = world.sim.state.channels.get(world.sim.state.traffic.market?.channels[number] as Channel['id']);
  if (!channel) throw new Error(`no channel ${number}`);
  return channel;
}

const lastFeeOf = ({ remote: { baseMsat, ppm } }: Channel, amount: number): number =>
  Number(baseMsat) + Math.floor((amount * ppm) / 1e6);

interface Hop {
  readonly node_id_out: string;
  readonly short_channel_id_dir: string;
  readonly amount_in_msat: number;
  readonly amount_out_msat: number;
  readonly cltv_in: number;
  readonly cltv_out: number;
}

async function pathOf(world: SimulatedWorld, from: Channel, to: Channel, amount: number, rest: Json = {}) {
  const { routes }: { routes: { path: Hop[] }[] } = await call(world, 'getroutes', {
    ...{ source: from.peerId, destination: to.peerId, amount_msat: amount + lastFeeOf(to, amount) },
    ...{ layers: ['l'], maxfee_msat: amount, final_cltv: 24, ...rest },
  });
  return routes[0]?.path ?? [];
}

let invoices = 0;
async function send(world: SimulatedWorld, from: Channel, to: Channel, amount: number, path: readonly Hop[]) {
  const label = `l${invoices++}`;
  const invoice: Json = await call(world, 'invoice', { amount_msat: amount, label, description: 'd', expiry: 90_000 });
  const route = [
    { id: from.peerId, channel: from.scid, amount_msat: path[0]?.amount_in_msat, delay: path[0]?.cltv_in },
    ...path.map((hop) => ({
      ...{ id: hop.node_id_out, channel: hop.short_channel_id_dir.split('/')[0] },
      ...{ amount_msat: hop.amount_out_msat, delay: hop.cltv_out },
    })),
    { id: world.nodeId, channel: to.scid, amount_msat: amount, delay: 18 },
  ];
  const hash = invoice['payment_hash'];
  await call(world, 'sendpay', { route, payment_hash: hash, payment_secret: invoice['payment_secret'] });
  return { hash, ended: async () => (await rows(world, { payment_hash: hash }))[0] };
}

async function rows(world: SimulatedWorld, params: Json = {}): Promise<Sendpay[]> {
  const { payments }: { payments: Sendpay[] } = await call(world, 'listsendpays', params);
  return payments;
}
/** What waitsendpay says of a payment that has ended. */
const end = (world: SimulatedWorld, hash: unknown): Promise<unknown> =>
  call(world, 'waitsendpay', { payment_hash: hash }).catch((error: unknown) => error);
const pass = (world: SimulatedWorld, ms: number): void => {
  world.advanceTo(world.now() + ms);
};

describe('the network between our peers', () => {
  it('asks what the market says, last hop included, and changes its prices when the market does', async () => {
    const world = await marketWorld();
    const routes = routesOf(world);
    const seen = new Set<number>();
    for (let hours = 0; hours < 30; hours++) {
      for (const [from, to] of [
        [2, 3],
        [3, 2],
        [5, 4],
      ] as const) {
        const path = await pathOf(world, channelAt(world, from), channelAt(world, to), AMOUNT);
        // One hop between the peers: a way over a third peer would be cheaper than the market's price.
        expect(path).toHaveLength(1);
        const fee = Number(path[0]?.amount_in_msat) - AMOUNT;
        const wanted = routes.ppm(from, to, world.sim.seconds());
        // The part of the way is charged on the last hop's fee too, and each part is a whole ppm.
        expect(Math.abs((fee / AMOUNT) * 1e6 - wanted)).toBeLessThan(1 + wanted * 2e-3);
        seen.add(fee);
      }
      pass(world, HOUR_MS);
    }
    expect(seen.size).toBeGreaterThan(10);
    expect(channelAt(world, 3).remote.ppm).toBe(routes.lastHopPpm(3));
  });

  it('is too dear for who would pay less, and knows no way to who is no peer', async () => {
    const world = await marketWorld();
    const [from, to] = [channelAt(world, 2), channelAt(world, 3)];
    const path = await pathOf(world, from, to, AMOUNT);
    const way = Number(path[0]?.amount_in_msat) - Number(path[0]?.amount_out_msat);
    await expect(pathOf(world, from, to, AMOUNT, { maxfee_msat: way - 1 })).rejects.toMatchObject({ code: 206 });
    expect(await pathOf(world, from, to, AMOUNT, { maxfee_msat: way })).toEqual(path);
    const stranger = { ...to, peerId: `02${'b'.repeat(64)}` as Channel['peerId'] };
    await expect(pathOf(world, from, stranger, AMOUNT)).rejects.toMatchObject({ code: 205 });
  });

  it('is not there without a market', async () => {
    const world = createWorld({ seed: SEED, channels: 4 });
    await call(world, 'askrene-create-layer', { layer: 'l' });
    await call(world, 'askrene-disable-node', { layer: 'l', node: world.nodeId });
    const [from, to] = [...world.sim.state.channels.values()].slice(2);
    if (!from || !to) throw new Error('no channels');
    await expect(pathOf(world, from, to, AMOUNT)).rejects.toMatchObject({ code: 205 });
  });
});

describe('a payment by it', () => {
  it('arrives or fails as the market says; balances, fees, lists and books agree to the millisatoshi', async () => {
    const world = await marketWorld();
    await call(world, 'dev-sim-traffic', { forwards_per_day: 0 });
    const routes = routesOf(world);
    const began = [...world.sim.state.channels.values()].map(({ id, toUs }) => [id, toUs] as const);
    let [sent, arrivals, stuck] = [0, 0, 0];
    for (let hours = 0; hours < 90; hours++) {
      for (const [from, to] of [
        [2, 3],
        [3, 2],
        [4, 5],
        [5, 4],
      ] as const) {
        const [out, back] = [channelAt(world, from), channelAt(world, to)];
        if (spendable(out) < 2 * AMOUNT || receivable(back) < AMOUNT) continue;
        const at = world.sim.seconds();
        const expected = routes.arrives(from, to, AMOUNT, at);
        const { ended } = await send(world, out, back, AMOUNT, await pathOf(world, out, back, AMOUNT));
        pass(world, 1000);
        const row = await ended();
        if (row?.status === 'pending') {
          stuck++;
          expect(routes.heldFor(from, to, at)).toBeGreaterThan(0);
          continue;
        }
        sent++;
        expect(row?.status).toBe(expected ? 'complete' : 'failed');
        if (expected) arrivals++;
      }
      pass(world, HOUR_MS);
    }
    expect(sent).toBeGreaterThan(200);
    expect(arrivals / sent).toBeGreaterThan(0.3);
    expect(arrivals / sent).toBeLessThan(0.5);
    expect(stuck).toBeGreaterThan(0);
    expect(stuck / sent).toBeLessThan(0.03);
    // Whoever was held is let go within a day.
    pass(world, 25 * HOUR_MS);
    const listed = await rows(world);
    expect(listed.filter(({ status }) => status === 'pending')).toEqual([]);
    const fees = listed
      .filter(({ status }) => status === 'complete')
      .reduce((sum, row) => sum + row.amount_sent_msat - row.amount_msat, 0);
    const change = began.reduce(
      (sum, [id, toUs]) => sum + Number((world.sim.state.channels.get(id)?.toUs ?? 0n) - toUs),
      0,
    );
    expect(change).toBe(-fees);
    const { income_events: income }: { income_events: { tag: string; debit_msat: number }[] } = await call(
      world,
      'bkpr-listincome',
    );
    const booked = income.filter(({ tag }) => tag === 'rebalance_fee');
    expect(booked.reduce((sum, { debit_msat }) => sum + debit_msat, 0)).toBe(fees);
    for (const { htlcs } of world.sim.state.channels.values()) expect(htlcs).toEqual([]);
  });

  it("is held as long as by the market's own driver", async () => {
    const world = await marketWorld();
    const market = marketOf(world);
    const routes = new CircularRoutes(market);
    const [from, to] = [2, 3];
    const peers = [channelAt(world, from).peerId, channelAt(world, to).peerId] as const;
    let compared = 0;
    for (let at = market.start + 100; compared < 8; at++) {
      const held = heldFor(world.sim, ...peers, at);
      expect(held > 0).toBe(routes.heldFor(from, to, at) > 0);
      if (held === 0) continue;
      compared++;
      const engine = new NodeEngine(market, []);
      const driver = new MarketDriver(engine, routes);
      // It searches for five seconds before it sends.
      engine.advanceTo(at - 5);
      const end = (k: number) => ({ channelId: channelOf(k), scid: scidOf(k), peerId: peerOf(k) });
      const asked = { id: 'o', from: end(from), to: end(to), amountMsat: msat(AMOUNT), maxFeeMsat: msat(AMOUNT / 2) };
      const order = approve({ ...asked, deadline: unixSec(at + 60) }, PLENTY);
      if (!order.ok) throw new Error(order.error.rule);
      const outcome = await driver.rebalance(order.value, {
        signal: new AbortController().signal,
        onDispatched: () => undefined,
      });
      expect(outcome.status).toBe('unknown');
      engine.advanceTo(at + held - 1);
      expect((await driver.readSince(0, unixSec(0))).rows[0]?.status).toBe('pending');
      engine.advanceTo(at + held);
      expect((await driver.readSince(0, unixSec(0))).rows[0]?.status).not.toBe('pending');
    }
  });

  it('fails more often the larger it is', async () => {
    const world = await marketWorld();
    const routes = routesOf(world);
    const share = (amount: number): number =>
      Array.from({ length: 400 }, (_, i) => routes.arrives(2, 3, amount, i * 60)).filter(Boolean).length / 400;
    expect(share(5_000_000_000)).toBeLessThan(0.6 * share(AMOUNT));
  });

  it('may pay what was asked some hours ago, but no less', async () => {
    const world = await marketWorld();
    const [out, back] = [channelAt(world, 2), channelAt(world, 3)];
    const path = await pathOf(world, out, back, AMOUNT);
    const [hop] = path;
    if (!hop) throw new Error('no path');
    const less = [{ ...hop, amount_in_msat: hop.amount_out_msat }];
    const cheap = await send(world, out, back, AMOUNT, less);
    pass(world, 1000);
    expect((await cheap.ended())?.status).toBe('failed');
    const refusal = await end(world, cheap.hash);
    expect(refusal).toMatchObject({ data: { failcode: 4108, erring_index: 1 } });
    // Until the market lets one through, each hour with the price of five hours before.
    for (let hours = 0; hours < 200; hours++) {
      const asked = await pathOf(world, out, back, AMOUNT);
      pass(world, 5 * HOUR_MS);
      const late = await send(world, out, back, AMOUNT, asked);
      pass(world, 25 * HOUR_MS);
      const failed = await end(world, late.hash);
      expect(failed).not.toMatchObject({ data: { failcode: 4108 } });
    }
  });

  it('is the same in a world that was saved meanwhile', async () => {
    const world = await marketWorld();
    const restored = restoreWorld(world.save());
    for (const each of [world, restored]) {
      const [out, back] = [channelAt(each, 5), channelAt(each, 4)];
      for (let hours = 0; hours < 20; hours++) {
        await send(each, out, back, 1_000_000, await pathOf(each, out, back, 1_000_000));
        pass(each, HOUR_MS);
      }
    }
    const outcomes = async (each: SimulatedWorld) =>
      (await rows(each)).map(({ status, amount_sent_msat }) => [status, amount_sent_msat]);
    expect(await outcomes(restored)).toEqual(await outcomes(world));
  });
});
