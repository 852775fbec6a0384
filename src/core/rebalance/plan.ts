// Which rebalances are worth doing now, and why not the others? What a cycle calls to decide.
import { ok, type Result } from '../result.ts';
import { msat, msatToFloat, type ChannelId } from '../units.ts';
import { Board } from './board.ts';
import {
  cannotPay,
  evaluatePair,
  FREE_GIVER,
  hopeless,
  minProfit,
  prospectOfGiver,
  prospectOfTaker,
  type Candidate,
  type GiverProspect,
  type Market,
} from './evaluate.ts';
import { FailureIndex } from './failure-memory.ts';
import { destinationGate, sourceGate, type Gate } from './gates.ts';
import { roomOf, type CapitalRefusal, type Room } from './guard.ts';
import { paidByPeer } from './inbound.ts';
import type { ChannelVerdict, PlanChannel, PlanInput, Proposal, RebalancePlan } from './plan-types.ts';
import { evaluationOf, pairVerdict } from './pair-verdict.ts';
import { RANK } from './target.ts';
import { endOf } from './types.ts';
import { byId, channelVerdict, compareCandidates, Tally, type Taken } from './verdicts.ts';

/**
 * The order in which destinations are served: what has failed of late after what has not, or one that keeps failing would
 * keep others waiting; then SOURCE first, then the most profit.
 */
const compareToServe = (a: Candidate, b: Candidate): number =>
  a.failures - b.failures || RANK[a.to.flow] - RANK[b.to.flow] || compareCandidates(a, b);

const NOTHING_PAID: readonly number[] = [];

/** What all pairs share, at the beginning of a plan. */
export function marketOf(input: PlanInput): Market {
  // Asked only where a destination may pay.
  let paid: ReturnType<typeof paidByPeer> | null = null;
  return {
    input,
    board: new Board(input),
    failures: new FailureIndex(input.failures, input.now),
    room: roomOf(input.capital),
    paid: (to) => (paid ??= paidByPeer(input.paid, input.now)).get(to.view.peerId) ?? NOTHING_PAID,
  };
}

/** The channels in one role: what keeps each out, and its pairs. Each is worked out once somebody asks. */
class Side {
  readonly #channels: readonly PlanChannel[];
  readonly #gate: (channel: PlanChannel) => Gate | null;
  readonly #gates = new Map<PlanChannel, Gate | null>();
  #open: readonly PlanChannel[] | null = null;
  #tallies = new Map<ChannelId, Tally>();

  constructor(channels: readonly PlanChannel[], gate: (channel: PlanChannel) => Gate | null) {
    this.#channels = channels;
    this.#gate = gate;
  }

  /** As before the first order. */
  gateOf(channel: PlanChannel): Gate | null {
    let gate = this.#gates.get(channel);
    if (gate === undefined) {
      gate = this.#gate(channel);
      this.#gates.set(channel, gate);
    }
    return gate;
  }

  get open(): readonly PlanChannel[] {
    return (this.#open ??= this.#channels.filter((channel) => this.gateOf(channel) === null));
  }

  forget(): void {
    this.#tallies = new Map();
  }

  tally({ view }: PlanChannel): Tally {
    const known = this.#tallies.get(view.channelId);
    if (known !== undefined) return known;
    const fresh = new Tally();
    this.#tallies.set(view.channelId, fresh);
    return fresh;
  }
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
  return { channels: input.channels, market, destinations, sources, taken: [], told };
}

/** The next best order, counting what the ones before it take; null where none is left that is worth carrying out. */
function nextOrder(search: Search): Proposal | null {
  const { market, taken, told } = search;
  if (taken.length >= market.input.maxOrders) return null;
  const best = look(search);
  if (best === null) return null;
  const verdict = told ? pairVerdict(best, market) : null;
  const proposal = proposalOf(best, verdict?.trail ?? []);
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

/** Sources that a destination is shown with where none could make it pay. */
const SHOWN_SOURCES = 3;

/** The best to be served next. */
const look = (search: Search): Candidate | null => (search.told ? lookAtAll(search) : lookAtHopeful(search));

const better = (best: Candidate | null, candidate: Candidate): Candidate | null =>
  candidate.reason === 'approved' && (best === null || compareToServe(candidate, best) < 0) ? candidate : best;

/** Evaluates the pairs of all destinations that are not served yet, for who asks why. */
function lookAtAll({ destinations, sources, market, taken }: Search): Candidate | null {
  destinations.forget();
  sources.forget();
  const served = new Set(taken.map(({ candidate }) => candidate.to));
  let best: Candidate | null = null;
  for (const to of destinations.open) {
    if (served.has(to)) continue;
    const none = hopeless(to, market);
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

/**
 * The profit, msat, below which an order to that destination would not be served before the best found so far.
 * @param failures of the destination: no pair with it has fewer
 */
function profitToBeat(best: Candidate | null, to: PlanChannel, failures: number): number {
  // What may have failed less often comes first, however little it brings.
  if (best === null || failures < best.failures) return 0;
  if (failures > best.failures) return Infinity;
  const rank = RANK[to.flow] - RANK[best.to.flow];
  if (rank !== 0) return rank < 0 ? 0 : Infinity;
  return best.working?.profit ?? 0;
}

/**
 * The same best, without a thought for channels that nothing can be gained with, and for pairs that cannot pay, or not as
 * well as one that has been found.
 */
function lookAtHopeful({ channels, destinations, sources, market, taken }: Search): Candidate | null {
  const least = msatToFloat(market.input.minProfitMsat);
  let givers: GiverProspect[] | null = null;
  let best: Candidate | null = null;
  for (const channel of channels) {
    if (!(market.board.figures(channel).missing > 0)) continue;
    const to = prospectOfTaker(channel, market);
    if (cannotPay(FREE_GIVER, to, least, market)) continue;
    // What has given was no destination when the search began.
    if (taken.some(({ candidate: { from, to } }) => to === channel || from === channel)) continue;
    if (destinations.gateOf(channel) !== null) continue;
    const failures = market.failures.failuresOfDestination(channel.view.channelId);
    let minimum = Math.max(minProfit(channel, market.input), profitToBeat(best, channel, failures));
    if (cannotPay(FREE_GIVER, to, minimum, market)) continue;
    givers ??= sources.open.map((from) => prospectOfGiver(from, market));
    for (const from of givers) {
      if (from.channel === channel || cannotPay(from, to, minimum, market)) continue;
      if (market.failures.resting({ from: from.channel.view.channelId, to: channel.view.channelId }) !== null) continue;
      best = better(best, evaluatePair(from.channel, channel, market));
      minimum = Math.max(minimum, profitToBeat(best, channel, failures));
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
