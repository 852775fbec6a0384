// How does what was forwarded become a price? Read, settle, decide, write down, act: one fee cycle.
import type { Config } from '../../core/config/options.ts';
import { decideFees } from '../../core/fee/decide.ts';
import type { FeeInput, FeeOutcome } from '../../core/fee/types.ts';
import { displayId } from '../../core/snapshot.ts';
import type { NodeId, UnixSec } from '../../core/units.ts';
import { NodeError, type Clock, type NodeReader } from '../../ports.ts';
import { analyze } from '../analysis.ts';
import type { Clboss } from '../clboss.ts';
import type { Exclusive } from '../exclusive.ts';
import { actOnFees, type ActPorts } from './act-on-fees.ts';
import { feeConfig } from './fee-config.ts';
import { gatherUnits, type GatherPorts } from './gather-units.ts';
import { planOf } from './plan.ts';
import { settleIntents } from './settle-intents.ts';

export interface FeeCyclePorts extends GatherPorts {
  readonly node: NodeReader;
  readonly clock: Clock;
  readonly clboss: Pick<Clboss, 'take' | 'retake' | 'isUnmanaged'>;
  /** Resolves when everything the node had settled at the call is in the store. */
  readonly catchUp: () => Promise<void>;
  /** What acts on the node does so one at a time. */
  readonly exclusive: Exclusive;
  readonly restraint: ActPorts['restraint'];
}

/**
 * @param config asked once nothing is waited for any more: bounds that the operator has set until then are kept to
 * @throws NodeError, StoreError: nothing is erased or learned then that was not read
 */
export async function runFeeCycle(ports: FeeCyclePorts, config: () => Config): Promise<void> {
  const until = ports.clock.now();
  await ports.catchUp();
  await ports.exclusive(() => cycle(ports, config(), until));
}

async function cycle(ports: FeeCyclePorts, config: Config, until: UnixSec): Promise<void> {
  const { node, store, clock, log, fees } = ports;
  const analysis = await analyze(node, store, config);
  const { snapshot } = analysis;
  // While the chain is caught up with, balances and fees are not what they seem.
  if (!snapshot.synced) return;
  settleIntents(store.fees, snapshot, log);
  const gathered = await gatherUnits(ports, analysis, until, config);
  const states = new Map([...gathered.pricing].map(([peer, { state }]) => [peer, state]));
  const pricing = feeConfig(config);
  const input: FeeInput = { now: snapshot.takenAt, config: pricing, units: gathered.units, states };
  const outcome = decideFees(input);
  const plan = planOf(outcome, gathered, {
    dryRun: pricing.dryRun,
    dryRuns: pricing.dryRun ? store.fees.dryRuns() : new Map(),
    at: clock.now(),
  });
  const [first] = plan.sets;
  // A clboss that does not answer is noticed here, once, and not at every peer.
  if (first !== undefined) await ports.clboss.isUnmanaged(first.peerId, 'lnfee');
  store.fees.saveCycle(plan.record);
  const lost = await retakeFees(ports, input, outcome);
  const names = new Map(snapshot.channels.map((channel) => [channel.channelId, displayId(channel)]));
  await actOnFees(
    {
      fees,
      store: store.fees,
      log,
      nameOf: (channel) => names.get(channel) ?? channel,
      takeFees: async (peer) => {
        const taking = await ports.clboss.take(peer, ['lnfee']);
        if (taking.kind !== 'refused') return null;
        // It would keep us, and the operator's orders behind us, waiting at every peer.
        if (taking.silent) throw new NodeError('timeout', taking.reason);
        return taking.reason;
      },
      restraint: ports.restraint,
    },
    plan.sets,
  );
  const [refusal] = lost.values();
  if (refusal !== undefined)
    throw new NodeError('refused', `clboss sets the fees of ${lost.size} of our peers; first: ${refusal}`);
}

/**
 * Takes the fees of these peers where clboss has them. Those that we have taken or set: clboss forgets them when its
 * database goes, and sets them again within the hour. And those that are left alone because someone changed them: where
 * that was clboss it would again, and as each change is left alone for a day, we would never come to set them. Whether it
 * was clboss or the operator cannot be told, so the day runs out all the same. Peers that the operator has told us not to
 * price are left to it. Returns what it refused, by peer.
 */
async function retakeFees(
  { store, clboss, restraint }: FeeCyclePorts,
  { now, config: { dryRun }, units }: FeeInput,
  { next }: FeeOutcome,
): Promise<ReadonlyMap<NodeId, string>> {
  if (dryRun || restraint() !== null) return new Map();
  const priced = store.fees.pricedPeers();
  const taken = store.fees.takenTags();
  const due = new Map<NodeId, string>();
  for (const { peerId, policy } of units) {
    if (policy.strategy === 'passive') continue;
    if (priced.has(peerId) || taken.get(peerId)?.includes('lnfee') === true)
      due.set(peerId, 'its fees are ours to set');
    else if ((next.get(peerId)?.externalUntil ?? 0) > now)
      due.set(peerId, 'someone changed its fee, and clboss may have');
  }
  return clboss.retake(due, 'lnfee');
}
