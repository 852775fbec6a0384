// Do channels live as they do on a real node: alias before scid, splices, closes over blocks, and the books of each?
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../../src/sim/world/simulated-world.ts';
import type { SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import { call, refusal } from '../call.ts';

interface Listed {
  readonly channel_id: string;
  readonly short_channel_id?: string;
  readonly state: string;
  readonly private: boolean;
  readonly opener: string;
  readonly peer_id: string;
  readonly alias: { readonly local: string };
  readonly to_us_msat: number;
  readonly total_msat: number;
  readonly spendable_msat: number;
}
interface Event {
  readonly type: string;
  readonly tag: string;
  readonly credit_msat: number;
  readonly debit_msat: number;
}

const listed = async (world: SimulatedWorld, params: object = {}): Promise<Listed[]> => {
  const { channels }: { channels: Listed[] } = await call(world, 'listpeerchannels', params);
  return channels;
};
const events = async (world: SimulatedWorld, account: string): Promise<string[]> => {
  const reply: { events: Event[] } = await call(world, 'bkpr-listaccountevents', { account });
  return reply.events.map((e) => `${e.type}/${e.tag} +${e.credit_msat} -${e.debit_msat}`);
};
/** Lets blocks come until there are so many more. */
function mine(world: SimulatedWorld, blocks: number): void {
  const height = world.sim.state.height + blocks;
  while (world.sim.state.height < height) world.advanceTo(world.sim.state.queue[0]?.at ?? world.now());
}
const quiet = (): SimulatedWorld => createWorld({ seed: 2, flakyPeers: false, channels: 5 });

describe('the default world', () => {
  it('has both openers, a private channel, two channels to one peer and two closed ones', async () => {
    const world = quiet();
    const channels = await listed(world);
    expect(channels).toHaveLength(5);
    expect(new Set(channels.map((channel) => channel.opener))).toEqual(new Set(['local', 'remote']));
    expect(channels.filter((channel) => channel.private)).toHaveLength(1);
    expect(new Set(channels.map((channel) => channel.peer_id)).size).toBe(4);
    const closed: { closedchannels: object[] } = await call(world, 'listclosedchannels');
    expect(closed.closedchannels).toHaveLength(2);
  });

  it('does not gossip the private channel', async () => {
    const world = quiet();
    const secret = (await listed(world)).find((channel) => channel.private);
    const gossip = await call(world, 'listchannels', { short_channel_id: secret?.short_channel_id });
    expect(gossip).toEqual({ channels: [] });
  });

  it('has the balances that the recorded channel had: net of reserve and the opener’s fees', async () => {
    const world = quiet();
    const [channel] = [...world.sim.state.channels.values()];
    if (!channel) throw new Error('no channel');
    // Recorded of a channel we opened: 4,000,000 sats, 1,705,013,750 msat ours, 1,660,707,750 spendable.
    Object.assign(channel, { capacity: 4_000_000_000n, toUs: 1_705_013_750n, toThem: 2_294_986_250n });
    expect(await listed(world, { id: channel.peerId })).toMatchObject([
      { spendable_msat: 1_660_707_750, receivable_msat: 2_254_986_250, last_tx_fee_msat: 1_411_000 },
      {},
    ]);
  });
});

describe('a channel', () => {
  it('has an alias first, then with a block its scid, and forwards under either name', async () => {
    const world = quiet();
    const opened: { channel_id: string; alias: string } = await call(world, 'dev-sim-channel', {
      capacity_sats: 900_000,
      push_sats: 400_000,
    });
    const find = async () => (await listed(world, { channel_id: opened.channel_id }))[0];
    const unconfirmed = await find();
    expect(unconfirmed).toMatchObject({ state: 'CHANNELD_AWAITING_LOCKIN', alias: { local: opened.alias } });
    expect(unconfirmed).not.toHaveProperty('short_channel_id');
    expect(unconfirmed).not.toHaveProperty('updates');
    expect(await call(world, 'setchannel', { id: opened.alias, feeppm: 9 })).toMatchObject({
      channels: [{ fee_proportional_millionths: 9 }],
    });
    mine(world, 1);
    const usable = await find();
    expect(usable).toMatchObject({ state: 'CHANNELD_NORMAL', short_channel_id: `${world.sim.state.height}x1x0` });
    const byAlias = { in_channel: opened.alias, out_channel: (await listed(world))[0]?.short_channel_id };
    const row = await call(world, 'dev-sim-forward', { ...byAlias, amount_msat: 1000 });
    expect(row).toMatchObject({ in_channel: usable?.short_channel_id, status: 'settled' });
    const books = await events(world, opened.channel_id);
    expect(books.map((line) => line.replace(/routed \+\d+/, 'routed')).sort()).toEqual([
      'chain/channel_open +900000000 -0',
      'channel/pushed +0 -400000000',
      'channel/routed -0',
      'onchain_fee/onchain_fee +166000 -0',
    ]);
  });

  it('keeps its id through a splice and changes its scid', async () => {
    const world = quiet();
    const [before] = await listed(world);
    await call(world, 'dev-sim-splice', { channel: before?.short_channel_id, amount_sats: 250_000 });
    expect(await listed(world, { channel_id: before?.channel_id })).toMatchObject([
      { state: 'CHANNELD_AWAITING_SPLICE' },
    ]);
    mine(world, 6);
    const [after] = await listed(world, { channel_id: before?.channel_id });
    expect(after?.state).toBe('CHANNELD_NORMAL');
    expect(after?.short_channel_id).not.toBe(before?.short_channel_id);
    expect((after?.total_msat ?? 0) - (before?.total_msat ?? 0)).toBe(250_000_000);
    expect((after?.to_us_msat ?? 0) - (before?.to_us_msat ?? 0)).toBe(250_000_000);
  });

  it.each(['mutual', 'unilateral'] as const)(
    'closed %s goes through its states, then into listclosedchannels',
    async (how) => {
      const world = quiet();
      const channel = (await listed(world)).find((one) => one.opener === 'remote');
      const states: string[] = [];
      world.onNotification((topic, payload) => {
        if (topic === 'channel_state_changed') states.push(String(payload['new_state']));
      });
      await call(world, 'dev-sim-close', { channel: channel?.short_channel_id, how });
      expect(await refusal(world, 'setchannel', { id: channel?.peer_id, feeppm: 1 })).toEqual({
        code: -1,
        message: 'Could not find any active channels of peer with that id',
      });
      mine(world, 1);
      expect(await listed(world, { channel_id: channel?.channel_id })).toMatchObject([{ state: 'ONCHAIN' }]);
      mine(world, 107);
      expect(await listed(world, { channel_id: channel?.channel_id })).toEqual([]);
      const { closedchannels }: { closedchannels: Listed[] } = await call(world, 'listclosedchannels');
      expect(closedchannels.at(-1)).toMatchObject({
        channel_id: channel?.channel_id,
        closer: 'local',
        close_cause: 'user',
      });
      const middle = how === 'mutual' ? ['CLOSINGD_SIGEXCHANGE', 'CLOSINGD_COMPLETE'] : ['AWAITING_UNILATERAL'];
      expect(states).toEqual(['CHANNELD_SHUTTING_DOWN', ...middle, 'FUNDING_SPEND_SEEN', 'ONCHAIN', 'CLOSED']);
      const tags = (await events(world, channel?.channel_id ?? '')).map((line) => line.split(' ')[0]);
      const sweep = ['chain/delayed_to_us', 'chain/to_wallet', 'onchain_fee/onchain_fee'];
      expect(tags.filter((tag) => tag !== 'channel/pushed' && tag !== 'chain/channel_open')).toEqual(
        how === 'mutual' ? ['chain/channel_close'] : ['chain/channel_close', ...sweep],
      );
    },
  );
});

describe('the books of a close by force', () => {
  it('have its fee, what it lost below a satoshi included, as of the close but only once all is home', async () => {
    const world = quiet();
    const theirs = (await listed(world)).find(({ opener }) => opener === 'remote');
    const account = theirs?.channel_id ?? '';
    // Whole satoshis in, thousandths out.
    await call(world, 'dev-sim-pay', { out_channel: theirs?.short_channel_id, amount_msat: 1_000_030, fee_msat: 0 });
    await call(world, 'dev-sim-close', { channel: theirs?.short_channel_id, how: 'unilateral' });
    mine(world, 2);
    const tagsOf = async () => (await events(world, account)).map((line) => line.split(' ')[0]);
    expect((await tagsOf()).at(-1)).toBe('chain/channel_close');
    mine(world, 10);
    // As recorded of a real node: close, its fee, then the sweep.
    expect((await tagsOf()).slice(-5)).toEqual([
      'chain/channel_close',
      'onchain_fee/onchain_fee',
      'chain/delayed_to_us',
      'chain/to_wallet',
      'onchain_fee/onchain_fee',
    ]);
    expect(await events(world, account)).toContain('onchain_fee/onchain_fee +970 -0');
  });
});

describe('a rebalance of ours', () => {
  it('moves the balance, is booked on both channels and costs a rebalance fee', async () => {
    const world = quiet();
    const [out, , back] = await listed(world);
    await call(world, 'dev-sim-pay', {
      amount_msat: 5_000_000,
      fee_msat: 700,
      out_channel: out?.short_channel_id,
      in_channel: back?.short_channel_id,
      description: 'rebalance',
    });
    expect((await events(world, out?.channel_id ?? '')).at(-1)).toBe('channel/invoice +0 -5000700');
    expect((await events(world, back?.channel_id ?? '')).at(-1)).toBe('channel/invoice +5000000 -0');
    const income: { income_events: object[] } = await call(world, 'bkpr-listincome', {
      start_time: Math.floor(world.now() / 1000),
    });
    expect(income.income_events).toMatchObject([
      { account: out?.channel_id, tag: 'rebalance_fee', debit_msat: 700, description: 'rebalance' },
    ]);
    expect(await payments(world)).toMatchObject([
      { amount_msat: 5_000_000, amount_sent_msat: 5_000_700, status: 'complete' },
    ]);
    expect(await call(world, 'listforwards')).toEqual({ forwards: [] });
  });
});

const payments = async (world: SimulatedWorld): Promise<object[]> => {
  const reply: { payments: object[] } = await call(world, 'listsendpays');
  return reply.payments;
};
