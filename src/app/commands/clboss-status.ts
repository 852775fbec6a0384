// revenue-clboss-status: what does clboss leave alone, and whose wish is that?
import { command } from './command.ts';
import { readParams } from './params.ts';
import { requireReady } from '../readiness.ts';

export const clbossStatusCommand = command({
  name: 'revenue-clboss-status',
  usage: '',
  description: 'Show what clboss leaves alone, by peer: what we have taken from it and what the operator has',
  read: (params) => readParams({}, params),
  run: async (_, context) => {
    requireReady(context.readiness());
    const { available, version, peers } = await context.clboss.view();
    return {
      enabled: context.config().clbossEnabled,
      available,
      version,
      peers: peers.map(({ peerId, tags, ours, operators }) => ({
        peer_id: peerId,
        unmanaged_tags: tags,
        ours,
        operators,
      })),
    };
  },
});
