// revenue-remanage: clboss gets back what we took from it, and nothing that the operator took.
import { CommandError } from '../../core/errors.ts';
import type { NodeId, UnixSec } from '../../core/units.ts';
import { CLBOSS_TAGS, NodeError, type FeeStore } from '../../ports.ts';
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
  { clboss, clock, config, store }: CommandContext,
): Promise<object> {
  if (config().dryRun)
    throw new CommandError('dry-run', 'dry-run is on, so nothing is given back; switch it off first');
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
    case 'given-back':
      if (outcome.tags.includes('lnfee')) leaveFeesOf(peer, store.fees, clock.now());
      return { peer_id: peer, remanaged_tags: outcome.tags, remaining_tags: outcome.remaining };
  }
}

/** Whose fees clboss sets again, those we do not: the next cycle would take them right back. */
function leaveFeesOf(peer: NodeId, fees: FeeStore, now: UnixSec): void {
  const before = fees.policies(now).find(({ subject }) => subject === peer);
  const { minPpm, maxPpm, rebalance } = before ?? { minPpm: null, maxPpm: null, rebalance: 'both' };
  // Without an end, whatever the policy had: with it we would price the peer again.
  const forGood = { strategy: 'passive', staticPpm: null, expiresAt: null } as const;
  fees.savePolicy({ subject: peer, setAt: now, minPpm, maxPpm, rebalance, ...forGood });
}
