// revenue-remanage: clboss gets back what we took from it, and nothing that the operator took.
import { CommandError } from '../../core/errors.ts';
import { policyOf, unitPolicy } from '../../core/fee/policy.ts';
import type { ChannelView } from '../../core/snapshot.ts';
import type { NodeId, UnixSec } from '../../core/units.ts';
import { CLBOSS_TAGS, NodeError, type ClbossTag, type FeeStore } from '../../ports.ts';
import { requireReady } from '../readiness.ts';
import { command } from './command.ts';
import type { CommandContext } from './context.ts';
import { choice, peerName } from './fee-params.ts';
import { optional, readParams, required } from './params.ts';

const PARAMS = { peer_id: required(peerName), tag: optional(choice(CLBOSS_TAGS)) };
type Values = ReturnType<typeof read>;
const read = (params: unknown) => readParams(PARAMS, params);

export const remanageCommand = command({
  name: 'revenue-remanage',
  usage: 'peer_id [tag]',
  description: `Give back to clboss what we took of a peer (${CLBOSS_TAGS.join(', ')}), or one of it; never what the operator took`,
  read,
  run: (params, context) => {
    requireReady(context.readiness());
    return context.exclusive(() => remanage(params, context));
  },
});

async function remanage(
  { peer_id: peer, tag }: Values,
  { clboss, clock, config, node, store }: CommandContext,
): Promise<object> {
  if (config().dryRun)
    throw new CommandError('dry-run', 'dry-run is on, so nothing is given back; switch it off first');
  const { channels } = await node.readSnapshot();
  const outcome = await clboss.giveBack(peer, tag).catch((error: unknown) => {
    throw error instanceof NodeError && error.kind === 'refused'
      ? new CommandError('clboss-refused', `clboss did not take it back: ${error.message}`)
      : error;
  });
  switch (outcome.kind) {
    case 'no-clboss':
      throw new CommandError('clboss-absent', 'clboss is not running on this node; start it and try again');
    case 'not-ours': {
      const present = outcome.remaining.length === 0 ? 'none at all' : outcome.remaining.join(', ');
      throw new CommandError(
        'nothing-taken',
        `peer_id: expected a peer of which we took ${tag ?? 'something'} from clboss, got ${peer}; clboss leaves alone there: ${present}`,
      );
    }
    case 'given-back': {
      const { tags, remaining } = outcome;
      // Who gives the whole peer back means also what we would take only later.
      const left = tag === null ? CLBOSS_TAGS.filter((each) => !remaining.includes(each)) : tags;
      leaveTo(peer, left, channels, store.fees, clock.now());
      return { peer_id: peer, remanaged_tags: tags, remaining_tags: remaining };
    }
  }
}

/** What clboss does again, we do not: the next cycle would take it right back. What else is in force there stays. */
function leaveTo(
  peer: NodeId,
  tags: readonly ClbossTag[],
  channels: readonly ChannelView[],
  fees: FeeStore,
  now: UnixSec,
): void {
  const [isFee, isBalance] = [tags.includes('lnfee'), tags.includes('balance')];
  if (!isFee && !isBalance) return;
  const policies = fees.policies(now);
  const theirs = channels.filter((channel) => channel.peerId === peer && !channel.private);
  // The peer's own stands before those of its channels, so that it has to say what they said of the fees.
  const inForce = policyOf(
    peer,
    theirs.map(({ channelId }) => channelId),
    policies,
  );
  const own = inForce?.subject === peer ? inForce : null;
  fees.savePolicy({
    ...unitPolicy(inForce),
    ...(isFee ? { strategy: 'passive', staticPpm: null } : {}),
    rebalance: isBalance ? 'none' : (own?.rebalance ?? 'both'),
    // Fees are left for good: at the end of a policy we would set them again. Fees that are not left keep their end.
    expiresAt: isFee ? null : (inForce?.expiresAt ?? null),
    subject: peer,
    setAt: now,
  });
}
