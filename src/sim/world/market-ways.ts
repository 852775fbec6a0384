// How does a payment to ourselves get from one of our peers to another, where a market makes the prices? By a way of its
// own for each two of them: the network between them, seen from outside. What it costs now, whether it carries so much and
// how long it takes is what circular-routes.ts says, by which the market's engine rebalances too.
import { msat, scid, ZERO_MSAT, type NodeId } from '../../core/units.ts';
import type { CircularRoutes } from '../market/engine/circular-routes.ts';
import { CLTV_DELTA } from './channel-life.ts';
import { drawnMarket } from './drawn-market.ts';
import type { Edge, Hop } from './graph.ts';
import type { Sim } from './sim.ts';
import type { Policy } from './state.ts';

/** More than any payment: how much gets through is a matter of luck, not of size alone. */
const CAPACITY = msat(100_000_000_000n);
/** No real channel was funded there. */
const BLOCK = 1;
/**
 * So long a price that has gone up is still taken, in seconds. Nodes do so for minutes, within which a sender has asked
 * and paid; a demonstration at a day a second needs hours for the same.
 */
const HONOURED = 6 * 3600;
interface Pair {
  readonly routes: CircularRoutes;
  /** The market's numbers of the channels that stand for the two peers. */
  readonly from: number;
  readonly to: number;
}

function pairOf(sim: Sim, from: NodeId, to: NodeId): Pair | null {
  const { market } = sim.state.traffic;
  if (market === null || from === to) return null;
  // Of several channels with one peer the first: it is one node that the ways lead to.
  const numberOf = (peer: NodeId): number =>
    market.channels.findIndex((id) => sim.state.channels.get(id)?.peerId === peer);
  const pair = { from: numberOf(from), to: numberOf(to) };
  return pair.from < 0 || pair.to < 0 ? null : { ...pair, routes: drawnMarket(sim, market).routes };
}

/** Without the last hop, which is the peer's own and of which its policy tells. */
const ppmAt = ({ routes, from, to }: Pair, seconds: number): number =>
  Math.round(routes.ppm(from, to, seconds) - routes.lastHopPpm(to));

const edgeOf = ({ from, to }: Pair, ends: { readonly from: NodeId; readonly to: NodeId }, ppm: number): Edge => {
  const policy: Policy = { baseMsat: ZERO_MSAT, ppm, htlcMin: msat(1n), htlcMax: CAPACITY, cltvDelta: CLTV_DELTA };
  return { scid: scid(`${BLOCK}x${from}x${to}`), ...ends, capacity: CAPACITY, policy };
};

/** What the way costs a sender who asks now; null where no market knows both. */
export function wayNow(sim: Sim, from: NodeId, to: NodeId): Edge | null {
  const pair = pairOf(sim, from, to);
  return pair && edgeOf(pair, { from, to }, ppmAt(pair, sim.seconds()));
}

/** What a payment of so much that was sent then meets on the way of that name; null where there is none. */
export function wayMet(
  sim: Sim,
  way: Pick<Hop, 'scid' | 'from' | 'to'>,
  sent: { readonly at: number; readonly amountMsat: bigint },
): Hop | null {
  const pair = pairOf(sim, way.from, way.to);
  if (pair === null) return null;
  const { at, amountMsat } = sent;
  const edge = edgeOf(pair, way, Math.min(ppmAt(pair, at), ppmAt(pair, at - HONOURED)));
  if (edge.scid !== way.scid) return null;
  const arrives = pair.routes.arrives(pair.from, pair.to, Number(amountMsat), at);
  return { ...edge, liquidity: arrives ? CAPACITY : ZERO_MSAT, conduct: 'pass' };
}

/** Seconds for which some node keeps a payment from the one peer to the other that was sent then; mostly none. */
export function heldFor(sim: Sim, from: NodeId, to: NodeId, at: number): number {
  const pair = pairOf(sim, from, to);
  return pair === null ? 0 : pair.routes.heldFor(pair.from, pair.to, at);
}
