import { describe, expect, it } from 'vitest';
import { RpcTimeoutError } from '../../../src/cln/errors.ts';
import { nodeId, unixSec } from '../../../src/core/units.ts';
import { simulatedApplications } from '../simulated-setup.ts';

const simulated = simulatedApplications();
const STRANGER = nodeId(`03${'cd'.repeat(32)}`);

describe('revenue-clboss-status', () => {
  it("tells ours from the operator's", async () => {
    const { run, usable, clboss } = await simulated();
    expect(await run('revenue-clboss-status')).toEqual({
      enabled: true,
      available: true,
      version: 'v0.16.3',
      peers: [],
    });
    const [{ peer_id, short_channel_id }] = await usable();
    clboss.set(peer_id, ['open']);
    clboss.set(STRANGER, ['close', 'lnfee']);
    await run('revenue-set-fee', [short_channel_id, 99]);
    const peers = [
      { peer_id, unmanaged_tags: ['lnfee', 'open'], ours: ['lnfee'], operators: ['open'] },
      { peer_id: STRANGER, unmanaged_tags: ['close', 'lnfee'], ours: [], operators: ['close', 'lnfee'] },
    ].sort((a, b) => (a.peer_id < b.peer_id ? -1 : 1));
    expect(await run('revenue-clboss-status')).toMatchObject({ available: true, peers });
    clboss.running = false;
    expect(await run('revenue-clboss-status')).toEqual({
      enabled: true,
      available: false,
      version: null,
      peers: [{ peer_id, unmanaged_tags: null, ours: ['lnfee'], operators: null }],
    });
  });

  it('shows clboss also where we are not to work with it', async () => {
    const { run, clboss } = await simulated({ config: { clbossEnabled: false } });
    clboss.set(STRANGER, ['open']);
    expect(await run('revenue-clboss-status')).toMatchObject({ enabled: false, available: true, peers: [{}] });
  });

  it('that cannot be read is an error, not an empty list', async () => {
    const { refused, clboss } = await simulated();
    clboss.mute = true;
    expect(await refused('revenue-clboss-status')).toMatchObject({ errorName: 'node-unavailable' });
  });
});

describe('revenue-remanage', () => {
  const taken = async () => {
    const run = await simulated();
    const [{ peer_id, short_channel_id }] = await run.usable();
    run.clboss.set(peer_id, ['open']);
    await run.run('revenue-set-fee', [short_channel_id, 99]);
    await run.app.context.clboss.take(peer_id, ['balance']);
    return { ...run, peer: peer_id };
  };

  it('gives back what we took, and never what the operator took', async () => {
    const { run, clboss, store, peer } = await taken();
    expect(await run('revenue-remanage', [peer])).toEqual({
      peer_id: peer,
      remanaged_tags: ['balance', 'lnfee'],
      remaining_tags: ['open'],
    });
    expect(clboss.tagsOf(peer)).toEqual(['open']);
    expect(store.fees.takenTags()).toEqual(new Map());
  });

  it('gives back one of them', async () => {
    const { run, clboss, peer } = await taken();
    expect(await run('revenue-remanage', { peer_id: peer.toUpperCase(), tag: 'balance' })).toEqual({
      peer_id: peer,
      remanaged_tags: ['balance'],
      remaining_tags: ['lnfee', 'open'],
    });
    expect(clboss.tagsOf(peer)).toEqual(['lnfee', 'open']);
  });

  it.each([
    ['balance', { strategy: 'static', staticPpm: 99, rebalance: 'none' }],
    ['lnfee', { strategy: 'passive', staticPpm: null, rebalance: 'both' }],
    [null, { strategy: 'passive', staticPpm: null, rebalance: 'none' }],
  ])(
    'leaves to clboss by policy what was given back (%s), the rest of the policy in force stays',
    async (tag, after) => {
      const { run, usable, store, peer } = await taken();
      const [{ short_channel_id }] = await usable();
      // Of the channel; one of the peer's own would stand before it.
      await run('revenue-policy', ['set', short_channel_id, 'static', 99, 'min_ppm=50', 'rebalance=sink_only']);
      await run('revenue-remanage', tag === null ? [peer] : [peer, tag]);
      const policies = store.fees.policies(unixSec(0));
      expect(policies.find(({ subject }) => subject === peer)).toMatchObject({ ...after, minPpm: 50, expiresAt: null });
      expect(policies).toHaveLength(2);
    },
  );

  it('of the whole peer means also what we would take only later, but not what the operator took', async () => {
    const { run, usable, clboss, store } = await simulated();
    const [one, ...rest] = await usable();
    const other = rest.find(({ peer_id }) => peer_id !== one.peer_id) ?? one;
    for (const { short_channel_id } of [one, other]) await run('revenue-set-fee', [short_channel_id, 99]);
    clboss.set(other.peer_id, ['balance', 'lnfee']);
    for (const { peer_id } of [one, other]) await run('revenue-remanage', [peer_id]);
    const left = new Map(
      store.fees.policies(unixSec(0)).map(({ subject, rebalance }) => [subject as string, rebalance]),
    );
    expect([one, other].map(({ peer_id }) => left.get(peer_id))).toEqual(['none', 'both']);
  });

  it('of what is neither fees nor balance lays down no policy', async () => {
    const { run, app, usable, store } = await simulated();
    const [{ peer_id }] = await usable();
    await app.context.clboss.take(peer_id, ['close']);
    await run('revenue-remanage', [peer_id, 'close']);
    expect(store.fees.policies(unixSec(0))).toEqual([]);
  });

  it('refuses to give back what is not ours, in words that say what is', async () => {
    const { refused, clboss, peer } = await taken();
    expect(await refused('revenue-remanage', [peer, 'open'])).toMatchObject({
      errorName: 'nothing-taken',
      code: -32602,
      message: `peer_id: expected a peer of which we took open from clboss, got ${peer}; clboss leaves alone there: balance, lnfee, open`,
    });
    expect((await refused('revenue-remanage', [STRANGER])).message).toContain('clboss leaves alone there: none at all');
    expect(clboss.tagsOf(peer)).toEqual(['balance', 'lnfee', 'open']);
  });

  it.each([
    [[], 'peer_id: expected a node id of 66 hex digits, got nothing'],
    [['1x1x1'], 'peer_id: expected a node id'],
    [[STRANGER, 'rebalance'], 'tag: expected one of lnfee, open, close, balance, got "rebalance"'],
  ])('refuses %j', async (params, message) => {
    const { refused } = await simulated({ start: false });
    const error = await refused('revenue-remanage', params);
    expect(error.message).toContain(message);
  });

  it('that failed keeps everything as it is', async () => {
    const { refused, clboss, store, peer } = await taken();
    const before = store.fees.takenTags();
    clboss.mishap = 'refuse';
    const error = await refused('revenue-remanage', [peer]);
    expect(error).toMatchObject({ errorName: 'clboss-refused' });
    expect(error.message).toContain('as ordered');
    clboss.mishap = 'late';
    expect(await refused('revenue-remanage', [peer])).toMatchObject({ errorName: 'node-unavailable' });
    clboss.running = false;
    expect(await refused('revenue-remanage', [peer])).toMatchObject({ errorName: 'clboss-absent' });
    expect(store.fees.takenTags()).toEqual(before);
  });

  it('works while paused, but not in dry-run', async () => {
    const { refused, app, changing, peer } = await taken();
    app.config = { ...app.config, dryRun: true };
    const before = changing().length;
    expect(await refused('revenue-remanage', [peer])).toMatchObject({ errorName: 'dry-run' });
    expect(changing().length).toBe(before);
  });

  it('waits for an order under way', async () => {
    const { run, usable, clboss, simulated: asking } = await simulated();
    const [{ peer_id, short_channel_id }] = await usable();
    asking.before = async () => {
      for (let i = 0; i < 5; i++) await Promise.resolve();
    };
    const [set, given] = await Promise.all([
      run('revenue-set-fee', [short_channel_id, 99]),
      run('revenue-remanage', [peer_id]),
    ]);
    expect(set).toMatchObject({ clboss_unmanaged: true });
    expect(given).toMatchObject({ remanaged_tags: ['lnfee'] });
    expect(clboss.tagsOf(peer_id)).toEqual([]);
  });
});

describe('clboss that comes, goes and forgets', () => {
  it('has the fees of priced peers taken again within a cycle, and only those', async () => {
    const { run, usable, clboss, advance, store } = await simulated({ paused: false, world: { channels: 6 } });
    const [first] = await usable();
    await run('revenue-set-fee', [first.short_channel_id, 99, 100]);
    clboss.forget();
    await advance(1800 * 2);
    expect(clboss.tagsOf(first.peer_id)).toEqual(['lnfee']);
    const priced = store.fees.pricedPeers();
    for (const { peer_id } of await usable())
      expect(clboss.tagsOf(peer_id)).toEqual(priced.has(peer_id) ? ['lnfee'] : []);
    clboss.running = false;
    await advance(1800 * 2);
    clboss.running = true;
    clboss.forget();
    await advance(1800 * 2);
    expect(clboss.tagsOf(first.peer_id)).toEqual(['lnfee']);
    expect(store.fees.takenTags().get(first.peer_id)).toEqual(['lnfee']);
  });

  it('keeps the fees that were given back, until we are told to price again', async () => {
    const { run, usable, clboss, advance, store } = await simulated({ paused: false });
    const [{ peer_id, short_channel_id }] = await usable();
    await run('revenue-set-fee', [short_channel_id, 99, 0]);
    await run('revenue-policy', ['set', peer_id, 'dynamic', 'min_ppm=50', 'rebalance=none', 'expires_hours=1']);
    await run('revenue-remanage', [peer_id]);
    const [policy] = store.fees.policies(unixSec(0));
    const kept = { subject: peer_id, minPpm: 50, rebalance: 'none' };
    expect(policy).toMatchObject({ ...kept, strategy: 'passive', expiresAt: null });
    await advance(1800 * 4);
    expect(clboss.tagsOf(peer_id)).toEqual([]);
    await run('revenue-policy', ['delete', peer_id]);
    await advance(1800 * 2);
    expect(clboss.tagsOf(peer_id)).toEqual(['lnfee']);
  });

  it('a silent one keeps fees from being set, and says so', async () => {
    const { refused, usable, simulated: asking, feeOf } = await simulated();
    const [channel] = await usable();
    asking.before = ({ method }) => {
      if (method === 'clboss-unmanage') throw new RpcTimeoutError(method, 60_000);
    };
    expect(await refused('revenue-set-fee', [channel.short_channel_id, 99])).toMatchObject({
      errorName: 'clboss-refused',
    });
    expect(await feeOf(channel)).toBe(channel.fee_proportional_millionths);
  });
});
