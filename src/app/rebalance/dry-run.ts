// What does a dry run write down, and what does the next one take for done?
import type { PlanInput, Proposal } from '../../core/rebalance/plan-types.ts';
import { sumMsat, type UnixSec } from '../../core/units.ts';
import type { DryRebalance } from '../../ports.ts';

export const dryRunOf = ({ from, to, amountMsat, maxFeeMsat, evaluation }: Proposal, at: UnixSec): DryRebalance => ({
  from: from.channelId,
  to: to.channelId,
  amountMsat,
  maxFeeMsat,
  expectedProfitMsat: evaluation.expectedProfitMsat,
  at,
});

/** The world as it would be had the dry runs been carried out. */
export function withDryRuns(input: PlanInput, dryRuns: readonly DryRebalance[]): PlanInput {
  const { spending } = input.capital;
  if (dryRuns.length === 0) return input;
  const caps = dryRuns.map(({ maxFeeMsat }) => maxFeeMsat);
  const pretended = spending && { ...spending, spentMsat: sumMsat([spending.spentMsat, ...caps]) };
  return { ...input, open: [...input.open, ...dryRuns], capital: { ...input.capital, spending: pretended } };
}
