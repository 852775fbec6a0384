// How does the node rebalance by itself, with no other plugin's help? askrene finds the way, sendpay goes it (v24.11).
import { INVALID_PARAMS } from '../../../cln/errors.ts';
import { arrivalInWords } from '../../../core/rebalance/arrival.ts';
import type { ApprovedOrder, DriverOutcome } from '../../../core/rebalance/types.ts';
import { addMsat, subMsat, ZERO_MSAT, type Msat, type NodeId } from '../../../core/units.ts';
import {
  NodeError,
  type DriverWatch,
  type Log,
  type RebalanceDriver,
  type Swept,
  type WayPrice,
  type WayQuestion,
} from '../../../ports.ts';
import { decodeInfo } from '../../small-replies.ts';
import { readEnds, type Ends } from './ends.ts';
import { deleteUnlessPaid, makeInvoice, type Invoice } from './invoice.ts';
import { lessonOf } from './lesson.ts';
import { labelOf, layerOf } from '../../../core/rebalance/native-names.ts';
import type { Path } from './path.ts';
import { CircularPayment, FINAL_CLTV, type Means, type PaymentEnd } from './payment.ts';
import { priceOfWay } from './price.ts';
import { problem, type Problem } from './problem.ts';
import { Reservation } from './reservation.ts';
import { PathSearch } from './search.ts';
import { sweep } from './sweep.ts';
import { messageOf } from '../../../core/message-of.ts';

/** Commands of lightningd without which the driver is not available; askrene came with v24.11. */
export const NATIVE_COMMANDS = [
  ...['getroutes', 'askrene-create-layer', 'askrene-remove-layer', 'askrene-listlayers', 'askrene-disable-node'],
  ...['askrene-update-channel', 'askrene-inform-channel', 'askrene-reserve', 'askrene-unreserve'],
  ...['invoice', 'delinvoice', 'sendpay', 'waitsendpay', 'listsendpays'],
] as const;

/** Each failed attempt has locked the amount for seconds on every channel of its path; the next cycle may go on. */
const MOST_ATTEMPTS = 10;
const PPM = 1_000_000n;

export interface NativeMeans extends Means {
  readonly log: Log;
  /** With which the ids of our calls begin: askrene notes them with each reservation. */
  readonly callPrefix: string;
}

/** Over lightningd's RPC, from v24.11 on. Any number of orders may be under way at once. */
export class NativeDriver implements RebalanceDriver {
  readonly name = 'native';
  readonly #means: NativeMeans;
  readonly #running = new Set<string>();
  /** A run before this one may have been killed. */
  #unclean = true;

  constructor(means: NativeMeans) {
    this.#means = means;
  }

  async rebalance(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome> {
    const run = new Run(this.#means, order, watch);
    this.#running.add(order.id);
    try {
      return await run.outcome();
    } finally {
      if (!(await run.cleanUp())) this.#unclean = true;
      this.#running.delete(order.id);
    }
  }

  async priceOf(question: WayQuestion, signal: AbortSignal): Promise<WayPrice> {
    // The sweep leaves its layer alone.
    this.#running.add(question.id);
    try {
      return await priceOfWay(this.#means.ask, question, signal);
    } catch (error) {
      // Its layer may have stayed.
      this.#unclean = true;
      throw error;
    } finally {
      this.#running.delete(question.id);
    }
  }

  get unclean(): boolean {
    return this.#unclean;
  }

  /**
   * Removes what runs have left on the node when they were killed or could not clean up: layers, reservations, unpaid
   * invoices of which nothing is under way. Touches nothing that another program, or an order under way, has made; another instance of
   * this plugin on the same node cannot be told from such a run.
   * @throws NodeError
   */
  async sweep(): Promise<Swept> {
    // First: what a run leaves meanwhile is for the next one.
    this.#unclean = false;
    try {
      const { left, ...swept } = await sweep(this.#means, this.#running);
      if (left) this.#unclean = true;
      return swept;
    } catch (error) {
      this.#unclean = true;
      throw error;
    }
  }
}

/** One order, from its first question to what is left of it. */
class Run {
  readonly #means: NativeMeans;
  readonly #order: ApprovedOrder;
  readonly #watch: DriverWatch;
  #search: PathSearch | null = null;
  #invoice: Invoice | null = null;
  #invoiced = false;
  #payment: CircularPayment | null = null;
  #reservation: Reservation | null = null;
  /** Something is, or may be, under way. */
  #inFlight = false;

  constructor(means: NativeMeans, order: ApprovedOrder, watch: DriverWatch) {
    this.#means = means;
    this.#order = order;
    this.#watch = watch;
  }

  async outcome(): Promise<DriverOutcome> {
    try {
      return await this.#carryOut();
    } catch (error) {
      if (this.#inFlight) return this.#unknown(messageOf(error));
      // A node that is slow is neither the driver's fault nor for long.
      const kind = error instanceof NodeError && error.kind === 'timeout' ? 'timeout' : 'driver-error';
      return this.#failed(this.#stopped() ?? problem(kind, messageOf(error)));
    }
  }

  async #carryOut(): Promise<DriverOutcome> {
    const { id: orderId, from, to } = this.#order;
    const ends = await readEnds(this.#means.ask, this.#order);
    if (!ends.ok) return this.#failed(ends.error);
    const own = (await this.#means.ask('getinfo', {}, decodeInfo)).nodeId;
    const search = new PathSearch(this.#means.ask, layerOf(orderId), own);
    this.#search = search;
    await search.open();
    let refused: Problem | null = null;
    while ((this.#payment?.attempts ?? 0) < MOST_ATTEMPTS) {
      const stopped = this.#stopped();
      if (stopped !== null) return this.#failed(refused ?? stopped);
      const answer = await search.find(
        {
          source: from.peerId,
          destination: to.peerId,
          amountMsat: ends.value.toLastPeerMsat,
          maxFeeMsat: subMsat(this.#order.maxFeeMsat, ends.value.lastFeeMsat),
          finalCltv: FINAL_CLTV + ends.value.lastDelta,
        },
        { signal: this.#watch.signal },
      );
      if (answer.kind === 'none') return this.#failed(refused ?? problem('no-route', answer.because));
      if (answer.kind === 'too-expensive')
        return this.#failed(refused ?? this.#tooExpensive(answer.feeMsat, ends.value.lastFeeMsat));
      const { path } = answer;
      const unfit = this.#unfit(path, ends.value);
      if (unfit !== null) return this.#failed(unfit);
      const late = this.#stopped();
      if (late !== null) return this.#failed(refused ?? late);
      const end = await this.#attempt({ ends: ends.value, path, own });
      if (end.kind === 'in-flight') return this.#unknown('it was still under way when we stopped waiting');
      if (end.kind === 'arrived') return this.#arrived(end);
      const lesson = lessonOf(end.refusal, path);
      if (lesson.kind === 'stop') return this.#failed(lesson.problem);
      if (lesson.kind === 'constrain') for (const hop of lesson.hops) await search.constrain(hop);
      else if (lesson.kind === 'disable-channel') await search.disableChannel(lesson.hop);
      else await search.disableNode(lesson.before.to);
      refused = problem('no-liquidity', `no path that was tried could carry it; the last: ${messageOf(end.refusal)}`);
    }
    return this.#failed(refused ?? problem('no-route', 'no path was found'));
  }

  /** One payment over this path. The hash is kept by the caller before anything may leave. */
  async #attempt(route: { readonly ends: Ends; readonly path: Path; readonly own: NodeId }): Promise<PaymentEnd> {
    if (this.#payment === null) {
      const { ask, clock } = this.#means;
      // Noted first: one whose making was not confirmed may be there.
      this.#invoiced = true;
      this.#invoice = await makeInvoice(ask, this.#order, clock.now());
      this.#payment = new CircularPayment(this.#means, this.#order, this.#watch, this.#invoice);
      this.#watch.onDispatched(this.#invoice.paymentHash);
    }
    this.#reservation = new Reservation(this.#means.ask, route.path);
    await this.#reservation.take();
    this.#watch.signal.throwIfAborted();
    this.#inFlight = true;
    const end = await this.#payment.send(route);
    this.#inFlight = end.kind === 'in-flight';
    // Before askrene is told what a channel did not carry: it would add what is reserved there. Otherwise cleanUp does it:
    // what has arrived has arrived, whatever askrene says.
    if (end.kind === 'failed') await this.#reservation.release();
    return end;
  }

  /** Deadline or signal. */
  #stopped(): Problem | null {
    if (this.#watch.signal.aborted) return problem('timeout', 'stopped by us before anything was under way');
    if (this.#means.clock.now() >= this.#order.deadline) return problem('timeout', 'the deadline passed');
    return null;
  }

  #tooExpensive(pathFeeMsat: Msat | null, lastFeeMsat: Msat): Problem {
    const { amountMsat, maxFeeMsat } = this.#order;
    if (pathFeeMsat === null)
      return problem('too-expensive', `no path costs ${maxFeeMsat} msat or less, which is the cap`);
    const fee = addMsat(pathFeeMsat, lastFeeMsat);
    return problem(
      'too-expensive',
      `the path found costs ${fee} msat (${(fee * PPM) / amountMsat} ppm), and the cap is ${maxFeeMsat} msat ` +
        `(${(maxFeeMsat * PPM) / amountMsat} ppm)`,
    );
  }

  /** The last look at the price, before anything is sent, whatever askrene was asked. */
  #unfit([first]: Path, { mostMsat, lastFeeMsat, toLastPeerMsat }: Ends): Problem | null {
    if (first.inMsat > addMsat(this.#order.amountMsat, this.#order.maxFeeMsat))
      return this.#tooExpensive(subMsat(first.inMsat, toLastPeerMsat), lastFeeMsat);
    if (first.inMsat > mostMsat)
      return problem(
        'no-liquidity',
        `the channel that was to give can give ${mostMsat} msat, not ${first.inMsat} msat`,
      );
    return null;
  }

  #arrived({ movedMsat, feeMsat, rows }: PaymentEnd & { readonly kind: 'arrived' }): DriverOutcome {
    const { to } = this.#order;
    const elsewhere = rows.find(({ inChannel }) => inChannel !== null && inChannel !== to.channelId)?.inChannel;
    const moved = arrivalInWords({ movedMsat, feeMsat });
    const reason = elsewhere
      ? `${moved}, but the peer delivered by channel ${elsewhere} instead of ${to.channelId}`
      : moved;
    return this.#report({ status: 'success', movedMsat, feeMsat, failure: null, reason });
  }

  #failed({ failure, reason }: Problem): DriverOutcome {
    return this.#report({ status: 'failed', movedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, failure, reason });
  }

  #unknown(reason: string): DriverOutcome {
    return this.#report({
      ...{ status: 'unknown', movedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, failure: 'unknown', reason },
    });
  }

  #report(outcome: Omit<DriverOutcome, 'paymentHash' | 'attempts'>): DriverOutcome {
    const attempts = this.#payment?.attempts ?? 0;
    return { ...outcome, attempts, paymentHash: attempts > 0 ? (this.#invoice?.paymentHash ?? null) : null };
  }

  /** Whether nothing is left, as far as is known: what cannot be cleaned now the next sweep cleans, and nothing is lost. */
  async cleanUp(): Promise<boolean> {
    const { ask, log } = this.#means;
    let clean = !this.#inFlight;
    const left: string[] = [];
    let because: unknown;
    const attempt = async (what: string, remove: (() => Promise<unknown>) | null): Promise<void> => {
      try {
        await remove?.();
      } catch (error) {
        // Also where askrene says that it is gone: of a reservation it forgets the hops up to the one that it does not know.
        clean = false;
        if (isGone(error)) return;
        left.push(what);
        because = error;
      }
    };
    const [search, reservation] = [this.#search, this.#reservation];
    await attempt('reservation', reservation && (() => reservation.release()));
    await attempt('layer', search && (() => search.close()));
    if (this.#invoiced && !this.#inFlight)
      await attempt('invoice', () => deleteUnlessPaid(ask, labelOf(this.#order.id)));
    if (left.length > 0)
      log.info(
        `rebalance ${this.#order.id}: could not be removed now, and will be by a later cycle or start: its ` +
          `${left.join(', ')} (${messageOf(because)})`,
      );
    return clean;
  }
}

/** askrene's words for a layer or a reservation that is not there. */
const isGone = (error: unknown): boolean =>
  error instanceof NodeError && error.code === INVALID_PARAMS && /unknown (layer|reservation)/i.test(error.message);
