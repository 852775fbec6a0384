// What will it cost to bring liquidity into a channel? Our own experience first.
import { groupBy } from '../group-by.ts';
import type { ChannelView } from '../snapshot.ts';
import { ratio, SECONDS_PER_DAY, type NodeId, type UnixSec } from '../units.ts';
import type { Intent } from './intent.ts';
import type { PaidCost, PlanChannel } from './plan-types.ts';

/** Days after which what we paid says nothing any more: prices move within days, regimes about every 45 (quant 4.6). */
export const PAID_DAYS = 14;
/** So many payments make a median that one of them cannot spoil. */
const ENOUGH_PAID = 3;
/**
 * What the way to the peer costs beside the peer's own fee: the median of all non-zero fees in the graph (quant 2), which
 * is one dear hop or several cheap ones. The seed's 500 forbade most of what paid.
 */
const NETWORK_BUFFER_PPM = 150;
/** Where nothing is known at all: the seed's default, about what swaps cost (quant 2). */
const UNKNOWN_PPM = 1000;
/**
 * Where between the last hop, which every way costs, and the cap the ways lie that are taken. In the market model 0.7 to
 * 0.8: most ways are dearer than the cap, and of the few below it most are just below. Less than 1, so that a better spread
 * is not eaten up by the cost expected.
 */
const UNDER_CAP = 0.75;
/**
 * The same where all that is decided is whether to ask: only what even a cheap way would not make pay is not asked for. With
 * 0.75 too few ways were known to find the cheap ones (docs/economics.md).
 */
const HOPED_UNDER_CAP = 0.3;

export interface InboundCost {
  readonly ppm: number;
  readonly from: 'paid' | 'peer-fee' | 'default' | 'cap' | 'known';
  /** Payments in the median. */
  readonly payments: number;
}

const median = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1;
  const [high = 0, low = high] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
};

/** What orders that arrived have really cost. */
export const paidOf = (arrived: readonly Intent[]): readonly PaidCost[] =>
  arrived.flatMap(({ to, endedAt, movedMsat, feeMsat }) =>
    movedMsat > 0n && endedAt !== null ? [{ toPeer: to.peerId, at: endedAt, movedMsat, feeMsat }] : [],
  );

/** What peers ask toward us, ppm, where that is known. */
export function lastHopsOf(channels: readonly Pick<ChannelView, 'peerId' | 'remote'>[]): ReadonlyMap<NodeId, number> {
  const lastHops = new Map<NodeId, number>();
  for (const { peerId, remote } of channels) if (remote !== null) lastHops.set(peerId, remote.feePpm);
  return lastHops;
}

export type Paid = ReadonlyMap<NodeId, readonly number[]>;

/** What was paid stays the same list from look to look. True from the latest payment in it until the oldest is too old. */
const sortedOut = new WeakMap<
  readonly PaidCost[],
  { readonly from: number; readonly until: number; readonly byPeer: Paid }
>();

/** Per peer, ppm of what arrived, ascending: those lately paid. */
export function paidByPeer(paid: readonly PaidCost[], now: UnixSec): Paid {
  const known = sortedOut.get(paid);
  if (known !== undefined && known.from <= now && now <= known.until) return known.byPeer;
  const byPeer = sortOut(paid, now);
  let [from, until] = [-Infinity, Infinity];
  for (const { at } of paid) {
    from = Math.max(from, at);
    until = Math.min(until, at + PAID_DAYS * SECONDS_PER_DAY);
  }
  sortedOut.set(paid, { from, until, byPeer });
  return byPeer;
}

function sortOut(paid: readonly PaidCost[], now: UnixSec): Paid {
  const lately = paid.filter(
    ({ at, movedMsat, feeMsat }) =>
      movedMsat > 0n && feeMsat >= 0n && at <= now && now - at <= PAID_DAYS * SECONDS_PER_DAY,
  );
  const byPeer = new Map<NodeId, readonly number[]>();
  for (const [peer, theirs] of groupBy(lately, ({ toPeer }) => toPeer))
    byPeer.set(
      peer,
      theirs.map(({ feeMsat, movedMsat }) => ratio(feeMsat, movedMsat) * 1e6).sort((a, b) => a - b),
    );
  return byPeer;
}

/**
 * What ways usually cost beyond the last hop, ppm: the median of what all our payments lately paid, whoever they went to.
 * They begin at our own node, so that one peer's tell of another's; where there are few, what is usual in the network.
 * @param lastHopPpm by peer; those who do not tell are left out
 */
export function beyondLastHop(paid: Paid, lastHopPpm: ReadonlyMap<NodeId, number>): number {
  const beyond: number[] = [];
  for (const [peer, costs] of paid) {
    const lastHop = lastHopPpm.get(peer);
    if (lastHop !== undefined) for (const ppm of costs) beyond.push(Math.max(0, ppm - lastHop));
  }
  return beyond.length >= ENOUGH_PAID ? median(beyond.sort((a, b) => a - b)) : NETWORK_BUFFER_PPM;
}

/** What ways to a channel cost, ppm, of an amount. */
export interface WayCost {
  /** None costs less: what the peer asks for the last hop now. */
  readonly least: number;
  /** What is paid where no cap forbids it. */
  readonly usual: number;
  /** Where between the least and a cap the ways lie that are taken. */
  readonly underCap: number;
}

/**
 * @param amount msat, > 0
 * @param beyondPpm what ways usually cost beyond the last hop
 */
export function wayCost(
  { view }: PlanChannel,
  amount: number,
  paid: readonly number[],
  beyondPpm = NETWORK_BUFFER_PPM,
  hopeful = false,
): WayCost {
  const underCap = hopeful ? HOPED_UNDER_CAP : UNDER_CAP;
  const { remote } = view;
  const lastHop = remote === null ? null : remote.feePpm + (Number(remote.baseMsat) / amount) * 1e6;
  if (paid.length >= ENOUGH_PAID) return { least: lastHop ?? 0, usual: Math.max(median(paid), lastHop ?? 0), underCap };
  if (lastHop === null) return { least: UNKNOWN_PPM, usual: UNKNOWN_PPM, underCap };
  return { least: lastHop, usual: lastHop + beyondPpm, underCap };
}

/** What is expected to be paid, ppm, where no more than a cap is: never falls as the cap, or what the way costs, rises. */
export const costUnder = ({ least, usual, underCap }: WayCost, capPpm: number): number =>
  Math.min(usual, least + underCap * Math.max(0, capPpm - least));

/**
 * The expected cost of bringing so much in (msat, > 0), ppm of it, given that it costs no more than a cap: what is dearer is
 * not paid but looked for again. Never below what the peer asks for the last hop now, never above what is usual.
 * @param known what this very way costs, ppm, where that has lately been found out
 * @param hopeful whether one that is not known is taken for a cheap one
 */
export function inboundCost(
  channel: PlanChannel,
  amount: number,
  paid: readonly number[],
  capPpm: number,
  beyondPpm = NETWORK_BUFFER_PPM,
  known: number | null = null,
  hopeful = false,
): InboundCost {
  const way = wayCost(channel, amount, paid, beyondPpm, hopeful);
  if (known !== null) return { ppm: Math.max(known, way.least), from: 'known', payments: paid.length };
  const ppm = costUnder(way, capPpm);
  return { ppm, from: ppm < way.usual ? 'cap' : basisOf(channel, paid), payments: paid.length };
}

/** What the usual cost is known from. */
function basisOf({ view }: PlanChannel, paid: readonly number[]): InboundCost['from'] {
  if (paid.length >= ENOUGH_PAID) return 'paid';
  return view.remote === null ? 'default' : 'peer-fee';
}

/**
 * What liquidity usually costs, ppm, for pricing; null where the peer's fee toward us is not known. Whoever pays 5 ppm for
 * it must not price as if it were 150. More than is usual in the network is not learned from what was paid: pricing would
 * follow the caps that it has itself led to.
 * @param beyondPpm what ways usually cost beyond the last hop
 */
export const refillPpm = (lastHopPpm: number | null, beyondPpm: number): number | null =>
  lastHopPpm === null ? null : lastHopPpm + Math.min(NETWORK_BUFFER_PPM, beyondPpm);
