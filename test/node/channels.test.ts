import { describe, expect, it } from 'vitest';
import { decodeClosedIdentities, decodeOpenIdentities, decodeUsableChannels } from '../../src/node/channels.ts';
import { recording, rows, type Json } from './recorded-node.ts';

const listed = (): Json[] => rows('listpeerchannels', 'channels');
const one = (scid: string): Json => {
  const found = listed().find((channel) => channel['short_channel_id'] === scid);
  if (!found) throw new Error(`no recorded channel ${scid}`);
  return found;
};
const usable = (...channels: Json[]) => decodeUsableChannels({ channels });
const without = (channel: Json, ...names: string[]): Json =>
  Object.fromEntries(Object.entries(channel).filter(([name]) => !names.includes(name)));

describe('usable channels', () => {
  it('are those of a real node, in numeric order, two of them with one peer', () => {
    const channels = usable(...listed());
    expect(channels.map(({ scid }) => scid)).toEqual(['112x1x0', '113x1x0', '115x1x0', '118x1x0']);
    expect(channels[0]?.peerId).toBe(channels[3]?.peerId);
    expect(channels[0]?.channelId).not.toBe(channels[3]?.channelId);
    expect(channels.map((channel) => channel.private)).toEqual([false, false, false, true]);
    expect(channels.map(({ opener }) => opener)).toEqual(['local', 'local', 'remote', 'remote']);
  });

  it('have every field we use', () => {
    expect(usable(one('113x1x0'))).toEqual([
      {
        channelId: '45ccf790fb0b50b1ab1b170a0cded6a608d1d26be17297c4fdaf27a4fd788fbb',
        peerId: '03ad19d7a6ae037c6312a1c09ffdca322131cde7877fe1a1e8cca177ef4739f197',
        peerAlias: null,
        scid: '113x1x0',
        alias: '3639595x15841621x49616',
        state: 'CHANNELD_NORMAL',
        connected: true,
        private: false,
        opener: 'local',
        capacity: 4_000_000_000n,
        toUs: 1_705_013_750n,
        spendable: 1_660_707_750n,
        receivable: 2_254_986_250n,
        ourReserve: 40_000_000n,
        theirReserve: 40_000_000n,
        feeBase: 1000n,
        feePpm: 500,
        htlcMin: 0n,
        htlcMax: 3_960_000_000n,
        remote: { baseMsat: 1000n, feePpm: 10, htlcMinMsat: 0n, htlcMaxMsat: 3_960_000_000n, cltvDelta: 6 },
      },
    ]);
  });

  it.each(['listpeerchannels-onchain-mutual', 'listpeerchannels-closing-mutual', 'listpeerchannels-unilateral'])(
    'are not those of %s, though they look spendable',
    (name) => {
      const { result } = recording(name);
      expect((result['channels'] as Json[])[0]?.['spendable_msat']).toBeGreaterThan(0);
      expect(decodeUsableChannels(result)).toEqual([]);
    },
  );

  it('include one being spliced', () => {
    expect(usable({ ...one('112x1x0'), state: 'CHANNELD_AWAITING_SPLICE' })).toMatchObject([
      { state: 'CHANNELD_AWAITING_SPLICE' },
    ]);
  });

  it('include one that is not confirmed yet, by its alias and after the others', () => {
    const zeroConf = without(one('118x1x0'), 'short_channel_id');
    const nameless = without(one('112x1x0'), 'short_channel_id', 'alias');
    expect(usable(nameless, zeroConf, one('113x1x0')).map(({ scid, alias }) => scid ?? alias)).toEqual([
      '113x1x0',
      '2106843x9941718x51951',
      null,
    ]);
  });

  it('are connected once the peer has taken them up again, and not as soon as he is there', () => {
    const ofPeer = (changes: Json): boolean | undefined => usable({ ...one('112x1x0'), ...changes })[0]?.connected;
    expect(ofPeer({})).toBe(true);
    expect(ofPeer({ reestablished: false })).toBe(false);
    expect(ofPeer({ peer_connected: false, reestablished: undefined })).toBe(false);
    // Before v24.02 nobody knows better.
    expect(usable(without(one('112x1x0'), 'reestablished'))[0]?.connected).toBe(true);
  });

  it('are decoded only as far as they are usable', () => {
    expect(usable({ state: 'OPENINGD', peer_id: 'whatever' }, one('113x1x0'))).toHaveLength(1);
    expect(usable({ state: 'A_STATE_OF_TOMORROW' })).toEqual([]);
  });

  it('may have limits of 2^64-1, which JSON rounds', () => {
    const text = JSON.stringify({ channels: [{ ...one('113x1x0'), maximum_htlc_out_msat: 'LIMIT' }] });
    const reply: unknown = JSON.parse(text.replace('"LIMIT"', '18446744073709551615'));
    expect(decodeUsableChannels(reply)[0]?.htlcMax).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  });

  it.each([
    ['before v24.02: no updates', (channel: Json) => without(channel, 'updates', 'reestablished', 'lost_state')],
    ['before the peer has told its fees', (channel: Json) => ({ ...channel, updates: { local: {} } })],
  ])('know no policy of the peer %s', (_, change) => {
    const channels = usable(...listed().map(change));
    expect(channels).toHaveLength(4);
    expect(channels.every(({ remote }) => remote === null)).toBe(true);
  });

  it('of nodes that write amounts as text are the same', () => {
    const old = listed().map((channel) =>
      Object.fromEntries(
        Object.entries(channel).map(([name, value]) => [
          name,
          name.endsWith('_msat') && typeof value === 'number' && Number.isSafeInteger(value) ? `${value}msat` : value,
        ]),
      ),
    );
    expect(usable(...old)).toEqual(usable(...listed()));
  });

  it.each([
    ['channel_id', 'xyz'],
    ['peer_id', '04'.padEnd(66, '0')],
    ['to_us_msat', undefined],
    ['total_msat', -5],
    ['fee_proportional_millionths', 2 ** 32],
    ['peer_connected', 'yes'],
    ['opener', 'me'],
  ])('are refused when %s is %s', (field, value) => {
    const bad = { ...one('113x1x0'), [field]: value };
    expect(() => usable(one('112x1x0'), bad)).toThrow(`listpeerchannels.channels[1].${field}: expected`);
  });
});

describe('identities', () => {
  it('name open channels whatever their state, by short channel id and alias', () => {
    const closing = rows('listpeerchannels-onchain-mutual', 'channels');
    expect(decodeOpenIdentities({ channels: [...listed(), ...closing] })).toHaveLength(5);
    expect(decodeOpenIdentities({ channels: closing })).toEqual([
      {
        channelId: '20bc6e29a7f13c02f1c8620cb6392e7b63e63c96e75cef8900a7f97c4fc7f3d7',
        peerId: '0367d3d498a031fbaf7c31313f40a811661b90e0c0a0f3dab70e26dce5d2e43862',
        scids: ['116x1x0', '12257666x195232x9134'],
        capacity: 1_000_000_000n,
        closed: false,
      },
    ]);
  });

  it('leave out a channel that is only being negotiated', () => {
    const negotiated = { state: 'OPENINGD', peer_id: one('112x1x0')['peer_id'] };
    expect(decodeOpenIdentities({ channels: [negotiated] })).toEqual([]);
  });

  it('name closed channels, whose peer may be forgotten', () => {
    const { result } = recording('listclosedchannels');
    const forgotten = (result['closedchannels'] as Json[]).map((channel) => without(channel, 'peer_id'));
    const identities = decodeClosedIdentities({ closedchannels: forgotten });
    expect(identities.map(({ scids }) => scids[0])).toEqual(['116x1x0', '117x1x0']);
    expect(identities.every(({ peerId, closed }) => peerId === null && closed)).toBe(true);
  });
});
