// What do others charge toward our peers? Asked of gossip now and then; a few peers per cycle.
import { rivalFees } from '../../core/fee/rivals.ts';
import { SECONDS_PER_DAY, type NodeId, type UnixSec } from '../../core/units.ts';
import { NodeError, type FeeNode, type KeptPricing, type Log } from '../../ports.ts';

type Rivals = KeptPricing['rivals'];

/** A listing of all channels to one peer takes lightningd milliseconds; ten per cycle disturb nobody. */
const ASKED_PER_CYCLE = 10;
/** Rivals move their fees as rarely as we do, and only the scale is taken from them. */
const KEPT_SECONDS = SECONDS_PER_DAY;

/** Peers whose answer is oldest first; the order of asking is that of need. */
function due(kept: ReadonlyMap<NodeId, Rivals>, now: UnixSec): NodeId[] {
  const age = (rivals: Rivals): number => (rivals === null ? Infinity : now - rivals.askedAt);
  return [...kept]
    .filter(([, rivals]) => age(rivals) >= KEPT_SECONDS)
    .sort(([a, one], [b, other]) => Number(age(one) < age(other)) - Number(age(one) > age(other)) || (a < b ? -1 : 1))
    .slice(0, ASKED_PER_CYCLE)
    .map(([peer]) => peer);
}

/**
 * What is known of the rivals of each peer, some of it asked anew. Where the node cannot say, what was known stays, and
 * it is asked again when the peer's turn comes: one that never answers keeps no other from being asked.
 */
export async function askRivals(
  node: FeeNode,
  log: Log,
  kept: ReadonlyMap<NodeId, Rivals>,
  now: UnixSec,
): Promise<ReadonlyMap<NodeId, Rivals>> {
  const rivals = new Map(kept);
  for (const peer of due(kept, now)) {
    try {
      const fees = await node.readFeesToward(peer);
      rivals.set(peer, { askedAt: now, fees: rivalFees(fees.map(({ feePpm }) => feePpm)) });
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      log.debug(`fees: what others charge toward ${peer} is not known: ${error.message}`);
      rivals.set(peer, { askedAt: now, fees: kept.get(peer)?.fees ?? null });
      // A node that does not answer would keep us waiting again and again.
      if (error.kind === 'timeout' || error.kind === 'unreachable') break;
    }
  }
  return rivals;
}
