import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicyOrder } from '../../../src/app/commands/policy-params.ts';
import { CommandError } from '../../../src/core/errors.ts';
import { POLICY_STRATEGIES, REBALANCE_POLICIES } from '../../../src/ports.ts';
import { call } from '../../sim/call.ts';
import { simulatedApplications, type ListedChannel } from '../simulated-setup.ts';

const simulated = simulatedApplications();
const PEER = `02${'ab'.repeat(32)}`;
const NOTHING = {
  strategy: 'dynamic',
  fee_ppm: null,
  min_ppm: null,
  max_ppm: null,
  rebalance: 'both',
  expires_at: null,
};

const refusal = (params: unknown): string => {
  try {
    readPolicyOrder(params);
  } catch (error) {
    if (error instanceof CommandError && error.errorName === 'invalid-parameter') return error.message;
    throw error;
  }
  throw new Error(`expected ${JSON.stringify(params)} to be refused`);
};

describe('what revenue-policy is asked', () => {
  it('is the same by name, in order, and in words', () => {
    const wanted = {
      strategy: 'static',
      staticPpm: 120,
      minPpm: null,
      maxPpm: null,
      rebalance: 'none',
      expiresHours: 48,
    };
    const order = { action: 'set', subject: { peer: PEER }, wanted };
    const named = {
      action: 'set',
      subject: PEER,
      strategy: 'static',
      fee_ppm: 120,
      rebalance: 'none',
      expires_hours: 48,
    };
    expect(readPolicyOrder(named)).toEqual(order);
    expect(readPolicyOrder(['set', PEER, 'static', 120, null, null, 'none', 48])).toEqual(order);
    expect(
      readPolicyOrder([
        'set',
        PEER.toUpperCase(),
        'strategy=static',
        'fee_ppm=120',
        'rebalance=none',
        'expires_hours=48',
      ]),
    ).toEqual(order);
    expect(readPolicyOrder(['set', PEER, 'static', 'expires_hours=48', 'rebalance=none', 'fee_ppm=120'])).toEqual(
      order,
    );
  });

  it('is a list where nothing is said', () => {
    for (const nothing of [undefined, [], {}, ['list']])
      expect(readPolicyOrder(nothing)).toEqual({ action: 'list', subject: null });
    expect(readPolicyOrder(['list', '123x4x5'])).toEqual({ action: 'list', subject: { channel: '123x4x5' } });
    expect(readPolicyOrder(['delete', PEER])).toEqual({ action: 'delete', subject: { peer: PEER } });
  });

  it.each([
    [['lsit'], 'action: expected one of list, set, delete, got "lsit"'],
    [['set'], 'subject: expected a node id of 66 hex digits, or a short channel id or alias'],
    [['delete'], 'subject: expected a node id'],
    [['set', 'bob', 'static'], 'subject: expected a node id of 66 hex digits'],
    [['set', PEER], 'set: expected at least one of strategy, fee_ppm'],
    [['set', PEER, 'turbo'], 'strategy: expected one of dynamic, static, passive, got "turbo"'],
    [['set', PEER, 'static'], 'fee_ppm: expected the fee of strategy=static, got nothing'],
    [['set', PEER, 'fee_ppm=100'], 'fee_ppm: expected only with strategy=static, got 100 with strategy=dynamic'],
    [['set', PEER, 'passive', 100], 'fee_ppm: expected only with strategy=static, got 100 with strategy=passive'],
    [['set', PEER, 'min_ppm=200', 'max_ppm=100'], 'min_ppm: expected at most max_ppm (100), got 200'],
    [['set', PEER, 'static', 50, 'min_ppm=60'], 'fee_ppm: expected at least min_ppm (60), got 50'],
    [['set', PEER, 'static', 50, 'max_ppm=40'], 'fee_ppm: expected at most max_ppm (40), got 50'],
    [['set', PEER, 'rebalance=sometimes'], 'rebalance: expected one of both, source_only, sink_only, none'],
    [['set', PEER, 'passive', 'expires_hours=0'], 'expires_hours: expected hours above 0 to 87600, got "0"'],
    [['set', PEER, 'passive', 'colour=red'], 'colour: unknown parameter'],
    [['set', PEER, 'passive', 'strategy=static'], 'strategy: expected one value, got it twice'],
    [['list', PEER, 'passive'], 'strategy: expected only with set, got it with list'],
    [['delete', PEER, 'max_ppm=5'], 'max_ppm: expected only with set, got it with delete'],
    [['set', PEER, 'passive', null, null, null, null, null, 'more'], 'parameter 9: expected at most 8 values'],
    ['set', 'params: expected an object or an array'],
  ])('%j is refused', (params, message) => {
    expect(refusal(params)).toContain(message);
  });

  it('never yields a policy that contradicts itself', () => {
    const rate = fc.option(fc.nat(20));
    fc.assert(
      fc.property(
        fc.option(fc.constantFrom(...POLICY_STRATEGIES)),
        rate,
        rate,
        rate,
        fc.option(fc.constantFrom(...REBALANCE_POLICIES)),
        (strategy, fee_ppm, min_ppm, max_ppm, rebalance) => {
          try {
            const order = readPolicyOrder({
              action: 'set',
              subject: PEER,
              strategy,
              fee_ppm,
              min_ppm,
              max_ppm,
              rebalance,
            });
            if (order.action !== 'set') throw new Error('expected a set');
            const { staticPpm, minPpm, maxPpm } = order.wanted;
            expect(staticPpm !== null).toBe(order.wanted.strategy === 'static');
            expect(minPpm ?? 0).toBeLessThanOrEqual(maxPpm ?? Infinity);
            if (staticPpm !== null)
              expect([minPpm ?? 0, staticPpm, maxPpm ?? Infinity]).toEqual(
                [minPpm ?? 0, staticPpm, maxPpm ?? Infinity].sort((a, b) => a - b),
              );
          } catch (error) {
            expect(error).toBeInstanceOf(CommandError);
          }
        },
      ),
    );
  });
});

describe('revenue-policy', () => {
  const scids = (channels: readonly ListedChannel[]): string[] => channels.map((channel) => channel.short_channel_id);

  it('lays down, lists and takes away the policy of a peer', async () => {
    const { run, usable, clock } = await simulated();
    const channels = await usable();
    const [{ peer_id }] = channels;
    const own = scids(channels.filter((channel) => channel.peer_id === peer_id));
    const policy = {
      ...NOTHING,
      subject: peer_id,
      strategy: 'static',
      fee_ppm: 250,
      expires_at: clock.now() + 3600,
      set_at: clock.now(),
      fees_of: own,
      rebalance_of: own,
    };
    expect(await run('revenue-policy')).toEqual({ policies: [] });
    expect(await run('revenue-policy', ['set', peer_id, 'strategy=static', 'fee_ppm=250', 'expires_hours=1'])).toEqual({
      policy,
      replaced: null,
    });
    expect(await run('revenue-policy', ['list'])).toEqual({ policies: [policy] });
    expect(await run('revenue-policy', ['list', peer_id])).toEqual({ policies: [policy] });
    expect(await run('revenue-policy', ['list', PEER])).toEqual({ policies: [] });
    expect(await run('revenue-policy', ['delete', peer_id])).toEqual({ deleted: policy });
    expect(await run('revenue-policy')).toEqual({ policies: [] });
  });

  it('says the whole word at once: what is not named is as without a policy', async () => {
    const { run, usable } = await simulated();
    const [{ peer_id }] = await usable();
    await run('revenue-policy', ['set', peer_id, 'min_ppm=50', 'rebalance=none']);
    expect(await run('revenue-policy', ['set', peer_id, 'max_ppm=900'])).toMatchObject({
      policy: { ...NOTHING, max_ppm: 900 },
      replaced: { ...NOTHING, min_ppm: 50, rebalance: 'none' },
    });
  });

  it("of a channel is that of its peer's fees, until the peer has one of its own", async () => {
    const { run, world, usable } = await simulated();
    const [{ peer_id }] = await usable();
    await call(world, 'dev-sim-channel', { capacity_sats: 900_000, peer_id });
    await call(world, 'dev-sim-channel', { capacity_sats: 900_000, peer_id, private: true });
    await call(world, 'dev-sim-mine', { blocks: 10 });
    const own = (await usable()).filter((channel) => channel.peer_id === peer_id);
    const open = own.filter((channel) => !channel.private);
    expect([open.length > 1, own.length > open.length]).toEqual([true, true]);
    const [channel] = open;
    if (!channel) throw new Error('expected a public channel');
    for (const name of [channel.alias.local, channel.channel_id, channel.short_channel_id])
      expect(await run('revenue-policy', ['set', name, 'passive'])).toMatchObject({
        policy: {
          subject: channel.short_channel_id,
          strategy: 'passive',
          fees_of: scids(open),
          rebalance_of: [channel.short_channel_id],
        },
      });
    expect(await run('revenue-policy', ['set', peer_id, 'rebalance=none'])).toMatchObject({
      policy: { subject: peer_id, fees_of: scids(open), rebalance_of: scids(own) },
    });
    expect(await run('revenue-policy', ['list', channel.short_channel_id])).toMatchObject({
      policies: [{ subject: channel.short_channel_id, fees_of: [], rebalance_of: [channel.short_channel_id] }],
    });
  });

  it('ends when it expires', async () => {
    const { run, usable, advance } = await simulated();
    const [{ peer_id }] = await usable();
    await run('revenue-policy', ['set', peer_id, 'passive', 'expires_hours=0.5']);
    await advance(1799);
    expect(await run('revenue-policy')).toMatchObject({ policies: [{ subject: peer_id }] });
    await advance(1);
    expect(await run('revenue-policy')).toEqual({ policies: [] });
  });

  it('outlives its channel, and can be taken away by its channel id', async () => {
    const { run, world, usable } = await simulated();
    const [channel] = await usable();
    await run('revenue-policy', ['set', channel.short_channel_id, 'passive']);
    await call(world, 'dev-sim-close', { channel: channel.short_channel_id });
    expect(await run('revenue-policy')).toMatchObject({
      policies: [{ subject: channel.channel_id, fees_of: [], rebalance_of: [] }],
    });
    expect(await run('revenue-policy', ['delete', channel.channel_id])).toMatchObject({
      deleted: { subject: channel.channel_id },
    });
  });

  it('of a channel that has closed can be taken away by its old name too, as long as the node knows it', async () => {
    const { run, world, usable } = await simulated();
    const [channel] = await usable();
    await run('revenue-policy', ['set', channel.short_channel_id, 'passive']);
    await call(world, 'dev-sim-close', { channel: channel.short_channel_id });
    expect(await run('revenue-policy', ['list', channel.short_channel_id])).toMatchObject({
      policies: [{ subject: channel.channel_id }],
    });
    expect(await run('revenue-policy', ['delete', channel.short_channel_id])).toMatchObject({
      deleted: { subject: channel.channel_id },
    });
  });

  it('of a peer that has no channel yet waits for one', async () => {
    const { run } = await simulated();
    expect(await run('revenue-policy', ['set', PEER, 'max_ppm=100'])).toMatchObject({
      policy: { subject: PEER, fees_of: [], rebalance_of: [] },
    });
  });

  it('refuses what is not there', async () => {
    const { refused } = await simulated();
    expect(await refused('revenue-policy', ['delete', PEER])).toMatchObject({
      errorName: 'no-policy',
      message: `subject: expected a peer or channel with a policy, got ${PEER}`,
    });
    expect(await refused('revenue-policy', ['set', '9x9x9', 'passive'])).toMatchObject({
      errorName: 'unknown-channel',
      message: 'subject: expected a usable channel of this node, got 9x9x9',
    });
  });

  it('is obeyed by the next fee cycle, the passive one too', async () => {
    const { run, usable, feeOf, advance } = await simulated({ paused: false, world: { channels: 6 } });
    const channels = await usable();
    const [first] = channels;
    const other = channels.find((channel) => channel.peer_id !== first.peer_id && !channel.private);
    if (!other) throw new Error('expected another peer');
    await run('revenue-policy', ['set', first.peer_id, 'static', 4321]);
    await run('revenue-policy', ['set', other.peer_id, 'passive']);
    const before = await feeOf(other);
    await advance(2 * 1800);
    expect(await feeOf(first)).toBe(4321);
    expect(await feeOf(other)).toBe(before);
  });
});
