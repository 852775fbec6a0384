// How does revenue-explain look on a terminal?
import type { FeeExplained } from '../fees/explained.ts';
import type { rebalanceExplained } from '../rebalance/explained.ts';
import { pairs, peerName, right, table, left, utc } from './layout.ts';
import { rebalanceLine, rebalanceLines, wrapped } from './rebalance-explain-text.ts';

type Explained = FeeExplained & ReturnType<typeof rebalanceExplained>;

export function explainText(reply: Explained): string {
  const { fee, policy, hold, clboss } = reply;
  const share = `${(100 * reply.local_ratio).toFixed(1)} % of ${reply.capacity_sats.toLocaleString('en-US')} sats ours`;
  const lines = pairs([
    ['Channel', `${reply.channel_id} to ${peerName(reply.alias, reply.peer_id)}, ${share}`],
    ['Fee', `${reply.fee_ppm} ppm, base ${reply.base_fee_msat} msat`],
    ...(reply.priced_with.length > 0 ? [['Priced with', reply.priced_with.join(', ')] as const] : []),
    ...(fee === null ? [['Decision', reply.fee_note ?? ''] as const] : decisionPairs(fee)),
    ...(policy === null ? [] : [['Policy', policyText(policy)] as const]),
    ...(hold === null ? [] : [['Held', `by ${hold.by} until ${utc(hold.until)}`] as const]),
    ...(reply.external_until === null ? [] : [['External', `left alone until ${utc(reply.external_until)}`] as const]),
    ['clboss', clbossText(clboss)],
    ['Rebalance', rebalanceLine(reply.rebalance, reply.rebalance_note)],
  ]);
  if (fee !== null) {
    lines.push('', 'How it came about:', ...fee.steps.map(({ step, text }) => `  ${step.padEnd(STEP_WIDTH)}  ${text}`));
    if (fee.rejected.length > 0)
      lines.push('', 'Rejected:', ...fee.rejected.map((one) => `  ${Math.round(one.fee_ppm)} ppm: ${one.because}`));
    lines.push('', 'What would change it:', ...fee.would_change.map((sentence) => `  ${sentence}`));
  }
  const changes = reply.last_changes.length > 0 ? ['', ...changesTable(reply.last_changes)] : [];
  return [...wrapped(lines), ...changes, ...rebalanceLines(reply.rebalance)].join('\n');
}

/** The longest name of a step, `external-change`. */
const STEP_WIDTH = 15;

function decisionPairs(fee: NonNullable<Explained['fee']>): (readonly [string, string])[] {
  const wanted = fee.wanted_ppm === null ? '' : ` ${fee.wanted_ppm} ppm`;
  return [
    ['Decision', `${fee.decision}${fee.decision === 'set' ? wanted : ''} at ${utc(fee.decided_at)}: ${fee.sentence}`],
    ...(fee.decision === 'hold' && fee.wanted_ppm !== null ? [['Wanted', wanted.trim()] as const] : []),
    ['Decided by', `${fee.decided_by.term} (${fee.decided_by.sentence})`],
    ['Outcome', fee.outcome],
  ];
}

function policyText({ subject, strategy, fee_ppm, min_ppm, max_ppm }: NonNullable<Explained['policy']>): string {
  const parts = [strategy + (fee_ppm === null ? '' : ` ${fee_ppm} ppm`)];
  if (min_ppm !== null) parts.push(`at least ${min_ppm} ppm`);
  if (max_ppm !== null) parts.push(`at most ${max_ppm} ppm`);
  return `${parts.join(', ')} (of ${subject})`;
}

function clbossText({ enabled, available, unmanaged_tags }: Explained['clboss']): string {
  if (!enabled) return 'not to be worked with (revenue-ops-clboss-enabled)';
  if (available === null) return 'could not be asked';
  if (!available) return 'not there';
  return unmanaged_tags.length === 0 ? 'manages this peer' : `leaves alone: ${unmanaged_tags.join(', ')}`;
}

const changesTable = (changes: Explained['last_changes']): string[] =>
  table(
    [left('changed'), right('from'), right('to'), left('reason')],
    changes.map((change) => [
      utc(change.timestamp),
      String(change.old_fee_ppm),
      String(change.new_fee_ppm),
      change.reason + (change.manual ? ' (not by the cycle)' : ''),
    ]),
  );
