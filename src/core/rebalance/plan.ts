// Which rebalances are worth doing now, and why not the others? What a cycle calls to decide.
import { ok, type Result } from '../result.ts';
import { msat } from '../units.ts';
import { Board } from './board.ts';
import { bestGiver, evaluatePair, hopeless, type Candidate, type Market } from './evaluate.ts';
import { FailureIndex, type Pair } from './failure-memory.ts';
import { destinationGate, sourceGate, triedGate, type Gate } from './gates.ts';
import { roomOf, type CapitalRefusal, type Room } from './guard.ts';
import { Hopeful } from './hopeful.ts';
import { beyondLastHop, lastHopsOf, paidByPeer, type Paid } from './inbound.ts';
import type { ChannelVerdict, PlanChannel, PlanInput, Proposal, RebalancePlan } from './plan-types.ts';
import { evaluationOf, pairVerdict } from './pair-verdict.ts';
import { better } from './serve.ts';
import { Side } from './side.ts';
import { endOf } from './types.ts';
import { byId, channelVerdict, type Taken } from './verdicts.ts';

const NOTHING_PAID: readonly number[] = [];

/** What all pairs share, at the beginning of a plan. */
export function marketOf(input: PlanInput): Market {
  // Asked only where a destination may pay.
  let paid: Paid | null = null;
  let beyond: number | null = null;
  const paidLately = (): Paid => (paid ??= paidByPeer(input.paid, input.now));
  return {
    input,
    board: new Board(input),
    failures: new FailureIndex(input.failures, input.now),
    ways: input.ways,
    room: roomOf(input.capital),
    paid: (to) => paidLately().get(to.view.peerId) ?? NOTHING_PAID,
    beyondPpm: () => (beyond ??= beyondLastHop(paidLately(), lastHopsOf(input.channels.map(({ view }) => view)))),
  };
}

/** The room left beside an order. */
function lessReserved(
  room: Result<Room, CapitalRefusal>,
  { maxFeeMsat, amountMsat }: Proposal,
): Result<Room, CapitalRefusal> {
  if (!room.ok) return room;
  return ok({
    budgetMsat: msat(room.value.budgetMsat - maxFeeMsat),
    fundsMsat: msat(room.value.fundsMsat - amountMsat - maxFeeMsat),
  });
}

/** A search under way: what it has found changes what it may still find. */
interface Search {
  readonly channels: readonly PlanChannel[];
  market: Market;
  readonly destinations: Side;
  readonly sources: Side;
  readonly taken: Taken[];
}

function begin(given: PlanInput): Search {
  const { channels } = given;
  const sorted = channels.every(
    (one, i) => i === 0 || (channels[i - 1] as PlanChannel).view.channelId <= one.view.channelId,
  );
  const input = sorted
    ? given
    : { ...given, channels: [...channels].sort((a, b) => byId(a.view.channelId, b.view.channelId)) };
  const market = marketOf(input);
  const gated = (gate: (channel: PlanChannel, board: Board) => Gate | null) => (channel: PlanChannel) =>
    input.synced ? gate(channel, market.board) : { reason: 'not-synced' as const, shortfall: null };
  const destinations = new Side(input.channels, gated(destinationGate));
  const sources = new Side(input.channels, gated(sourceGate));
  return { channels: input.channels, market, destinations, sources, taken: [] };
}

/** The next best order, counting what the ones before it take; null where none is left that is worth carrying out. */
function nextOrder(search: Search): Proposal | null {
  const { market, taken } = search;
  const best = taken.length < market.input.maxOrders ? look(search) : null;
  if (best === null) return null;
  const verdict = pairVerdict(best, market);
  const proposal = proposalOf(best, verdict.trail);
  if (proposal === null) return null;
  taken.push({ candidate: best, verdict });
  market.board.move({ from: proposal.from.channelId, to: proposal.to.channelId, amountMsat: proposal.amountMsat });
  search.market = { ...market, room: lessReserved(market.room, proposal) };
  return proposal;
}

/**
 * Orders worth carrying out, the best first, and a verdict on every channel in either role. Pure: the order of channels
 * means nothing. Each order counts what the ones before it take, and a destination gets one chunk at a time. After the
 * first has ended the world has changed, so look again.
 */
export function planRebalances(given: PlanInput): RebalancePlan {
  const search = begin(given);
  const approved: Proposal[] = [];
  for (let order = nextOrder(search); order !== null; order = nextOrder(search)) approved.push(order);
  const { channels, market, destinations, sources, taken } = search;
  const verdict = (role: ChannelVerdict['role'], side: Side, channel: PlanChannel): ChannelVerdict =>
    channelVerdict(
      role,
      channel,
      side.gateOf(channel),
      side.tally(channel),
      taken.filter(({ candidate }) => (role === 'destination' ? candidate.to : candidate.from) === channel),
      market,
    );
  return {
    approved,
    verdicts: channels.flatMap((channel) => [
      verdict('destination', destinations, channel),
      verdict('source', sources, channel),
    ]),
  };
}

const hopefulOf = ({ channels, destinations, sources }: Search): Hopeful =>
  new Hopeful(channels, destinations, sources);

const proposalOrNone = (best: Candidate | null): Proposal | null => (best === null ? null : proposalOf(best, []));

/** The first order of planRebalances, without its trail: quicker, because pairs that cannot be the best are not looked at. */
export function bestOrder(given: PlanInput): Proposal | null {
  const search = begin(given);
  return proposalOrNone(hopefulOf(search).next(search.market));
}

/** The best order that is possible as far as is known, while ways are asked for: an unknown way is hoped to be cheap. */
export class HopedOrder {
  readonly #hopeful: Hopeful;
  #market: Market;

  constructor(given: PlanInput) {
    const search = begin({ ...given, hopeful: true });
    this.#hopeful = hopefulOf(search);
    this.#market = search.market;
  }

  /** What `bestOrder` would name. */
  best(): Proposal | null {
    return proposalOrNone(this.#hopeful.next(this.#market));
  }

  /** What is known now, after something has been found out about this pair, and about no other. */
  learn(pair: Pair, { ways, failures }: Pick<PlanInput, 'ways' | 'failures'>): void {
    const { input, board, room, paid, beyondPpm } = this.#market;
    // Named, because spreading takes over ten times as long.
    this.#market = { input, board, failures: new FailureIndex(failures, input.now), ways, room, paid, beyondPpm };
    this.#hopeful.learned(pair);
  }
}

/** Sources that a destination is shown with where none could make it pay. */
const SHOWN_SOURCES = 3;

/** The best to be served next, and all that is worth showing of the pairs of those who are not served yet. */
function look({ destinations, sources, market, taken }: Search): Candidate | null {
  destinations.forget();
  sources.forget();
  const served = new Set(taken.map(({ candidate }) => candidate.to));
  const source = bestGiver(market);
  let best: Candidate | null = null;
  for (const to of destinations.open) {
    if (served.has(to)) continue;
    const none = hopeless(to, source, market);
    const isTried = triedGate(to, market.input) !== null;
    const tally = destinations.tally(to);
    tally.outcome = none;
    const shown = none === null ? sources.open : sources.open.slice(0, SHOWN_SOURCES);
    for (const from of shown) {
      if (from === to) continue;
      const candidate = evaluatePair(from, to, market);
      tally.add(candidate);
      sources.tally(from).add(candidate);
      if (!isTried) best = better(best, candidate);
    }
  }
  return best;
}

function proposalOf(candidate: Candidate, trail: Proposal['trail']): Proposal | null {
  const { maxFee, working } = candidate;
  const from = endOf(candidate.from.view);
  const to = endOf(candidate.to.view);
  if (maxFee === null || working === null || from === null || to === null) return null;
  const evaluation = evaluationOf(candidate.from, candidate.to, working);
  return { from, to, amountMsat: evaluation.amountMsat, maxFeeMsat: msat(maxFee), evaluation, trail };
}
