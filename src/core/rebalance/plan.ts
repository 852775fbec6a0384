// Which rebalances are worth doing now, and why not the others? What a cycle calls to decide.
import { ok, type Result } from '../result.ts';
import { msat } from '../units.ts';
import { Board } from './board.ts';
import { bestGiver, evaluatePair, hopeless, type Candidate, type Market } from './evaluate.ts';
import { FailureIndex, type Pair } from './failure-memory.ts';
import { destinationGate, sourceGate, type Gate } from './gates.ts';
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
  /** Whether somebody will ask why: then all is looked at that is worth showing. */
  readonly told: boolean;
  readonly hopeful: Hopeful;
}

function begin(given: PlanInput, told: boolean): Search {
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
  const hopeful = new Hopeful(input.channels, destinations, sources);
  return { channels: input.channels, market, destinations, sources, taken: [], told, hopeful };
}

/** The next best order, counting what the ones before it take; null where none is left that is worth carrying out. */
function nextOrder(search: Search): Proposal | null {
  const { market, taken, told } = search;
  const best = look(search);
  if (best === null) return null;
  const verdict = told ? pairVerdict(best, market) : null;
  const proposal = proposalOf(best, verdict?.trail ?? []);
  if (proposal === null) return null;
  taken.push({ candidate: best, verdict });
  market.board.move({ from: proposal.from.channelId, to: proposal.to.channelId, amountMsat: proposal.amountMsat });
  search.hopeful.moved(best);
  search.market = { ...market, room: lessReserved(market.room, proposal) };
  return proposal;
}

/**
 * Orders worth carrying out, the best first, and a verdict on every channel in either role. Pure: the order of channels
 * means nothing. Each order counts what the ones before it take, and a destination gets one chunk at a time. After the
 * first has ended the world has changed, so look again.
 */
export function planRebalances(given: PlanInput): RebalancePlan {
  const search = begin(given, true);
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

/** The same orders one by one, without trails and verdicts, and each looked for only once it is asked for. */
export function* proposeRebalances(given: PlanInput): Generator<Proposal, void, undefined> {
  const search = begin(given, false);
  for (let order = nextOrder(search); order !== null; order = nextOrder(search)) yield order;
}

/** The best order that there may be, while it becomes known what ways cost: what nobody knows is hoped to be cheap. */
export class HopedOrder {
  readonly #search: Search;

  constructor(given: PlanInput) {
    this.#search = begin({ ...given, hopeful: true }, false);
  }

  /** The first of those that `proposeRebalances` would name. */
  best(): Proposal | null {
    const best = look(this.#search);
    return best === null ? null : proposalOf(best, []);
  }

  /** What is known now, after something has been found out about this pair, and about no other. */
  learn(pair: Pair, { ways, failures }: Pick<PlanInput, 'ways' | 'failures'>): void {
    const search = this.#search;
    const input = { ...search.market.input, ways, failures };
    search.market = { ...search.market, input, failures: new FailureIndex(failures, input.now) };
    search.hopeful.learned(pair);
  }
}

/** Sources that a destination is shown with where none could make it pay. */
const SHOWN_SOURCES = 3;

/** The best to be served next. */
function look(search: Search): Candidate | null {
  const { market, taken, told, hopeful } = search;
  if (taken.length >= market.input.maxOrders) return null;
  return told ? lookAtAll(search) : hopeful.next(market, taken);
}

/** Evaluates the pairs of all destinations that are not served yet, for who asks why. */
function lookAtAll({ destinations, sources, market, taken }: Search): Candidate | null {
  destinations.forget();
  sources.forget();
  const served = new Set(taken.map(({ candidate }) => candidate.to));
  const source = bestGiver(market);
  let best: Candidate | null = null;
  for (const to of destinations.open) {
    if (served.has(to)) continue;
    const none = hopeless(to, source, market);
    const tally = destinations.tally(to);
    tally.outcome = none;
    const shown = none === null ? sources.open : sources.open.slice(0, SHOWN_SOURCES);
    for (const from of shown) {
      if (from === to) continue;
      const candidate = evaluatePair(from, to, market);
      tally.add(candidate);
      sources.tally(from).add(candidate);
      best = better(best, candidate);
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
