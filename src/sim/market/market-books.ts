// What do the plugin's books say of a node in the market? The sums that its database would hold, kept as they arise.
import { NO_FLOW, type FlowTotals } from '../../core/flow/rollup.ts';
import type { ChannelFlow, Window } from '../../core/flow/analyze.ts';
import type { ChannelBooks, ChannelDay, SelfPayment } from '../../core/profit/books.ts';
import { msat, unixSec, ZERO_MSAT, type ChannelId } from '../../core/units.ts';
import type { Ledger } from '../../ports.ts';
import { channelOf, peerOf, scidOf } from './identities.ts';
import { DAY } from './market.ts';
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

/** What carried a payment and in which direction. */
interface Passed {
  readonly at: number;
  readonly direction: 'in' | 'out';
  readonly amountMsat: number;
  readonly feeMsat: number;
}

export class MarketBooks implements Ledger {
  readonly #books: readonly ChannelBooks[];
  readonly #payments: readonly SelfPayment[];
  readonly #open: (Day | null)[];
  readonly #days = new Map<ChannelId, readonly ChannelDay[]>();
  /** Channels of which something has passed since their days were last asked for. */
  readonly #changed = new Set<number>();
  /** Ascending by time, none older than the last window asked for. */
  readonly #passed: Passed[][];

  /** @param payments those to ourselves that have arrived, as they go on to be appended */
  constructor(engine: NodeEngine, payments: readonly SelfPayment[]) {
    this.#payments = payments;
    this.#open = engine.capacityMsat.map(() => null);
    this.#passed = engine.capacityMsat.map(() => []);
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

  /** Windows may only move on. */
  flows({ start }: Window): ReadonlyMap<ChannelId, ChannelFlow> {
    const flows = new Map<ChannelId, ChannelFlow>();
    this.#passed.forEach((passed, k) => {
      const first = passed.findIndex(({ at }) => at >= start);
      passed.splice(0, first < 0 ? passed.length : first);
      if (passed.length > 0)
        flows.set(channelOf(k), { in: sum(passed, 'in'), out: sum(passed, 'out'), source: 'forwards' });
    });
    return flows;
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
    this.#passed[from]?.push({ at, direction: 'in', amountMsat: received, feeMsat });
    this.#passed[to]?.push({ at, direction: 'out', amountMsat, feeMsat });
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
    const before = (this.#days.get(id) ?? []).filter(({ time }) => time < day.day * DAY);
    this.#days.set(id, [...before, entry]);
  }
}

function sum(passed: readonly Passed[], direction: Passed['direction']): FlowTotals {
  let settledCount = 0;
  let amount = 0;
  let fee = 0;
  for (const one of passed) {
    if (one.direction !== direction) continue;
    settledCount++;
    amount += one.amountMsat;
    fee += one.feeMsat;
  }
  return { ...NO_FLOW, settledCount, settledMsat: msat(amount), feeMsat: msat(fee) };
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
