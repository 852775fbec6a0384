// Does clboss still leave the balance of what we have rebalanced alone? It would move it back (anti-thrashing).
import { rebalancedPeers } from './foreign-payments.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

/**
 * Takes `balance` of the peers that we have rebalanced lately where clboss has it: it was away, or refused, when something
 * arrived, the operator had us pause, or it has forgotten. What it refuses is a warning in the log and keeps nothing else
 * from being done.
 * @throws StoreError
 */
export async function keepClbossOff({ store, clboss, clock, exclusive, restraint }: RebalancePorts): Promise<void> {
  await exclusive(async () => {
    // Looked up only now: what the operator has given back, or stopped, while we waited is left alone.
    if (restraint(false) !== null) return;
    const ours = rebalancedPeers(store, clock.now());
    await clboss.retake(new Map([...ours].map((peer) => [peer, 'we have rebalanced it lately'])), 'balance');
  });
}
