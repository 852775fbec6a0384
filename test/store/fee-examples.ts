// Of whom and when do tests of the store tell? Examples alone, for children that start again and again too.
import { channelId, nodeId, ppm, unixSec, type ChannelId, type NodeId } from '../../src/core/units.ts';
import type { FeeIntent } from '../../src/ports.ts';

export const NOW = unixSec(1_795_300_000);
const hex = (n: number): string => n.toString(16).padStart(64, '0');
export const channelOf = (n: number): ChannelId => channelId(hex(n));
export const peerOf = (n: number): NodeId => nodeId(`02${hex(n)}`);

export const intent = (n: number, changes: Partial<FeeIntent> = {}): FeeIntent => ({
  channelId: channelOf(n),
  peerId: peerOf(n),
  oldFeePpm: ppm(100),
  newFeePpm: ppm(120),
  reason: 'step',
  manual: false,
  at: NOW,
  ...changes,
});
