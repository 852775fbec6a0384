// listpeers, listnodes, listchannels: who we are connected to, and what gossip says of our neighbourhood.
import { INVALID_PARAMS, SimError, optional } from '../method.ts';
import type { SimMethod } from '../method.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Channel } from '../world/state.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { directionOf } from './peer-channels.ts';
import { peerId, scidParam, text } from './params.ts';

export const gossipMethods = (sim: Sim): SimMethod[] => [listPeers(sim), listNodes(sim), listChannels(sim)];

const INIT_FEATURES = '800898880a8a59a1';
const NODE_FEATURES = '808898880a8a59a1';
/** BOLT 7: a channel is announced once its funding is six blocks deep. */
const ANNOUNCE_DEPTH = 6;

const listPeers = (sim: Sim): SimMethod =>
  define({
    name: 'listpeers',
    params: { id: optional(peerId), level: optional(text) },
    run: ({ id }) => ({
      peers: [...sim.state.peers.values()]
        .filter((peer) => id === undefined || peer.id === id)
        .map((peer) => ({
          id: peer.id,
          connected: peer.connected,
          num_channels: [...sim.state.channels.values()].filter((channel) => channel.peerId === peer.id).length,
          ...(peer.connected ? { netaddr: [`127.0.0.1:${peer.port}`] } : {}),
          features: INIT_FEATURES,
        })),
    }),
  });

const isAnnounced = (sim: Sim, channel: Channel): boolean =>
  !channel.private &&
  channel.scid !== null &&
  channel.closing === null &&
  sim.state.height >= Number(channel.scid.split('x')[0]) + ANNOUNCE_DEPTH - 1;

const announced = (sim: Sim): Channel[] =>
  [...sim.state.channels.values()].filter((channel) => isAnnounced(sim, channel));

const listNodes = (sim: Sim): SimMethod =>
  define({
    name: 'listnodes',
    params: { id: optional(peerId) },
    run: ({ id }) => {
      const public_ = new Set(announced(sim).map((channel) => channel.peerId));
      const { nodeId, config, peers } = sim.state;
      const us = public_.size > 0 ? [{ id: nodeId, alias: config.alias, color: '02bf81' }] : [];
      const nodes = [...us, ...[...peers.values()].filter((peer) => public_.has(peer.id))];
      return {
        nodes: nodes
          .filter((node) => id === undefined || node.id === id)
          .map((node) => ({
            nodeid: node.id,
            alias: node.alias,
            color: node.color,
            last_timestamp: announcedAt(sim),
            features: NODE_FEATURES,
            addresses: [],
          })),
      };
    },
  });

/** Announcements are as old as the start of the world: nobody renames a node in the simulation. */
const announcedAt = (sim: Sim): number => Math.floor(sim.state.config.startMs / 1000);

const listChannels = (sim: Sim): SimMethod =>
  define({
    name: 'listchannels',
    params: { short_channel_id: optional(scidParam), source: optional(peerId), destination: optional(peerId) },
    crossCheck: (p) => {
      if ([p.short_channel_id, p.source, p.destination].filter((value) => value !== undefined).length > 1)
        throw new SimError(INVALID_PARAMS, 'Can only specify one of `short_channel_id`, `source` or `destination`');
    },
    run: (p) => ({
      channels: announced(sim)
        .flatMap((channel) => [printHalf(sim, channel, true), printHalf(sim, channel, false)])
        .filter(
          (half) =>
            (p.short_channel_id === undefined || half.short_channel_id === p.short_channel_id) &&
            (p.source === undefined || half.source === p.source) &&
            (p.destination === undefined || half.destination === p.destination),
        ),
    }),
  });

function printHalf(sim: Sim, channel: Channel, ours: boolean) {
  const policy = ours ? channel.policy : channel.remote;
  const direction = ours ? directionOf(sim, channel) : 1 - directionOf(sim, channel);
  const connected = sim.state.peers.get(channel.peerId)?.connected ?? false;
  return {
    source: ours ? sim.state.nodeId : channel.peerId,
    destination: ours ? channel.peerId : sim.state.nodeId,
    short_channel_id: channel.scid,
    direction,
    public: true,
    amount_msat: wire(channel.capacity),
    message_flags: 1,
    channel_flags: direction,
    // Before v24.02 a channel without its peer was shown as inactive.
    active: versionNumber(sim.state.config.version) >= SINCE.updates || connected,
    last_update: announcedAt(sim),
    base_fee_millisatoshi: wire(policy.baseMsat),
    fee_per_millionth: policy.ppm,
    delay: policy.cltvDelta,
    htlc_minimum_msat: wire(policy.htlcMin),
    htlc_maximum_msat: wire(policy.htlcMax),
    features: '',
  };
}
