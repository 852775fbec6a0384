// Which fee does every peer get now, and why? The only function of this folder that a cycle calls.
import type { ChannelId, NodeId } from '../units.ts';
import { feeScale, sourcePrice } from './bid-price.ts';
import { decideUnit } from './decide-unit.ts';
import { prepare, withState, type Prepared } from './prepare.ts';
import { longRunPrices, seenAtScales, usualLnRates } from './long-run.ts';
import { withChanges } from './state.ts';
import { presentPrice } from './present-price.ts';
import { Carried } from './carried.ts';
import { priorFor, type Pool } from './prior.ts';
import type { BidPrice, FeeDecision, FeeInput, FeeOutcome, Optimum, PricingUnit, UnitState } from './types.ts';

const byId = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type States = ReadonlyMap<NodeId, UnitState>;

/** What all peers have learned, in the order of the states. */
function learnedBy(states: States): readonly Optimum[] {
  const learned: Optimum[] = [];
  for (const { learner } of states.values()) if (learner.optimum !== null) learned.push(learner.optimum);
  return learned;
}

/** Prior belief for a peer from everything but its own traffic. */
const priorOf = (pool: Pool, own: UnitState | undefined, rivals: PricingUnit['rivals']): Optimum =>
  priorFor(pool.without(own?.learner.optimum ?? null), rivals);

/** Sorted anew only where it must be: cycles pass on what the one before has sorted. */
function inOrder<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const sorted = items.every((item, i) => i === 0 || key(items[i - 1] as T) <= key(item));
  return sorted ? items : [...items].sort((a, b) => byId(key(a), key(b)));
}

/** Those that cycles have passed on: they need not be gone through again. */
const ordered = new WeakSet<States>();

/** A map in the order of its peers: `states` itself where it is so already. */
function statesInOrder(states: States): States {
  if (ordered.has(states)) return states;
  let last = '';
  for (const peer of states.keys()) {
    if (peer < last) return new Map([...states].sort(([a], [b]) => byId(a, b)));
    last = peer;
  }
  return states;
}

/** Asked only where something has come in. */
function peersOf(units: readonly PricingUnit[]): (channel: ChannelId) => NodeId | undefined {
  let peers: Map<ChannelId, NodeId> | null = null;
  return (channel) => {
    if (peers === null) {
      peers = new Map();
      for (const { peerId, channels } of units) for (const { channelId } of channels) peers.set(channelId, peerId);
    }
    return peers.get(channel);
  };
}

/**
 * Decides the fees of all peers. Pure: the same input gives the same output, whatever the order of units or channels;
 * never reads a clock or a random source. `next` is to be saved before the decisions are acted upon: a fee counts as
 * live only once the node reports it, so that a failed or dry-run set teaches nothing.
 * @param carried by the cycle before; only makes it quicker
 */
export function decideFees(input: FeeInput, carried = new Carried()): FeeOutcome {
  const { now, config, untold = false } = input;
  const units = inOrder(input.units, ({ peerId }) => peerId);
  const peerOf = peersOf(units);

  const known = statesInOrder(input.states);
  // Asked only where a learner starts.
  let before: readonly Optimum[] | null = null;
  const prepared: Prepared[] = [];
  const decisions: FeeDecision[] = [];
  for (const unit of units) {
    const state = known.get(unit.peerId);
    const prior = (): Optimum => priorOf(carried.poolOf((before ??= learnedBy(known))), state, unit.rivals);
    const ready = prepare(unit, state, config, prior, now, peerOf);
    if (ready !== null) prepared.push(ready);
    else
      decisions.push({
        peerId: unit.peerId,
        kind: 'hold',
        reason: 'private',
        foreign: [],
        trail: [],
        wantedPpm: null,
      });
  }

  const next = new Map(known);
  for (const { unit, state } of prepared) next.set(unit.peerId, state);
  const pool = carried.poolOf(learnedBy(next));
  const priors = prepared.map(({ unit, state }) => priorOf(pool, state, unit.rivals));
  const places = carried.placesOf(prepared.length, (i) => (prepared[i] as Prepared).unit.peerId);
  const bids: BidPrice[] = [];
  let weighted = 0;
  let capacity = 0;
  const scales = prepared.map(({ state }, i) => feeScale(state.learner.optimum, priors[i] as Optimum));
  const seen = seenAtScales(prepared, scales);
  const lnRates = usualLnRates(seen);
  const slow = longRunPrices(prepared, scales, seen, places);
  for (let i = 0; i < prepared.length; i++) {
    const before = prepared[i] as Prepared;
    // Nothing is learned of a peer that could not be read.
    const known = before.unit.observation !== null;
    const slowPrice = slow[i] as number;
    const ready = known ? withState(before, withChanges(before.state, { slowPrice })) : before;
    prepared[i] = ready;
    const own = presentPrice(ready.state, ready.share, scales[i] as number);
    bids.push(own);
    weighted += own.price * ready.capacitySats;
    capacity += ready.capacitySats;
  }
  const prices = new Map<NodeId, BidPrice>();
  for (let i = 0; i < prepared.length; i++) {
    const ready = prepared[i] as Prepared;
    const own = bids[i] as BidPrice;
    const { peerId } = ready.unit;
    prices.set(peerId, own);
    // What leaves to a peer does not come in from it, so its own price is no part of the mean.
    const elsewhere = capacity - ready.capacitySats;
    const meanElsewhere = elsewhere > 0 ? (weighted - own.price * ready.capacitySats) / elsewhere : 0;
    const source = sourcePrice(places.of(ready.state.sources), bids, meanElsewhere);
    // Named, because spreading takes over ten times as long (state.ts).
    const { lnPpm, sd } = priors[i] as Optimum;
    const prior = { lnPpm, sd, lnRate: lnRates[i] ?? null };
    const { decision, state } = decideUnit(ready, { prior, own, source }, config, now, untold);
    decisions.push(decision);
    next.set(peerId, state);
  }
  if (next.size === known.size) ordered.add(next);
  return { decisions: inOrder(decisions, ({ peerId }) => peerId), next, prices };
}
