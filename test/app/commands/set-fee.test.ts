import { describe, expect, it } from 'vitest';
import { RpcError, RpcTimeoutError } from '../../../src/cln/errors.ts';
import { changeConfig } from '../../../src/core/config/validate.ts';
import { channelId, nodeId, ppm, unixSec, type ChannelId } from '../../../src/core/units.ts';
import type { Policy } from '../../../src/ports.ts';
import { call } from '../../sim/call.ts';
import { simulatedApplications, type ListedChannel, type Simulated } from '../simulated-setup.ts';

const simulated = simulatedApplications();

const policyOf = (subject: Policy['subject'], changes: Partial<Policy>): Policy => ({
  subject,
  strategy: 'dynamic',
  staticPpm: null,
  minPpm: null,
  maxPpm: null,
  rebalance: 'both',
  expiresAt: null,
  setAt: unixSec(1),
  ...changes,
});
const idOf = (channel: ListedChannel): ChannelId => channelId(channel.channel_id);
const rows = ({ store }: Simulated, channel: ListedChannel) => store.fees.changesOf(idOf(channel), 10);

/** Makes the nth call of a method from now on go wrong: before or after the node has done it. */
function failing({ simulated: asking, world }: Simulated, method: string, error: Error, after = false, nth = 1): void {
  let left = nth;
  asking.before = async (asked) => {
    if (asked.method !== method || --left !== 0) return;
    if (after) await call(world, method, asked.params);
    throw error;
  };
}

describe('revenue-set-fee', () => {
  it('sets the fee of one channel, keeps everything else, and holds its peer for a day', async () => {
    const run = await simulated();
    const [channel, ...others] = await run.usable();
    const { clock, store } = run;
    expect(await run.run('revenue-set-fee', { channel_id: channel.short_channel_id, fee_ppm: 432 })).toEqual({
      channel_id: channel.short_channel_id,
      peer_id: channel.peer_id,
      old_fee_ppm: channel.fee_proportional_millionths,
      new_fee_ppm: 432,
      clboss_unmanaged: true,
      held_until: clock.now() + 86_400,
      dry_run: false,
    });
    const [after, ...othersAfter] = await run.usable();
    expect({ ...after, updates: null }).toEqual({ ...channel, updates: null, fee_proportional_millionths: 432 });
    expect(othersAfter).toEqual(others);
    expect(store.fees.holds(clock.now())).toEqual(
      new Map([[channel.peer_id, { until: clock.now() + 86_400, by: 'revenue-set-fee' }]]),
    );
    expect(store.fees.intents()).toEqual([]);
    expect(rows(run, channel)).toEqual([
      {
        channelId: channel.channel_id,
        peerId: channel.peer_id,
        oldFeePpm: channel.fee_proportional_millionths,
        newFeePpm: 432,
        reason: 'revenue-set-fee',
        manual: true,
        timestamp: clock.now(),
      },
    ]);
    expect(run.changing().map(({ method, params }) => [method, params])).toEqual([
      ['clboss-unmanage', { nodeid: channel.peer_id, tags: 'lnfee' }],
      ['setchannel', { id: channel.channel_id, feeppm: 432 }],
    ]);
  });

  it('takes names and values in every form', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    const names = [channel.short_channel_id, channel.alias.local, channel.channel_id, channel.channel_id.toUpperCase()];
    for (const [i, name] of names.entries()) {
      const reply = await run.run('revenue-set-fee', [name, String(100 + i), i / 2]);
      expect(reply).toMatchObject({ channel_id: channel.short_channel_id, new_fee_ppm: 100 + i });
      expect(reply['held_until']).toBe(i === 0 ? null : run.clock.now() + 1800 * i);
      expect(await run.feeOf(channel)).toBe(100 + i);
    }
  });

  it.each([
    [{ fee_ppm: 1 }, 'channel_id: expected a short channel id or alias'],
    [{ channel_id: 'x', fee_ppm: 1 }, 'channel_id: expected a short channel id or alias'],
    [{ channel_id: '1x1x1' }, 'fee_ppm: expected an integer from 0 to 1000000 (parts per million), got nothing'],
    [{ channel_id: '1x1x1', fee_ppm: -1 }, 'fee_ppm: expected an integer from 0'],
    [{ channel_id: '1x1x1', fee_ppm: 1.5 }, 'fee_ppm: expected an integer from 0'],
    [{ channel_id: '1x1x1', fee_ppm: '' }, 'fee_ppm: expected an integer from 0'],
    [{ channel_id: '1x1x1', fee_ppm: 4294967296 }, 'fee_ppm: expected an integer from 0'],
    [{ channel_id: '1x1x1', fee_ppm: 1, hold_hours: -1 }, 'hold_hours: expected hours from 0 to 87600, got -1'],
    [{ channel_id: '1x1x1', fee_ppm: 1, hold_hours: 'NaN' }, 'hold_hours: expected hours'],
    [{ channel_id: '1x1x1', fee_ppm: 1, force: true }, 'force: unknown parameter'],
  ])('refuses %j', async (params, message) => {
    const run = await simulated({ start: false });
    const error = await run.refused('revenue-set-fee', params);
    expect(error).toMatchObject({ errorName: 'invalid-parameter', code: -32602 });
    expect(error.message).toContain(message);
  });

  it('waits for nothing: before the node has been read it is refused', async () => {
    const run = await simulated({ start: false });
    expect(await run.refused('revenue-set-fee', ['1x1x1', 1])).toMatchObject({ errorName: 'not-ready' });
  });

  it('tells a channel that closes from one that never was', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    await call(run.world, 'dev-sim-close', { channel: channel.short_channel_id });
    const closing = await run.refused('revenue-set-fee', [channel.short_channel_id, 100]);
    expect(closing).toMatchObject({ errorName: 'unknown-channel', code: -32602 });
    expect(closing.message).toContain(`got ${channel.short_channel_id}, which is closing or not open yet`);
    const closed = ((await call(run.world, 'listclosedchannels')) as { closedchannels: ListedChannel[] })
      .closedchannels[0];
    const gone = await run.refused('revenue-set-fee', [closed?.channel_id, 100]);
    expect(gone.message).toContain('which is closed');
    const never = await run.refused('revenue-set-fee', ['9x9x9', 100]);
    expect(never.message).toBe('channel_id: expected a usable channel of this node, got 9x9x9');
    expect(run.changing()).toEqual([]);
  });

  it('knows a channel by the name that it had before a splice, as all commands do', async () => {
    const run = await simulated();
    const [{ short_channel_id: before, channel_id: id }] = await run.usable();
    await call(run.world, 'dev-sim-splice', { channel: before, amount_sats: -50_000 });
    await call(run.world, 'dev-sim-mine', { blocks: 10 });
    const after = (await run.usable()).find(({ channel_id }) => channel_id === id)?.short_channel_id;
    expect(after).not.toBe(before);
    expect(await run.run('revenue-set-fee', [before, 77])).toMatchObject({ channel_id: after, new_fee_ppm: 77 });
    expect(await run.run('revenue-explain', [before])).toMatchObject({ channel_id: after });
    expect(await run.run('revenue-analyze', [before])).toMatchObject({ channels: [{ channel_id: after }] });
    const policy = ['set', before, 'passive'];
    expect(await run.run('revenue-policy', policy)).toMatchObject({ policy: { subject: after } });
    expect(await run.run('revenue-policy', ['delete', before])).toMatchObject({ deleted: { subject: after } });
  });

  it('is allowed on a private channel, by hand', async () => {
    const run = await simulated();
    await call(run.world, 'dev-sim-channel', { capacity_sats: 900_000, private: true });
    await call(run.world, 'dev-sim-mine', { blocks: 10 });
    const channel = (await run.usable()).find((each) => each.private);
    if (!channel) throw new Error('expected a private channel');
    await run.run('revenue-set-fee', [channel.short_channel_id, 77]);
    expect(await run.feeOf(channel)).toBe(77);
  });

  it('works while paused, and beside a node without clboss', async () => {
    const run = await simulated();
    run.clboss.running = false;
    const [channel] = await run.usable();
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 55])).toMatchObject({ clboss_unmanaged: null });
    expect(await run.feeOf(channel)).toBe(55);
    expect(run.store.paused()).toBe(true);
  });

  it('of the fee that is there already is a hold and nothing else', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    const present = channel.fee_proportional_millionths;
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, present, 2])).toMatchObject({
      old_fee_ppm: present,
      new_fee_ppm: present,
      held_until: run.clock.now() + 7200,
    });
    expect(run.changing().map(({ method }) => method)).toEqual(['clboss-unmanage']);
    expect(run.store.fees.holds(run.clock.now()).has(channel.peer_id)).toBe(true);
    expect(rows(run, channel)).toEqual([]);
  });

  it('without a hold lifts an earlier one', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    await run.run('revenue-set-fee', [channel.short_channel_id, 100, 24]);
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 101, 0])).toMatchObject({ held_until: null });
    expect(run.store.fees.holds(run.clock.now())).toEqual(new Map());
  });

  it('given twice at once is done one after the other', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    const [first, second] = await Promise.all([
      run.run('revenue-set-fee', [channel.short_channel_id, 111]),
      run.run('revenue-set-fee', [channel.short_channel_id, 222]),
    ]);
    expect([first['new_fee_ppm'], second['old_fee_ppm'], second['new_fee_ppm']]).toEqual([111, 111, 222]);
    expect(await run.feeOf(channel)).toBe(222);
  });
});

describe('the bounds of a fee set by hand', () => {
  const config = { minFeePpm: 10, maxFeePpm: 5000 };

  it('are the options, by name', async () => {
    const run = await simulated({ config });
    const [channel] = await run.usable();
    const high = await run.refused('revenue-set-fee', [channel.short_channel_id, 5001]);
    expect(high).toMatchObject({ errorName: 'fee-out-of-bounds', code: -32602 });
    expect(high.message).toBe(
      'fee_ppm: expected at most 5000 ppm (revenue-ops-max-fee-ppm), got 5001; change that with setconfig, or give the peer a max_ppm of its own with revenue-policy',
    );
    const low = await run.refused('revenue-set-fee', [channel.short_channel_id, 9]);
    expect(low.message).toContain('fee_ppm: expected at least 10 ppm (revenue-ops-min-fee-ppm), got 9');
    expect(run.changing()).toEqual([]);
    for (const fee of [10, 5000]) await run.run('revenue-set-fee', [channel.short_channel_id, fee]);
  });

  it('are those of the moment: setconfig takes effect at once, or is refused', async () => {
    const run = await simulated({ config });
    const [channel] = await run.usable();
    const setconfig = (name: string, text: string): string => {
      const changed = changeConfig(run.app.config, name, text);
      if (!changed.ok) return changed.error;
      run.app.config = changed.value;
      return 'changed';
    };
    expect(setconfig('revenue-ops-max-fee-ppm', '9')).toContain('revenue-ops-min-fee-ppm: expected at most');
    expect(setconfig('revenue-ops-max-fee-ppm', '1e3')).toContain('expected an integer');
    await run.run('revenue-set-fee', [channel.short_channel_id, 400]);
    expect(setconfig('revenue-ops-max-fee-ppm', '300')).toBe('changed');
    expect((await run.refused('revenue-set-fee', [channel.short_channel_id, 400])).message).toContain(
      'at most 300 ppm',
    );
    expect(setconfig('revenue-ops-clboss-enabled', 'false')).toBe('changed');
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 300])).toMatchObject({ clboss_unmanaged: null });
    expect(setconfig('revenue-ops-dry-run', 'true')).toBe('changed');
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 200])).toMatchObject({ dry_run: true });
    expect(await run.feeOf(channel)).toBe(300);
  });

  it("are the policy's where it has its own, wider or narrower", async () => {
    const run = await simulated({ config });
    const [channel] = await run.usable();
    run.store.fees.savePolicy(policyOf(channel.peer_id, { minPpm: ppm(0), maxPpm: ppm(200) }));
    const high = await run.refused('revenue-set-fee', [channel.short_channel_id, 201]);
    expect(high.message).toBe(
      `fee_ppm: expected at most 200 ppm (the policy of ${channel.peer_id}), got 201; change that with revenue-policy`,
    );
    await run.run('revenue-set-fee', [channel.short_channel_id, 0]);
    expect(await run.feeOf(channel)).toBe(0);
  });

  it("are a channel's policy where the peer has none", async () => {
    const run = await simulated({ config });
    const [channel] = await run.usable();
    run.store.fees.savePolicy(policyOf(idOf(channel), { maxPpm: ppm(9000) }));
    await run.run('revenue-set-fee', [channel.short_channel_id, 8999]);
    run.store.fees.savePolicy(policyOf(channel.peer_id, {}));
    expect(await run.refused('revenue-set-fee', [channel.short_channel_id, 8999])).toMatchObject({
      errorName: 'fee-out-of-bounds',
    });
  });

  it('are told with the name that revenue-policy has for the channel whose policy it is', async () => {
    const run = await simulated({ config });
    const [{ peer_id }] = await run.usable();
    await call(run.world, 'dev-sim-channel', { capacity_sats: 900_000, peer_id });
    await call(run.world, 'dev-sim-mine', { blocks: 10 });
    const [first, second] = (await run.usable()).filter((each) => each.peer_id === peer_id && !each.private);
    if (!first || !second) throw new Error('expected two public channels of one peer');
    await run.run('revenue-policy', ['set', first.short_channel_id, 'min_ppm=100', 'max_ppm=900']);
    const low = await run.refused('revenue-set-fee', [second.short_channel_id, 50]);
    expect(low.message).toBe(
      `fee_ppm: expected at least 100 ppm (the policy of ${first.short_channel_id}), got 50; change that with revenue-policy`,
    );
  });

  it('let the fee of a static policy through, and no other beyond the options', async () => {
    const run = await simulated({ config });
    const [channel] = await run.usable();
    run.store.fees.savePolicy(policyOf(channel.peer_id, { strategy: 'static', staticPpm: ppm(0) }));
    await run.run('revenue-set-fee', [channel.short_channel_id, 0]);
    const low = await run.refused('revenue-set-fee', [channel.short_channel_id, 5]);
    expect(low.message).toContain('revenue-ops-min-fee-ppm');
    await run.run('revenue-set-fee', [channel.short_channel_id, 300]);
  });

  it('let a zero through where the option says 0', async () => {
    const run = await simulated({ config: { minFeePpm: 0 } });
    const [channel] = await run.usable();
    await run.run('revenue-set-fee', [channel.short_channel_id, 0]);
    expect(await run.feeOf(channel)).toBe(0);
  });
});

describe('clboss beside revenue-set-fee', () => {
  it("keeps the operator's own tags, which are not remembered as ours", async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    run.clboss.set(channel.peer_id, ['lnfee', 'open']);
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 99])).toMatchObject({ clboss_unmanaged: true });
    expect(run.clboss.tagsOf(channel.peer_id)).toEqual(['lnfee', 'open']);
    expect(run.store.fees.takenTags()).toEqual(new Map());
  });

  it('that refuses keeps the fee from being set', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    run.clboss.mishap = 'refuse';
    const error = await run.refused('revenue-set-fee', [channel.short_channel_id, 99]);
    expect(error).toMatchObject({ errorName: 'clboss-refused', code: -1 });
    expect(error.message).toContain('as ordered');
    expect(await run.feeOf(channel)).toBe(channel.fee_proportional_millionths);
    expect(run.changing().map(({ method }) => method)).toEqual(['clboss-unmanage']);
    expect(run.store.fees.holds(run.clock.now())).toEqual(new Map());
    expect(run.store.fees.intents()).toEqual([]);
    expect(run.store.fees.takenTags()).toEqual(new Map());
  });

  it('is not asked where it is switched off', async () => {
    const run = await simulated({ config: { clbossEnabled: false } });
    const [channel] = await run.usable();
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 99])).toMatchObject({ clboss_unmanaged: null });
    expect(run.clboss.tagsOf(channel.peer_id)).toEqual([]);
  });
});

describe('a fee that could not be set', () => {
  const refusal = new RpcError('setchannel', -32602, 'id: Channel in state CLOSINGD_COMPLETE');
  const silence = (method: string): Error => new RpcTimeoutError(method, 60_000);

  it('leaves no hold, no intent, no row and no tag behind, and says what the node said', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    failing(run, 'setchannel', refusal);
    const error = await run.refused('revenue-set-fee', [channel.short_channel_id, 99]);
    expect(error).toMatchObject({ errorName: 'fee-not-set', code: -1 });
    expect(error.message).toBe(
      `${channel.short_channel_id} stays at ${String(channel.fee_proportional_millionths)} ppm: setchannel: id: Channel in state CLOSINGD_COMPLETE (code -32602)`,
    );
    expect(run.store.fees.holds(run.clock.now())).toEqual(new Map());
    expect(run.store.fees.intents()).toEqual([]);
    expect(rows(run, channel)).toEqual([]);
    expect(run.clboss.tagsOf(channel.peer_id)).toEqual([]);
    expect(run.store.fees.takenTags()).toEqual(new Map());
  });

  it('leaves an earlier hold, and a tag taken earlier, as they were', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    await run.run('revenue-set-fee', [channel.short_channel_id, 99, 5]);
    const before = run.store.fees.holds(run.clock.now());
    failing(run, 'setchannel', refusal);
    await run.refused('revenue-set-fee', [channel.short_channel_id, 100, 1]);
    expect(run.store.fees.holds(run.clock.now())).toEqual(before);
    expect(run.clboss.tagsOf(channel.peer_id)).toEqual(['lnfee']);
  });

  it('because the node cannot be read gives the tag back too', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    // The first question is the snapshot, the second the fee just before it is set.
    failing(run, 'listpeerchannels', silence('listpeerchannels'), false, 2);
    expect(await run.refused('revenue-set-fee', [channel.short_channel_id, 99])).toMatchObject({
      errorName: 'node-unavailable',
    });
    expect(run.clboss.tagsOf(channel.peer_id)).toEqual([]);
    expect(run.store.fees.holds(run.clock.now())).toEqual(new Map());
  });

  it('but was, although the answer did not come, is set', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    failing(run, 'setchannel', silence('setchannel'), true);
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 99])).toMatchObject({ new_fee_ppm: 99 });
    expect(rows(run, channel)).toHaveLength(1);
    expect(run.store.fees.intents()).toEqual([]);
  });

  it('or perhaps was is open until the node is asked again', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    failing(run, 'setchannel', silence('setchannel'));
    const error = await run.refused('revenue-set-fee', [channel.short_channel_id, 99]);
    expect(error).toMatchObject({ errorName: 'fee-unconfirmed' });
    expect(error.message).toContain('it is not known whether 99 ppm was set: setchannel: no reply within 60000 ms');
    expect(run.store.fees.intents()).toHaveLength(1);
    expect(run.store.fees.holds(run.clock.now()).size).toBe(1);
    // If it was, clboss must not set another.
    expect(run.clboss.tagsOf(channel.peer_id)).toEqual(['lnfee']);
    // It was not. The next order finds out, and loses nothing by it.
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 98, 0])).toMatchObject({ new_fee_ppm: 98 });
    expect(run.store.fees.intents()).toEqual([]);
    expect(rows(run, channel).map(({ newFeePpm }) => newFeePpm)).toEqual([98]);
  });

  it('or could not be read back is open too, and found to be done by the next fee cycle', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    failing(run, 'listpeerchannels', silence('listpeerchannels'), false, 3);
    expect(await run.refused('revenue-set-fee', [channel.short_channel_id, 99, 48])).toMatchObject({
      errorName: 'fee-unconfirmed',
    });
    expect(run.store.fees.intents()).toHaveLength(1);
    await run.run('revenue-resume');
    await run.advance(2 * 1800);
    expect(run.store.fees.intents()).toEqual([]);
    expect(rows(run, channel)).toMatchObject([{ newFeePpm: 99, reason: 'revenue-set-fee', manual: true }]);
    expect(run.store.fees.holds(run.clock.now()).size).toBe(1);
    expect(await run.feeOf(channel)).toBe(99);
  });

  it('because somebody else sets it too is no success', async () => {
    const run = await simulated();
    const [channel] = await run.usable();
    let reads = 0;
    run.simulated.before = async ({ method }) => {
      if (method === 'listpeerchannels' && ++reads === 3)
        await call(run.world, 'setchannel', { id: channel.channel_id, feeppm: 1234 });
    };
    const error = await run.refused('revenue-set-fee', [channel.short_channel_id, 99]);
    expect(error).toMatchObject({ errorName: 'fee-not-set' });
    expect(error.message).toContain('lightningd took 99 ppm, but reports 1234 a moment later');
    expect(run.store.fees.holds(run.clock.now())).toEqual(new Map());
    expect(run.store.fees.intents()).toEqual([]);
  });
});

describe('in dry-run', () => {
  it('revenue-set-fee records and sends nothing', async () => {
    const run = await simulated({ config: { dryRun: true } });
    const [channel] = await run.usable();
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 432])).toEqual({
      channel_id: channel.short_channel_id,
      peer_id: channel.peer_id,
      old_fee_ppm: channel.fee_proportional_millionths,
      new_fee_ppm: 432,
      clboss_unmanaged: false,
      held_until: null,
      dry_run: true,
    });
    expect(run.changing()).toEqual([]);
    expect(rows(run, channel)).toMatchObject([{ newFeePpm: 432, reason: 'dry-run: revenue-set-fee', manual: true }]);
    expect(run.store.fees.dryRuns()).toEqual(new Map([[channel.channel_id, 432]]));
    expect(run.store.fees.holds(run.clock.now())).toEqual(new Map());
    run.clboss.set(channel.peer_id, ['lnfee']);
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 433])).toMatchObject({ clboss_unmanaged: true });
    run.clboss.running = false;
    expect(await run.run('revenue-set-fee', [channel.short_channel_id, 433])).toMatchObject({ clboss_unmanaged: null });
  });

  it('it is still held to the bounds', async () => {
    const run = await simulated({ config: { dryRun: true } });
    const [channel] = await run.usable();
    expect(await run.refused('revenue-set-fee', [channel.short_channel_id, 999_999])).toMatchObject({
      errorName: 'fee-out-of-bounds',
    });
  });
});

describe('the controller', () => {
  it('leaves the fee alone until the hold ends, and starts from it then', async () => {
    const run = await simulated({ paused: false });
    const [channel] = await run.usable();
    await run.run('revenue-set-fee', [channel.short_channel_id, 3210, 10]);
    await run.advance(9 * 3600);
    expect(await run.feeOf(channel)).toBe(3210);
    expect(run.store.fees.decision(nodeId(channel.peer_id))).toMatchObject({ decision: { reason: 'held-by-hand' } });
    await run.advance(3 * 3600);
    expect(run.store.fees.decision(nodeId(channel.peer_id))?.decision.reason).not.toBe('held-by-hand');
    expect(run.store.fees.changesOf(idOf(channel), 10).filter(({ reason }) => reason === 'external-change')).toEqual(
      [],
    );
  });
});
