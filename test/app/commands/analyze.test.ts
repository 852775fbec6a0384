import { describe, expect, it } from 'vitest';
import { scid } from '../../../src/core/units.ts';
import { snapshot } from '../../channel-views.ts';
import { idOf, scidOf } from '../../store/fake-node.ts';
import type { ManualClock } from '../manual-clock.ts';
import { channelNumber, type NodeInMemory } from '../node-in-memory.ts';
import { applications, channelsOf, pay, timeout } from '../setup.ts';

const { started } = applications();
const DAY = 86_400;

describe('revenue-analyze', () => {
  const history = (node: NodeInMemory, clock: ManualClock): void => {
    pay(node, 1, 2, 4_000_000, clock.now() - DAY);
    pay(node, 1, 2, 2_000_000, clock.now() - 2 * DAY);
    pay(node, 3, 1, 1_000_000, clock.now() - 30 * DAY);
  };

  it('tells the figures of each channel', async () => {
    const { run, clock, node } = await started({}, history);
    const reply = await run('revenue-analyze');
    expect(Object.keys(reply)).toEqual(['window_days', 'window_start', 'window_end', 'history_start', 'channels']);
    expect(reply).toMatchObject({ window_days: 7, window_end: clock.now() });
    expect(channelsOf(reply).map(({ channel_id, state }) => [channel_id, state])).toEqual([
      ['101x1x0', 'sink'],
      ['102x1x0', 'source'],
      ['103x1x0', 'balanced'],
    ]);
    expect(channelsOf(reply)[1]).toEqual({
      channel_id: '102x1x0',
      peer_id: node.snapshot.channels[1]?.peerId,
      alias: null,
      capacity_sats: 10_000_000,
      sats_in: 0,
      sats_out: 6_000_000,
      forwards_in: 0,
      forwards_out: 2,
      flow_ratio: 0.6,
      state: 'source',
      daily_volume_sats: 857_142.857,
      local_ratio: 0.05,
      data_source: 'forwards',
    });
    expect(channelsOf(reply)[0]).toMatchObject({ sats_in: 6_006_000, flow_ratio: -0.6006 });
  });

  it('tells of one channel what it tells of all, by any of its names', async () => {
    const { run, node } = await started({}, (of, clock) => {
      history(of, clock);
      of.snapshot = snapshot([1, 2, 3].map((n) => channelNumber(n, n === 2 ? { alias: scid('999x1x1') } : {})));
    });
    const all = await run('revenue-analyze');
    for (const name of ['102x1x0', '999x1x1', idOf(2), idOf(2).toUpperCase()])
      for (const params of [[name], { channel_id: name }])
        expect(await run('revenue-analyze', params)).toEqual({ ...all, channels: [channelsOf(all)[1]] });
    expect(node.snapshot.channels).toHaveLength(3);
  });

  it('refuses a channel that is not a usable one of this node', async () => {
    const { refused } = await started();
    const error = await refused('revenue-analyze', ['200x1x0']);
    expect(error).toMatchObject({
      errorName: 'unknown-channel',
      code: -32602,
      message: 'channel_id: expected a usable channel of this node, got 200x1x0',
    });
  });

  it('names a channel without short channel id by alias, else by channel id', async () => {
    const { run } = await started({}, (node) => {
      node.snapshot = snapshot([
        channelNumber(1, { scid: null, alias: scid('7x7x7') }),
        channelNumber(2, { scid: null, alias: null }),
      ]);
    });
    expect(channelsOf(await run('revenue-analyze')).map((channel) => channel['channel_id'])).toEqual([
      '7x7x7',
      idOf(2),
    ]);
  });

  it('counts forwards that name a channel by its alias, as those of private channels do', async () => {
    const { run } = await started({}, (node, clock) => {
      history(node, clock);
      node.snapshot = snapshot([channelNumber(2, { scid: null, alias: scidOf(2) })]);
    });
    expect(channelsOf(await run('revenue-analyze'))).toMatchObject([{ channel_id: '102x1x0', sats_out: 6_000_000 }]);
  });

  it('is fresh each time: forwards of this very second, channels of this very moment', async () => {
    const { run, node, clock } = await started();
    expect(channelsOf(await run('revenue-analyze'))[1]).toMatchObject({ sats_out: 0 });
    pay(node, 1, 2, 500, clock.now() - 1);
    expect(channelsOf(await run('revenue-analyze'))[1]).toMatchObject({ sats_out: 500 });
    node.snapshot = snapshot([channelNumber(2)]);
    expect(channelsOf(await run('revenue-analyze'))).toHaveLength(1);
  });

  it('follows a channel through a splice, under its new name', async () => {
    const { run, node, clock } = await started({}, history);
    node.snapshot = snapshot([channelNumber(2, { scid: scid('500x1x0') })]);
    const [channel] = channelsOf(await run('revenue-analyze'));
    expect(channel).toMatchObject({ channel_id: '500x1x0', sats_out: 6_000_000 });
    expect(clock.sleeping).toBeGreaterThan(0);
  });

  it('takes the window that is configured now', async () => {
    const { run, app } = await started({}, history);
    app.config = { ...app.config, flowWindowDays: 60 };
    const reply = await run('revenue-analyze');
    expect(reply['window_days']).toBe(60);
    expect(channelsOf(reply)[2]).toMatchObject({ forwards_in: 1 });
  });

  it('fails when the node does, instead of telling what was', async () => {
    const { refused, node } = await started({}, history);
    for (const read of ['readSnapshot', 'readForwardIndexes'] as const) {
      node.failing.clear();
      node.failing.set(read, timeout);
      expect(await refused('revenue-analyze')).toMatchObject({
        errorName: 'node-unavailable',
        message: timeout.message,
      });
    }
  });

  it('fails when the database does', async () => {
    const { refused, store } = await started({}, history);
    store.close();
    expect(await refused('revenue-analyze')).toMatchObject({ errorName: 'database-failed' });
  });

  it('answers many at once alike', async () => {
    const { run, node, clock } = await started({}, history);
    const { reads } = node;
    const replies = await Promise.all(Array.from({ length: 20 }, () => run('revenue-analyze')));
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    // Two catch-ups for twenty callers, not twenty.
    expect(node.reads - reads).toBeLessThan(10);
    expect(clock.sleeping).toBeGreaterThan(0);
  });
});
