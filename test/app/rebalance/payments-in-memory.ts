// A node's payments to itself: they are sent, pend, arrive or fail whatever becomes of the process that sent them.
import { labelOf } from '../../../src/core/rebalance/native-names.ts';
import type { ApprovedOrder, DriverOutcome, SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import {
  addMsat,
  msat,
  negMsat,
  subMsat,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
} from '../../../src/core/units.ts';
import { NodeError, type DriverWatch } from '../../../src/ports.ts';
import type { ManualClock } from '../manual-clock.ts';
import type { NodeInMemory } from '../node-in-memory.ts';
import { failure, RebalancingInMemory, success } from '../rebalancing-in-memory.ts';

/** What becomes of an order. */
export interface Fate {
  /** `held`: pending beyond the deadline, then what `later` says. */
  readonly end: 'arrives' | 'fails' | 'refused' | 'held';
  readonly later: 'complete' | 'failed';
  /** What it costs, of its cap: 0..1. */
  readonly costs: number;
  /** Whether the driver tells the payment's hash before it sends it (native), or when it has ended (plugins). */
  readonly tells: 'before' | 'after';
  /** The plugin serves one after the other: whoever has died, it sends when it gets round to it (rebalance). */
  readonly queued?: boolean;
}
export const ARRIVES: Fate = { end: 'arrives', later: 'complete', costs: 0.5, tells: 'before' };

interface Asked {
  readonly order: ApprovedOrder;
  readonly fate: Fate;
  readonly hash: string;
}

interface Sent {
  readonly order: ApprovedOrder;
  readonly fate: Fate;
  readonly fee: Msat;
}

export class PaymentsInMemory extends RebalancingInMemory {
  fate: (order: ApprovedOrder) => Fate = () => ARRIVES;
  /** Seconds that pass in a driver. */
  lasts = 0;
  readonly #node: NodeInMemory;
  readonly #clock: ManualClock;
  readonly #step: (name: string) => void;
  /** By hash: those of drivers of ours. */
  readonly sent = new Map<string, Sent>();
  #count = 0;
  #working: Asked | null = null;
  readonly #queue: Asked[] = [];
  /** By hash: the channel by which each comes back. */
  readonly #backs = new Map<string, ChannelId>();

  constructor(node: NodeInMemory, clock: ManualClock, step: (name: string) => void) {
    super();
    this.#node = node;
    this.#clock = clock;
    this.#step = step;
    this.conduct = (order, watch) => this.#carryOut(order, watch);
    this.recall = ({ id }) =>
      this.#queue.some(({ order }) => order.id === id)
        ? Promise.reject(new NodeError('timeout', 'it does not answer'))
        : Promise.resolve();
  }

  async #carryOut(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome> {
    this.#step('asked');
    const fate = this.fate(order);
    if (this.lasts > 0) await this.#clock.advance(this.lasts);
    if (fate.end === 'refused') return failure('too-expensive');
    const hash = this.#nextHash();
    if (fate.tells === 'before') watch.onDispatched(hash);
    // A plugin goes on without us.
    else if (fate.queued === true) {
      this.serve();
      this.#queue.push({ order, fate, hash });
    } else this.#working = { order, fate, hash };
    this.#step('before it is sent');
    this.#working = null;
    if (fate.queued === true) this.#queue.pop();
    const fee = this.#send(hash, order, fate);
    this.#step('sent');
    await Promise.resolve();
    const told = fate.tells === 'before' ? hash : null;
    if (fate.end === 'held') {
      await this.#clock.advance(Math.max(0, order.deadline - this.#clock.now()));
      this.#step('given up');
      return { ...failure('unknown'), paymentHash: told };
    }
    this.end(hash, fate.end === 'arrives' ? 'complete' : 'failed');
    this.#step('ended');
    if (fate.tells === 'after') watch.onDispatched(hash);
    if (fate.end === 'fails') return { ...failure('no-liquidity'), paymentHash: hash };
    return { ...success(order, fee), paymentHash: hash };
  }

  #send(hash: string, order: ApprovedOrder, fate: Fate): Msat {
    const fee = msat((order.maxFeeMsat * BigInt(Math.round(1e6 * fate.costs))) / 1_000_000n);
    this.sent.set(hash, { order, fate, fee });
    this.#list(hash, order, fee, fate.tells === 'before' ? labelOf(order.id) : null);
    return fee;
  }

  /** A plugin gets round to what it was asked for, however late. */
  serve(): void {
    for (const { hash, order, fate } of this.#queue.splice(0)) this.#send(hash, order, fate);
  }

  /** A plugin whose caller has died sends what it was told to, as long as it has time. */
  sendOrphan(): void {
    const orphan = this.#working;
    this.#working = null;
    if (orphan !== null && this.#clock.now() <= orphan.order.deadline)
      this.#send(orphan.hash, orphan.order, orphan.fate);
  }

  #nextHash(): string {
    this.#count++;
    return this.#count.toString(16).padStart(64, '0');
  }

  #list(
    paymentHash: string,
    { from, to, amountMsat }: Pick<ApprovedOrder, 'from' | 'to' | 'amountMsat'>,
    fee: Msat,
    label: string | null = null,
  ): void {
    this.index = (this.index ?? 0) + 1;
    this.#backs.set(paymentHash, to.channelId);
    this.rows.push({
      paymentHash,
      createdIndex: this.index,
      status: 'pending',
      amountMsat,
      amountSentMsat: addMsat(amountMsat, fee),
      createdAt: this.#clock.now(),
      completedAt: null,
      label,
      outChannel: from.channelId,
      // Known once it has come back.
      inChannel: null,
    });
  }

  /** Another program pays around, complete at once. */
  foreign(order: Pick<ApprovedOrder, 'from' | 'to' | 'amountMsat'>, fee: Msat): string {
    const hash = this.#nextHash();
    this.#list(hash, order, fee);
    this.end(hash, 'complete');
    return hash;
  }

  /** A pending payment ends now, and balances move with it. */
  end(hash: string, status: 'complete' | 'failed'): void {
    this.rows = this.rows.map((row): SelfPaymentRow => {
      if (row.paymentHash !== hash || row.status !== 'pending') return row;
      const inChannel = status === 'complete' ? (this.#backs.get(hash) ?? null) : null;
      const ended = { ...row, status, inChannel, completedAt: unixSec(this.#clock.now()) };
      if (status === 'complete') this.#move(ended);
      return ended;
    });
  }

  /** All that pends ends as its fate says, whoever is there to see it. */
  endAll(): void {
    for (const { paymentHash, status } of this.rows) {
      const sent = this.sent.get(paymentHash);
      if (status !== 'pending' || sent === undefined) continue;
      const { end, later } = sent.fate;
      this.end(paymentHash, end === 'arrives' ? 'complete' : end === 'fails' ? 'failed' : later);
    }
  }

  #move({ outChannel, inChannel, amountMsat, amountSentMsat }: SelfPaymentRow): void {
    const arrived = amountMsat ?? ZERO_MSAT;
    const { snapshot } = this.#node;
    this.#node.snapshot = {
      ...snapshot,
      channels: snapshot.channels.map((view) => {
        const { toUs, spendable, receivable } = view;
        const gained =
          view.channelId === inChannel ? arrived : view.channelId === outChannel ? negMsat(amountSentMsat) : ZERO_MSAT;
        return {
          ...view,
          toUs: addMsat(toUs, gained),
          spendable: addMsat(spendable, gained),
          receivable: subMsat(receivable, gained),
        };
      }),
    };
  }
}
