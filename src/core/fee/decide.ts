// Which fee does every peer get now, and why? The only function of this folder that a cycle calls.
import type { ChannelId, NodeId } from '../units.ts';
import { feeScale, sourcePrice } from './bid-price.ts';
import { decideUnit } from './decide-unit.ts';
import { prepare, type Prepared } from './prepare.ts';
import { longRunPrices } from './long-run.ts';
import { withChanges } from './state.ts';
import { presentPrice } from './present-price.ts';
import { pooledPrior, priorFor } from './prior.ts';
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
const priorOf = (learned: readonly Optimum[], own: UnitState | undefined, rivals: PricingUnit['rivals']): Optimum =>
  priorFor(pooledPrior(learned, own?.learner.optimum ?? null), rivals);

/** Sorted anew only where it must be: cycles pass on what the one before has sorted. */
function inOrder<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const sorted = items.every((item, i) => i === 0 || key(items[i - 1] as T) <= key(item));
  return sorted ? items : [...items].sort((a, b) => byId(key(a), key(b)));
}

/**
 * Decides the fees of all peers. Pure: the same input gives the same output, whatever the order of units or channels;
 * never reads a clock or a random source. `next` is to be saved before the decisions are acted upon: a fee counts as
 * live only once the node reports it, so that a failed or dry-run set teaches nothing.
 */
export function decideFees(input: FeeInput): FeeOutcome {
  const { now, config, untold = false } = input;
  const units = inOrder(input.units, ({ peerId }) => peerId);
  const peerOf = new Map<ChannelId, NodeId>();
  for (const unit of units) for (const { channelId } of unit.channels) peerOf.set(channelId, unit.peerId);

  const known = new Map(inOrder([...input.states], ([peer]) => peer));
  const before = learnedBy(known);
  const prepared: Prepared[] = [];
  const decisions: FeeDecision[] = [];
  for (const unit of units) {
    const state = known.get(unit.peerId);
    const ready = prepare(unit, state, config, () => priorOf(before, state, unit.rivals), now, peerOf);
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
  const learned = learnedBy(next);
  const priors = prepared.map(({ unit, state }) => priorOf(learned, state, unit.rivals));
  const prices = new Map<NodeId, BidPrice>();
  let weighted = 0;
  let capacity = 0;
  const scales = prepared.map(({ state }, i) => feeScale(state.learner.optimum, priors[i] as Optimum));
  const slow = longRunPrices(prepared, scales);
  for (const [i, before] of prepared.entries()) {
    // Nothing is learned of a peer that could not be read.
    const known = before.unit.observation !== null;
    const ready = known ? { ...before, state: withChanges(before.state, { slowPrice: slow[i] as number }) } : before;
    prepared[i] = ready;
    const own = presentPrice(ready.state, ready.share, scales[i] as number);
    prices.set(ready.unit.peerId, own);
    weighted += own.price * ready.capacitySats;
    capacity += ready.capacitySats;
  }
  for (const [i, ready] of prepared.entries()) {
    const { peerId } = ready.unit;
    const own = prices.get(peerId);
    if (own === undefined) continue;
    // What leaves to a peer does not come in from it, so its own price is no part of the mean.
    const elsewhere = capacity - ready.capacitySats;
    const meanElsewhere = elsewhere > 0 ? (weighted - own.price * ready.capacitySats) / elsewhere : 0;
    const source = sourcePrice(ready.state.sources, prices, meanElsewhere);
    const { decision, state } = decideUnit(ready, { prior: priors[i] as Optimum, own, source }, config, now, untold);
    decisions.push(decision);
    next.set(peerId, state);
  }
  return { decisions: decisions.sort((a, b) => byId(a.peerId, b.peerId)), next, prices };
}
