// Which fee does every peer get now, and why? The only function of this folder that a cycle calls.
import type { ChannelId, NodeId } from '../units.ts';
import { feeScale, sourcePrice } from './bid-price.ts';
import { decideUnit } from './decide-unit.ts';
import { inOrder, noteOrdered, statesInOrder, type States } from './in-order.ts';
import { prepare, withState, type Prepared } from './prepare.ts';
import { longRunPrices, seenAtScales, usualLnRates } from './long-run.ts';
import { withChanges } from './state.ts';
import { presentPrice } from './present-price.ts';
import { Carried } from './carried.ts';
import { priorFor, type Pool } from './prior.ts';
import type { BidPrice, FeeDecision, FeeInput, FeeOutcome, Optimum, PricingUnit, UnitState } from './types.ts';

/** What all peers have learned, in the order of the states. */
function learnedBy(states: States): readonly Optimum[] {
  const learned: Optimum[] = [];
  for (const { learner } of states.values()) if (learner.optimum !== null) learned.push(learner.optimum);
  return learned;
}

/** Prior belief for a peer from everything but its own traffic. */
const priorOf = (pool: Pool, own: UnitState | undefined, rivals: PricingUnit['rivals']): Optimum =>
  priorFor(pool.without(own?.learner.optimum ?? null), rivals);

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

/** Those that can be priced, and a decision for each that cannot. `prior` of a peer is asked only where its learner starts. */
function prepareAll(
  { now, config }: FeeInput,
  units: readonly PricingUnit[],
  known: States,
  carried: Carried,
): { readonly prepared: readonly Prepared[]; readonly privates: readonly FeeDecision[] } {
  const peerOf = peersOf(units);
  let learned: readonly Optimum[] | null = null;
  const prepared: Prepared[] = [];
  const privates: FeeDecision[] = [];
  for (const unit of units) {
    const { peerId } = unit;
    const state = known.get(peerId);
    const prior = (): Optimum => priorOf(carried.poolOf((learned ??= learnedBy(known))), state, unit.rivals);
    const ready = prepare(unit, state, config, prior, now, peerOf);
    if (ready !== null) prepared.push(ready);
    else privates.push({ peerId, kind: 'hold', reason: 'private', foreign: [], trail: [], wantedPpm: null });
  }
  return { prepared, privates };
}

/** The same with their new long-run prices; nothing is learned of a peer that could not be read. */
const withSlowPrices = (prepared: readonly Prepared[], slow: ArrayLike<number>): readonly Prepared[] =>
  prepared.map((before, i) =>
    before.unit.observation === null
      ? before
      : withState(before, withChanges(before.state, { slowPrice: slow[i] as number })),
  );

/** Mean bid price, by capacity, of all peers but one: what leaves to a peer does not come in from it. */
function meansElsewhere(prepared: readonly Prepared[], bids: readonly BidPrice[]): (i: number) => number {
  let weighted = 0;
  let capacity = 0;
  prepared.forEach(({ capacitySats }, i) => {
    weighted += (bids[i] as BidPrice).price * capacitySats;
    capacity += capacitySats;
  });
  return (i) => {
    const { capacitySats } = prepared[i] as Prepared;
    const elsewhere = capacity - capacitySats;
    return elsewhere > 0 ? (weighted - (bids[i] as BidPrice).price * capacitySats) / elsewhere : 0;
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
  const known = statesInOrder(input.states);
  const { prepared, privates } = prepareAll(input, units, known, carried);
  const next = new Map(known);
  for (const { unit, state } of prepared) next.set(unit.peerId, state);

  // What is believed of each peer, and what liquidity is worth there.
  const pool = carried.poolOf(learnedBy(next));
  const priors = prepared.map(({ unit, state }) => priorOf(pool, state, unit.rivals));
  const places = carried.placesOf(prepared.length, (i) => (prepared[i] as Prepared).unit.peerId);
  const scales = prepared.map(({ state }, i) => feeScale(state.learner.optimum, priors[i] as Optimum));
  const seen = seenAtScales(prepared, scales);
  const lnRates = usualLnRates(seen);
  const priced = withSlowPrices(prepared, longRunPrices(prepared, scales, seen, places));
  const bids = priced.map(({ state, share, capacitySats }, i) =>
    presentPrice(state, share, capacitySats, scales[i] as number),
  );
  const meanElsewhere = meansElsewhere(priced, bids);

  const decisions = [...privates];
  const prices = new Map<NodeId, BidPrice>();
  priced.forEach((ready, i) => {
    const { peerId } = ready.unit;
    const own = bids[i] as BidPrice;
    prices.set(peerId, own);
    const source = sourcePrice(places.of(ready.state.sources), bids, meanElsewhere(i));
    // Named, because spreading takes over ten times as long (state.ts).
    const { lnPpm, sd } = priors[i] as Optimum;
    const prior = { lnPpm, sd, lnRate: lnRates[i] ?? null };
    const { decision, state } = decideUnit(ready, { prior, own, source }, config, now, untold);
    decisions.push(decision);
    next.set(peerId, state);
  });
  if (next.size === known.size) noteOrdered(next);
  return { decisions: inOrder(decisions, ({ peerId }) => peerId), next, prices };
}
