// What should an operator look at? None when all is well.
import type { Config } from '../../core/config/options.ts';
import { utcSecond } from '../../core/profit/discounted.ts';
import type { NodeSnapshot } from '../../core/snapshot.ts';
import type { HistoryGap, HistoryLoss } from '../../ports.ts';
import type { Readiness } from '../readiness.ts';
import type { LoopStatus } from '../loop.ts';
import { told, type Alert } from './alert.ts';

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
  readonly rebalances: readonly Alert[];
  /** Other rebalancers at work on our channels. */
  readonly conflicts: readonly string[];
  /** What there is to say of fees. */
  readonly fees: readonly Alert[];
  /** What there is to say of how the business goes. */
  readonly business: readonly Alert[];
  /** What beside the application is not as the operator wants it. */
  readonly notices: readonly Alert[];
  /** What this very reply could not find out. */
  readonly unread: readonly string[];
}

export function alertsOf(facts: AlertFacts): Alert[] {
  const { readiness, config, gap } = facts;
  return [
    ...(readiness.phase === 'failed' ? told('cannot-run', [readiness.reason]) : []),
    ...(readiness.phase === 'starting' ? told('starting', [`not ready yet: waiting for ${readiness.waitingFor}`]) : []),
    ...facts.loops.flatMap(loopAlert),
    ...told('node-unread', facts.unread),
    ...facts.notices,
    ...(readiness.phase === 'ready' && gap.rowsMissing
      ? told('history-gap', [
          `history: forwards settled since ${gap.from} (Unix time) were deleted before they were read and are being filled in from the node's accounts`,
        ])
      : []),
    ...told('history-lost', lossAlert(facts.losses)),
    ...(facts.snapshot && !facts.snapshot.synced
      ? told('not-synced', [
          'the node is catching up with the chain: it is read, but nothing will be changed until it has',
        ])
      : []),
    ...facts.rebalances,
    ...facts.conflicts.flatMap((text) => told('other-rebalancer', [text], text)),
    ...facts.fees,
    ...facts.business,
    ...(facts.paused ? told('paused', ['paused: nothing is changed until revenue-resume']) : []),
    ...(config.dryRun ? told('dry-run', ['dry-run: decisions are recorded, but nothing is changed']) : []),
    ...(facts.legacyOptionsSet.length > 0
      ? told('old-options', [`no longer used, remove from the configuration: ${facts.legacyOptionsSet.join(', ')}`])
      : []),
  ];
}

function loopAlert({ name, last, faulted }: LoopStatus): Alert[] {
  if (last === null || (last.consecutiveFailures === 0 && !faulted)) return [];
  const times = ['once', 'twice'][last.consecutiveFailures - 1] ?? `${last.consecutiveFailures} times`;
  return told('loop-failing', [`loop ${name} failed ${times}, last: ${last.lastOutcome}`], name);
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
