// Channels and snapshots for tests that need some and do not care which.
import { channelId, msat, nodeId, ppm, scid, unixSec } from '../src/core/units.ts';
import type { ChannelView, NodeSnapshot } from '../src/core/snapshot.ts';

/** Hex of a text, padded: a different id for each name. */
const hexOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);

/** A channel of 1,000,000 sats, half of it ours. */
export const channelView = (name: string, changes: Partial<ChannelView> = {}): ChannelView => ({
  channelId: channelId(hexOf(name)),
  peerId: nodeId(`02${hexOf(`peer ${name}`)}`),
  peerAlias: null,
  scid: scid(name),
  alias: null,
  state: 'CHANNELD_NORMAL',
  connected: true,
  private: false,
  opener: 'local',
  capacity: msat(1_000_000_000),
  toUs: msat(500_000_000),
  spendable: msat(490_000_000),
  receivable: msat(490_000_000),
  ourReserve: msat(10_000_000),
  theirReserve: msat(10_000_000),
  feeBase: msat(0),
  feePpm: ppm(100),
  htlcMin: msat(1),
  htlcMax: msat(990_000_000),
  remote: null,
  ...changes,
});

export const snapshot = (channels: readonly ChannelView[], changes: Partial<NodeSnapshot> = {}): NodeSnapshot => ({
  takenAt: unixSec(1_795_227_000),
  nodeId: nodeId(`03${'ab'.repeat(32)}`),
  version: 'v26.06.6',
  network: 'regtest',
  blockheight: 800_000,
  synced: true,
  feesCollected: msat(0),
  channels,
  ...changes,
});
