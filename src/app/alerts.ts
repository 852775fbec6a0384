// What should an operator look at? Sentences, none when all is well.
import type { Config } from '../core/config/options.ts';
import type { NodeSnapshot } from '../core/snapshot.ts';
import type { HistoryGap } from '../ports.ts';
import type { Readiness } from './readiness.ts';
import type { LoopStatus } from './scheduler.ts';

export interface AlertFacts {
  readonly readiness: Readiness;
  readonly loops: readonly LoopStatus[];
  readonly paused: boolean;
  readonly config: Config;
  readonly legacyOptionsSet: readonly string[];
  readonly gap: HistoryGap;
  /** Null while the node has not been read. */
  readonly snapshot: NodeSnapshot | null;
  /** Rebalancers the node offers; null when it could not be asked. */
  readonly rebalancers: readonly string[] | null;
  /** What there is to say of fees. */
  readonly fees: readonly string[];
  /** What this very reply could not find out. */
  readonly unread: readonly string[];
}

export function alertsOf(facts: AlertFacts): string[] {
  const { readiness, config, gap } = facts;
  const alerts: string[] = [];
  if (readiness.phase === 'failed') alerts.push(readiness.reason);
  if (readiness.phase === 'starting') alerts.push(`not ready yet: waiting for ${readiness.waitingFor}`);
  alerts.push(...facts.loops.flatMap(loopAlert), ...facts.unread);
  if (readiness.phase === 'ready' && gap.rowsMissing)
    alerts.push(
      `history: forwards settled since ${gap.from} (Unix time) were deleted before they were read and are being filled in from the node's accounts`,
    );
  if (facts.snapshot && !facts.snapshot.synced)
    alerts.push('the node is catching up with the chain: it is read, but nothing will be changed until it has');
  if (facts.rebalancers && config.rebalancer !== 'auto' && !facts.rebalancers.includes(config.rebalancer))
    alerts.push(`rebalancer ${config.rebalancer} is configured, but the node does not have it`);
  alerts.push(...facts.fees);
  if (facts.paused) alerts.push('paused: nothing is changed until revenue-resume');
  if (config.dryRun) alerts.push('dry-run: decisions are recorded, but nothing is changed');
  if (facts.legacyOptionsSet.length > 0)
    alerts.push(`no longer used, remove from the configuration: ${facts.legacyOptionsSet.join(', ')}`);
  return alerts;
}

function loopAlert({ name, last, faulted }: LoopStatus): string[] {
  if (last === null || (last.consecutiveFailures === 0 && !faulted)) return [];
  const times = ['once', 'twice'][last.consecutiveFailures - 1] ?? `${last.consecutiveFailures} times`;
  return [`loop ${name} failed ${times}, last: ${last.lastOutcome}`];
}
