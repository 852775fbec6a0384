// The page of rebalancing: what is wanted and which gate refuses it, what was done, by whom, and what it cost.
import type { NameOf } from '../../app/channel-names.ts';
import { daysBack } from '../../app/profit/period.ts';
import { REBALANCE_REASONS } from '../../core/rebalance/reasons.ts';
import { msatToSats } from '../../core/units.ts';
import type { VerdictLine } from '../../ports.ts';
import {
  CANDIDATE_COLUMNS,
  SPENDING_COLUMNS,
  tableOf,
  type CandidateRow,
  type Rebalances,
  type SpendingRow,
} from '../api.ts';
import type { Readings } from '../readings.ts';
import { latestRebalances } from './rows.ts';

const MOST_ROWS = 200;
const SPENDING_DAYS = 90;

export async function rebalancesOf(readings: Readings): Promise<Rebalances> {
  const gathered = await readings.profits();
  const { rebalancer, budget, reserve } = await readings.status();
  const { history } = readings.context.store;
  const { now, snapshot } = gathered;
  const nameOf = readings.nameOf(gathered);
  const aliases = new Map<string, string | null>(snapshot.channels.map((each) => [each.channelId, each.peerAlias]));
  return {
    as_of: now,
    rebalancer,
    budget,
    reserve,
    candidates: tableOf<CandidateRow>(
      CANDIDATE_COLUMNS,
      history.verdicts().map((line) => candidateRow(line, aliases.get(line.channelId) ?? null, nameOf)),
    ),
    reasons: REBALANCE_REASONS,
    history: latestRebalances(readings, gathered, MOST_ROWS),
    spending: tableOf<SpendingRow>(
      SPENDING_COLUMNS,
      history.spendingDays(daysBack(now, SPENDING_DAYS)).map(({ day, feeMsat, movedMsat, succeeded, failed }) => ({
        day,
        spent_sats: msatToSats(feeMsat),
        moved_sats: msatToSats(movedMsat),
        succeeded,
        failed,
      })),
    ),
  };
}

const UNITS = ['ppm', 'sats', 'seconds', 'share'] as const;
const rounded = (value: number): number => Math.round(value * 100) / 100;

function candidateRow(line: VerdictLine, alias: string | null, nameOf: NameOf): CandidateRow {
  const { shortfall, best } = line;
  // Amounts in sats, as everywhere in replies.
  const isMoney = shortfall?.unit === 'msat';
  const unit = isMoney ? 'sats' : shortfall?.unit;
  const shown = (value: number): number => (isMoney ? value / 1000 : rounded(value));
  const evaluation = best?.evaluation ?? null;
  return {
    channel_id: nameOf(line.channelId),
    alias,
    role: line.role,
    reason: line.reason,
    decided_at: line.at,
    shortfall_unit: UNITS.find((known) => known === unit) ?? null,
    shortfall_needed: shortfall === null ? null : shown(shortfall.needed),
    shortfall_available: shortfall === null ? null : shown(shortfall.available),
    partner: best === null ? null : nameOf(best.partner),
    partner_reason: best?.reason ?? null,
    amount_sats: evaluation && msatToSats(evaluation.amountMsat),
    spread_ppm: evaluation && rounded(evaluation.spreadPpm),
    expected_fee_sats: evaluation && msatToSats(evaluation.expectedFeeMsat),
    expected_profit_sats: evaluation && msatToSats(evaluation.expectedProfitMsat),
  };
}
