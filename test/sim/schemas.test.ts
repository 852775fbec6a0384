// Do the simulated node's replies and notifications satisfy CLN's own schemas, in every state of the world?
import { describe, expect, it } from 'vitest';
import { printJson } from '../../src/sim/json.ts';
import { rpcMethods } from '../../src/sim/rpc/methods.ts';
import { createWorld } from '../../src/sim/world/simulated-world.ts';
import type { SimulatedWorld } from '../../src/sim/world/simulated-world.ts';
import { call } from './call.ts';
import { haveSchemas, notificationViolations, replyViolations } from './cln-schemas.ts';

const DAY_MS = 86_400_000;

/** Read-only calls with the parameters that bring out their variants. */
const CALLS: readonly (readonly [string, object])[] = [
  ['getinfo', {}],
  ['listpeerchannels', {}],
  ['listpeers', {}],
  ['listnodes', {}],
  ['listchannels', {}],
  ['listfunds', {}],
  ['listfunds', { spent: true }],
  ['listforwards', {}],
  ['listforwards', { index: 'updated', start: 1, limit: 50 }],
  ['listclosedchannels', {}],
  ['feerates', { style: 'perkb' }],
  ['feerates', { style: 'perkw' }],
  ['listchannelmoves', {}],
  ['listchainmoves', { index: 'created', start: 3, limit: 5 }],
  ['listhtlcs', {}],
  ['listsendpays', {}],
  ['listinvoices', {}],
  ['listdatastore', {}],
  ['wait', { subsystem: 'forwards', indexname: 'created', nextvalue: 0 }],
  ['autoclean-status', {}],
  ['bkpr-listaccountevents', {}],
  ['bkpr-listincome', {}],
  ['bkpr-listincome', { consolidate_fees: false }],
  ['bkpr-listbalances', {}],
  ['bkpr-channelsapy', {}],
];

async function check(world: SimulatedWorld): Promise<void> {
  for (const [method, params] of CALLS)
    expect([method, replyViolations(method, await call(world, method, params))]).toEqual([method, []]);
  for (const { id } of [...world.sim.state.channels.values()].filter((channel) => channel.scid !== null))
    expect(replyViolations('bkpr-inspect', await call(world, 'bkpr-inspect', { account: id }))).toEqual([]);
}

/** Puts everything into the world that replies can show. */
async function stir(world: SimulatedWorld): Promise<string[]> {
  const scids = [...world.sim.state.channels.values()].flatMap((channel) => channel.scid ?? []);
  const [a, b, c] = scids;
  const problems = async (method: string, params: object) => replyViolations(method, await call(world, method, params));
  await call(world, 'dev-sim-forward', { in_channel: b, out_channel: a, amount_msat: 5_000_000, outcome: 'offered' });
  await call(world, 'dev-sim-pay', {
    amount_msat: 3_000_000,
    out_channel: a,
    in_channel: c,
    fee_msat: 300,
    description: 'circle',
  });
  await call(world, 'dev-sim-channel', { capacity_sats: 500_000, push_sats: 1000, opener: 'remote' });
  await call(world, 'dev-sim-splice', { channel: a, amount_sats: 100_000 });
  return [
    ...(await problems('setchannel', { id: b, feeppm: 7, htlcmax: '900btc' })),
    ...(await problems('invoice', { amount_msat: 'any', label: 'l', description: 'd' })),
    ...(await problems('datastore', { key: ['a', 'b'], string: 'text' })),
  ];
}

describe.skipIf(!haveSchemas)('CLN schemas', () => {
  it('hold for a fresh world', () => check(createWorld({ seed: 3 })));

  it('hold after a history with traffic and closes', () =>
    check(createWorld({ seed: 4, historyDays: 6, forwardsPerDay: 300 })));

  it('hold with HTLCs in flight, opens, splices, payments, and while channels close', async () => {
    const world = createWorld({ seed: 5, historyDays: 1, forwardsPerDay: 200 });
    expect(await stir(world)).toEqual([]);
    await check(world);
    const [, b, c] = [...world.sim.state.channels.values()].map((channel) => channel.scid);
    await call(world, 'dev-sim-close', { channel: b, how: 'mutual' });
    await call(world, 'dev-sim-close', { channel: c, how: 'unilateral' });
    await check(world);
    world.advanceTo(world.now() + DAY_MS / 24);
    await check(world);
    world.advanceTo(world.now() + 2 * DAY_MS);
    await check(world);
  });

  it('hold for every notification', async () => {
    const world = createWorld({ seed: 6, forwardsPerDay: 500 });
    const seen = new Set<string>();
    world.onNotification((topic, payload) => {
      const kind = typeof payload['status'] === 'string' ? `${topic}/${payload['status']}` : topic;
      const problems = notificationViolations(topic, JSON.parse(printJson(payload)));
      expect([kind, problems]).toEqual([kind, []]);
      seen.add(kind);
    });
    await stir(world);
    const last = [...world.sim.state.channels.values()].at(-2);
    await call(world, 'dev-sim-close', { channel: last?.scid, how: 'unilateral' });
    world.advanceTo(world.now() + 6 * DAY_MS);
    expect([...seen].sort()).toEqual([
      'block_added',
      'channel_opened',
      'channel_state_changed',
      'coin_movement',
      'connect',
      'disconnect',
      'forward_event/failed',
      'forward_event/local_failed',
      'forward_event/offered',
      'forward_event/settled',
      'invoice_creation',
      'sendpay_success/complete',
    ]);
  });

  it('name every method that has one', () => {
    const methods = [...rpcMethods(createWorld()).keys()].filter((name) => !name.startsWith('dev-sim-'));
    const checked = new Set([...CALLS.map(([method]) => method), 'bkpr-inspect', 'setchannel', 'invoice', 'datastore']);
    // Those of payments to ourselves and of runes are checked with what they do, in rpc/circles and rpc/runes.
    const elsewhere = /^(askrene-|getroutes$|(wait)?sendpay$|\w+rune$)/;
    const others = methods.filter((name) => !checked.has(name) && !elsewhere.test(name));
    expect(others).toEqual(['delforward', 'delinvoice', 'deldatastore']);
  });
});
