// How is a pair's arithmetic written out?
import { msat, msatToFloat, type Msat } from '../units.ts';
import { minProfit, type Candidate, type Market, type Working } from './evaluate.ts';
import { explainFailure } from './failure-memory.ts';
import type { Evaluation, PairVerdict, PlanChannel, RebalanceTrailStep } from './plan-types.ts';
import { plainSpread } from './worth.ts';

export function evaluationOf(from: PlanChannel, to: PlanChannel, working: Working): Evaluation {
  const { amount, destination, source, inbound, spreadPpm, breakEven, expectedFee, profit } = working;
  return {
    amountMsat: msat(amount),
    valuePpm: destination.valuePpm,
    opportunityPpm: source.opportunityPpm,
    inboundPpm: inbound.ppm,
    spreadPpm,
    plainSpreadPpm: plainSpread(from, to, inbound.ppm),
    expectedFeeMsat: msat(expectedFee),
    expectedProfitMsat: msat(profit),
    breakEvenMsat: msat(breakEven),
  };
}

/** The candidate with its arithmetic written out. */
export function pairVerdict(candidate: Candidate, { input, failures }: Market): PairVerdict {
  const { from, to, reason, shortfall, amount, working, maxFee } = candidate;
  const trail: RebalanceTrailStep[] = [];
  const pair = { from: from.view.channelId, to: to.view.channelId };
  const record = reason === 'resting' ? failures.resting(pair) : null;
  if (record !== null) {
    const { kind, until } = record;
    trail.push({ step: 'resting', values: { kind, until, sentence: explainFailure(record, input.now) } });
  }
  if (amount !== null) {
    const { bound, least } = amount;
    trail.push({ step: 'amount', values: { sats: amount.amount / 1000, bound, least_sats: least / 1000 } });
  }
  const evaluation = working === null ? null : evaluationOf(from, to, working);
  if (working !== null && evaluation !== null) trail.push(...arithmetic(working, evaluation, minProfit(to, input)));
  if (maxFee !== null && evaluation !== null) {
    const values = { max_fee_sats: maxFee / 1000, break_even_sats: sats(evaluation.breakEvenMsat) };
    trail.push({ step: 'cap', values });
  }
  if (shortfall !== null) {
    const { unit, needed, available } = shortfall;
    trail.push({ step: 'would-change', values: { unit, needed: rounded(needed), available: rounded(available) } });
  }
  return { ...pair, reason, shortfall, evaluation, trail };
}

const sats = (amount: Msat): number => msatToFloat(amount) / 1000;
const rounded = (value: number): number => Math.round(value * 100) / 100;

function arithmetic(
  { destination, source, inbound }: Working,
  { spreadPpm, plainSpreadPpm, expectedFeeMsat, expectedProfitMsat }: Evaluation,
  minimum: number,
): RebalanceTrailStep[] {
  return [
    {
      step: 'destination',
      values: {
        value_ppm: rounded(destination.valuePpm),
        bid_ppm: rounded(destination.bidPpm),
        fee_ppm: destination.feePpm,
        time_factor: rounded(destination.time),
        room_ppm: rounded(destination.roomPpm),
      },
    },
    {
      step: 'source',
      values: {
        opportunity_ppm: rounded(source.opportunityPpm),
        bid_ppm: rounded(source.bidPpm),
        time_factor: rounded(source.time),
        lot_ppm: rounded(source.lotPpm),
        room_ppm: rounded(source.roomPpm),
      },
    },
    { step: 'inbound', values: { ppm: rounded(inbound.ppm), from: inbound.from, payments: inbound.payments } },
    { step: 'spread', values: { ppm: rounded(spreadPpm), plain_ppm: rounded(plainSpreadPpm) } },
    {
      step: 'profit',
      values: {
        expected_sats: sats(expectedProfitMsat),
        minimum_sats: minimum / 1000,
        expected_fee_sats: sats(expectedFeeMsat),
      },
    },
  ];
}
