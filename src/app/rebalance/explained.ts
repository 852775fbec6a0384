// What does revenue-explain say of rebalancing a channel: the verdicts, what failed, what is under way and what was?
import { remarkOn } from '../../core/rebalance/arrival.ts';
import { endsOf, explainFailure, type FailureRecord } from '../../core/rebalance/failure-memory.ts';
import { STATUS_OF_STATE, type Intent } from '../../core/rebalance/intent.ts';
import { rebalancePolicyOf } from '../../core/rebalance/policy.ts';
import { FAILURE_KINDS } from '../../core/rebalance/types.ts';
import type { ChannelView } from '../../core/snapshot.ts';
import { msatToSats, ratio, SECONDS_PER_DAY, type ChannelId, type UnixSec } from '../../core/units.ts';
import type { DryRebalance, Store } from '../../ports.ts';
import { inNames, type NameOf } from '../channel-names.ts';
import { budgetSince } from './capital.ts';
import { verdictReply } from './explained-verdict.ts';
import { lotsHeld } from './lots-held.ts';

/** Rebalances shown that have ended. */
const LAST_REBALANCES = 5;
/** Failures shown: what failed before that counts for a quarter at most (core/rebalance/failure-memory.ts). */
const FAILURE_DAYS = 2;
const MOST_FAILURES = 10;

export interface RebalanceExplainedFrom {
  readonly now: UnixSec;
  readonly channel: ChannelView;
  readonly store: Store;
  readonly dryRun: boolean;
  readonly nameOf: NameOf;
}

export function rebalanceExplained({ now, channel, store, dryRun, nameOf }: RebalanceExplainedFrom) {
  const { channelId, peerId } = channel;
  const { rebalances: ledger } = store;
  const destination = ledger.verdict(channelId, 'destination');
  const source = ledger.verdict(channelId, 'source');
  const lots = lotsHeld(store.ledger, channel, now);
  const isOurs = ({ from, to }: Intent): boolean => from.channelId === channelId || to.channelId === channelId;
  const pretended = dryRun ? ledger.dryRuns(budgetSince(now)) : [];
  return {
    rebalance: {
      policy: rebalancePolicyOf(peerId, channelId, store.fees.policies(now)),
      lots: {
        on_hand_sats: msatToSats(lots.amount),
        cost_sats: msatToSats(lots.cost),
        cost_ppm: lots.costPpm.value === null ? null : Math.round(lots.costPpm.value * 100) / 100,
      },
      destination: destination && verdictReply(destination, nameOf),
      source: source && verdictReply(source, nameOf),
      failures: failuresOf(channelId, [...ledger.failures().values()], now, nameOf),
      open: ledger
        .openIntents()
        .filter(isOurs)
        .map((intent) => intentReply(intent, nameOf)),
      last: ledger.endedLately(channelId, LAST_REBALANCES).map((intent) => intentReply(intent, nameOf)),
      dry_runs: pretended
        .filter(({ from, to }) => from === channelId || to === channelId)
        .map((one) => dryRunReply(one, nameOf)),
    },
    rebalance_note: noteOf(destination !== null || source !== null, dryRun),
  };
}
export type RebalanceExplained = ReturnType<typeof rebalanceExplained>['rebalance'];

function noteOf(isDecided: boolean, dryRun: boolean): string | null {
  if (!isDecided)
    return 'no rebalance cycle has looked at this channel yet; see loops.rebalance and alerts in revenue-status';
  return dryRun
    ? 'dry-run: what was recorded within the last 24 hours counts as under way and its caps as spent, though nothing was sent'
    : null;
}

function remarkIn(intent: Intent, nameOf: NameOf): string | null {
  const remark = remarkOn(intent);
  return remark === null ? null : inNames(remark, nameOf);
}

const intentReply = (intent: Intent, nameOf: NameOf) => ({
  id: intent.id,
  // By the names they had then: a splice gives another.
  from_channel: intent.from.scid,
  to_channel: intent.to.scid,
  amount_sats: msatToSats(intent.amountMsat),
  max_fee_sats: msatToSats(intent.maxFeeMsat),
  moved_sats: msatToSats(intent.movedMsat),
  fee_sats: msatToSats(intent.feeMsat),
  fee_ppm: intent.movedMsat > 0n ? Math.round(ratio(intent.feeMsat, intent.movedMsat) * 1e8) / 100 : null,
  status: STATUS_OF_STATE[intent.state],
  driver: intent.driver,
  manual: intent.manual,
  planned_at: intent.plannedAt,
  ended_at: intent.endedAt,
  failure: intent.failure,
  message: remarkIn(intent, nameOf),
});
export type ExplainedRebalance = ReturnType<typeof intentReply>;

const dryRunReply = ({ from, to, amountMsat, maxFeeMsat, expectedProfitMsat, at }: DryRebalance, nameOf: NameOf) => ({
  from_channel: nameOf(from),
  to_channel: nameOf(to),
  amount_sats: msatToSats(amountMsat),
  max_fee_sats: msatToSats(maxFeeMsat),
  expected_profit_sats: msatToSats(expectedProfitMsat),
  recorded_at: at,
});

/** Those that hold it back first, then the latest. */
function failuresOf(channel: ChannelId, records: readonly FailureRecord[], now: UnixSec, nameOf: NameOf) {
  return records
    .flatMap((record) => {
      const { from, to } = endsOf(record.subject);
      const isOld = record.until <= now && now - record.at > FAILURE_DAYS * SECONDS_PER_DAY;
      if ((from !== channel && to !== channel) || isOld) return [];
      return [
        {
          record,
          role: from === channel ? ('source' as const) : ('destination' as const),
          partner: from === channel ? to : from,
        },
      ];
    })
    .sort((a, b) => Math.max(b.record.until, now) - Math.max(a.record.until, now) || b.record.at - a.record.at)
    .slice(0, MOST_FAILURES)
    .map(({ record, role, partner }) => ({
      role,
      partner: partner && nameOf(partner),
      kind: record.kind,
      meaning: FAILURE_KINDS[record.kind],
      last_at: record.at,
      resting_until: record.until > now ? record.until : null,
      text: explainFailure(record, now),
    }));
}
