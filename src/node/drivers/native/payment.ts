// How is one payment sent around, and when is it known what became of it?
//
// Replies of sendpay and waitsendpay only say when to look: whether it is under way, has arrived or has failed is taken
// from listsendpays alone. An attempt begins only once nothing of the one before is under way.
import type { RebalanceOrder, SelfPaymentRow } from '../../../core/rebalance/types.ts';
import { safeNumber, subMsat, sumMsat, type Msat, type NodeId } from '../../../core/units.ts';
import { NodeError, type Clock, type DriverWatch, type SelfPaymentReader } from '../../../ports.ts';
import { Refusal, type Ask } from '../../ask.ts';
import type { Ends } from './ends.ts';
import { INVOICE_CLTV, type Invoice } from './invoice.ts';
import type { Path } from './path.ts';

/** Blocks that may be found while it travels; our node refuses what comes back with fewer than the invoice wants. */
const CLTV_SLACK = 3;
export const FINAL_CLTV = INVOICE_CLTV + CLTV_SLACK;
/** lightningd's own (common/jsonrpc_errors.h): still under way; never heard of. */
const IN_PROGRESS = 200;
const NO_SUCH_PAYMENT = 208;
/** So that a stop of ours, or an answer that never comes, is noticed before long. */
const SLICE_SECONDS = 10;
/** Beyond the slice, for a lightningd that is busy. */
const SLICE_SLACK_MS = 15_000;
/** Between two looks where there is nothing to wait for. */
const PAUSE_SECONDS = 1;

export type PaymentEnd =
  | {
      readonly kind: 'arrived';
      readonly movedMsat: Msat;
      readonly feeMsat: Msat;
      readonly rows: readonly SelfPaymentRow[];
    }
  /** Nothing of it is under way. */
  | { readonly kind: 'failed'; readonly refusal: Refusal | null }
  /** It is under way, or nobody could say. */
  | { readonly kind: 'in-flight' };

export interface Means {
  readonly ask: Ask;
  readonly payments: SelfPaymentReader;
  readonly clock: Clock;
}

export interface Route {
  readonly ends: Ends;
  readonly path: Path;
  readonly own: NodeId;
}

/** All of an order's attempts to pay its one invoice. */
export class CircularPayment {
  readonly #means: Means;
  readonly #order: RebalanceOrder;
  readonly #signal: AbortSignal;
  readonly #invoice: Invoice;
  #attempts = 0;

  constructor(means: Means, order: RebalanceOrder, watch: DriverWatch, invoice: Invoice) {
    this.#means = means;
    this.#order = order;
    this.#signal = watch.signal;
    this.#invoice = invoice;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** Sends it and waits for its end, until the deadline or the signal. Never rejects for what the node does. */
  async send(route: Route): Promise<PaymentEnd> {
    const before = this.#attempts++;
    const { label, bolt11, paymentHash, secret } = this.#invoice;
    const params = {
      route: hopsOf(route, this.#order),
      payment_hash: paymentHash,
      payment_secret: secret,
      bolt11,
      label,
    };
    try {
      await this.#means.ask('sendpay', params, () => undefined);
    } catch (error) {
      // Refused by lightningd before it left: there is no row of it, and none will come.
      if (error instanceof Refusal) return await this.#follow(before, error);
      // It may have been sent all the same.
      if (!(error instanceof NodeError)) throw error;
    }
    return this.#follow(before + 1, null);
  }

  /** @param listed so many attempts have a row, or will have one */
  async #follow(listed: number, refused: Refusal | null): Promise<PaymentEnd> {
    let refusal = refused;
    if (refused !== null) this.#attempts--;
    for (;;) {
      const left = this.#signal.aborted ? 0 : this.#order.deadline - this.#means.clock.now();
      const heard = left > 0 && refused === null ? await this.#wait(Math.min(left, SLICE_SECONDS)) : 'look';
      if (heard === 'under-way') continue;
      if (heard instanceof Refusal) refusal = heard;
      const end = this.#judge(await this.#look(), listed, refusal);
      if (end !== null) return end;
      if (left <= 0) return { kind: 'in-flight' };
      await this.#means.clock.sleep(PAUSE_SECONDS, this.#signal);
    }
  }

  async #wait(seconds: number): Promise<Refusal | 'under-way' | 'look'> {
    try {
      const params = { payment_hash: this.#invoice.paymentHash, timeout: Math.ceil(seconds) };
      const timeoutMs = params.timeout * 1000 + SLICE_SLACK_MS;
      await this.#means.ask('waitsendpay', params, () => undefined, {
        ...{ timeoutMs, signal: this.#signal, connection: 'own' },
      });
      return 'look';
    } catch (error) {
      if (this.#signal.aborted) return 'look';
      if (!(error instanceof NodeError)) throw error;
      if (!(error instanceof Refusal) || error.code === NO_SUCH_PAYMENT) return 'look';
      return error.code === IN_PROGRESS ? 'under-way' : error;
    }
  }

  /** Null where the node did not say. */
  async #look(): Promise<readonly SelfPaymentRow[] | null> {
    try {
      return await this.#means.payments.readByHash(this.#invoice.paymentHash);
    } catch (error) {
      if (error instanceof NodeError) return null;
      throw error;
    }
  }

  #judge(rows: readonly SelfPaymentRow[] | null, listed: number, refusal: Refusal | null): PaymentEnd | null {
    if (rows === null || rows.some(({ status }) => status === 'pending')) return null;
    const complete = rows.filter(({ status }) => status === 'complete');
    if (complete.length > 0) {
      const arriving = complete.map(({ amountMsat }) => amountMsat ?? this.#order.amountMsat);
      const movedMsat = sumMsat(arriving);
      const feeMsat = subMsat(sumMsat(complete.map(({ amountSentMsat }) => amountSentMsat)), movedMsat);
      return { kind: 'arrived', movedMsat, feeMsat, rows: complete };
    }
    return rows.length >= listed ? { kind: 'failed', refusal } : null;
  }
}

/** Each hop with what arrives there; the first and the last are ours to name. */
function hopsOf({ ends, path, own }: Route, { from, amountMsat }: RebalanceOrder) {
  const [first] = path;
  const msat = (value: Msat): number => safeNumber(value, 'amount');
  return [
    { id: from.peerId, channel: ends.out, amount_msat: msat(first.inMsat), delay: first.cltvIn },
    ...path.map(({ to, channel, outMsat, cltvOut }) => ({
      ...{ id: to, channel, amount_msat: msat(outMsat), delay: cltvOut },
    })),
    { id: own, channel: ends.back, amount_msat: msat(amountMsat), delay: FINAL_CLTV },
  ];
}
