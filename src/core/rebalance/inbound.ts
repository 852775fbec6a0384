// What will it cost to bring liquidity into a channel? Our own experience first.
import { ratio, SECONDS_PER_DAY, type NodeId, type UnixSec } from '../units.ts';
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

export interface InboundCost {
  readonly ppm: number;
  readonly from: 'paid' | 'peer-fee' | 'default' | 'cap';
  /** Payments in the median. */
  readonly payments: number;
}

const median = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1;
  const [high = 0, low = high] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
};

type Paid = ReadonlyMap<NodeId, readonly number[]>;

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
  const byPeer = new Map<NodeId, number[]>();
  for (const { toPeer, at, movedMsat, feeMsat } of paid) {
    if (movedMsat <= 0n || feeMsat < 0n || at > now || now - at > PAID_DAYS * SECONDS_PER_DAY) continue;
    const ppm = ratio(feeMsat, movedMsat) * 1e6;
    const list = byPeer.get(toPeer);
    if (list) list.push(ppm);
    else byPeer.set(toPeer, [ppm]);
  }
  for (const list of byPeer.values()) list.sort((a, b) => a - b);
  return byPeer;
}

/** What ways to a channel cost, ppm, of an amount. */
export interface WayCost {
  /** None costs less: what the peer asks for the last hop now. */
  readonly least: number;
  /** What is paid where no cap forbids it. */
  readonly usual: number;
}

/** @param amount msat, > 0 */
export function wayCost({ view }: PlanChannel, amount: number, paid: readonly number[]): WayCost {
  const { remote } = view;
  const lastHop = remote === null ? null : remote.feePpm + (Number(remote.baseMsat) / amount) * 1e6;
  if (paid.length >= ENOUGH_PAID) return { least: lastHop ?? 0, usual: Math.max(median(paid), lastHop ?? 0) };
  if (lastHop === null) return { least: UNKNOWN_PPM, usual: UNKNOWN_PPM };
  return { least: lastHop, usual: lastHop + NETWORK_BUFFER_PPM };
}

/** What is expected to be paid, ppm, where no more than a cap is: never falls as the cap, or what the way costs, rises. */
export const costUnder = ({ least, usual }: WayCost, capPpm: number): number =>
  Math.min(usual, least + UNDER_CAP * Math.max(0, capPpm - least));

/**
 * The expected cost of bringing so much in (msat, > 0), ppm of it, given that it costs no more than a cap: what is dearer is
 * not paid but looked for again. Never below what the peer asks for the last hop now, never above what is usual.
 */
export function inboundCost(
  channel: PlanChannel,
  amount: number,
  paid: readonly number[],
  capPpm: number,
): InboundCost {
  const way = wayCost(channel, amount, paid);
  const ppm = costUnder(way, capPpm);
  return { ppm, from: ppm < way.usual ? 'cap' : basisOf(channel, paid), payments: paid.length };
}

/** What the usual cost is known from. */
function basisOf({ view }: PlanChannel, paid: readonly number[]): InboundCost['from'] {
  if (paid.length >= ENOUGH_PAID) return 'paid';
  return view.remote === null ? 'default' : 'peer-fee';
}

/**
 * What liquidity usually costs, ppm, for pricing; null where the peer's fee toward us is not known. What was paid is left
 * out: pricing is to follow the market, not the caps that pricing itself has led to.
 */
export const refillPpm = (lastHopPpm: number | null): number | null =>
  lastHopPpm === null ? null : lastHopPpm + NETWORK_BUFFER_PPM;
