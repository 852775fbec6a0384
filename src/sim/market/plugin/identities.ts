// Who is channel number k? The names by which the plugin knows the market's channels and peers.
import { channelId, nodeId, scid, type ChannelId, type NodeId, type Scid } from '../../../core/units.ts';

const hex = (k: number): string => k.toString(16).padStart(64, '0');

/** Made once each: a market asks for them millions of times, and the same string is found by its address. */
function once<Id>(make: (k: number) => Id): (k: number) => Id {
  const made: Id[] = [];
  return (k) => (made[k] ??= make(k));
}

export const channelOf: (k: number) => ChannelId = once((k) => channelId(hex(k)));
export const peerOf: (k: number) => NodeId = once((k) => nodeId(`02${hex(k)}`));
export const scidOf: (k: number) => Scid = once((k) => scid(`900000x${k}x0`));
/** Of no channel: the node's own. */
export const OWN_ID: NodeId = nodeId(`03${hex(0)}`);

/** @throws RangeError when it is no channel of a market */
export function numberOf(channel: ChannelId): number {
  const k = parseInt(channel, 16);
  if (Number.isSafeInteger(k) && channelOf(k) === channel) return k;
  throw new RangeError(`market channel: expected the hex of a small number, got ${channel}`);
}
