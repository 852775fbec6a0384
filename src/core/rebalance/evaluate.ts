// Does it pay to move a chunk from this channel to that one? The gates of a pair, in order, and the arithmetic.
import { msat, msatToFloat, type Msat } from '../units.ts';
import { chunk, type Amount } from './amount.ts';
import type { Board } from './board.ts';
import { explainFailure, failuresOf, restingBy } from './failure-memory.ts';
import type { CapitalRefusal, Room } from './guard.ts';
import { inboundCost, type InboundCost } from './inbound.ts';
import type { Evaluation, PairVerdict, PlanChannel, PlanInput, RebalanceTrailStep, Shortfall } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';
import { targetOf, termsOf } from './targets.ts';
import { givenUpAt, plainSpread, worthAt, type DestinationWorth, type SourceWorth } from './worth.ts';
import type { Result } from '../result.ts';

/** What all pairs of one plan share. */
export interface Market {
  readonly input: PlanInput;
  readonly board: Board;
  readonly room: Result<Room, CapitalRefusal>;
  /** Fees lately paid to bring liquidity to the destination's peer, ppm, ascending. */
  readonly paid: (to: PlanChannel) => readonly number[];
}

/** All that an amount between two channels comes to. */
export interface Working {
  readonly evaluation: Evaluation;
  readonly destination: DestinationWorth;
  readonly source: SourceWorth;
  readonly inbound: InboundCost;
}

const PPM = 1e6;

export function workOut(from: PlanChannel, to: PlanChannel, amountMsat: Msat, market: Market): Working {
  const { board, paid } = market;
  const amount = msatToFloat(amountMsat);
  const destination = worthAt(to, amount, board);
  const source = givenUpAt(from, amount, board);
  const inbound = inboundCost(to, amountMsat, paid(to));
  const margin = destination.valuePpm - source.opportunityPpm;
  // Rounded against us on both sides.
  const breakEvenMsat = msat(Math.max(0, Math.floor((amount * margin) / PPM)));
  const expectedFeeMsat = msat(Math.ceil((amount * inbound.ppm) / PPM));
  const profit = msat(Math.floor((amount * margin) / PPM) - Math.ceil((amount * inbound.ppm) / PPM));
  return {
    evaluation: {
      amountMsat,
      valuePpm: destination.valuePpm,
      opportunityPpm: source.opportunityPpm,
      inboundPpm: inbound.ppm,
      spreadPpm: margin - inbound.ppm,
      plainSpreadPpm: plainSpread(from, to, inbound.ppm),
      expectedFeeMsat,
      expectedProfitMsat: profit,
      breakEvenMsat,
    },
    destination,
    source,
    inbound,
  };
}

/** A pair after its gates: light, because there are many; `verdictOf` writes those out that are kept. */
export interface Candidate {
  readonly from: PlanChannel;
  readonly to: PlanChannel;
  readonly reason: RebalanceReason;
  readonly shortfall: Shortfall | null;
  readonly amount: Amount | null;
  readonly working: Working | null;
  /** The order's cap; null unless approved. */
  readonly maxFeeMsat: Msat | null;
  /** How often the pair has failed of late. */
  readonly failures: number;
}

const shortOf = (needed: Msat, available: Msat): Shortfall => ({
  unit: 'msat',
  needed: msatToFloat(needed),
  available: msatToFloat(available),
});

/** The most the way may cost, and what makes it less than break-even where something does. */
function capOf(from: PlanChannel, { amountMsat, breakEvenMsat }: Evaluation, { board, room }: Market) {
  let cap = { maxFeeMsat: breakEvenMsat, reason: 'spread' as RebalanceReason };
  const limit = (maxFee: bigint, reason: RebalanceReason): void => {
    if (maxFee < cap.maxFeeMsat) cap = { maxFeeMsat: msat(maxFee), reason };
  };
  limit(board.local(from) - targetOf(from) - amountMsat, 'nothing-to-spare');
  limit(board.spendable(from) - amountMsat, 'nothing-to-spare');
  if (room.ok) {
    limit(room.value.budgetMsat, 'budget-used');
    limit(room.value.fundsMsat - amountMsat, 'wallet-reserve');
  }
  return cap;
}

/** Asks one gate after the other; the first that refuses is the reason. Both channels have passed their own. */
export function evaluatePair(from: PlanChannel, to: PlanChannel, market: Market): Candidate {
  const { input, board, room } = market;
  const pair = { from: from.view.channelId, to: to.view.channelId };
  const failures = failuresOf(input.failures, pair, input.now);
  const refuse = (reason: RebalanceReason, shortfall: Shortfall | null = null): Candidate => ({
    from,
    to,
    reason,
    shortfall,
    amount: null,
    working: null,
    maxFeeMsat: null,
    failures,
  });
  if (from.view.peerId === to.view.peerId) return refuse('same-peer');
  if (board.isBusy(pair.from, pair.to)) return refuse('in-flight');
  const resting = restingBy(input.failures, pair, input.now);
  if (resting !== null) return refuse('resting', { unit: 'seconds', needed: resting.until, available: input.now });
  const amount = chunk(from, to, board, room.ok ? room.value : null);
  if (amount.amountMsat <= 0n || amount.amountMsat < amount.leastMsat) {
    const reason = amount.bound === 'reserve' ? 'wallet-reserve' : 'too-little';
    return { ...refuse(reason, shortOf(amount.leastMsat, amount.amountMsat)), amount };
  }
  if (!((to.dailyOutMsat ?? 0) > 0)) return { ...refuse('no-outflow'), amount };

  const working = workOut(from, to, amount.amountMsat, market);
  const { evaluation } = working;
  const refuseWorked = (reason: RebalanceReason, shortfall: Shortfall | null): Candidate => ({
    ...refuse(reason, shortfall),
    amount,
    working,
  });
  const { spreadPpm, expectedFeeMsat, expectedProfitMsat, valuePpm, opportunityPpm, inboundPpm } = evaluation;
  if (!(spreadPpm > 0) || expectedProfitMsat < 0n)
    return refuseWorked('spread', { unit: 'ppm', needed: inboundPpm + opportunityPpm, available: valuePpm });
  const minimum = minProfit(to, input);
  if (expectedProfitMsat < minimum) return refuseWorked('min-profit', shortOf(minimum, expectedProfitMsat));
  if (!room.ok) return refuseWorked(room.error.rule, null);
  const { maxFeeMsat, reason } = capOf(from, evaluation, market);
  if (maxFeeMsat < expectedFeeMsat) return refuseWorked(reason, shortOf(expectedFeeMsat, maxFeeMsat));
  if (maxFeeMsat * BigInt(PPM) < amount.amountMsat) return refuseWorked('cap-below-one-ppm', null);
  return { from, to, reason: 'approved', shortfall: null, amount, working, maxFeeMsat, failures };
}

/** What a chunk must be expected to bring; twice for underwater channels (design 6.1). */
export function minProfit({ returns }: PlanChannel, { minProfitMsat }: Pick<PlanInput, 'minProfitMsat'>): Msat {
  const terms = returns === null ? null : termsOf(returns);
  return msat(minProfitMsat * BigInt(terms?.allowed === true ? terms.profitFactor : 1));
}

const sats = (amount: Msat): number => msatToFloat(amount) / 1000;
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** The candidate with its arithmetic written out. */
export function verdictOf(candidate: Candidate, input: PlanInput): PairVerdict {
  const { from, to, reason, shortfall, amount, working, maxFeeMsat } = candidate;
  const trail: RebalanceTrailStep[] = [];
  const pair = { from: from.view.channelId, to: to.view.channelId };
  if (reason === 'resting') {
    const record = restingBy(input.failures, pair, input.now);
    if (record !== null)
      trail.push({
        step: 'resting',
        values: { kind: record.kind, until: record.until, sentence: explainFailure(record, input.now) },
      });
  }
  if (amount !== null)
    trail.push({
      step: 'amount',
      values: { sats: sats(amount.amountMsat), bound: amount.bound, least_sats: sats(amount.leastMsat) },
    });
  if (working !== null) trail.push(...arithmetic(working, minProfit(to, input)));
  if (maxFeeMsat !== null && working !== null)
    trail.push({
      step: 'cap',
      values: { max_fee_sats: sats(maxFeeMsat), break_even_sats: sats(working.evaluation.breakEvenMsat) },
    });
  if (shortfall !== null)
    trail.push({
      step: 'would-change',
      values: { unit: shortfall.unit, needed: rounded(shortfall.needed), available: rounded(shortfall.available) },
    });
  return { ...pair, reason, shortfall, evaluation: working?.evaluation ?? null, trail };
}

function arithmetic({ evaluation, destination, source, inbound }: Working, minimum: Msat): RebalanceTrailStep[] {
  return [
    {
      step: 'destination',
      values: {
        value_ppm: rounded(destination.valuePpm),
        bid_ppm: rounded(destination.bidPpm),
        fee_ppm: rounded(destination.feePpm),
        time_factor: rounded(destination.time),
      },
    },
    {
      step: 'source',
      values: {
        opportunity_ppm: rounded(source.opportunityPpm),
        bid_ppm: rounded(source.bidPpm),
        time_factor: rounded(source.time),
        lot_ppm: rounded(source.lotPpm),
      },
    },
    { step: 'inbound', values: { ppm: rounded(inbound.ppm), from: inbound.from, payments: inbound.payments } },
    {
      step: 'spread',
      values: { ppm: rounded(evaluation.spreadPpm), plain_ppm: rounded(evaluation.plainSpreadPpm) },
    },
    {
      step: 'profit',
      values: {
        expected_sats: sats(evaluation.expectedProfitMsat),
        minimum_sats: sats(minimum),
        expected_fee_sats: sats(evaluation.expectedFeeMsat),
      },
    },
  ];
}
