// Which of the operator's policies counts for the pricing of a peer?
import type { ChannelId, NodeId, UnixSec } from '../units.ts';
import { DYNAMIC_POLICY, type UnitPolicy } from './types.ts';

/** The operator's word, as far as fees are concerned. */
export interface SubjectPolicy extends UnitPolicy {
  /** A node id or a channel id. */
  readonly subject: NodeId | ChannelId;
  readonly setAt: UnixSec;
}

/**
 * All channels to a peer have one price, so one policy: the peer's own, else the newest of those of its public channels
 * (the last word counts), else none.
 * @param channels the public ones to the peer
 * @param policies those in force
 */
export function policyOf<P extends SubjectPolicy>(
  peer: NodeId,
  channels: readonly ChannelId[],
  policies: readonly P[],
): P | null {
  const own = policies.find(({ subject }) => subject === peer);
  if (own !== undefined) return own;
  const theirs = policies.filter(({ subject }) => channels.some((channel) => channel === subject));
  const [newest] = [...theirs].sort((a, b) => b.setAt - a.setAt || (a.subject < b.subject ? -1 : 1));
  return newest ?? null;
}

/** What pricing makes of it. */
export const unitPolicy = (policy: UnitPolicy | null): UnitPolicy =>
  policy === null
    ? DYNAMIC_POLICY
    : { strategy: policy.strategy, staticPpm: policy.staticPpm, minPpm: policy.minPpm, maxPpm: policy.maxPpm };
