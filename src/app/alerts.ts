// What should an operator look at? Sentences, none when all is well.
import type { Config } from '../core/config/options.ts';
import { utcSecond } from '../core/profit/discounted.ts';
import type { NodeSnapshot } from '../core/snapshot.ts';
import type { HistoryGap, HistoryLoss } from '../ports.ts';
import type { Readiness } from './readiness.ts';
import type { LoopStatus } from './scheduler.ts';

export interface AlertFacts {
  readonly readiness: Readiness;
  readonly loops: readonly LoopStatus[];
  readonly paused: boolean;
  readonly config: Config;
  readonly legacyOptionsSet: readonly string[];
  readonly gap: HistoryGap;
  /** Times within the longest window of which nothing is known. */
  readonly losses: readonly HistoryLoss[];
  /** Null while the node has not been read. */
  readonly snapshot: NodeSnapshot | null;
  /** What there is to say of rebalancing. */
  readonly rebalances: readonly string[];
  /** Other rebalancers at work on our channels. */
  readonly conflicts: readonly string[];
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
  alerts.push(...lossAlert(facts.losses));
  if (facts.snapshot && !facts.snapshot.synced)
    alerts.push('the node is catching up with the chain: it is read, but nothing will be changed until it has');
  alerts.push(...facts.rebalances, ...facts.conflicts);
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

function lossAlert(losses: readonly HistoryLoss[]): string[] {
  const [first] = losses;
  const last = losses.at(-1);
  if (first === undefined || last === undefined) return [];
  const from = first.from === 0 ? '' : `from ${utcSecond(first.from)} `;
  const parts = losses.length === 1 ? '' : ` (in ${losses.length} parts)`;
  return [
    `history: forwards settled ${from}until ${utcSecond(last.until)}${parts} are missing, as far as there were any: ` +
      'lightningd deleted its records (autoclean) before they were read, and has no accounts to fill them in from; ' +
      'figures that reach back there are too low. Let autoclean keep forwards for longer than the plugin is ever away, ' +
      'and bookkeeper run',
  ];
}
