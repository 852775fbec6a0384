// Does another instance of this plugin, with a database of its own, rebalance on this node?
import { SECONDS_PER_DAY } from '../../core/units.ts';
import { plannedAtOf } from './order-id.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

type Ports = Pick<RebalancePorts, 'node' | 'rebalancing' | 'store' | 'clock'>;

/**
 * Told by orders of the last day that the node knows and our ledger does not: neither counts the other's spending.
 * @throws NodeError, StoreError
 */
export async function otherInstances({ node, rebalancing, store, clock }: Ports): Promise<readonly string[]> {
  if (!rebalancing.available(await node.readCommandNames()).has('native')) return [];
  const since = clock.now() - SECONDS_PER_DAY;
  const strangers = (await rebalancing.namedOrders()).filter(
    (id) => (plannedAtOf(id) ?? 0) > since && store.rebalances.intent(id) === null,
  );
  const last = strangers.sort().at(-1);
  if (last === undefined) return [];
  return [
    `another instance of this plugin rebalances on this node, or did within a day, with another database: order ${last} ` +
      'and others like it are not in ours, and neither counts what the other spends: stop one of the two',
  ];
}
