// What may a channel be used for, by the operator's word?
import type { ChannelId, NodeId } from '../units.ts';
import type { RebalancePolicy } from './types.ts';

interface SubjectPolicy {
  /** A node id or a channel id. */
  readonly subject: NodeId | ChannelId;
  readonly rebalance: RebalancePolicy;
}

export const mayGive = (policy: RebalancePolicy): boolean => policy === 'both' || policy === 'source_only';
export const mayTake = (policy: RebalancePolicy): boolean => policy === 'both' || policy === 'sink_only';

/**
 * The stricter of what was said of the peer and of the channel: unlike a fee, leaving something alone can be done for one
 * channel of several, and who forbids a peer means all of its channels.
 */
export function rebalancePolicyOf(
  peer: NodeId,
  channel: ChannelId,
  policies: readonly SubjectPolicy[],
): RebalancePolicy {
  const said = policies.filter(({ subject }) => subject === peer || subject === channel);
  const [give, take] = [mayGive, mayTake].map((may) => said.every(({ rebalance }) => may(rebalance)));
  if (give && take) return 'both';
  if (give) return 'source_only';
  return take ? 'sink_only' : 'none';
}
