// How is a verdict told: the reason, by how much, the best partners, each step of the arithmetic?
import { explainPair, explainVerdict, type RebalanceExplanation } from '../../core/rebalance/explain.ts';
import type {
  ChannelVerdict,
  Evaluation,
  PairVerdict,
  RebalanceTrailStep,
  Shortfall,
} from '../../core/rebalance/plan-types.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS, type RebalanceReason } from '../../core/rebalance/reasons.ts';
import { stepText } from '../../core/rebalance/step-texts.ts';
import { msatToSats } from '../../core/units.ts';
import type { KeptVerdict } from '../../ports.ts';
import type { NameOf } from '../channel-names.ts';

export function verdictReply({ at, verdict }: KeptVerdict, nameOf: NameOf) {
  return {
    decided_at: at,
    ...told(verdict, explainVerdict(verdict)),
    pairs: verdict.pairs.map((pair) => pairReply(pair, verdict.role, nameOf)),
    refused: refusedReply(verdict.refused),
  };
}
export type ExplainedVerdict = ReturnType<typeof verdictReply>;

const pairReply = (pair: PairVerdict, role: ChannelVerdict['role'], nameOf: NameOf) => ({
  partner: nameOf(role === 'destination' ? pair.from : pair.to),
  ...told(pair, explainPair(pair)),
  evaluation: pair.evaluation && evaluationReply(pair.evaluation, pair.trail),
});
export type ExplainedPair = ReturnType<typeof pairReply>;

const told = (
  { reason, shortfall, trail }: Pick<PairVerdict, 'reason' | 'shortfall' | 'trail'>,
  { sentence, shortfall: text, wouldChange }: RebalanceExplanation,
) => ({
  reason,
  sentence,
  shortfall: shortfall && { ...shortfallReply(shortfall), text: text ?? sentence },
  steps: trail.map((step) => ({
    step: step.step,
    about: REBALANCE_STEPS[step.step],
    text: stepText(step),
    values: step.values,
  })),
  would_change: wouldChange,
});

/** Amounts in sats, as everywhere in replies. */
const shortfallReply = ({ unit, needed, available }: Shortfall) =>
  unit === 'msat'
    ? { unit: 'sats' as const, needed: needed / 1000, available: available / 1000 }
    : { unit, needed: rounded(needed), available: rounded(available) };

const rounded = (value: number): number => Math.round(value * 100) / 100;

function evaluationReply(evaluation: Evaluation, trail: readonly RebalanceTrailStep[]) {
  const inbound = valuesOf(trail, 'inbound');
  const cap = valuesOf(trail, 'cap');
  return {
    amount_sats: msatToSats(evaluation.amountMsat),
    value_ppm: rounded(evaluation.valuePpm),
    opportunity_ppm: rounded(evaluation.opportunityPpm),
    inbound_ppm: rounded(evaluation.inboundPpm),
    inbound_from: inbound['from'] ?? null,
    inbound_payments: inbound['payments'] ?? null,
    spread_ppm: rounded(evaluation.spreadPpm),
    plain_spread_ppm: rounded(evaluation.plainSpreadPpm),
    expected_fee_sats: msatToSats(evaluation.expectedFeeMsat),
    expected_profit_sats: msatToSats(evaluation.expectedProfitMsat),
    break_even_sats: msatToSats(evaluation.breakEvenMsat),
    max_fee_sats: cap['max_fee_sats'] ?? null,
  };
}

const valuesOf = (
  trail: readonly RebalanceTrailStep[],
  name: RebalanceTrailStep['step'],
): RebalanceTrailStep['values'] => trail.find(({ step }) => step === name)?.values ?? {};

/** Most partners first. */
function refusedReply(refused: ChannelVerdict['refused']) {
  const counts = Object.entries(refused) as [RebalanceReason, number][];
  return counts
    .sort(([, a], [, b]) => b - a)
    .map(([reason, partners]) => ({ reason, sentence: REBALANCE_REASONS[reason], partners }));
}
