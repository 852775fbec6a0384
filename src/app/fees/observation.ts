// What happened at a peer since the last cycle, and at which fee?
import { isLiquid, MIN_COUNTED_MSAT } from '../../core/fee/exposure.ts';
import { steadyPpm } from '../../core/fee/live.ts';
import type { Observation, PastChange, PricedChannel } from '../../core/fee/types.ts';
import { SECONDS_PER_HOUR, sumMsat, unixSec, ZERO_MSAT, type ChannelId, type UnixSec } from '../../core/units.ts';
import type { FeeStore, KeptPricing, Outflow } from '../../ports.ts';

/**
 * Longest time between two cycles for which both ends tell of what lies between: four intervals, for cycles that
 * failed, and never less than two hours. After more (we were not running, or paused) the counts are taken in, but nobody
 * knows how long the peer was there, so they say nothing of prices.
 */
const longestSpan = (intervalSeconds: number): number => Math.max(4 * intervalSeconds, 2 * SECONDS_PER_HOUR);

const NOTHING: Outflow = { forwards: 0, amountMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, sources: [], unmet: 0 };

/** Reads what left in [from, until), once per beginning: most peers were last looked at in the same cycle. */
export class OutflowReader {
  readonly until: UnixSec;
  readonly since: UnixSec;
  readonly #store: FeeStore;
  readonly #read = new Map<UnixSec, ReadonlyMap<ChannelId, Outflow>>();

  constructor(store: FeeStore, until: UnixSec) {
    this.#store = store;
    this.until = until;
    this.since = store.outflowsSince();
  }

  /** @throws StoreError */
  from(from: UnixSec): ReadonlyMap<ChannelId, Outflow> {
    const known = this.#read.get(from);
    if (known !== undefined) return known;
    const read = from < this.until ? this.#store.outflows(from, this.until, MIN_COUNTED_MSAT) : new Map();
    this.#read.set(from, read);
    return read;
  }
}

/**
 * @param channels the public ones to the peer
 * @param recent recorded changes of fees since the last cycle at least
 * @param intervalSeconds between two cycles
 * @throws StoreError
 */
export function observationOf(
  channels: readonly PricedChannel[],
  kept: KeptPricing | undefined,
  recent: readonly PastChange[],
  outflows: OutflowReader,
  intervalSeconds: number,
): Observation {
  const { until } = outflows;
  const last = kept?.state.observedUntil ?? Math.max(0, until - intervalSeconds);
  const from = unixSec(Math.min(until, Math.max(last, outflows.since)));
  const flows = outflows.from(from);
  const theirs = channels.map(({ channelId }) => flows.get(channelId) ?? NOTHING);
  const liquid = isLiquid(channels);
  const liquidShare = (Number(liquid) + Number(kept?.liquid ?? liquid)) / 2;
  const isKnown = until - from <= longestSpan(intervalSeconds);
  return {
    from,
    until,
    livePpm: isKnown ? steadyPpm(channels, kept?.state, recent, from) : null,
    exposureHours: (liquidShare * (until - from)) / SECONDS_PER_HOUR,
    forwards: theirs.reduce((sum, { forwards }) => sum + forwards, 0),
    amountMsat: sumMsat(theirs.map(({ amountMsat }) => amountMsat)),
    feeMsat: sumMsat(theirs.map(({ feeMsat }) => feeMsat)),
    sources: mergeSources(theirs),
    unmet: theirs.reduce((sum, { unmet }) => sum + unmet, 0),
  };
}

function mergeSources(flows: readonly Outflow[]): Observation['sources'] {
  const counts = new Map<ChannelId, number>();
  for (const { sources } of flows)
    for (const { channelId, forwards } of sources) counts.set(channelId, (counts.get(channelId) ?? 0) + forwards);
  return [...counts].map(([channelId, forwards]) => ({ channelId, forwards }));
}
