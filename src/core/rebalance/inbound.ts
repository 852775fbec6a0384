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

/**
 * The expected cost of bringing so much in (msat, > 0), ppm of it, given that it costs no more than a cap: what is dearer is
 * not paid but looked for again. Never below what the peer asks for the last hop now, never above what is usual.
 */
export function inboundCost(
  { view }: PlanChannel,
  amount: number,
  paid: readonly number[],
  capPpm: number,
): InboundCost {
  const lastHop = view.remote === null ? null : view.remote.feePpm + (Number(view.remote.baseMsat) / amount) * 1e6;
  const payments = paid.length;
  const usual = usualCost(lastHop, paid);
  if (usual === null) return { ppm: UNKNOWN_PPM, from: 'default', payments };
  const least = lastHop ?? 0;
  const underCap = least + UNDER_CAP * Math.max(0, capPpm - least);
  return underCap < usual.ppm ? { ppm: underCap, from: 'cap', payments } : { ...usual, payments };
}

/** Null where nothing is known. */
function usualCost(lastHop: number | null, paid: readonly number[]): Omit<InboundCost, 'payments'> | null {
  if (paid.length >= ENOUGH_PAID) return { ppm: Math.max(median(paid), lastHop ?? 0), from: 'paid' };
  return lastHop === null ? null : { ppm: lastHop + NETWORK_BUFFER_PPM, from: 'peer-fee' };
}

/**
 * What liquidity usually costs, ppm, for pricing; null where the peer's fee toward us is not known. What was paid is left
 * out: pricing is to follow the market, not the caps that pricing itself has led to.
 */
export const refillPpm = (lastHopPpm: number | null): number | null =>
  lastHopPpm === null ? null : lastHopPpm + NETWORK_BUFFER_PPM;
