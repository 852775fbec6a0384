// What carries a rebalance out in the market? A driver as the node's own is, and the list of payments that tells of it.
import type { ApprovedOrder, DriverOutcome, FailureKind, SelfPaymentRow } from '../../../core/rebalance/types.ts';
import type { SelfPayment } from '../../../core/profit/books.ts';
import { msat, msatToFloat, unixSec, ZERO_MSAT, type UnixSec } from '../../../core/units.ts';
import type {
  DriverWatch,
  RebalanceDriver,
  SelfPaymentPage,
  SelfPaymentReader,
  WayPrice,
  WayQuestion,
} from '../../../ports.ts';
import type { CircularRoutes } from './circular-routes.ts';
import { channelOf, numberOf } from '../plugin/identities.ts';
import type { Circle, NodeEngine } from './node-engine.ts';

/** askrene answers within seconds. */
export const SEARCH_SECONDS = 5;
/** From sendpay to the preimage, a few hops of a second or two each. */
const ARRIVAL_SECONDS = 15;
/** A failed attempt costs two minutes (quant 4.5). */
const FAILURE_SECONDS = 120;

/** What is to be moved, in plain numbers. Integer msat. */
export interface Wanted extends Pick<Circle, 'from' | 'to' | 'amountMsat'> {
  readonly maxFeeMsat: number;
  /** Seconds since the epoch: nobody waits for longer. */
  readonly deadline: number;
}

/** Why nothing was sent at all. */
export type Unsent = 'timeout' | 'too-expensive' | 'no-liquidity';

export interface Sent {
  readonly circle: Circle;
  readonly hash: string;
  readonly index: number;
  readonly at: number;
  status: SelfPaymentRow['status'];
  endedAt: number | null;
}

/** Time passes in the market while an order is carried out. */
export class MarketDriver implements RebalanceDriver, SelfPaymentReader {
  readonly name = 'native';
  readonly routes: CircularRoutes;
  readonly #engine: NodeEngine;
  readonly #sent: Sent[] = [];
  readonly #arrived: SelfPayment[] = [];
  readonly #byHash = new Map<string, Sent>();

  constructor(engine: NodeEngine, routes: CircularRoutes) {
    this.#engine = engine;
    this.routes = routes;
  }

  /** Payments that have arrived, as the node's books have them; goes on to grow. */
  get arrived(): readonly SelfPayment[] {
    return this.#arrived;
  }

  /** Payments sent so far, whatever became of them. */
  get sent(): number {
    return this.#sent.length;
  }

  /** Those until then. */
  sentBefore(time: number): number {
    return this.#sent.filter(({ at }) => at < time).length;
  }

  rebalance(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome> {
    return Promise.resolve(this.#carryOut(order, watch));
  }

  /** Time passes while a way is sought. */
  priceOf({ from, to, amountMsat }: WayQuestion): Promise<WayPrice> {
    const engine = this.#engine;
    engine.advanceTo(engine.now + SEARCH_SECONDS);
    const [source, destination] = [numberOf(from.channelId), numberOf(to.channelId)];
    const feeMsat = this.routes.feeMsat(source, destination, msatToFloat(amountMsat), engine.now);
    return Promise.resolve({ feeMsat: msat(feeMsat), failure: null });
  }

  #carryOut({ from, to, amountMsat, maxFeeMsat, deadline }: ApprovedOrder, watch: DriverWatch): DriverOutcome {
    const wanted: Wanted = {
      from: numberOf(from.channelId),
      to: numberOf(to.channelId),
      amountMsat: msatToFloat(amountMsat),
      maxFeeMsat: msatToFloat(maxFeeMsat),
      deadline,
    };
    const tried = watch.signal.aborted ? 'timeout' : this.attempt(wanted, watch.onDispatched);
    if (typeof tried !== 'string') return outcomeOf(tried);
    if (tried === 'timeout') return failed(tried, 'there was no time left', 0);
    if (tried === 'no-liquidity') return failed(tried, 'one of the two channels cannot carry it any more', 0);
    const feeMsat = this.routes.feeMsat(wanted.from, wanted.to, wanted.amountMsat, this.#engine.now);
    return failed(tried, `the cheapest way costs ${feeMsat} msat of at most ${maxFeeMsat}`, 0);
  }

  /**
   * One try. Time passes while a way is sought and while the payment is waited for, which may still be under way then.
   * @param dispatched told of the payment's hash before it is sent
   */
  attempt({ from, to, amountMsat, maxFeeMsat, deadline }: Wanted, dispatched?: (hash: string) => void): Sent | Unsent {
    const engine = this.#engine;
    const wait = (seconds: number): void => {
      engine.advanceTo(Math.min(engine.now + seconds, Math.max(deadline, engine.now)));
    };
    if (engine.now >= deadline) return 'timeout';
    wait(SEARCH_SECONDS);
    const feeMsat = this.routes.feeMsat(from, to, amountMsat, engine.now);
    if (feeMsat > maxFeeMsat) return 'too-expensive';
    if (engine.now >= deadline) return 'timeout';
    const circle = { from, to, amountMsat, feeMsat };
    if (!engine.carries(circle)) return 'no-liquidity';
    const hash = (this.#sent.length + 1).toString(16).padStart(64, '0');
    dispatched?.(hash);
    const { payment, seconds } = this.#send(circle, hash);
    wait(seconds);
    return payment;
  }

  /** Its end is settled with its beginning. */
  #send(circle: Circle, hash: string): { readonly payment: Sent; readonly seconds: number } {
    const engine = this.#engine;
    const { from, to, amountMsat } = circle;
    const { now } = engine;
    if (!engine.send(circle)) throw new RangeError(`payment ${hash}: expected both channels to carry it`);
    const payment: Sent = { circle, hash, index: this.#sent.length + 1, at: now, status: 'pending', endedAt: null };
    this.#sent.push(payment);
    this.#byHash.set(hash, payment);
    const arrived = this.routes.arrives(from, to, amountMsat, now);
    const held = this.routes.heldFor(from, to, now);
    const seconds = held > 0 ? held : arrived ? ARRIVAL_SECONDS : FAILURE_SECONDS;
    engine.at(now + seconds, () => {
      payment.status = arrived ? 'complete' : 'failed';
      payment.endedAt = now + seconds;
      engine.end(circle, arrived);
      if (arrived) this.#arrived.push(bookedAs(circle, hash, payment.endedAt));
    });
    return { payment, seconds };
  }

  readByHash(paymentHash: string): Promise<readonly SelfPaymentRow[]> {
    const sent = this.#byHash.get(paymentHash);
    return Promise.resolve(sent === undefined ? [] : [rowOf(sent)]);
  }

  readPaymentsIndex(): Promise<number> {
    return Promise.resolve(this.#sent.length);
  }

  readSince(after: number | null, since: UnixSec): Promise<SelfPaymentPage> {
    const rows = after === null ? this.#sent.filter(({ at }) => at >= since) : this.#sent.slice(after);
    return Promise.resolve({ rows: rows.map(rowOf), cursor: this.#sent.length, gapless: true });
  }
}

function outcomeOf({ circle, hash, status }: Sent): DriverOutcome {
  const base = { paymentHash: hash, attempts: 1 };
  if (status === 'complete') {
    const moved = { movedMsat: msat(circle.amountMsat), feeMsat: msat(circle.feeMsat) };
    return { ...base, ...moved, status: 'success', failure: null, reason: 'it arrived' };
  }
  const nothing = { ...base, movedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT };
  if (status === 'pending')
    return { ...nothing, status: 'unknown', failure: 'unknown', reason: 'still under way when we stopped waiting' };
  return { ...nothing, status: 'failed', failure: 'no-liquidity', reason: 'no path that was tried could carry it' };
}

const failed = (failure: FailureKind, reason: string, attempts: number): DriverOutcome => ({
  status: 'failed',
  movedMsat: ZERO_MSAT,
  feeMsat: ZERO_MSAT,
  paymentHash: null,
  failure,
  reason,
  attempts,
});

const bookedAs = ({ from, to, amountMsat, feeMsat }: Circle, paymentHash: string, at: number): SelfPayment => ({
  paymentHash,
  part: 0,
  outChannel: channelOf(from),
  inChannel: channelOf(to),
  amount: msat(amountMsat),
  fee: msat(feeMsat),
  time: unixSec(Math.floor(at)),
});

const rowOf = ({ circle, hash, index, at, status, endedAt }: Sent): SelfPaymentRow => ({
  paymentHash: hash,
  createdIndex: index,
  status,
  amountMsat: msat(circle.amountMsat),
  amountSentMsat: msat(circle.amountMsat + circle.feeMsat),
  createdAt: unixSec(Math.floor(at)),
  completedAt: endedAt === null ? null : unixSec(Math.floor(endedAt)),
  label: null,
  outChannel: channelOf(circle.from),
  inChannel: channelOf(circle.to),
});
