import { describe, expect, it } from 'vitest';
import { RpcTimeoutError } from '../../src/cln/errors.ts';
import { channelId, nodeId, ppm, type ChannelId, type NodeId } from '../../src/core/units.ts';
import { decodeFees, decodeFeeSet, decodeFeesToward, LightningFees } from '../../src/node/fees.ts';
import { NodeError } from '../../src/ports.ts';
import { createWorld, type SimulatedWorld } from '../../src/sim/world/simulated-world.ts';
import { simulatedAsk } from '../sim/ask.ts';
import { call } from '../sim/call.ts';
import { recording, rows, readerOver, refusing, type Json } from './recorded-node.ts';

const US = nodeId('024ff6e3d135d90bedf9486e43eeee5112a658998c8c9d59bd774c7c3f5d6b00c3');
const A = nodeId('023cdc70fa853c6a078b9c145b904d57a9a0fbb67435ff8fe88d662e50168670f2');
const RA = channelId('a729f98b47a5bfe8d51fbaa1159724492f8302d2581bde28f744d3fab6e08d00');

interface Row {
  readonly peer_id: NodeId;
  readonly channel_id: ChannelId;
  readonly short_channel_id: string;
  readonly state: string;
  readonly fee_base_msat: number;
  readonly fee_proportional_millionths: number;
  readonly minimum_htlc_out_msat: number;
  readonly maximum_htlc_out_msat: number;
  readonly ignore_fee_limits?: boolean;
}
const listed = async (world: SimulatedWorld): Promise<Row[]> =>
  ((await call(world, 'listpeerchannels')) as { channels: Row[] }).channels;
const usable = async (world: SimulatedWorld): Promise<Row[]> =>
  (await listed(world)).filter(({ state }) => state === 'CHANNELD_NORMAL');
const firstOf = <T>(list: readonly T[]): T => {
  const [first] = list;
  if (first === undefined) throw new Error('expected one');
  return first;
};

function simulated(version = 'v26.06.6') {
  const world = createWorld({ version, flakyPeers: false });
  const { ask, asked } = simulatedAsk(world);
  return { world, fees: new LightningFees(ask), asked };
}
const refusal = async (promise: Promise<unknown>): Promise<NodeError> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof NodeError) return error;
  throw new Error(`expected a NodeError, got ${String(error)}`);
};

describe.each(['v23.05', 'v23.11', 'v24.08', 'v25.05', 'v26.06.6'])('setting a fee on %s', (version) => {
  it('names the channel by its channel id, the fee, and nothing else', async () => {
    const { world, fees, asked } = simulated(version);
    const { channel_id } = firstOf(await usable(world));
    await fees.setFee(channel_id, ppm(321));
    expect(asked).toEqual([{ method: 'setchannel', params: { id: channel_id, feeppm: 321 }, options: undefined }]);
  });

  it('leaves base fee, HTLC limits and fee limits as they are', async () => {
    const { world, fees } = simulated(version);
    const { channel_id } = firstOf(await usable(world));
    const odd = { id: channel_id, feebase: 777, htlcmin: 2000, htlcmax: 123_000_000 };
    await call(world, 'setchannel', version === 'v23.05' ? odd : { ...odd, ignorefeelimits: true });
    const before = firstOf((await listed(world)).filter((row) => row.channel_id === channel_id));
    expect(before).toMatchObject({
      fee_base_msat: 777,
      minimum_htlc_out_msat: 2000,
      maximum_htlc_out_msat: 123_000_000,
    });
    await fees.setFee(channel_id, ppm(before.fee_proportional_millionths + 50));
    const after = firstOf((await listed(world)).filter((row) => row.channel_id === channel_id));
    expect({ ...after, updates: null }).toEqual({
      ...before,
      updates: null,
      fee_proportional_millionths: before.fee_proportional_millionths + 50,
    });
  });

  it('touches no other channel to the same peer', async () => {
    const { world, fees } = simulated(version);
    const { peer_id } = firstOf(await usable(world));
    await call(world, 'dev-sim-channel', { capacity_sats: 900_000, peer_id });
    await call(world, 'dev-sim-mine', { blocks: 10 });
    const before = await fees.readFees(peer_id);
    expect(before.size).toBeGreaterThan(1);
    const one = firstOf([...before.keys()]);
    await fees.setFee(one, ppm(4321));
    expect(await fees.readFees(peer_id)).toEqual(new Map([...before, [one, 4321]]));
  });

  it('keeps the grace for senders that use the old fee', async () => {
    const { world, fees } = simulated(version);
    const { channel_id } = firstOf(await usable(world));
    await fees.setFee(channel_id, ppm(100));
    await fees.setFee(channel_id, ppm(200));
    const channel = [...world.sim.state.channels.values()].find(({ id }) => id === channel_id);
    expect(channel?.previous?.policy.ppm).toBe(100);
    expect(channel?.previous?.untilMs).toBe(world.now() + 600_000);
  });

  it('is refused for a closing channel, in the words of the node', async () => {
    const { world, fees } = simulated(version);
    const { channel_id, short_channel_id } = firstOf(await usable(world));
    await call(world, 'dev-sim-close', { channel: short_channel_id });
    const error = await refusal(fees.setFee(channel_id, ppm(5)));
    expect(error).toMatchObject({ kind: 'refused', code: -32602 });
    expect(error.message).toMatch(/^setchannel: id: Channel in state CLOSINGD_/);
  });

  it('is refused for a channel that is not there', async () => {
    const error = await refusal(simulated(version).fees.setFee(channelId('ab'.repeat(32)), ppm(5)));
    expect(error).toMatchObject({ kind: 'refused', code: -32602 });
    expect(error.message).toContain('Channel id not found');
  });

  it('is read back at once', async () => {
    const { world, fees } = simulated(version);
    const { channel_id, peer_id } = firstOf(await usable(world));
    for (const fee of [0, 1, 5000, 0xffffffff]) {
      await fees.setFee(channel_id, ppm(fee));
      expect((await fees.readFees(peer_id)).get(channel_id)).toBe(fee);
    }
  });
});

describe('the reply of setchannel', () => {
  const reply = (name: string) => recording(name).result;

  it.each(['setchannel', 'setchannel-restore'])('of the channel and fee asked for is taken (%s)', (name) => {
    expect(() => {
      decodeFeeSet(RA, ppm(250))(reply(name));
    }).not.toThrow();
  });
  it('with a warning is taken: what was warned of is not ours', () => {
    const [row] = reply('setchannel-htlcmax-too-high')['channels'] as Json[];
    expect(row).toHaveProperty('warning_htlcmax_too_high');
    const channel = channelId(String(row?.['channel_id']));
    expect(() => {
      decodeFeeSet(channel, ppm(500))({ channels: [row] });
    }).not.toThrow();
  });
  it.each([249, 251])('of another fee is no success (%s)', (asked) => {
    expect(() => {
      decodeFeeSet(RA, ppm(asked))(reply('setchannel'));
    }).toThrow(`setchannel.channels[0].fee_proportional_millionths: expected ${asked}, got 250`);
  });
  it('of several channels, of another one or of none is no success', () => {
    const several = reply('setchannel-by-peer-multi');
    const [row] = several['channels'] as Json[];
    const channel = channelId(String(row?.['channel_id']));
    expect(() => {
      decodeFeeSet(channel, ppm(120))(several);
    }).toThrow(`expected only ${channel}`);
    expect(() => {
      decodeFeeSet(RA, ppm(120))({ channels: [row] });
    }).toThrow(`expected only ${RA}`);
    expect(() => {
      decodeFeeSet(RA, ppm(120))({ channels: [] });
    }).toThrow(`expected only ${RA}`);
    expect(() => {
      decodeFeeSet(RA, ppm(120))({});
    }).toThrow('setchannel.channels: expected an array, got nothing');
  });
  it('that does not come leaves open what became of it', async () => {
    const silent = () => {
      throw new RpcTimeoutError('setchannel', 60_000);
    };
    const fees = new LightningFees(readerOver({ setchannel: silent }).ask);
    expect(await refusal(fees.setFee(RA, ppm(1)))).toMatchObject({ kind: 'timeout' });
  });
  it('that refuses is the recorded refusal', async () => {
    const { error } = recording('setchannel-error-closing');
    const fees = new LightningFees(readerOver({ setchannel: refusing('setchannel', error.code, error.message) }).ask);
    expect((await refusal(fees.setFee(RA, ppm(5)))).message).toBe(
      `setchannel: id: Channel in state CLOSINGD_COMPLETE: invalid token '"116x1x0"' (code -32602)`,
    );
  });
});

describe('reading our fees', () => {
  it('is one filtered question about the peer', async () => {
    const { ask, calls } = readerOver({
      listpeerchannels: ({ id }) => ({
        channels: rows('listpeerchannels', 'channels').filter((row) => row['peer_id'] === id),
      }),
    });
    const fees = await new LightningFees(ask).readFees(A);
    expect(fees.get(RA)).toBe(250);
    expect(fees.size).toBe(2);
    expect(calls).toMatchObject([{ method: 'listpeerchannels', params: { id: A } }]);
    expect(calls[0]?.options?.filter).toEqual({
      channels: [{ state: true, channel_id: true, fee_proportional_millionths: true }],
    });
  });
  it('leaves out channels that cannot forward, whatever they say of fees', () => {
    const all = [...rows('listpeerchannels', 'channels'), ...rows('listpeerchannels-onchain-mutual', 'channels')];
    const open = all.filter(({ state }) => state === 'CHANNELD_NORMAL');
    expect(decodeFees({ channels: all }).size).toBe(open.length);
    expect(open.length).toBeLessThan(all.length);
    expect(decodeFees({ channels: [{ state: 'DUALOPEND_OPEN_INIT' }] }).size).toBe(0);
  });
  it('takes a channel under splice for usable', () => {
    const [row] = rows('listpeerchannels', 'channels');
    expect(decodeFees({ channels: [{ ...row, state: 'CHANNELD_AWAITING_SPLICE' }] }).size).toBe(1);
  });
  it('never takes a broken row for no channel', () => {
    const [row] = rows('listpeerchannels', 'channels');
    expect(() => decodeFees({ channels: [{ ...row, fee_proportional_millionths: 10.5 }] })).toThrow(
      'listpeerchannels.channels[0].fee_proportional_millionths: expected',
    );
    expect(() => decodeFees({ channels: [{ state: 'CHANNELD_NORMAL' }] })).toThrow('channel_id');
    expect(() => decodeFees({ channels: [{}] })).toThrow('state');
  });
  it('of a peer without channels is empty', async () => {
    const { fees } = simulated();
    expect(await fees.readFees(US)).toEqual(new Map());
  });
});

describe('what others charge towards a peer', () => {
  const all = recording('listchannels').result;
  const B = nodeId('03ad19d7a6ae037c6312a1c09ffdca322131cde7877fe1a1e8cca177ef4739f197');

  it('is the half of each channel that ends at the peer, our own left out', () => {
    // B has channels with us (two directions, ours left out) and with A (one direction counts).
    const toB = decodeFeesToward(B, US)(all);
    expect(toB).toMatchObject([{ feePpm: 10, baseMsat: 1000n, capacity: 3_000_000_000n }]);
    const [row] = (all['channels'] as Json[]).filter(({ source, destination }) => source !== US && destination === B);
    expect(toB[0]).toMatchObject({ channelId: row?.['short_channel_id'] });
    const halves = (all['channels'] as Json[]).filter((row) => row['source'] === B || row['destination'] === B);
    expect(halves.length).toBeGreaterThan(2);
  });
  it('leaves out disabled and private channels', () => {
    const only = (change: Json) =>
      decodeFeesToward(
        B,
        US,
      )({
        channels: (all['channels'] as Json[])
          .filter((row) => row['destination'] === B)
          .map((row) => ({ ...row, ...change })),
      });
    expect(only({})).toHaveLength(1);
    expect(only({ active: false })).toEqual([]);
    expect(only({ public: false })).toEqual([]);
  });
  it('takes amounts as older nodes write them', () => {
    const old = (all['channels'] as Json[]).map((row) => ({
      ...row,
      amount_msat: `${String(row['amount_msat'])}msat`,
    }));
    expect(decodeFeesToward(B, US)({ channels: old })).toEqual(decodeFeesToward(B, US)(all));
  });
  it('asks for one destination, never for the whole graph, and for our own id once', async () => {
    const { ask, calls } = readerOver({
      getinfo: () => recording('getinfo').result,
      listchannels: () => recording('listchannels-destination-us').result,
    });
    const fees = new LightningFees(ask);
    expect(await fees.readFeesToward(US)).toMatchObject([
      { feePpm: 10, baseMsat: 1000n, capacity: 5_000_000_000n },
      { feePpm: 10, baseMsat: 1000n, capacity: 4_000_000_000n },
      { feePpm: 10, baseMsat: 1000n, capacity: 2_000_000_000n },
    ]);
    await fees.readFeesToward(A);
    expect(calls.map(({ method, params }) => [method, params])).toEqual([
      ['getinfo', {}],
      ['listchannels', { destination: US }],
      ['listchannels', { destination: A }],
    ]);
  });
  it.each(['v23.05', 'v24.02', 'v26.06.6'])(
    'on a simulated %s is nothing where only we have channels to it',
    async (version) => {
      const { world, fees } = simulated(version);
      const { peer_id } = firstOf(await usable(world));
      expect(await fees.readFeesToward(peer_id)).toEqual([]);
      expect((await fees.readFeesToward(nodeId(world.nodeId))).length).toBeGreaterThan(0);
    },
  );
  it('that could not be read is a failure, not nothing', async () => {
    const fees = new LightningFees(
      readerOver({ getinfo: () => recording('getinfo').result, listchannels: () => ({ channels: [{ source: US }] }) })
        .ask,
    );
    expect(await refusal(fees.readFeesToward(A))).toMatchObject({ kind: 'unreadable' });
  });
});
