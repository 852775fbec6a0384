// Who are we connected to? Peers come and go, and say so.
import type { NodeId } from '../../core/units.ts';
import { makeNodeId } from './identity.ts';
import type { Sim } from './sim.ts';
import type { Peer } from './state.ts';

/** lightningd's regtest port, and upward. */
const FIRST_PORT = 19_846;
/** A home node is cut off every few days, for minutes to an hour. */
const MEAN_UP_MS = 3 * 86_400_000;
const MEAN_DOWN_MS = 20 * 60_000;

export function addPeer(sim: Sim, number: number): Peer {
  const peer: Peer = {
    id: makeNodeId(sim.seed, number),
    alias: `peer-${number}`,
    color: number.toString(16).padStart(6, '0'),
    port: FIRST_PORT + number,
    connected: true,
    connectedSinceMs: sim.state.now,
  };
  sim.state.peers.set(peer.id, peer);
  if (sim.state.config.flakyPeers) scheduleChange(sim, peer);
  return peer;
}

/** Connects or disconnects; nothing happens where it already is so. */
export function setConnected(sim: Sim, peerId: NodeId, connected: boolean): void {
  const peer = sim.state.peers.get(peerId);
  if (!peer || peer.connected === connected) return;
  peer.connected = connected;
  peer.connectedSinceMs = sim.state.now;
  if (connected)
    sim.notify('connect', () => ({
      id: peer.id,
      direction: 'out',
      address: { type: 'ipv4', address: '127.0.0.1', port: peer.port },
    }));
  else sim.notify('disconnect', () => ({ id: peer.id }));
}

/** A change of its own accord, and the next one after it. */
export function changeConnection(sim: Sim, peerId: NodeId, connected: boolean): void {
  setConnected(sim, peerId, connected);
  const peer = sim.state.peers.get(peerId);
  if (peer) scheduleChange(sim, peer);
}

function scheduleChange(sim: Sim, peer: Peer): void {
  const mean = peer.connected ? MEAN_UP_MS : MEAN_DOWN_MS;
  const what = { kind: 'connect' as const, peerId: peer.id, connected: !peer.connected };
  sim.schedule(sim.state.now + sim.random.exponential(mean), what);
}
