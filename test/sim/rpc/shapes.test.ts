// Do replies and notifications have the very fields that a real lightningd's have, no more and no fewer?
import { describe, expect, it } from 'vitest';
import { printJson } from '../../../src/sim/json.ts';
import { applyFilter } from '../../../src/sim/rpc/filter.ts';
import { createWorld } from '../../../src/sim/world/simulated-world.ts';
import type { SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import { call } from '../call.ts';
import { recording, shapeOf } from '../recordings.ts';

const DAY_MS = 86_400_000;

/** Fields of a recording that come from things the simulation does not do: own multi-part payments, invoices paid. */
const NOT_SIMULATED: Readonly<Record<string, readonly string[]>> = {
  listchannelmoves: ['$.channelmoves[].part_id', '$.channelmoves[].group_id'],
  listclosedchannels: ['$.closedchannels[].funding_psbt'],
  'bkpr-listaccountevents': ['$.events[].description'],
  'bkpr-listincome': ['$.income_events[].description'],
  'bkpr-listincome-unconsolidated': ['$.income_events[].description'],
};

function difference(name: string, real: unknown, simulated: unknown): object {
  const ignored = NOT_SIMULATED[name] ?? [];
  const relevant = (shape: Set<string>) =>
    [...shape].filter((line) => !ignored.some((path) => line.startsWith(`${path}:`)));
  const wanted = shapeOf(real);
  const got = shapeOf(simulated);
  return {
    missing: relevant(wanted).filter((line) => !got.has(line)),
    extra: relevant(got).filter((line) => !wanted.has(line)),
  };
}
const SAME = { missing: [], extra: [] };

/** A world with history, a forward in flight, an own payment and closed channels behind it. */
async function richWorld(): Promise<SimulatedWorld> {
  const world = createWorld({ seed: 11, historyDays: 6, forwardsPerDay: 300 });
  world.sim.state.peers.forEach((peer) => (peer.connected = true));
  await call(world, 'dev-sim-traffic', { forwards_per_day: 0 });
  world.advanceTo(world.now() + DAY_MS / 4);
  world.sim.state.peers.forEach((peer) => (peer.connected = true));
  world.advanceTo(world.now() + 120_000);
  return world;
}

describe('replies', () => {
  it.each([
    'getinfo',
    'listpeerchannels',
    'listpeers',
    'listnodes',
    'listchannels-scid',
    'listchannels-source-us',
    'listfunds',
    'listfunds-spent',
    'listforwards',
    'listforwards-settled',
    'listforwards-failed',
    'listforwards-local_failed',
    'listforwards-page-created',
    'listforwards-page-updated',
    'listforwards-page-beyond',
    'listclosedchannels',
    'feerates-perkb',
    'feerates-perkw',
    'listchannelmoves',
    'listchainmoves',
    'listhtlcs',
    'autoclean-status',
    'bkpr-listaccountevents',
    'bkpr-listincome',
    'bkpr-listincome-unconsolidated',
    'bkpr-listbalances',
    'bkpr-channelsapy',
    'wait-forwards-created-now',
    'wait-forwards-deleted-now',
  ])('%s', async (name) => {
    const world = await richWorld();
    const { method, params, result } = recording(name);
    const { nodeId, channels } = world.sim.state;
    const scid = [...channels.values()][0]?.scid;
    const ours = {
      ...params,
      ...('short_channel_id' in params ? { short_channel_id: scid } : {}),
      ...('source' in params ? { source: nodeId } : {}),
      ...(params['start'] === 100_000 ? { start: 10_000_000 } : {}),
    };
    expect(difference(name, result, await call(world, method, ours))).toEqual(SAME);
  });

  it('bkpr-inspect', async () => {
    const world = await richWorld();
    const mine = [...world.sim.state.channels.values()].find((channel) => channel.opener === 'local');
    const reply = await call(world, 'bkpr-inspect', { account: mine?.id });
    expect(difference('bkpr-inspect', recording('bkpr-inspect').result, reply)).toEqual(SAME);
  });

  it.each(['setchannel', 'setchannel-htlcmax-too-high', 'setchannel-feeppm-string', 'setchannel-htlcmin-zero'])(
    '%s',
    async (name) => {
      const world = await richWorld();
      const { params, result } = recording(name);
      const id = [...world.sim.state.channels.values()][0]?.scid;
      const ours = { ...params, id, ...('htlcmax' in params ? { htlcmax: '9000000000sat' } : {}) };
      expect(difference(name, result, await call(world, 'setchannel', ours))).toEqual(SAME);
    },
  );

  it('invoice, delinvoice, datastore, listdatastore, deldatastore', async () => {
    const world = createWorld();
    for (const name of ['invoice', 'datastore', 'listdatastore', 'deldatastore']) {
      const { method, params, result } = recording(name);
      expect([name, difference(name, result, await call(world, method, params))]).toEqual([name, SAME]);
    }
    const deleted = await call(world, 'delinvoice', { label: 'rec-1', status: 'unpaid' });
    expect(difference('', recording('delinvoice-unpaid').result, deleted)).toEqual(SAME);
  });

  it('listforwards of one in flight, and the HTLCs of its channels', async () => {
    const world = await richWorld();
    const [a, b] = [...world.sim.state.channels.values()].map((channel) => channel.scid);
    const forward = { amount_msat: 7_000_000, outcome: 'offered' };
    await call(world, 'dev-sim-forward', { in_channel: b, out_channel: a, ...forward });
    const offered = await call(world, 'listforwards', { status: 'offered' });
    expect(difference('', recording('listforwards-status-offered').result, offered)).toEqual(SAME);
    const channels = await call(world, 'listpeerchannels');
    expect(difference('', recording('listpeerchannels-htlc-inflight').result, channels)).toEqual({
      missing: [],
      // These appear in later recordings: the connections had just been made when that one was taken.
      extra: ['$.channels[].last_stable_connection: number'],
    });
  });

  it('listpeerchannels while channels close', async () => {
    const world = await richWorld();
    const [a, , c] = [...world.sim.state.channels.values()];
    const look = async (name: string, scid: unknown) =>
      difference(name, recording(name).result, await call(world, 'listpeerchannels', { short_channel_id: scid }));
    // Those recordings were taken too soon after the last connection for it to count as stable.
    const stable = { missing: [], extra: ['$.channels[].last_stable_connection: number'] };
    await call(world, 'dev-sim-close', { channel: a?.scid, how: 'mutual' });
    expect(await look('listpeerchannels-closing-mutual', a?.scid)).toEqual(stable);
    await call(world, 'dev-sim-connect', { peer_id: c?.peerId, connected: false });
    await call(world, 'dev-sim-close', { channel: c?.scid, how: 'unilateral' });
    expect(await look('listpeerchannels-unilateral', c?.scid)).toEqual(SAME);
    await call(world, 'dev-sim-connect', { peer_id: c?.peerId, connected: true });
    world.advanceTo(world.now() + DAY_MS / 12);
    expect(await look('listpeerchannels-onchain-mutual', a?.scid)).toEqual(stable);
    expect(await look('listpeerchannels-onchain-unilateral', c?.scid)).toEqual(stable);
  });

  it('listpeerchannels of an unknown channel is empty, and a filter leaves what it names', async () => {
    const world = await richWorld();
    expect(await call(world, 'listpeerchannels', { short_channel_id: '9x9x9' })).toEqual(
      recording('listpeerchannels-unknown').result,
    );
    const { filter, result } = recording('listpeerchannels-filter');
    expect(difference('', result, applyFilter(await call(world, 'listpeerchannels'), filter))).toEqual(SAME);
  });

  it('wait tells what moved the index', async () => {
    const world = await richWorld();
    const [a, b] = [...world.sim.state.channels.values()].map((channel) => channel.scid);
    const { created, updated } = world.sim.state.indexes.forwards;
    const on = (indexname: string, nextvalue: number) =>
      call(world, 'wait', { subsystem: 'forwards', indexname, nextvalue });
    const creation = on('created', created + 1);
    const update = on('updated', updated + 1);
    await call(world, 'dev-sim-forward', { in_channel: b, out_channel: a, amount_msat: 1_000_000 });
    expect(difference('', recording('wait-forwards-created').result, await creation)).toEqual(SAME);
    expect(difference('', recording('wait-forwards-updated').result, await update)).toEqual(SAME);
  });
});

describe('notifications', () => {
  it('have the shape of the recorded ones', async () => {
    const world = createWorld({ seed: 12, forwardsPerDay: 400 });
    const shapes = new Map<string, Set<string>>();
    world.onNotification((topic, payload) => {
      const kind = [topic, payload['status'] ?? payload['type'], payload['primary_tag']].filter(Boolean).join('-');
      if (!shapes.has(kind)) shapes.set(kind, new Set());
      shapeOf(JSON.parse(printJson(payload)), '$', shapes.get(kind));
    });
    await call(world, 'dev-sim-channel', { capacity_sats: 1_000_000, push_sats: 5000, opener: 'remote' });
    await call(world, 'dev-sim-channel', { capacity_sats: 1_000_000, push_sats: 5000, opener: 'local' });
    const remote = [...world.sim.state.channels.values()].find((channel) => channel.opener === 'remote');
    await call(world, 'dev-sim-close', { channel: remote?.scid, how: 'unilateral' });
    world.advanceTo(world.now() + 5 * DAY_MS);
    const recorded: Record<string, string> = {
      block_added: 'block_added',
      channel_opened: 'channel_opened',
      connect: 'connect',
      disconnect: 'disconnect',
      ...Object.fromEntries(
        ['offered', 'settled', 'failed', 'local_failed'].map((s) => [`forward_event-${s}`, `forward_event-${s}`]),
      ),
      ...Object.fromEntries(
        [
          'anchor',
          'channel_close',
          'channel_open',
          'delayed_to_us',
          'deposit',
          'to_them',
          'to_wallet',
          'withdrawal',
        ].map((tag) => [`coin_movement-chain_mvt-${tag}`, `coin_movement-chain_mvt-${tag}`]),
      ),
      'coin_movement-channel_mvt-pushed': 'coin_movement-channel_mvt-pushed',
      'coin_movement-channel_mvt-routed': 'coin_movement-channel_mvt-routed',
    };
    for (const [kind, name] of Object.entries(recorded)) {
      const { method, params } = recording(`notification-${name}`);
      const real = shapeOf(params[method]);
      // An empty or absent list of extra tags is no difference in shape.
      const loose = (shape: Iterable<string>) => [...shape].filter((line) => !line.startsWith('$.extra_tags[]')).sort();
      expect([kind, loose(shapes.get(kind) ?? [])]).toEqual([kind, loose(real)]);
    }
  });
});
