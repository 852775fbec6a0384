// What do others charge toward our peers, and who of them follows us? Asked of gossip now and then; a few peers per cycle.
import { NO_RIVALRY, nextRivalry } from '../../core/fee/rivalry.ts';
import { rivalFees } from '../../core/fee/rivals.ts';
import type { Observation } from '../../core/fee/types.ts';
import { SECONDS_PER_HOUR, type NodeId, type UnixSec } from '../../core/units.ts';
import { NodeError, type FeeNode, type KeptRivals, type Log, type RivalFee } from '../../ports.ts';

/** A listing of all channels to one peer takes lightningd milliseconds; ten per cycle disturb nobody. */
const ASKED_PER_CYCLE = 10;
/** Rivals move their fees as rarely as we do, but by how much they are late is told only by who looks often enough. */
const KEPT_SECONDS = 2 * SECONDS_PER_HOUR;

/** What is known of one peer's rivals, and what they ask in this very cycle; null where nobody was asked. */
export interface AskedRivals {
  readonly kept: KeptRivals;
  readonly now: readonly RivalFee[] | null;
}

/** Peers whose answer is oldest first; the order of asking is that of need. */
function due(kept: ReadonlyMap<NodeId, KeptRivals | null>, now: UnixSec): NodeId[] {
  // One that has yet to be asked was asked by a clock that ran ahead.
  const age = (rivals: KeptRivals | null): number =>
    rivals === null || rivals.askedAt > now ? Infinity : now - rivals.askedAt;
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
  node: Pick<FeeNode, 'readFeesToward'>,
  log: Log,
  kept: ReadonlyMap<NodeId, KeptRivals | null>,
  now: UnixSec,
): Promise<ReadonlyMap<NodeId, AskedRivals>> {
  const rivals = new Map<NodeId, AskedRivals>();
  for (const [peer, known] of kept) if (known !== null) rivals.set(peer, { kept: known, now: null });
  for (const peer of due(kept, now)) {
    const { fees = null, rivalry = null } = kept.get(peer) ?? {};
    try {
      const asked = await node.readFeesToward(peer);
      const quantiles = rivalFees(asked.map(({ feePpm }) => feePpm));
      rivals.set(peer, { kept: { askedAt: now, fees: quantiles, rivalry }, now: asked });
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      log.debug(`fees: what others charge toward ${peer} is not known: ${error.message}`);
      rivals.set(peer, { kept: { askedAt: now, fees, rivalry }, now: null });
      // A node that does not answer would keep us waiting again and again.
      if (error.kind === 'timeout' || error.kind === 'unreachable') break;
    }
  }
  return rivals;
}

/**
 * The same with what has been sold since beside what they asked.
 * @param oursPpm of our channels to the peer; null where they differ
 */
export function withSales(
  { kept, now: others }: AskedRivals,
  oursPpm: number | null,
  observation: Observation | null,
  now: UnixSec,
): KeptRivals {
  const before = kept.rivalry ?? NO_RIVALRY(now);
  return { ...kept, rivalry: nextRivalry(before, others, oursPpm, observation, now) };
}
