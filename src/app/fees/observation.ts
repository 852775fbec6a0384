// What happened at a peer since the last cycle, and at which fee?
import { COUNTING } from '../../core/fee/counting.ts';
import { isLiquid } from '../../core/fee/exposure.ts';
import { steadyPpm } from '../../core/fee/live.ts';
import type { Observation, PastChange, PricedChannel } from '../../core/fee/types.ts';
import type { SelfPayment } from '../../core/profit/books.ts';
import {
  addMsat,
  SECONDS_PER_HOUR,
  subMsat,
  sumMsat,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
  type UnixSec,
} from '../../core/units.ts';
import type { FeeStore, KeptPricing, Ledger, Outflow } from '../../ports.ts';

/**
 * Longest time between two cycles for which both ends tell of what lies between: four intervals, for cycles that
 * failed, and never less than two hours. After more (we were not running, or paused) the counts are taken in, but nobody
 * knows how long the peer was there, so they say nothing of prices.
 */
const longestSpan = (intervalSeconds: number): number => Math.max(4 * intervalSeconds, 2 * SECONDS_PER_HOUR);

const NOTHING: Outflow = { forwards: 0, amountMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, sources: [], unmet: 0 };

/** Settled payments to ourselves, once read: what they moved in or out at a peer. */
export class OwnMoves {
  readonly #payments: readonly SelfPayment[];

  constructor(ledger: Pick<Ledger, 'selfPayments'>) {
    this.#payments = ledger.selfPayments();
  }

  /** Into the channels in [from, until), less what left them: with its fee, where it left. */
  broughtIn(channels: readonly Pick<PricedChannel, 'channelId'>[], from: UnixSec, until: UnixSec): Msat {
    const ids = new Set<ChannelId | null>(channels.map(({ channelId }) => channelId));
    let sum = ZERO_MSAT;
    // Oldest first: only the newest matter.
    for (let i = this.#payments.length - 1; i >= 0; i--) {
      const payment = this.#payments[i];
      if (payment === undefined || payment.time < from) break;
      if (payment.time >= until) continue;
      if (ids.has(payment.inChannel)) sum = addMsat(sum, payment.amount);
      if (ids.has(payment.outChannel)) sum = subMsat(sum, addMsat(payment.amount, payment.fee));
    }
    return sum;
  }
}

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
    const read = from < this.until ? this.#store.outflows(from, this.until, COUNTING) : new Map();
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
  moves: OwnMoves,
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
    broughtInMsat: moves.broughtIn(channels, from, until),
  };
}

function mergeSources(flows: readonly Outflow[]): Observation['sources'] {
  const counts = new Map<ChannelId, number>();
  for (const { sources } of flows)
    for (const { channelId, forwards } of sources) counts.set(channelId, (counts.get(channelId) ?? 0) + forwards);
  return [...counts].map(([channelId, forwards]) => ({ channelId, forwards }));
}
