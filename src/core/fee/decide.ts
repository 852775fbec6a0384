// Which fee does every peer get now, and why? The only function of this folder that a cycle calls.
import type { ChannelId, NodeId } from '../units.ts';
import { feeScale, sourcePrice } from './bid-price.ts';
import { decideUnit } from './decide-unit.ts';
import { prepare, type Prepared } from './prepare.ts';
import { presentPrice } from './present-price.ts';
import { pooledPrior, priorFor } from './prior.ts';
import type { BidPrice, FeeDecision, FeeInput, FeeOutcome, Optimum, UnitState } from './types.ts';

const byId = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Prior belief for a peer from everything but its own traffic. */
function priorOf(peer: NodeId, states: ReadonlyMap<NodeId, UnitState>, rivals: Prepared['unit']['rivals']): Optimum {
  const others: Optimum[] = [];
  for (const [other, { learner }] of states)
    if (other !== peer && learner.optimum !== null) others.push(learner.optimum);
  return priorFor(pooledPrior(others), rivals);
}

function bidOf({ share, state }: Prepared, prior: Optimum): BidPrice {
  return presentPrice(state, share, feeScale(state.learner.optimum, prior));
}

/**
 * Decides the fees of all peers. Pure: the same input gives the same output, whatever the order of units or channels;
 * never reads a clock or a random source. `next` is to be saved before the decisions are acted upon: a fee counts as
 * live only once the node reports it, so that a failed or dry-run set teaches nothing.
 */
export function decideFees(input: FeeInput): FeeOutcome {
  const { now, config } = input;
  const units = [...input.units].sort((a, b) => byId(a.peerId, b.peerId));
  const peerOf = new Map<ChannelId, NodeId>();
  for (const unit of units) for (const { channelId } of unit.channels) peerOf.set(channelId, unit.peerId);

  const known = new Map([...input.states].sort(([a], [b]) => byId(a, b)));
  const prepared: Prepared[] = [];
  const decisions: FeeDecision[] = [];
  for (const unit of units) {
    const state = known.get(unit.peerId);
    const ready = prepare(unit, state, config, () => priorOf(unit.peerId, known, unit.rivals), now, peerOf);
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
  const priors = new Map(prepared.map(({ unit }) => [unit.peerId, priorOf(unit.peerId, next, unit.rivals)]));
  const prices = new Map<NodeId, BidPrice>();
  let weighted = 0;
  let capacity = 0;
  for (const ready of prepared) {
    const prior = priors.get(ready.unit.peerId);
    if (prior === undefined) continue;
    const own = bidOf(ready, prior);
    prices.set(ready.unit.peerId, own);
    weighted += own.price * ready.capacitySats;
    capacity += ready.capacitySats;
  }
  for (const ready of prepared) {
    const { peerId } = ready.unit;
    const prior = priors.get(peerId);
    const own = prices.get(peerId);
    if (prior === undefined || own === undefined) continue;
    // What leaves to a peer does not come in from it, so its own price is no part of the mean.
    const elsewhere = capacity - ready.capacitySats;
    const meanElsewhere = elsewhere > 0 ? (weighted - own.price * ready.capacitySats) / elsewhere : 0;
    const source = sourcePrice(ready.state.sources, prices, meanElsewhere);
    const { decision, state } = decideUnit(ready, { prior, own, source }, config, now);
    decisions.push(decision);
    next.set(peerId, state);
  }
  return { decisions: decisions.sort((a, b) => byId(a.peerId, b.peerId)), next, prices };
}
