// Does it pay to move a chunk from this channel to that one? The gates of a pair, in order, and the arithmetic.
//
// Nodes have a thousand channels and a quarter of a million pairs: amounts are exact integers in plain numbers here, and
// bigints again in what leaves this folder (verdicts.ts).
import { msatToFloat } from '../units.ts';
import { carriable, chunk, chunkWithin, FEE_HEADROOM, mostGiven, mostTaken, type Amount } from './amount.ts';
import type { Board } from './board.ts';
import type { FailureIndex } from './failure-memory.ts';
import type { CapitalRefusal, Room } from './guard.ts';
import { costUnder, inboundCost, wayCost, type InboundCost, type WayCost } from './inbound.ts';
import type { PlanChannel, PlanInput, Shortfall } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';
import type { Result } from '../result.ts';
import { cheapestKnownWay, knownWay, type WayMemory } from './ways.ts';
import { profitFactorOf, type Gate } from './gates.ts';
import { givenUpAt, leastGivenUp, leastOfAll, worthAt, type DestinationWorth, type SourceWorth } from './worth.ts';

/** What all pairs of one plan share. */
export interface Market {
  readonly input: PlanInput;
  readonly board: Board;
  readonly failures: FailureIndex;
  /** What is known of ways now: more, while they are asked for, than what the input began with. */
  readonly ways: WayMemory;
  readonly room: Result<Room, CapitalRefusal>;
  /** Fees lately paid to bring liquidity to the destination's peer, ppm, ascending. */
  readonly paid: (to: PlanChannel) => readonly number[];
  /** What ways usually cost beyond the last hop, ppm. */
  readonly beyondPpm: () => number;
}

/** All that an amount between two channels comes to, msat: rounded against us on both sides. */
export interface Working {
  readonly amount: number;
  readonly destination: DestinationWorth;
  readonly source: SourceWorth;
  readonly inbound: InboundCost;
  readonly spreadPpm: number;
  readonly breakEven: number;
  readonly expectedFee: number;
  readonly profit: number;
}

const PPM = 1e6;

/** @param most msat that the way may cost whatever the amount is worth: it is expected to cost less then */
export function workOut(
  from: PlanChannel,
  to: PlanChannel,
  amount: number,
  { board, paid, beyondPpm, ways, input }: Market,
  most = Infinity,
): Working {
  const destination = worthAt(to, amount, board);
  const source = givenUpAt(from, amount, board);
  const margin = destination.valuePpm - source.opportunityPpm;
  const worth = Math.floor((amount * margin) / PPM);
  const breakEven = Math.max(0, worth);
  const known = knownWay(ways, { from: from.view.channelId, to: to.view.channelId }, input.waysAsOf);
  const cap = (Math.min(breakEven, most) * PPM) / amount;
  const inbound = inboundCost(to, amount, paid(to), cap, beyondPpm(), known, input.hopeful);
  const expectedFee = Math.ceil((amount * inbound.ppm) / PPM);
  return {
    amount,
    destination,
    source,
    inbound,
    spreadPpm: margin - inbound.ppm,
    breakEven,
    expectedFee,
    profit: worth - expectedFee,
  };
}

/** A pair after its gates. */
export interface Candidate {
  readonly from: PlanChannel;
  readonly to: PlanChannel;
  readonly reason: RebalanceReason;
  readonly shortfall: Shortfall | null;
  readonly amount: Amount | null;
  readonly working: Working | null;
  /** The order's cap, msat; null unless approved. */
  readonly maxFee: number | null;
  /** How often the pair, and the destination with others, have failed of late; 0 unless approved. */
  readonly failures: number;
}

export const shortOf = (needed: number, available: number): Shortfall => ({ unit: 'msat', needed, available });

/** What a chunk must be expected to bring, msat; twice for underwater channels (design 6.1). */
export const minProfit = ({ returns }: PlanChannel, { minProfitMsat }: Pick<PlanInput, 'minProfitMsat'>): number =>
  msatToFloat(minProfitMsat) * (returns === null ? 1 : profitFactorOf(returns));

/** The most that source, budget and reserve bear beside the amount, msat, and which of them bears the least. */
function boundOf(from: PlanChannel, amount: number, { board, room }: Market) {
  const { excess, spendable } = board.figures(from);
  let most = excess - amount;
  let reason: RebalanceReason = 'nothing-to-spare';
  const limit = (value: number, name: RebalanceReason): void => {
    if (value < most) [most, reason] = [value, name];
  };
  limit(spendable - amount, 'nothing-to-spare');
  if (room.ok) {
    limit(msatToFloat(room.value.budgetMsat), 'budget-used');
    limit(msatToFloat(room.value.fundsMsat) - amount, 'wallet-reserve');
  }
  return { most, reason };
}

/** Asks one gate after the other; the first that refuses is the reason. Both channels have passed their own. */
export function evaluatePair(from: PlanChannel, to: PlanChannel, market: Market): Candidate {
  const { input, board, room } = market;
  const pair = { from: from.view.channelId, to: to.view.channelId };
  let amount: Amount | null = null;
  let working: Working | null = null;
  const answer = (reason: RebalanceReason, shortfall: Shortfall | null, maxFee: number | null = null): Candidate => ({
    from,
    to,
    reason,
    shortfall,
    amount,
    working,
    maxFee,
    // Those that are refused stand in no order of serving.
    failures: reason === 'approved' ? market.failures.failures(pair) : 0,
  });
  if (from.view.peerId === to.view.peerId) return answer('same-peer', null);
  if (board.isBusy(pair.from, pair.to)) return answer('in-flight', null);
  const resting = market.failures.resting(pair);
  if (resting !== null) return answer('resting', { unit: 'seconds', needed: resting.until, available: input.now });

  amount = chunk(from, to, board, room.ok ? msatToFloat(room.value.fundsMsat) : Infinity);
  if (amount.amount <= 0 || amount.amount < amount.least) {
    const reserve = amount.bound === 'reserve' && carriable(from, to, board).amount >= amount.least;
    return answer(reserve ? 'wallet-reserve' : 'too-little', shortOf(amount.least, amount.amount));
  }
  const bound = boundOf(from, amount.amount, market);
  working = workOut(from, to, amount.amount, market, bound.most);
  const { destination, source, inbound, spreadPpm, breakEven, expectedFee, profit } = working;
  if (!(spreadPpm > 0) || profit < 0) {
    const needed = inbound.ppm + source.opportunityPpm;
    return answer('spread', { unit: 'ppm', needed, available: destination.valuePpm });
  }
  const minimum = minProfit(to, input);
  if (profit < minimum) return answer('min-profit', shortOf(minimum, profit));
  if (!room.ok) return answer(room.error.rule, null);
  // What is expected under a cap lies under it, unless not even the last hop does.
  const cap = Math.min(breakEven, bound.most);
  if (cap < expectedFee) return answer(bound.reason, shortOf(expectedFee, cap));
  if (cap * PPM < amount.amount) return answer('cap-below-one-ppm', null);
  return answer('approved', null, cap);
}

/** What a sat is worth at the destination at most. Value falls with the amount. */
const worthAtMost = (to: PlanChannel, { board }: Market): number => worthAt(to, 0, board).valuePpm;

/** What bringing anything there costs at least, be it by a way that is known: the last hop's base fee is left out. */
function cheapestWay(to: PlanChannel, { paid, beyondPpm, ways, input }: Market): WayCost {
  const { least, usual, underCap } = wayCost(to, Infinity, paid(to), beyondPpm(), input.hopeful);
  const known = cheapestKnownWay(ways, to.view.channelId, input.waysAsOf);
  return { least, usual: Math.min(usual, Math.max(least, known)), underCap };
}

/**
 * The spread with the best source that there could be, where even that does not pay: then none does. Null where some source
 * may make it pay.
 */
export function hopeless(to: PlanChannel, best: Pick<GiverProspect, 'ppm'>, market: Market): Gate | null {
  const valuePpm = worthAtMost(to, market);
  const needed = cheapestWay(to, market).least + best.ppm;
  if (valuePpm > needed) return null;
  return { reason: 'spread', shortfall: { unit: 'ppm', needed, available: valuePpm } };
}

/** What floating point, and the whole msat of what it is worth and what it may cost, may have lost. */
const ROUNDING_MSAT = 2;

/** Of a channel that gives, all that can be known before its partner is. */
export interface GiverProspect {
  readonly channel: PlanChannel;
  /** What a sat costs at least, ppm. */
  readonly ppm: number;
  /** The most that may be moved at once, msat. */
  readonly most: number;
}

/** Of a channel that takes, the same. */
export interface TakerProspect {
  readonly channel: PlanChannel;
  /** What a sat brings at most, ppm. */
  readonly ppm: number;
  readonly way: WayCost;
  readonly most: number;
}

/** The best source that there could be, at the balances of now. */
export const bestGiver = ({ input, board }: Market): Omit<GiverProspect, 'channel'> => ({
  ppm: leastOfAll(input.channels, board),
  most: Infinity,
});

export function prospectOfTaker(to: PlanChannel, market: Market): TakerProspect {
  return {
    channel: to,
    ppm: worthAtMost(to, market),
    way: cheapestWay(to, market),
    most: mostTaken(to, market.board),
  };
}

export function prospectOfGiver(from: PlanChannel, { board }: Market): GiverProspect {
  return { channel: from, ppm: leastGivenUp(from, board), most: mostGiven(from, board) };
}

/**
 * The most that a pair could bring, msat; below zero where its arithmetic cannot end in an order.
 *
 * What is expected to be paid follows the cap, which is what the amount is worth unless source, reserve or budget bear less.
 * Source and reserve keep FEE_HEADROOM of the amount for it; where that or the budget may not do, nothing is said of the
 * cap: whatever it is, the last hop is paid.
 * @param known what this very way costs, ppm, where that has lately been found out: it does whatever the cap
 */
export function profitAtMost(
  from: Omit<GiverProspect, 'channel'>,
  to: TakerProspect,
  { room }: Pick<Market, 'room'>,
  known: number | null = null,
): number {
  const marginPpm = to.ppm - from.ppm;
  const most = Math.min(from.most, to.most);
  const uncapped =
    marginPpm < FEE_HEADROOM * PPM && room.ok && (most * marginPpm) / PPM < msatToFloat(room.value.budgetMsat);
  const hoped = uncapped ? costUnder(to.way, marginPpm) : to.way.least;
  const spreadPpm = marginPpm - (known === null ? hoped : Math.max(known, to.way.least));
  return spreadPpm > 0 ? (most * spreadPpm) / PPM + ROUNDING_MSAT : -Infinity;
}

/** Whether the last hop of the pair's chunk alone costs more than the budget has left. */
export function beyondBudget(from: GiverProspect, to: TakerProspect, { room }: Pick<Market, 'room'>): boolean {
  if (!room.ok) return false;
  const { budgetMsat, fundsMsat } = room.value;
  const amount = chunkWithin(from.most, to.most, msatToFloat(fundsMsat));
  return (amount * to.way.least) / PPM - ROUNDING_MSAT > msatToFloat(budgetMsat);
}
