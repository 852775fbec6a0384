// Has nothing been done for days, and which reasons were given most often?
import { duration } from '../../core/in-words.ts';
import { FEE_REASONS } from '../../core/reasons.ts';
import { REBALANCE_REASONS } from '../../core/rebalance/reasons.ts';
import { SECONDS_PER_DAY } from '../../core/units.ts';
import type { BusinessFacts } from './business-facts.ts';

/** Days, and cycles, without a change of a fee or an attempt to rebalance: quiet nodes have quiet days. */
const IDLE_DAYS = 3;
const IDLE_CYCLES = 50;

/**
 * Null: the plugin has not run for long enough to tell.
 * @throws StoreError
 */
export function idle({ now, startedAt, config, paused, store }: BusinessFacts): string[] | null {
  if (paused || config.dryRun) return [];
  const span = Math.max(
    IDLE_DAYS * SECONDS_PER_DAY,
    IDLE_CYCLES * Math.max(config.feeInterval, config.rebalanceInterval),
  );
  const [fee] = store.recentFeeChanges(1);
  const [rebalance] = store.recentRebalances(1);
  const acted = Math.max(fee?.timestamp ?? 0, rebalance?.timestamp ?? 0);
  if (now - acted < span) return [];
  if (startedAt === null || now - startedAt < span) return null;
  const since = Math.max(startedAt, acted);
  const fees = mostOf(store.history.decisions().map(({ reason }) => reason));
  const verdicts = store.rebalances.verdictReasons().filter(({ role }) => role === 'destination');
  const rebalances = mostOf(verdicts.map(({ reason }) => reason));
  const sentences: Readonly<Record<string, string>> = { ...FEE_REASONS, ...REBALANCE_REASONS };
  const why = [
    ...(fees === null ? [] : [`fees: ${sentences[fees] ?? fees}`]),
    ...(rebalances === null ? [] : [`rebalances: ${sentences[rebalances] ?? rebalances}`]),
  ];
  return [
    `nothing was done for ${duration(now - since)}: no fee was changed and no rebalance tried` +
      (why.length === 0 ? '' : `; the most frequent reasons are, ${why.join(', ')}`) +
      '. Where that surprises you, ask revenue-explain for a channel',
  ];
}

/** The one that occurs most often; of several the first in order. */
function mostOf(reasons: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0] ?? null;
}
