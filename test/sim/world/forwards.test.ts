// Do forwards keep lightningd's books: indexes, holes, statuses, fees with their grace, and the channel really used?
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../../src/sim/world/simulated-world.ts';
import type { SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import { call, refusal } from '../call.ts';

const DAY_MS = 86_400_000;
interface Row {
  readonly created_index: number;
  readonly updated_index?: number;
  readonly in_channel: string;
  readonly in_htlc_id: number;
  readonly out_channel: string;
  readonly status: string;
  readonly failcode?: number;
  readonly received_time: number;
  readonly resolved_time?: number;
}

const quiet = (): SimulatedWorld => createWorld({ seed: 2, flakyPeers: false });
const scidsOf = (world: SimulatedWorld): string[] =>
  [...world.sim.state.channels.values()].flatMap((channel) => channel.scid ?? []);
const list = async (world: SimulatedWorld, params: object = {}): Promise<Row[]> => {
  const { forwards }: { forwards: Row[] } = await call(world, 'listforwards', params);
  return forwards;
};
const forward = (world: SimulatedWorld, params: object): Promise<Row> => call(world, 'dev-sim-forward', params);

describe('indexes', () => {
  it('created counts without gaps, updated in order of the ends, deleted leaves holes that never fill', async () => {
    const world = quiet();
    const [a, , c, d] = scidsOf(world);
    const pay = (outcome: string, out_channel = d) =>
      forward(world, { in_channel: a, out_channel, amount_msat: 2_000_000, outcome });
    const first = await pay('offered');
    const second = await pay('offered', c);
    expect(await pay('settled')).toMatchObject({ created_index: 3, updated_index: 1 });
    expect(await forward(world, { in_channel: a, out_channel: '900000x1x1', amount_msat: 1000 })).toEqual({
      created_index: 4,
      in_channel: a,
      in_htlc_id: expect.any(Number) as number,
      out_channel: '900000x1x1',
      in_msat: 1000,
      status: 'local_failed',
      failcode: 16394,
      failreason: 'WIRE_UNKNOWN_NEXT_PEER',
      style: 'tlv',
      received_time: expect.any(Number) as number,
    });
    const end = (row: Row, outcome: string) =>
      call(world, 'dev-sim-resolve', { in_channel: row.in_channel, in_htlc_id: row.in_htlc_id, outcome });
    await end(second, 'failed');
    await end(first, 'local_failed');
    expect((await list(world)).map((r) => [r.created_index, r.updated_index, r.status])).toEqual([
      [1, 3, 'local_failed'],
      [2, 2, 'failed'],
      [3, 1, 'settled'],
      [4, undefined, 'local_failed'],
    ]);
    expect((await list(world, { index: 'updated', start: 2 })).map((r) => r.created_index)).toEqual([2, 1]);
    // Rows never updated have 0 in lightningd's table: only a page from the very beginning shows them.
    expect((await list(world, { index: 'updated' })).map((r) => r.created_index)).toEqual([4, 3, 2, 1]);
    const key = { in_channel: second.in_channel, in_htlc_id: second.in_htlc_id };
    expect(await refusal(world, 'delforward', { ...key, status: 'settled' })).toMatchObject({ code: 1401 });
    expect(await call(world, 'delforward', { ...key, status: 'failed' })).toEqual({});
    await pay('settled');
    expect((await list(world, { index: 'created', start: 1, limit: 3 })).map((r) => r.created_index)).toEqual([
      1, 3, 4,
    ]);
    expect((await list(world, { index: 'created', start: 5 })).map((r) => r.created_index)).toEqual([5]);
    expect(world.sim.state.indexes.forwards).toEqual({ created: 5, updated: 4, deleted: 1 });
  });

  it('pages taken by index give what the whole list gives', async () => {
    const world = createWorld({ seed: 8, historyDays: 3, forwardsPerDay: 400 });
    const paged: Row[] = [];
    for (let page = await list(world, { index: 'created', start: 1, limit: 100 }); page.length > 0;) {
      paged.push(...page);
      const start = (page.at(-1)?.created_index ?? 0) + 1;
      page = await list(world, { index: 'created', start, limit: 100 });
    }
    expect(paged).toEqual(await list(world));
    const limited = await list(world, { status: 'settled', index: 'created', start: 10, limit: 7 });
    expect(limited.map((row) => row.status)).toEqual(Array(7).fill('settled'));
  });

  it('autoclean deletes by age and kind, and the fees collected stay', async () => {
    const autoclean = { succeededForwardsAge: 2 * 86_400, failedForwardsAge: 86_400 };
    const cleaned = createWorld({ seed: 9, historyDays: 6, forwardsPerDay: 300, autoclean });
    const kept = createWorld({ seed: 9, historyDays: 6, forwardsPerDay: 300 });
    const now = cleaned.now() / 1000;
    const age = (row: Row) => now - (row.resolved_time ?? row.received_time);
    const rows = await list(cleaned);
    const tooOld = (row: Row) => age(row) > (row.status === 'settled' ? 2 : 1) * 86_400 + 3600;
    expect(rows.filter(tooOld)).toEqual([]);
    const all = new Map((await list(kept)).map((row) => [row.created_index, row]));
    expect(rows).toEqual(rows.map((row) => all.get(row.created_index)));
    expect(rows.length).toBeLessThan(all.size / 2);
    expect(cleaned.sim.state.feesCollected).toBe(kept.sim.state.feesCollected);
    const status: object = await call(cleaned, 'autoclean-status', { subsystem: 'failedforwards' });
    expect(status).toMatchObject({ autoclean: { failedforwards: { enabled: true, age: 86_400 } } });
  });
});

describe('refusals', () => {
  it('too little liquidity, too low a fee, too short an expiry', async () => {
    const world = quiet();
    const [a, , , d] = scidsOf(world);
    const base = { in_channel: a, out_channel: d, outcome: 'local_failed' };
    expect(await forward(world, { ...base, amount_msat: '10btc' })).toMatchObject({ failcode: 4103, out_channel: d });
    expect(await forward(world, { ...base, amount_msat: 1000, failcode: 4108 })).toMatchObject({ failcode: 4108 });
    expect(await forward(world, { ...base, amount_msat: 1000, failcode: 4109 })).toMatchObject({ failcode: 4109 });
  });

  it('a peer that is away cannot be forwarded to', async () => {
    const world = quiet();
    const [a, , , d] = [...world.sim.state.channels.values()];
    await call(world, 'dev-sim-connect', { peer_id: d?.peerId, connected: false });
    const row = await forward(world, { in_channel: a?.scid, out_channel: d?.scid, amount_msat: 1000 });
    expect(row).toMatchObject({ status: 'local_failed', failcode: 4103 });
  });

  it('the old fee is good for enforcedelay after a rise, and no longer', async () => {
    const world = quiet();
    const [a, , , d] = [...world.sim.state.channels.values()];
    const cheap = { in_channel: a?.scid, out_channel: d?.scid, amount_msat: 1_000_000, failcode: 4108 };
    await call(world, 'setchannel', { id: d?.scid, feebase: 0, feeppm: 0, enforcedelay: 0 });
    expect(await forward(world, cheap)).toMatchObject({ status: 'settled', fee_msat: 0 });
    await call(world, 'setchannel', { id: d?.scid, feeppm: 500 });
    expect(await forward(world, cheap)).toMatchObject({ status: 'settled', fee_msat: 0 });
    world.advanceTo(world.now() + 601_000);
    expect(await forward(world, cheap)).toMatchObject({ status: 'local_failed', failcode: 4108 });
  });
});

describe('the channel really used', () => {
  it('is the fuller one of a peer with equal fees, the one asked for where fees differ', async () => {
    const world = quiet();
    const [first, second, other] = [...world.sim.state.channels.values()];
    expect(first?.peerId).toBe(second?.peerId);
    const fuller = (first?.toUs ?? 0n) > (second?.toUs ?? 0n) ? first : second;
    const emptier = fuller === first ? second : first;
    const send = () =>
      forward(world, {
        in_channel: other?.scid,
        out_channel: emptier?.scid,
        amount_msat: 1_000_000,
        outcome: 'settled',
      });
    await call(world, 'setchannel', { id: first?.peerId, feebase: 10, feeppm: 100 });
    expect(await send()).toMatchObject({ out_channel: fuller?.scid });
    await call(world, 'setchannel', { id: emptier?.scid, feeppm: 101 });
    expect(await send()).toMatchObject({ out_channel: emptier?.scid });
  });
});

describe('traffic', () => {
  it('has its rate, every outcome, and both sources and sinks by the week', () => {
    const days = 60;
    const world = createWorld({ seed: 10, historyDays: days, forwardsPerDay: 500 });
    const rows = world.sim.state.forwards.byCreated.flatMap((row) => row ?? []);
    expect(rows.length / days).toBeGreaterThan(400);
    expect(rows.length / days).toBeLessThan(525);
    const share = (status: string) => rows.filter((row) => row.status === status).length / rows.length;
    expect(share('settled')).toBeGreaterThan(0.6);
    expect(share('failed')).toBeGreaterThan(0.04);
    expect(share('local_failed')).toBeGreaterThan(0.02);
    const ratios: number[] = [];
    for (const channel of world.sim.state.channels.values())
      for (let week = 1; week <= 8; week++) {
        const [from, to] = [world.now() - week * 7 * DAY_MS, world.now() - (week - 1) * 7 * DAY_MS];
        const flow = world.sim.state.channelMoves
          .filter((m) => m.account === channel.id && m.tag === 'routed' && m.time * 1000 >= from && m.time * 1000 < to)
          .reduce((sum, m) => sum + Number(m.debit - m.credit), 0);
        ratios.push(flow / Number(channel.capacity));
      }
    const part = (test: (ratio: number) => boolean) => ratios.filter(test).length / ratios.length;
    expect(part((ratio) => ratio > 0.5)).toBeGreaterThan(0.05);
    expect(part((ratio) => ratio < -0.5)).toBeGreaterThan(0.05);
    expect(part((ratio) => Math.abs(ratio) <= 0.5)).toBeGreaterThan(0.2);
  });
});
