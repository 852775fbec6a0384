// Which channels are there between other nodes, and which way is the cheapest through them?
import { addMsat, msat, ZERO_MSAT, type Msat, type NodeId, type Scid } from '../../core/units.ts';
import { feeOf } from './liquidity.ts';
import type { Sim } from './sim.ts';
import type { Policy } from './state.ts';

/** One direction of a channel between two other nodes. */
export interface Hop {
  readonly scid: Scid;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly capacity: Msat;
  policy: Policy;
  /** What it can carry now; nobody but `from` knows. */
  liquidity: Msat;
  /** `from` keeps HTLCs that are to go by it; or refuses them. */
  conduct: 'pass' | 'hold' | 'refuse';
}

/** A channel in one direction as gossip tells of it. */
export interface Edge {
  readonly scid: Scid;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly capacity: Msat;
  readonly policy: Policy;
}

export interface Step {
  readonly edge: Edge;
  readonly inMsat: Msat;
  readonly outMsat: Msat;
  readonly cltvIn: number;
  readonly cltvOut: number;
}

/** BOLT 7: 0 where the one with the smaller id sends. */
export const directionOf = ({ from, to }: Pick<Edge, 'from' | 'to'>): 0 | 1 => (from < to ? 0 : 1);
export const directed = (edge: Edge): string => `${edge.scid}/${directionOf(edge)}`;

/** Everything that has been announced, our own channels included. */
export function edgesOf(sim: Sim): Edge[] {
  const own = sim.state.nodeId;
  const ours = [...sim.state.channels.values()].flatMap(
    ({ scid, private: hidden, peerId, capacity, policy, remote }) =>
      scid === null || hidden
        ? []
        : [
            { scid, from: own, to: peerId, capacity, policy },
            { scid, from: peerId, to: own, capacity, policy: remote },
          ],
  );
  return [...sim.state.graph, ...ours];
}

export interface Search {
  readonly source: NodeId;
  readonly destination: NodeId;
  readonly amount: Msat;
  readonly finalCltv: number;
  /** Whether so much may be asked of it. */
  readonly usable: (edge: Edge, amount: Msat) => boolean;
}

interface Reached {
  readonly amount: Msat;
  readonly cltv: number;
  readonly steps: readonly Step[];
}

/** The cheapest way, found from its end, because fees compound from there; null when there is none. */
export function cheapestPath(edges: readonly Edge[], search: Search): readonly Step[] | null {
  const { source, destination, amount, finalCltv, usable } = search;
  const reached = new Map<NodeId, Reached>([[destination, { amount, cltv: finalCltv, steps: [] }]]);
  const done = new Set<NodeId>();
  for (;;) {
    let at: NodeId | null = null;
    for (const [node, { amount: needed }] of reached)
      if (!done.has(node) && (at === null || needed < (reached.get(at)?.amount ?? ZERO_MSAT))) at = node;
    const here = at === null ? undefined : reached.get(at);
    if (at === null || here === undefined) return null;
    if (at === source) return here.steps;
    done.add(at);
    for (const edge of edges) {
      if (edge.to !== at || done.has(edge.from) || !usable(edge, here.amount)) continue;
      const { baseMsat, ppm, cltvDelta } = edge.policy;
      const inMsat = addMsat(here.amount, feeOf(here.amount, baseMsat, ppm));
      const known = reached.get(edge.from);
      if (known !== undefined && known.amount <= inMsat) continue;
      const step: Step = { edge, inMsat, outMsat: here.amount, cltvIn: here.cltv + cltvDelta, cltvOut: here.cltv };
      reached.set(edge.from, { amount: inMsat, cltv: step.cltvIn, steps: [step, ...here.steps] });
    }
  }
}

/** What its terms and its size allow, whatever it holds. */
export const carries = ({ policy, capacity }: Edge, amount: Msat): boolean =>
  amount >= policy.htlcMin && amount <= policy.htlcMax && amount <= msat(capacity);
