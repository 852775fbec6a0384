// What do the plugin's books say of a node in the market? The sums that its database would hold, kept as they arise.
import { NO_FLOW, type FlowTotals } from '../../../core/flow/rollup.ts';
import type { ChannelFlow, Window } from '../../../core/flow/analyze.ts';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../../core/profit/books.ts';
import { msat, unixSec, ZERO_MSAT, type ChannelId } from '../../../core/units.ts';
import type { Ledger } from '../../../ports.ts';
import { channelOf, peerOf, scidOf } from '../plugin/identities.ts';
import { DAY } from '../market.ts';
import type { ForwardSeen, NodeEngine } from './node-engine.ts';
import { OPENING_FEE } from './market-node.ts';

/** One day of one channel, msat. */
interface Day {
  readonly day: number;
  fees: number;
  /** Of the fees, weighted by them. */
  feeSeconds: number;
  sentCount: number;
  sent: number;
  receivedCount: number;
  received: number;
  sourced: number;
}

/** What one channel has carried within the last window asked for, and the sums of it; numbers are exact here. */
class Carried {
  /** Ascending by time; those before `#first` lie before the window. */
  readonly #passed: {
    readonly at: number;
    readonly sums: Sums;
    readonly amountMsat: number;
    readonly feeMsat: number;
  }[] = [];
  #first = 0;
  readonly #in: Sums = { count: 0, amountMsat: 0, feeMsat: 0 };
  readonly #out: Sums = { count: 0, amountMsat: 0, feeMsat: 0 };
  #flow: ChannelFlow | null = null;

  add(direction: 'in' | 'out', at: number, amountMsat: number, feeMsat: number): void {
    const sums = direction === 'in' ? this.#in : this.#out;
    this.#passed.push({ at, sums, amountMsat, feeMsat });
    change(sums, 1, amountMsat, feeMsat);
    this.#flow = null;
  }

  /** Null where nothing has passed since; the same object as before where nothing has changed. */
  since(start: number): ChannelFlow | null {
    for (let one = this.#passed[this.#first]; one !== undefined && one.at < start; one = this.#passed[++this.#first]) {
      change(one.sums, -1, -one.amountMsat, -one.feeMsat);
      this.#flow = null;
    }
    if (this.#first > DROPPED_AT_ONCE) {
      this.#passed.splice(0, this.#first);
      this.#first = 0;
    }
    if (this.#first === this.#passed.length) return null;
    this.#flow ??= { in: totalsOf(this.#in), out: totalsOf(this.#out), source: 'forwards' };
    return this.#flow;
  }
}

interface Sums {
  count: number;
  amountMsat: number;
  feeMsat: number;
}

function change(sums: Sums, count: number, amountMsat: number, feeMsat: number): void {
  sums.count += count;
  sums.amountMsat += amountMsat;
  sums.feeMsat += feeMsat;
}

const totalsOf = ({ count, amountMsat, feeMsat }: Sums): FlowTotals => ({
  ...NO_FLOW,
  settledCount: count,
  settledMsat: msat(amountMsat),
  feeMsat: msat(feeMsat),
});

/** What is past is let go in lots, since letting go of one moves all others. */
const DROPPED_AT_ONCE = 256;

export class MarketBooks implements Ledger {
  readonly #books: readonly ChannelBooks[];
  readonly #payments: readonly SelfPayment[];
  readonly #open: (Day | null)[];
  readonly #days = new Map<ChannelId, readonly ChannelDay[]>();
  /** Channels of which something has passed since their days were last asked for. */
  readonly #changed = new Set<number>();
  readonly #carried: readonly Carried[];
  readonly #flows = new Map<ChannelId, ChannelFlow>();
  readonly #told: (ChannelFlow | null)[];

  /** @param payments those to ourselves that have arrived, as they go on to be appended */
  constructor(engine: NodeEngine, payments: readonly SelfPayment[]) {
    this.#payments = payments;
    this.#open = engine.capacityMsat.map(() => null);
    this.#carried = engine.capacityMsat.map(() => new Carried());
    this.#told = engine.capacityMsat.map(() => null);
    this.#books = engine.capacityMsat.map((capacity, k) => booksOf(k, capacity, engine.market.start));
    engine.listen({
      forwarded: (forward) => {
        this.#forwarded(forward);
      },
      rebalanced: () => undefined,
    });
  }

  books(): readonly ChannelBooks[] {
    return this.#books;
  }

  selfPayments(): readonly SelfPayment[] {
    return this.#payments;
  }

  days(): ReadonlyMap<ChannelId, readonly ChannelDay[]> {
    for (const k of this.#changed) {
      const day = this.#open[k];
      if (day !== null && day !== undefined) this.#close(k, day);
    }
    this.#changed.clear();
    return this.#days;
  }

  /** Windows may only move on: it is one map, kept up to date. */
  flows({ start }: Window): ReadonlyMap<ChannelId, ChannelFlow> {
    for (let k = 0; k < this.#carried.length; k++) {
      const flow = (this.#carried[k] as Carried).since(start);
      if (flow === this.#told[k]) continue;
      this.#told[k] = flow;
      if (flow === null) this.#flows.delete(channelOf(k));
      else this.#flows.set(channelOf(k), flow);
    }
    return this.#flows;
  }

  #forwarded({ at, from, to, amountMsat, feeMsat }: ForwardSeen): void {
    const sender = this.#dayOf(from, at);
    const received = amountMsat + feeMsat;
    sender.receivedCount++;
    sender.received += received;
    sender.sourced += feeMsat;
    const day = this.#dayOf(to, at);
    day.sentCount++;
    day.sent += amountMsat;
    day.fees += feeMsat;
    day.feeSeconds += feeMsat * (at - day.day * DAY);
    this.#carried[from]?.add('in', at, received, feeMsat);
    this.#carried[to]?.add('out', at, amountMsat, feeMsat);
  }

  #dayOf(channel: number, at: number): Day {
    this.#changed.add(channel);
    const open = this.#open[channel];
    const day = Math.floor(at / DAY);
    if (open?.day === day) return open;
    if (open !== null && open !== undefined) this.#close(channel, open);
    const sums = { fees: 0, feeSeconds: 0, sentCount: 0, sent: 0, receivedCount: 0, received: 0, sourced: 0 };
    const begun = { day, ...sums };
    this.#open[channel] = begun;
    return begun;
  }

  #close(channel: number, day: Day): void {
    const id = channelOf(channel);
    const { sentCount, receivedCount } = day;
    const within = day.fees === 0 ? 0 : Math.round(day.feeSeconds / day.fees);
    const entry: ChannelDay = {
      time: unixSec(day.day * DAY + within),
      amount: msat(day.fees),
      estimated: false,
      sentCount,
      sent: msat(day.sent),
      receivedCount,
      received: msat(day.received),
      sourced: msat(day.sourced),
    };
    const before = this.#days.get(id) ?? [];
    const isToday = (before.at(-1)?.time ?? -1) >= day.day * DAY;
    this.#days.set(id, before.toSpliced(isToday ? -1 : before.length, 1, entry));
  }
}

/** Half of each channel was ours when we opened it, and nobody gave anybody anything. */
function booksOf(k: number, capacityMsat: number, start: number): ChannelBooks {
  const nothing = { amount: ZERO_MSAT, estimated: false };
  return {
    channelId: channelOf(k),
    peerId: peerOf(k),
    names: [scidOf(k)],
    opener: 'local',
    openedAt: { time: unixSec(start), estimated: false },
    funding: { amount: msat(Math.floor(capacityMsat / 2)), estimated: false },
    openingFee: { amount: OPENING_FEE, estimated: false },
    push: nothing,
    lease: nothing,
    splices: [],
    closing: null,
    source: 'moves',
  };
}
