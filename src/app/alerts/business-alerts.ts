// Does the business go as it should? Nothing done for days, a channel that loses money, forwards that stay away.
import type { Config } from '../../core/config/options.ts';
import { windowEnding } from '../../core/flow/analyze.ts';
import { duration, plural, sats, time } from '../../core/in-words.ts';
import { FEE_REASONS } from '../../core/reasons.ts';
import { REBALANCE_REASONS } from '../../core/rebalance/reasons.ts';
import {
  addMsat,
  msatToSats,
  satsToMsat,
  SECONDS_PER_DAY,
  subMsat,
  sumMsat,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
  type UnixSec,
} from '../../core/units.ts';
import type { Store } from '../../ports.ts';
import type { NameOf } from '../channel-names.ts';
import { told, type Alert } from './alert.ts';

export interface BusinessFacts {
  readonly now: UnixSec;
  /** When the plugin began to run; null while it has not. */
  readonly startedAt: UnixSec | null;
  readonly config: Config;
  readonly paused: boolean;
  readonly store: Store;
  /** Names of the usable channels. */
  readonly open: ReadonlySet<ChannelId>;
  readonly nameOf: NameOf;
}

/** @throws StoreError */
export const businessAlerts = (facts: BusinessFacts): Alert[] => [
  ...told('idle', idle(facts)),
  ...losing(facts),
  ...told('forwards-falling', falling(facts)),
];

/** Days, and cycles, without a change of a fee or an attempt to rebalance: quiet nodes have quiet days. */
const IDLE_DAYS = 3;
const IDLE_CYCLES = 50;

function idle({ now, startedAt, config, paused, store }: BusinessFacts): string[] {
  if (startedAt === null || paused || config.dryRun) return [];
  const span = Math.max(
    IDLE_DAYS * SECONDS_PER_DAY,
    IDLE_CYCLES * Math.max(config.feeInterval, config.rebalanceInterval),
  );
  const [fee] = store.recentFeeChanges(1);
  const [rebalance] = store.recentRebalances(1);
  const since = Math.max(startedAt, fee?.timestamp ?? 0, rebalance?.timestamp ?? 0);
  if (now - since < span) return [];
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

/** Days looked at; what was bought within the last of them has hardly had time to sell. */
const LOSS_DAYS = 30;
const SELLING_DAYS = 3;
/** Below it a loss is nothing that anybody would do something about. */
const LEAST_LOSS = satsToMsat(100);
/** Told of at once; the table of channels has the others. */
const MOST_LOSERS = 3;

function losing({ now, store, open, nameOf }: BusinessFacts): Alert[] {
  const from = now - LOSS_DAYS * SECONDS_PER_DAY;
  const costs = new Map<ChannelId, Msat>();
  for (const { time: at, inChannel, fee } of store.ledger.selfPayments())
    if (inChannel !== null && open.has(inChannel) && at >= from && at < now - SELLING_DAYS * SECONDS_PER_DAY)
      costs.set(inChannel, addMsat(costs.get(inChannel) ?? ZERO_MSAT, fee));
  if (costs.size === 0) return [];
  const days = store.ledger.days();
  return [...costs]
    .map(([channel, cost]) => {
      const entries = (days.get(channel) ?? []).filter(({ time: at }) => at >= from);
      return { channel, cost, earned: sumMsat(entries.map(({ amount }) => amount)) };
    })
    .filter(({ cost, earned }) => subMsat(cost, earned) >= LEAST_LOSS)
    .sort((a, b) => Number(subMsat(b.cost, b.earned) - subMsat(a.cost, a.earned)))
    .slice(0, MOST_LOSERS)
    .map(({ channel, cost, earned }) => ({
      kind: 'channel-losing',
      subject: channel,
      text:
        `channel ${nameOf(channel)} loses money: within ${LOSS_DAYS} days rebalances into it cost ${sats(msatToSats(cost))}, and ` +
        `it earned ${sats(msatToSats(earned))}. See revenue-profitability for it; revenue-policy set … rebalance=none stops it`,
    }));
}

/** Forwards a day below which a day with half of them is chance. */
const LEAST_USUAL = 50;
const USUAL_DAYS = 7;

function falling({ now, startedAt, store }: BusinessFacts): string[] {
  // What settled while the plugin was away is counted, but what it did not do then is no news.
  if (startedAt === null || now - startedAt < SECONDS_PER_DAY) return [];
  const settledIn = (days: number): number =>
    [...store.flows(windowEnding(now, days)).values()].reduce((sum, { out }) => sum + out.settledCount, 0);
  const today = settledIn(1);
  const usual = (settledIn(1 + USUAL_DAYS) - today) / USUAL_DAYS;
  if (usual < LEAST_USUAL || today >= usual / 2) return [];
  const [change] = store.recentFeeChanges(1);
  return [
    `forwards are falling: ${plural(today, 'forward')} settled within a day, ${Math.round(usual)} a day in the week before. See ` +
      'whether peers are connected and channels have liquidity (revenue-analyze)' +
      (change === undefined ? '' : `; the last change of a fee was at ${time(unixSec(change.timestamp))}`),
  ];
}
