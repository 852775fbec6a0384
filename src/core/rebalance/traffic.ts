// Which way does what passes through a peer's channels go in the long run, how much of it, and what does it earn?
//
// A channel that fills up lets nothing more come in by it, and its peer turns those payments away without our hearing of
// them. So it is not asked what comes in now, but what has come in within the last weeks, by what pricing remembers of where
// forwards come from.
import { dailySatsOf } from '../fee/observe.ts';
import type { UnitState } from '../fee/types.ts';
import type { NodeId } from '../units.ts';

/** A peer's channels together. */
export interface Traffic {
  /** Msat a day that come in, and that leave, in the mean of the last weeks. */
  readonly inMsat: number;
  readonly outMsat: number;
  /** What a sat that comes in usually earns where it leaves, ppm. */
  readonly earnsPpm: number;
}

/** What pricing knows of a peer to which forwards leave. */
export interface Exit {
  readonly peer: NodeId;
  readonly state: Pick<UnitState, 'sources' | 'flow'>;
  /** ppm of a typical fee towards it (feeScale). */
  readonly scale: number;
}

/** By peer; those through which nothing has passed are not in it. */
export function trafficOf(exits: Iterable<Exit>): ReadonlyMap<NodeId, Traffic> {
  const sums = new Map<NodeId, { in: number; out: number; earned: number }>();
  const sumOf = (peer: NodeId) => {
    let sum = sums.get(peer);
    if (sum === undefined) sums.set(peer, (sum = { in: 0, out: 0, earned: 0 }));
    return sum;
  };
  for (const { peer, state, scale } of exits) {
    const { sources } = state;
    // Counts of where they come in tell shares and no more: a forward may count several times there (counting.ts).
    const all = sources.forwards.reduce((sum, count) => sum + count, 0);
    if (!(all > 0)) continue;
    const daily = dailySatsOf(state);
    for (let i = 0; i < sources.peers.length; i++) {
      const sats = ((sources.forwards[i] as number) / all) * daily;
      const source = sumOf(sources.peers[i] as NodeId);
      source.in += sats;
      source.earned += sats * scale;
      sumOf(peer).out += sats;
    }
  }
  const traffic = new Map<NodeId, Traffic>();
  for (const [peer, sum] of sums) {
    if (!(sum.in + sum.out > 0)) continue;
    const earnsPpm = sum.in > 0 ? sum.earned / sum.in : 0;
    traffic.set(peer, { inMsat: 1000 * sum.in, outMsat: 1000 * sum.out, earnsPpm });
  }
  return traffic;
}

/** From -1, where all comes in, to 1, where all leaves; 0 where as much leaves as comes in, or nothing is known. */
export const lean = (traffic: Traffic | undefined): number =>
  traffic === undefined ? 0 : (traffic.outMsat - traffic.inMsat) / (traffic.outMsat + traffic.inMsat);
